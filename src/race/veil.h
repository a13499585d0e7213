/* A member's choice to be named or not reaches what was written before: live files of their
 * races and our cards of those that are not over. Not for: the choice itself (identity.h),
 * names in pages (the view person). */
#pragma once

#include "user/identity.h"

struct tx;

/* identity_privacy_set; when the name appears or disappears by it, everything that holds it is
 * made anew. */
enum err veil_set(struct ctx *ctx, struct tx *tx, int64_t member_id,
                  const struct identity_privacy *p) MUST_USE;
