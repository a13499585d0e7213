/* Rows of pot and shares, and the live message about them: the one writer of both for sales,
 * refunds and voids. Not for: amounts. */
#pragma once

#include "base/buf.h"
#include "race/race.h"

struct tx;

struct line_pot {
    int64_t race_id, seq, sale_id, at;
    int64_t delta, bonus;
    int64_t pot, waiting, sales; /* after this line */
};
enum err line_pot_add(struct ctx *ctx, const struct line_pot *p) MUST_USE;

struct line_share {
    int64_t race_id, seat_no, seq, sale_id, member_id;
    int64_t cents, total, residue, unit; /* total and residue after this row */
};
enum err line_share_add(struct ctx *ctx, const struct line_share *s) MUST_USE;

/* A row of table refund: a notice, or an entry that moved money of the sale. */
struct line_refund {
    struct str provider, payment;
    const char *kind; /* as in the schema */
    struct str object;
    int64_t total, amount;
    const char *state;
    int64_t sale_id, booked, seq; /* sale_id, seq 0: none */
    int64_t inbox_id, at;
};
enum err line_refund_add(struct ctx *ctx, const struct line_refund *r,
                         int64_t *ret_id) MUST_USE;

struct line_news {
    const char *type; /* pot.changed, sale.not_counted, sale.refunded */
    int64_t race_id, sale_id, pot, delta, amount;
    struct str title, reason;
    const int64_t *total; /* RACE_SEATS_MAX sums, NULL: no shares in the message */
};
enum err line_tell(struct ctx *ctx, struct tx *tx, const struct line_news *n) MUST_USE;
