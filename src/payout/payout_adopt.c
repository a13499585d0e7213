/* After a restore: what a provider paid and the copy does not know. Runs through every state as
 * the lost one did. Not for: payouts that are known (payout_report.c). */
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "payout/method.h"
#include "payout/payout_move.h"
#include "upkeep/quarantine.h"

static enum err
is_new(struct ctx *ctx, const struct payout_made *m)
{
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_by_ref);

        stmt_str(&s, ":kind", m->provider);
        stmt_str(&s, ":ref", m->ref);
        if ((e = stmt_one(&s)) == OK)
            return ctx_fail(ctx, E_CONFLICT, "that is payout %lld",
                            (long long)stmt_col_i64(&s, "id"));
    }
    if (e != E_NOTFOUND)
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_open_of);
    stmt_i64(&s, ":member", m->member_id);
    if ((e = stmt_one(&s)) == OK)
        return ctx_fail(ctx, E_CONFLICT,
                        "payout %lld of theirs is under way: wait until it has ended",
                        (long long)stmt_col_i64(&s, "id"));
    return e == E_NOTFOUND ? OK : e;
}

/* As much as the provider's list says. Where there is no list, a person may say so while a
 * restore is being looked at, and never else. */
static enum err
is_listed(struct ctx *ctx, const struct payout_made *m)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_listed);
    bool open = false;
    enum err e;

    stmt_str(&s, ":provider", m->provider);
    stmt_str(&s, ":ref", m->ref);
    if ((e = stmt_one(&s)) || (e = quarantine_open(ctx, &open, NULL)))
        return e;
    if (!stmt_col_i64(&s, "n") && !open)
        return ctx_fail(ctx, E_CONFLICT, "%.*s does not list %.*s", STR_ARG(m->provider),
                        STR_ARG(m->ref));
    if (!stmt_col_i64(&s, "n") || -stmt_col_i64(&s, "amount") == m->amount)
        return OK;
    return ctx_fail(ctx, E_CONFLICT, "%.*s lists %.*s with %.*s", STR_ARG(m->provider),
                    STR_ARG(m->ref),
                    STR_ARG(payout_move_money(ctx, -stmt_col_i64(&s, "amount"))));
}

static enum err
find_method(struct ctx *ctx, const struct payout_made *m, int64_t *ret_id, struct str *ret_dest)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_way);
    enum err e;

    stmt_i64(&s, ":member", m->member_id);
    stmt_str(&s, ":kind", m->provider);
    if ((e = stmt_one(&s)) == E_NOTFOUND)
        return ctx_fail(ctx, e, "they have no payout method %.*s", STR_ARG(m->provider));
    if (e)
        return e;
    *ret_id = stmt_col_i64(&s, "id");
    *ret_dest = stmt_col_str(&s, "dest");
    return OK;
}

static enum err
has_money(struct ctx *ctx, const struct payout_made *m)
{
    struct account_wallet w;
    enum err e = account_wallet(ctx, m->member_id, &w);

    if (e || w.available >= m->amount)
        return e;
    return ctx_fail(ctx, E_FUNDS,
                    "their wallet has %.*s available: book first what they earned after the "
                    "copy",
                    STR_ARG(payout_move_money(ctx, w.available)));
}

static enum err
settle(struct ctx *ctx, struct tx *tx, const struct payout_made *m, int64_t id)
{
    const struct pay_answer paid = {
        .what = PAY_PAID, .ref = m->ref, .why = STR(""), .fee = -1, .turn = 1};
    struct payout_move v;
    int64_t seq, again;
    enum err e;

    if ((e = payout_move_load(ctx, id, &v)) ||
        (e = payout_move_hold(ctx, tx, &v, m->actor, &seq)) ||
        (e = payout_move_step(ctx, tx, &v, "HELD",
                              STR("the books were restored from a copy: it was made after it"),
                              m->actor, seq)))
        return e;
    v.turn = v.tries = 1;
    v.act = STR("send");
    v.p.first_at = ctx_now(ctx);
    if ((e = payout_move_step(ctx, tx, &v, "SENDING", STR(""), m->actor, 0)))
        return e;
    return payout_report(ctx, tx, id, &paid, &again);
}

enum err
payout_adopt(struct ctx *ctx, struct tx *tx, const struct payout_made *m, int64_t *ret_id)
{
    struct payout_ask a = {.member_id = m->member_id, .amount = m->amount, .actor = m->actor};
    struct str dest;
    enum err e;

    BUG_IF(!tx->open);
    if (method_is_manual(m->provider) || !m->ref.n || m->amount < 1)
        return ctx_fail(ctx, E_INVALID, "say which provider paid, its id of it and how much");
    if ((e = is_new(ctx, m)) || (e = is_listed(ctx, m)) ||
        (e = find_method(ctx, m, &a.method_id, &dest)) || (e = has_money(ctx, m)) ||
        (e = payout_move_open(ctx, &a, 0, m->provider, dest, ret_id)))
        return e;
    return settle(ctx, tx, m, *ret_id);
}
