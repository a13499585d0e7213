/* What a provider really kept of a payment. Not for: the modelled fee of splits (race/sale.h),
 * fees of disputes (race/chargeback.h), of payouts (payout/payout.h). */
#pragma once

#include "base/ctx.h"

struct tx;

/* Its job "fee" asks the provider, once a payment, where there is an interface for it. */
enum err fee_ask(struct ctx *ctx, struct tx *tx, struct str provider,
                 struct str payment) MUST_USE;

struct fee {
    struct str provider, payment;
    struct str txn;      /* the provider's id of the movement: txn_… */
    struct str currency; /* "USD" */
    int64_t amount, at;  /* minor units; ms */
};
/* Books it as PROC_FEE, once a txn; refunds do not give it back. In another currency than the
 * house's it becomes an alert. E_NOTFOUND: nothing of that payment is booked. */
enum err fee_take(struct ctx *ctx, struct tx *tx, const struct fee *f) MUST_USE;
