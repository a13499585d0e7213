/* A member's choice to be named or not, and to show earnings or not, reaches what was written
 * before: live files of their races and seasons, pictures, our cards of races that are not
 * over. Not for: the choice itself (identity.h), names in pages (the view person). */
#pragma once

#include "user/identity.h"

struct tx;

/* identity_privacy_set; when name or earnings appear or disappear by it, everything that holds
 * them is made anew. */
enum err veil_set(struct ctx *ctx, struct tx *tx, int64_t member_id,
                  const struct identity_privacy *p) MUST_USE;
