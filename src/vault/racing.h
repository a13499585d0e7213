/* Commands of the race league: lobbies, results, rules, products. Fields and answers stand in
 * vault/table.h. Not for: rules of the game (race/). */
#pragma once

#include "vault/table.h"

enum err racing_open(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
enum err racing_join(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
enum err racing_leave(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out) MUST_USE;
enum err racing_start(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out) MUST_USE;
enum err racing_sub(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                    const struct msg *in, struct msg *out) MUST_USE;
enum err racing_finish(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                       const struct msg *in, struct msg *out) MUST_USE;
enum err racing_result(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                       const struct msg *in, struct msg *out) MUST_USE;
enum err racing_void(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
enum err racing_rule_add(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                         const struct msg *in, struct msg *out) MUST_USE;
enum err racing_product_add(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                            const struct msg *in, struct msg *out) MUST_USE;
enum err racing_product_cost(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                             const struct msg *in, struct msg *out) MUST_USE;
