/* Rows of refunds that we ask for. See giveback.h. */
#include "shop/giveback.h"

#include "base/conf.h"
#include "base/id.h"
#include "base/money.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "queue/alert.h"
#include "queue/outbox.h"

enum { WHY_BYTES = 300, OPEN_MAX = 20 };

static struct str
number(struct ctx *ctx, int64_t v)
{
    return str_of(arena_printf(ctx->arena, "%lld", (long long)v));
}

static struct str
alert_key(struct ctx *ctx, int64_t id)
{
    return str_of(arena_printf(ctx->arena, "giveback:%lld", (long long)id));
}

/* Who takes our request; all others take a person's. */
static bool
has_interface(const struct ctx *ctx, struct str provider)
{
    return str_eq_text(provider, "stripe") && ctx->conf->stripe.api_key_file.n;
}

static const char *
shown(struct ctx *ctx, int64_t amount)
{
    char *text = arena_alloc(ctx->arena, MONEY_TEXT);
    struct money m = {0};

    if (money_make(amount, ctx->conf->money.currency, &m) != OK)
        return "";
    return money_show(m, text);
}

static enum err
insert(struct ctx *ctx, const struct giveback_new *n, struct str state, int64_t *ret_id)
{
    char hex[33];
    struct str key;
    enum err e;

    id_hex(ctx->world, hex);
    key = str_of(arena_printf(ctx->arena, "giveback-%s", hex));
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_giveback_add);
    stmt_str(&s, ":key", key);
    stmt_str(&s, ":provider", n->provider);
    stmt_str(&s, ":payment", n->payment);
    stmt_i64(&s, ":amount", n->amount);
    stmt_str(&s, ":ref", n->ref);
    stmt_str(&s, ":reason", n->reason.p ? n->reason : STR(""));
    stmt_str(&s, ":actor", n->actor);
    stmt_str(&s, ":state", state);
    stmt_i64(&s, ":at", ctx_now(ctx));
    if (!(e = stmt_one(&s)))
        *ret_id = stmt_col_i64(&s, "id");
    return e;
}

static const char *
plain(struct ctx *ctx, int64_t cents)
{
    char *text = arena_alloc(ctx->arena, MONEY_TEXT);
    struct money m;

    return money_make(cents, ctx->conf->money.currency, &m) ? "?" : money_plain(m, text);
}

static enum err
known(struct ctx *ctx, const struct giveback_new *n, int64_t *ret_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_giveback_known);
    enum err e;

    stmt_str(&s, ":ref", n->ref);
    stmt_i64(&s, ":amount", n->amount);
    if (!(e = stmt_one(&s)))
        *ret_id = stmt_col_i64(&s, "id");
    return e;
}

/* What ends it: most shops tell, of one only people can. */
static const char *
tell_words(struct ctx *ctx, const struct giveback_new *n)
{
    return str_eq_text(n->provider, "kofi")
               ? arena_printf(ctx->arena,
                              "Nothing is booked before you say that it is done: cozykart "
                              "refunded kofi %.*s %s --reason TEXT",
                              STR_ARG(n->payment), plain(ctx, n->amount))
               : "Its notice ends this";
}

enum err
giveback_add(struct ctx *ctx, struct tx *tx, const struct giveback_new *n, int64_t *ret_id)
{
    bool asks = has_interface(ctx, n->provider);
    enum err e;

    BUG_IF(!tx->open);
    if (n->amount < 1 || n->amount > MINOR_MAX || !n->payment.n || !n->ref.n)
        return ctx_fail(ctx, E_INVALID, "a refund needs a payment and an amount");
    if ((e = insert(ctx, n, asks ? STR("new") : STR("by_hand"), ret_id)) == E_NOTFOUND)
        return known(ctx, n, ret_id);
    if (e)
        return e;
    if (asks)
        return outbox_add(ctx, tx, STR("giveback"), number(ctx, *ret_id), number(ctx, *ret_id),
                          ctx_now(ctx));
    return alert_raise(
        ctx, tx, STR("refund_by_hand"), alert_key(ctx, *ret_id), "warning", "us",
        str_of(arena_printf(ctx->arena, "refund %s of payment %.*s at %.*s, for %.*s%s%.*s. %s",
                            shown(ctx, n->amount), STR_ARG(n->payment), STR_ARG(n->provider),
                            STR_ARG(n->ref), n->reason.n ? ": " : "", STR_ARG(n->reason),
                            tell_words(ctx, n))));
}

/* What was asked before and is not booked yet is as good as gone. */
static enum err
check_rest(struct ctx *ctx, struct str ref, int64_t rest, int64_t amount)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_giveback_asked);
    enum err e;

    stmt_str(&s, ":ref", ref);
    if ((e = stmt_one(&s)))
        return e;
    rest -= stmt_col_i64(&s, "amount");
    return amount <= rest ? OK
                          : ctx_fail(ctx, E_CONFLICT, "%.*s has %s left to give back",
                                     STR_ARG(ref), shown(ctx, rest < 0 ? 0 : rest));
}

