/* The shop's part of the money lane: checkouts opened at Stripe, refunds asked, fees read. Each
 * may be cut off at any moment and run again: keys are fixed before the first request. Not for:
 * payouts. */
#pragma once

#include "job/kinds.h"

/* payload: number of the checkout. Tells the vault checkout.open or checkout.fail. */
enum err till_checkout(struct ctx *ctx, const struct kinds_tools *tools,
                       struct kinds_job *job) MUST_USE;
/* payload: number of the refund request. Tells the vault giveback.tell. */
enum err till_giveback(struct ctx *ctx, const struct kinds_tools *tools,
                       struct kinds_job *job) MUST_USE;
/* payload: "stripe pi_…". Tells the vault fee.take. */
enum err till_fee(struct ctx *ctx, const struct kinds_tools *tools,
                  struct kinds_job *job) MUST_USE;
