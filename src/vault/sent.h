/* What the jobs tell about their work outside: messages that stand in channels, pictures that
 * are ready. Fields stand in vault/table.h. Not for: jobs themselves (post.h). */
#pragma once

#include "vault/table.h"

enum err sent_posted(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
enum err sent_avatar(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
enum err sent_logo(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                   const struct msg *in, struct msg *out) MUST_USE;
