/* Chargebacks: opened, won, lost. The pot falls when one is opened. Not for: refunds. */
#pragma once

#include "base/fact.h"
#include "race/part.h"

/* Any FACT_DISPUTE* of a sale that is booked. E_DUPLICATE: known. E_INVALID: it cannot be. */
enum err chargeback_book(struct ctx *ctx, struct tx *tx, const struct fact *f, struct parts *p,
                         int64_t inbox_id) MUST_USE;
/* After the refund of entry seq was mirrored: what came back to the hold of a dispute that has
 * ended goes on to the drivers. */
enum err chargeback_thaw_ended(struct ctx *ctx, struct tx *tx, const struct parts *sale,
                               int64_t seq, int64_t inbox_id) MUST_USE;
