/* Money that goes back to a buyer: refunds (single and cumulative), failed refunds, disputes;
 * what a wallet no longer holds becomes a receivable. Rules: ledger.md F6 to F8 as in
 * sql/FORMAT.md. */
#pragma once

#include "base/ctx.h"
#include "base/fact.h"

struct tx;

/* Any FACT_REFUND*, FACT_DISPUTE*. Before its sale it is kept and ret_waiting set. Never takes
 * back more than was paid, over all routes. E_DUPLICATE: this very refund is known. */
enum err refund_book(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t inbox_id,
                     struct str *ret_ref, bool *ret_waiting) MUST_USE;
/* Applies what waited for a payment whose sale was just booked. */
enum err refund_waiting(struct ctx *ctx, struct tx *tx, struct str provider, struct str payment,
                        int64_t sale_id) MUST_USE;
