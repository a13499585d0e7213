/* A member leaves: see vault/table.h. Not for: what is forgotten (user/forget.h). */
#pragma once

#include "vault/table.h"

enum err leaving_forget(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                        const struct msg *in, struct msg *out) MUST_USE;
