/* Money of a tip that goes back, or comes again: refunds, disputes; and what is released from
 * pending. Exact parts of DJ and fee, entries of sql/FORMAT.md. Not for: finding the tip of a
 * payment (tip.h), songs (request.h). */
#pragma once

#include "base/fact.h"

struct ctx;
struct tx;

/* Any FACT_REFUND*, FACT_DISPUTE* of that tip. E_DUPLICATE: known. E_INVALID: it cannot be. */
enum err undo_book(struct ctx *ctx, struct tx *tx, int64_t tip_id, const struct fact *f,
                   int64_t inbox_id) MUST_USE;
/* What came before the tip was known, kept by race/refund.h; marks the notices as applied. */
enum err undo_waiting(struct ctx *ctx, struct tx *tx, int64_t tip_id, struct str provider,
                      struct str payment) MUST_USE;
/* Tips whose clear time is over become available. */
enum err undo_release(struct ctx *ctx, struct tx *tx, size_t max, size_t *ret_n) MUST_USE;
