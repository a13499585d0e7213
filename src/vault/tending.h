/* Commands of those who look after the ledger file. Fields stand in vault/table.h. Not for: the
 * work itself (upkeep/). */
#pragma once

#include "vault/table.h"

enum err tending_report(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                        const struct msg *in, struct msg *out) MUST_USE;
/* Ends the quarantine of a restored ledger. */
enum err tending_release(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                         const struct msg *in, struct msg *out) MUST_USE;
