/* Every reason not to pay somebody, in the order in which a person would want to hear it. Not
 * for: writing (payout_request.c). */
#include "base/clock.h"
#include "base/conf.h"
#include "db/stmt.h"
#include "ledger/account.h"
#include "payout/method.h"
#include "payout/payout_move.h"
#include "upkeep/quarantine.h"
#include "user/member.h"

static enum err
amount_fits(struct ctx *ctx, const struct payout_ask *a)
{
    const struct conf *c = ctx->conf;

    if (a->amount < c->payout.min || a->amount < 1)
        return ctx_fail(ctx, E_INVALID, "a payout is at least %.*s",
                        STR_ARG(payout_move_money(ctx, c->payout.min)));
    if (a->amount > c->payout.max)
        return ctx_fail(ctx, E_INVALID, "a payout is at most %.*s",
                        STR_ARG(payout_move_money(ctx, c->payout.max)));
    return OK;
}

static enum err
member_may(struct ctx *ctx, int64_t member_id)
{
    struct member m;
    struct str why;
    enum err e;

    if ((e = member_get(ctx, member_id, &m)) || (e = payout_block_why(ctx, member_id, &why)))
        return e;
    if (m.blocked)
        return ctx_fail(ctx, E_CONFLICT, "the account of %.*s is blocked", STR_ARG(m.name));
    if (why.n)
        return ctx_fail(ctx, E_CONFLICT, "payouts are stopped for the time being: %.*s",
                        STR_ARG(why));
    return OK;
}

static enum err
nothing_open(struct ctx *ctx, int64_t member_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_open_of);
    enum err e;

    stmt_i64(&s, ":member", member_id);
    e = stmt_one(&s);
    if (e)
        return e == E_NOTFOUND ? OK : e;
    return ctx_fail(ctx, E_CONFLICT,
                    "a payout of %.*s by %.*s is open: the next one can be asked for when it "
                    "has ended",
                    STR_ARG(payout_move_money(ctx, stmt_col_i64(&s, "amount"))),
                    STR_ARG(method_name(stmt_col_str(&s, "kind"))));
}

static enum err
wallet_has(struct ctx *ctx, const struct payout_ask *a)
{
    struct account_wallet w;
    enum err e = account_wallet(ctx, a->member_id, &w);

    if (e)
        return e;
    if (w.owed > 0)
        return ctx_fail(ctx, E_CONFLICT,
                        "%.*s are owed back: they are taken from what is earned next, then "
                        "payouts go on",
                        STR_ARG(payout_move_money(ctx, w.owed)));
    if (w.available < a->amount)
        return ctx_fail(ctx, E_FUNDS, "You have %.*s available; %.*s are missing",
                        STR_ARG(payout_move_money(ctx, w.available)),
                        STR_ARG(payout_move_money(ctx, a->amount - w.available)));
    return OK;
}

/* Stripe asks for the form before an account is ready; gift cards and store credit are no cash.
 */
static enum err
tax_allows(struct ctx *ctx, const struct payout_ask *a, const struct method *m)
{
    int64_t limit = ctx->conf->payout.tax_notice, sum;
    enum err e;

    if (!limit || method_is_manual(m->kind) || str_eq_text(m->kind, "stripe"))
        return OK;
    if ((e = payout_year(ctx, a->member_id, &sum)) || sum + a->amount <= limit)
        return e;
    return ctx_fail(
        ctx, E_DENIED,
        "a tax form is needed above %.*s a year, and %.*s gives us none: use Stripe, "
        "a gift card or store credit",
        STR_ARG(payout_move_money(ctx, limit)), STR_ARG(method_name(m->kind)));
}

enum err
payout_check(struct ctx *ctx, const struct payout_ask *a)
{
    struct method m = {.member_id = a->member_id, .kind = STR("gift_card"), .why = STR("")};
    enum err e;

    if (a->method_id && (e = method_get(ctx, a->method_id, &m)))
        return e;
    if (m.member_id != a->member_id)
        return ctx_fail(ctx, E_NOTFOUND, "there is no payout method %lld",
                        (long long)a->method_id);
    if ((e = quarantine_refuse(ctx)) || (e = amount_fits(ctx, a)) ||
        (e = member_may(ctx, a->member_id)) || (e = nothing_open(ctx, a->member_id)))
        return e;
    if (m.why.n)
        return ctx_fail(ctx, E_CONFLICT, "%.*s: %.*s", STR_ARG(method_name(m.kind)),
                        STR_ARG(m.why));
    if (a->amount <= payout_fee(ctx, m.kind, a->amount))
        return ctx_fail(ctx, E_INVALID, "the fee would take all of it");
    if ((e = wallet_has(ctx, a)))
        return e;
    return tax_allows(ctx, a, &m);
}
