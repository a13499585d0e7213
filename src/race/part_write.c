/* Rows of pot and shares for what a refund, dispute or void took. See part.h. */
#include "race/line.h"
#include "race/part.h"

/* Seats' rows of one race; ret: what the pot lost, and of it what waited. */
static enum err
write_shares(struct ctx *ctx, struct parts *p, struct part_race *r, int64_t seq,
             int64_t *ret_pot, int64_t *ret_waiting)
{
    *ret_pot = *ret_waiting = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct part *one = &p->part[i];
        int64_t rest = one->back - one->held; /* below 0: the hold gave back */
        int64_t cents = rest < one->share ? rest : one->share;

        if (one->race_id != r->id || (one->back <= 0 && !one->held))
            continue;
        if (one->kind == PART_POOL) {
            *ret_pot += one->back;
            *ret_waiting += one->back;
        }
        /* Money by place never stood in a seat's row: it leaves the pot only. */
        if (one->kind == PART_PLACE || one->kind == PART_WALLET)
            *ret_pot += r->settled ? rest : cents;
        if (one->kind != PART_WALLET || !cents)
            continue;
        r->total[one->seat_no - 1] -= cents;
        enum err e = line_share_add(ctx, &(struct line_share){
                                             .race_id = r->id,
                                             .seat_no = one->seat_no,
                                             .seq = seq,
                                             .sale_id = p->sale_id,
                                             .member_id = one->member_id,
                                             .cents = -cents,
                                             .total = r->total[one->seat_no - 1],
                                             .residue = r->residue[one->seat_no - 1],
                                             .unit = r->unit[one->seat_no - 1],
                                         });
        if (e)
            return e;
    }
    return OK;
}

enum err
part_write(struct ctx *ctx, struct tx *tx, struct parts *p, int64_t seq, struct str reason)
{
    int64_t now = ctx_now(ctx), taken = 0;
    enum err e;

    for (size_t i = 0; i < p->n; i++)
        taken += p->part[i].back;
    for (size_t i = 0; i < p->n_races; i++) {
        struct part_race *r = &p->race[i];
        int64_t pot, waiting;

        if ((e = write_shares(ctx, p, r, seq, &pot, &waiting)))
            return e;
        if (!pot)
            continue;
        r->pot -= pot;
        r->waiting -= waiting;
        struct line_pot line = {
            .race_id = r->id,
            .seq = seq,
            .sale_id = p->sale_id,
            .at = now,
            .delta = -pot,
            .bonus = -waiting,
            .pot = r->pot,
            .waiting = r->waiting,
            .sales = r->sales,
        };
        struct line_news news = {
            .type = "sale.refunded",
            .race_id = r->id,
            .sale_id = p->sale_id,
            .pot = r->pot,
            .delta = -pot,
            .amount = taken,
            .title = p->title,
            .reason = reason,
            .total = r->total,
        };
        if ((e = line_pot_add(ctx, &line)) || (e = line_tell(ctx, tx, &news)))
            return e;
    }
    return OK;
}
