/* Commands of a season's grand prizes. Fields and answers stand in vault/table.h. Not for:
 * their rules (league/prize.h). */
#pragma once

#include "vault/table.h"

enum err prizing_add(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
