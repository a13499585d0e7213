/* Commands of payouts and their destinations. Fields and answers stand in vault/table.h. Not
 * for: their rules (payout/). */
#pragma once

#include "vault/table.h"

enum err paying_ask(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                    const struct msg *in, struct msg *out) MUST_USE;
enum err paying_cancel(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                       const struct msg *in, struct msg *out) MUST_USE;
enum err paying_fulfil(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                       const struct msg *in, struct msg *out) MUST_USE;
enum err paying_judge(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out) MUST_USE;
enum err paying_reveal(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                       const struct msg *in, struct msg *out) MUST_USE;
enum err paying_method_set(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                           const struct msg *in, struct msg *out) MUST_USE;
enum err paying_method_confirm(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                               const struct msg *in, struct msg *out) MUST_USE;
enum err paying_method_drop(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                            const struct msg *in, struct msg *out) MUST_USE;
enum err paying_begin(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out) MUST_USE;
enum err paying_report(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                       const struct msg *in, struct msg *out) MUST_USE;
enum err paying_account(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                        const struct msg *in, struct msg *out) MUST_USE;
enum err paying_adopt(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out) MUST_USE;
enum err paying_block(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out) MUST_USE;
enum err paying_unblock(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                        const struct msg *in, struct msg *out) MUST_USE;
/* Somebody tried what is another's, or their own as staff: that is logged. */
enum err paying_refused(struct ctx *ctx, struct tx *tx) MUST_USE;
