/* A tag that was forgotten: an order that should have counted for another race is moved there,
 * when one of the staff asks and another confirms. Not for: orders on their way (sale.h). */
#pragma once

#include "race/sale.h"

struct retag {
    int64_t id, sale_id, race_id, asked_by, asked_at, closed_by, closed_at;
    struct str reason, state; /* OPEN, DONE, REJECTED */
    struct str title;         /* of the sale */
    struct str asked_name, closed_name;
    int64_t amount, order_at;
};

/* reason: 10 to 300 signs. Who sat in one of the races concerned may neither ask nor confirm:
 * E_DENIED. E_CONFLICT says the rule: the order is older than 72 hours, its time lies outside
 * that race, it counts there alone already, money of it went back, a race of it is over, or a
 * retag of it is open. */
enum err retag_ask(struct ctx *ctx, struct tx *tx, int64_t sale_id, int64_t race,
                   int64_t member_id, struct str reason, int64_t *ret_id) MUST_USE;
/* yes: a TAG_OUT for each race that had it and one TAG_IN; only by another member than asked.
 * No: also by whoever asked. */
enum err retag_close(struct ctx *ctx, struct tx *tx, int64_t id, int64_t member_id, bool yes,
                     struct str actor) MUST_USE;
/* Newest first; open: only those that wait. */
enum err retag_list(struct ctx *ctx, bool open, size_t max, struct retag **ret,
                    size_t *ret_n) MUST_USE;
