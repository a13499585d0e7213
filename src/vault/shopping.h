/* Commands of the shop: what somebody wants to pay, what the jobs learned at providers, what
 * stands on the shelf. Fields and answers stand in vault/table.h. Not for: rules about them
 * (shop/). */
#pragma once

#include "vault/table.h"

enum err shopping_sale(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                       const struct msg *in, struct msg *out) MUST_USE;
enum err shopping_opened(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                         const struct msg *in, struct msg *out) MUST_USE;
enum err shopping_failed(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                         const struct msg *in, struct msg *out) MUST_USE;
enum err shopping_giveback(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                           const struct msg *in, struct msg *out) MUST_USE;
enum err shopping_refund(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                         const struct msg *in, struct msg *out) MUST_USE;
enum err shopping_fee(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out) MUST_USE;
enum err shopping_shelf(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                        const struct msg *in, struct msg *out) MUST_USE;
enum err shopping_end(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out) MUST_USE;
enum err shopping_cost(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                       const struct msg *in, struct msg *out) MUST_USE;
