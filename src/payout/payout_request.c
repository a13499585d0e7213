/* A payout comes to be: its row, the money put aside, the job that sends it. Not for: the
 * reasons against it (payout_check.c). */
#include "db/tx.h"
#include "payout/method.h"
#include "payout/payout_move.h"

enum err
payout_request(struct ctx *ctx, struct tx *tx, const struct payout_ask *a, int64_t *ret_id)
{
    struct payout_move v;
    struct method m;
    int64_t seq;
    enum err e;

    BUG_IF(!tx->open);
    if ((e = payout_check(ctx, a)) || (e = method_get(ctx, a->method_id, &m)) ||
        (e = payout_move_open(ctx, a, payout_fee(ctx, m.kind, a->amount), m.kind, m.to,
                              ret_id)) ||
        (e = payout_move_load(ctx, *ret_id, &v)) ||
        (e = payout_move_hold(ctx, tx, &v, a->actor, &seq)) ||
        (e = payout_move_step(ctx, tx, &v, "HELD", STR(""), a->actor, seq)))
        return e;
    return method_is_manual(m.kind) ? OK : payout_move_job(ctx, tx, &v, ctx_now(ctx));
}
