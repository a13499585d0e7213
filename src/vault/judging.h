/* Commands about results once they are disputed or wrong. Fields and answers stand in
 * vault/table.h. Not for: reports (racing.h), rules (race/dispute.h, league/fix.h). */
#pragma once

#include "vault/table.h"

enum err judging_dispute(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                         const struct msg *in, struct msg *out) MUST_USE;
enum err judging_decide(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                        const struct msg *in, struct msg *out) MUST_USE;
enum err judging_withdraw(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                          const struct msg *in, struct msg *out) MUST_USE;
enum err judging_fix(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