enum err
giveback_sale(struct ctx *ctx, struct tx *tx, int64_t sale_id, int64_t amount,
              struct str reason, struct str actor, int64_t *ret_id)
{
    struct giveback_new n = {.amount = amount, .reason = reason, .actor = actor};
    int64_t rest;
    enum err e;

    n.ref = str_of(arena_printf(ctx->arena, "sale:%lld", (long long)sale_id));
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_giveback_of_sale);
        stmt_i64(&s, ":id", sale_id);
        if ((e = stmt_one(&s)) == E_NOTFOUND)
            return ctx_fail(ctx, e, "there is no booked sale %lld", (long long)sale_id);
        if (e)
            return e;
        n.provider = stmt_col_str(&s, "provider");
        n.payment = stmt_col_str(&s, "payment");
        /* What was added to an order is known to its shop as that order (race/addon.h). */
        n.payment = str_sub(n.payment, 0, str_find(n.payment, STR("+"), 0));
        rest = stmt_col_i64(&s, "rest");
    }
    if ((e = known(ctx, &n, ret_id)) != E_NOTFOUND)
        return e;
    e = check_rest(ctx, n.ref, rest, amount);
    return e ? e : giveback_add(ctx, tx, &n, ret_id);
}

enum err
giveback_get(struct ctx *ctx, int64_t id, struct giveback *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_giveback_get);
    enum err e;

    stmt_i64(&s, ":id", id);
    if ((e = stmt_one(&s)) == E_NOTFOUND)
        return ctx_fail(ctx, e, "there is no refund request %lld", (long long)id);
    if (e)
        return e;
    *ret = (struct giveback){
        .id = id,
        .amount = stmt_col_i64(&s, "amount"),
        .at = stmt_col_i64(&s, "at"),
        .provider = stmt_col_str(&s, "provider"),
        .payment = stmt_col_str(&s, "payment"),
        .ref = stmt_col_str(&s, "ref"),
        .reason = stmt_col_str(&s, "reason"),
        .state = stmt_col_str(&s, "state"),
        .why = stmt_col_str(&s, "why"),
        .key = stmt_col_str(&s, "key"),
    };
    return OK;
}

static bool
is_word(struct str state)
{
    return str_eq_text(state, "asked") || str_eq_text(state, "unknown") ||
           str_eq_text(state, "done") || str_eq_text(state, "failed");
}

/* Every report is also the word about the alert of this one. */
static enum err
tell(struct ctx *ctx, struct tx *tx, const struct giveback *g, struct str state, struct str why)
{
    if (!str_eq_text(state, "failed"))
        return alert_resolve(ctx, tx, STR("refund_failed"), alert_key(ctx, g->id));
    return alert_raise(
        ctx, tx, STR("refund_failed"), alert_key(ctx, g->id), "error", "us",
        str_of(arena_printf(ctx->arena, "the refund of %s for %.*s was not made: %.*s",
                            shown(ctx, g->amount), STR_ARG(g->ref), STR_ARG(why))));
}

enum err
giveback_report(struct ctx *ctx, struct tx *tx, int64_t id, struct str state, struct str object,
                struct str why)
{
    struct giveback g;
    enum err e;

    BUG_IF(!tx->open);
    if (!is_word(state))
        return ctx_fail(ctx, E_INVALID, "a refund request is asked, unknown, done or failed");
    if ((e = giveback_get(ctx, id, &g)))
        return e;
    /* What is over stays so: a report may come twice, or after the notice. */
    if (str_eq_text(g.state, "done") || str_eq_text(g.state, "failed") ||
        str_eq_text(g.state, "by_hand"))
        return OK;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_giveback_report);
        stmt_i64(&s, ":id", id);
        stmt_str(&s, ":state", state);
        stmt_str(&s, ":object", object.p ? object : STR(""));
        stmt_str(&s, ":why", str_sub(why.p ? why : STR(""), 0, WHY_BYTES));
        if ((e = stmt_run(&s)))
            return e;
    }
    return tell(ctx, tx, &g, state, why);
}

static enum err
done(struct ctx *ctx, struct tx *tx, int64_t id)
{
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_giveback_done);
        stmt_i64(&s, ":id", id);
        if ((e = stmt_run(&s)))
            return e;
    }
    if ((e = alert_resolve(ctx, tx, STR("refund_by_hand"), alert_key(ctx, id))))
        return e;
    return alert_resolve(ctx, tx, STR("refund_failed"), alert_key(ctx, id));
}

enum err
giveback_told(struct ctx *ctx, struct tx *tx, struct str provider, struct str payment,
              int64_t amount)
{
    int64_t id[OPEN_MAX];
    size_t n = 0;
    enum err e = OK;

    BUG_IF(!tx->open);
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_giveback_open);
        stmt_str(&s, ":provider", provider);
        stmt_str(&s, ":payment", payment);
        while (n < OPEN_MAX && (e = stmt_row(&s)) == OK)
            if (stmt_col_i64(&s, "amount") <= amount)
                id[n++] = stmt_col_i64(&s, "id");
        if (e && e != E_NOTFOUND)
            return e;
    }
    for (size_t i = 0; i < n; i++)
        if ((e = done(ctx, tx, id[i])))
            return e;
    return OK;
}
