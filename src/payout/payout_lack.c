/* Payouts that wait until the house's own balance at a provider suffices: nobody is to blame
 * but the house, so whoever can put money in is told, once for all that wait there. Not for:
 * what is asked meanwhile (payout_report.c, job/pay.c). */
#include "db/stmt.h"
#include "db/tx.h"
#include "payout/method.h"
#include "payout/payout_move.h"
#include "queue/alert.h"
#include "queue/outbox.h"

static enum err
waiting(struct ctx *ctx, struct str kind, int64_t but, int64_t *ret_n, int64_t *ret_cents)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_lacking);
    enum err e;

    stmt_str(&s, ":kind", kind);
    stmt_i64(&s, ":but", but);
    if ((e = stmt_one(&s)))
        return e;
    *ret_n = stmt_col_i64(&s, "n");
    *ret_cents = stmt_col_i64(&s, "cents");
    return OK;
}

enum err
payout_lack_tell(struct ctx *ctx, struct tx *tx, const struct payout_move *v, int64_t holds)
{
    struct str name = method_name(v->p.method), missing = STR(""), there = STR("");
    int64_t n, cents;
    enum err e = waiting(ctx, v->p.method, 0, &n, &cents);

    if (e)
        return e;
    if (holds >= 0 && holds < cents) {
        missing = str_of(arena_printf(ctx->arena, ": %.*s are missing",
                                      STR_ARG(payout_move_money(ctx, cents - holds))));
        there = str_of(arena_printf(ctx->arena, ", %.*s are there",
                                    STR_ARG(payout_move_money(ctx, holds))));
    }
    return alert_raise(ctx, tx, STR("payout_lacks"), v->p.method, "error", "user",
                       str_of(arena_printf(
                           ctx->arena,
                           "top up the balance at %.*s%.*s. %lld %s of %.*s in all for it%.*s; "
                           "what waits goes on by itself",
                           STR_ARG(name), STR_ARG(missing), (long long)n,
                           n == 1 ? "payout waits" : "payouts wait",
                           STR_ARG(payout_move_money(ctx, cents)), STR_ARG(there))));
}

enum err
payout_lack_over(struct ctx *ctx, struct tx *tx, struct payout_move *v)
{
    int64_t n, cents;
    enum err e;

    if (!v->lacks_at)
        return OK;
    v->lacks_at = 0;
    if ((e = waiting(ctx, v->p.method, v->p.id, &n, &cents)) || n)
        return e;
    return alert_resolve(ctx, tx, STR("payout_lacks"), v->p.method);
}

enum err
payout_lack_poke(struct ctx *ctx, struct tx *tx, struct str provider, bool *ret_any)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_lacking_ids);
    enum err e;

    BUG_IF(!tx->open);
    *ret_any = false;
    stmt_str(&s, ":kind", provider);
    while ((e = stmt_row(&s)) == OK) {
        struct payout_move v;

        if ((e = payout_move_load(ctx, stmt_col_i64(&s, "id"), &v)))
            return e;
        int64_t at = v.lacks_at + PAYOUT_LACK_MS, now = ctx_now(ctx);
        if (at < now)
            at = now;
        /* Beside the one that waits for its time; each minute at most one. */
        e = outbox_add(ctx, tx, STR("pay"),
                       str_of(arena_printf(ctx->arena, "payout:%lld:lack:%lld",
                                           (long long)v.p.id, (long long)(at / 60000))),
                       str_of(arena_printf(ctx->arena, "%lld", (long long)v.p.id)), at);
        if (e)
            return e;
        *ret_any = true;
    }
    return e == E_NOTFOUND ? OK : e;
}
