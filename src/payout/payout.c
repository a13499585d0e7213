/* Payouts as everybody reads them, and the small things done to them. Not for: asking for one
 * (payout_request.c), what a provider says (payout_report.c). */
#include "payout/payout.h"

#include "base/clock.h"
#include "base/conf.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "payout/method.h"
#include "payout/payout_move.h"
#include "queue/outbox.h"
#include "upkeep/quarantine.h"

enum { LIST_MAX = 10000, STEPS_MAX = 4096, BANK_BYTES = 100 };

int64_t
payout_fee(const struct ctx *ctx, struct str kind, int64_t amount)
{
    if (!ctx->conf || !str_eq_text(ctx->conf->payout.fee_by, "member"))
        return 0;
    /* What they ask for, as modelled: the difference to what they really took is the house's.
     */
    if (str_eq_text(kind, "stripe"))
        return 25 + amount / 400;
    return str_eq_text(kind, "paypal") ? 25 : 0;
}

enum err
payout_amount(struct ctx *ctx, int64_t member_id, struct str text, int64_t *ret)
{
    struct account_wallet w;
    struct money m;
    enum err e;

    text = str_trim(text);
    if (str_ieq(text, STR("all"))) {
        if ((e = account_wallet(ctx, member_id, &w)))
            return e;
        *ret = w.available < ctx->conf->payout.max ? w.available : ctx->conf->payout.max;
        return OK;
    }
    if (money_parse(text, account_house_currency(ctx), &m) != OK || m.minor < 1)
        return ctx_fail(ctx, E_INVALID, "write the amount like 50 or 50.00, or all");
    *ret = m.minor;
    return OK;
}

enum err
payout_get(struct ctx *ctx, int64_t id, struct payout *ret)
{
    struct payout_move v;
    enum err e = payout_move_load(ctx, id, &v);

    if (!e)
        *ret = v.p;
    return e;
}

enum err
payout_list(struct ctx *ctx, int64_t member_id, struct str state, size_t max,
            struct payout **ret, size_t *ret_n)
{
    size_t room = max < LIST_MAX ? max : LIST_MAX, n = 0;
    int64_t *id = ARENA_ARRAY(ctx->arena, room + 1, int64_t);
    bool open = str_eq_text(state, "open");
    enum err e = OK;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, open        ? SQL_payout_ids_open
                                                         : state.n   ? SQL_payout_ids_in
                                                         : member_id ? SQL_payout_ids_of
                                                                     : SQL_payout_ids);

        if (member_id || open || state.n)
            stmt_i64(&s, ":member", member_id);
        if (state.n && !open)
            stmt_str(&s, ":state", state);
        if ((e = stmt_ids(&s, room, id, &n)))
            return e;
    }
    *ret = ARENA_ARRAY(ctx->arena, n + 1, struct payout);
    *ret_n = n;
    for (size_t i = 0; i < n; i++)
        if ((e = payout_get(ctx, id[i], &(*ret)[i])))
            return e;
    return OK;
}

enum err
payout_steps(struct ctx *ctx, int64_t id, struct payout_step **ret, size_t *ret_n)
{
    struct payout_step *step = ARENA_ARRAY(ctx->arena, STEPS_MAX, struct payout_step);
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_steps);
    size_t n = 0;
    enum err e = OK;

    stmt_i64(&s, ":id", id);
    while (n < STEPS_MAX && (e = stmt_row(&s)) == OK)
        step[n++] = (struct payout_step){.at = stmt_col_i64(&s, "at"),
                                         .state = stmt_col_str(&s, "state"),
                                         .why = stmt_col_str(&s, "why"),
                                         .actor = stmt_col_str(&s, "actor")};
    *ret = step;
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

enum err
payout_year(struct ctx *ctx, int64_t member_id, int64_t *ret_cents)
{
    char date[CLOCK_TEXT];
    int64_t from;
    enum err e;

    clock_date(ctx_now(ctx), date);
    struct str first = str_of(arena_printf(ctx->arena, "%.4s-01-01", date));
    if ((e = clock_parse(first, &from)))
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_year);
    stmt_i64(&s, ":member", member_id);
    stmt_i64(&s, ":from", from);
    if (!(e = stmt_one(&s)))
        *ret_cents = stmt_col_i64(&s, "cents");
    return e;
}

enum err
payout_cancel(struct ctx *ctx, struct tx *tx, int64_t id, int64_t member_id, struct str actor)
{
    struct payout_move v;
    int64_t seq, restored_at;
    enum err e = payout_move_load(ctx, id, &v);

    BUG_IF(!tx->open);
    if (e)
        return e;
    if (v.p.member_id != member_id)
        return ctx_fail(ctx, E_NOTFOUND, "there is no payout %lld", (long long)id);
    if (str_eq_text(v.p.state, "CANCELLED"))
        return ctx_fail(ctx, E_CONFLICT, "the payout was cancelled before");
    if (!str_eq_text(v.p.state, "HELD"))
        return ctx_fail(ctx, E_CONFLICT,
                        "the payout is on its way or has ended: it cannot be cancelled");
    if ((e = quarantine_refuse(ctx)) || (e = quarantine_since(ctx, &restored_at)))
        return e;
    if (v.p.asked_at < restored_at && !method_is_manual(v.p.method))
        return ctx_fail(ctx, E_CONFLICT, "it is being looked up whether it was sent");
    if ((e = payout_move_back(ctx, tx, &v, "PAYOUT_CANCELLED", actor, &seq)))
        return e;
    return payout_move_step(ctx, tx, &v, "CANCELLED", STR(""), actor, seq);
}

static enum err
find(struct ctx *ctx, struct str provider, struct str ref, struct str key, int64_t *ret_id)
{
    enum err e = E_NOTFOUND;

    if (key.n) {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_by_key);
        stmt_str(&s, ":key", key);
        if (!(e = stmt_one(&s)))
            *ret_id = stmt_col_i64(&s, "id");
    }
    if (e == E_NOTFOUND && ref.n) {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_by_ref);
        stmt_str(&s, ":kind", provider);
        stmt_str(&s, ":ref", ref);
        if (!(e = stmt_one(&s)))
            *ret_id = stmt_col_i64(&s, "id");
    }
    return e == E_NOTFOUND ? ctx_fail(ctx, E_NOTFOUND, "no payout of ours is named") : e;
}

enum err
payout_poke(struct ctx *ctx, struct tx *tx, struct str provider, struct str ref, struct str key,
            struct str *ret_ref)
{
    struct payout_move v;
    int64_t id = 0;
    enum err e;

    BUG_IF(!tx->open);
    if ((e = find(ctx, provider, ref, key, &id)) || (e = payout_move_load(ctx, id, &v)))
        return e;
    if (!str_eq(v.p.method, provider))
        return ctx_fail(ctx, E_NOTFOUND, "no payout of ours is named");
    *ret_ref = payout_move_ref(ctx, id);
    /* A look that waits for its time does not hinder one that is asked for now. */
    return outbox_add(ctx, tx, STR("pay"),
                      str_of(arena_printf(ctx->arena, "%.*s:poke:%lld", STR_ARG(*ret_ref),
                                          (long long)ctx_now(ctx))),
                      str_of(arena_printf(ctx->arena, "%lld", (long long)id)), ctx_now(ctx));
}

enum err
payout_bank(struct ctx *ctx, struct tx *tx, struct str account, struct str words)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_at_bank);

    BUG_IF(!tx->open);
    stmt_str(&s, ":account", account);
    stmt_str(&s, ":words", str_sub(words, 0, BANK_BYTES));
    return stmt_run(&s);
}
