/* Inside of src/race: what went back of one sale, as entries and rows. Not for: how much of an
 * order's money is whose (refund.c), further sales of an order (addon_refund.h). */
#pragma once

#include "race/part.h"

enum { REFUND_ENTRIES_MAX = 64 };

/* What went back in all as the provider tells it, and what we booked of it. Single refunds and
 * the cumulative figure tell of the same money; the larger one is right, whatever came first.
 */
struct refund_told {
    int64_t want, booked, entries;
};
enum err refund_post_told(struct ctx *ctx, struct str provider, struct str payment,
                          struct refund_told *ret) MUST_USE;
/* Takes amount back now, n being the number of its entry. ret_seq: the entry. */
enum err refund_post_take(struct ctx *ctx, struct tx *tx, struct parts *p, int64_t amount,
                          int64_t at_ms, int64_t n, int64_t *ret_seq) MUST_USE;
/* Mirrors refunds, newest first, until at least amount is given back. ret: how much it was. */
enum err refund_post_give(struct ctx *ctx, struct tx *tx, const struct parts *sale,
                          int64_t amount, int64_t inbox_id, int64_t *ret) MUST_USE;
/* What became of the row of a notice. seq 0: no entry. */
enum err refund_post_row(struct ctx *ctx, int64_t id, const char *state, int64_t sale_id,
                         int64_t booked, int64_t seq) MUST_USE;
