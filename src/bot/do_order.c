/* "Why did my order not count?": a form for the number, a private answer. Not for: deciding it
 * (race/sale.c did, once, when the order came). */
#include "base/clock.h"
#include "base/money.h"
#include "bot/do.h"
#include "db/stmt.h"
#include "provider/registry.h"

enum { NUMBER_SIGNS = 100, PROVIDERS_MAX = 16 };

struct order {
    int64_t id, at, amount, delta;
    struct str currency, reason, title;
};

enum err
do_order_ask(struct bot *b)
{
    bot_modal(b, "Why did my order not count?", "whyorder:%lld", (long long)b->arg[0]);
    bot_input(b, "order", "Number of the order or of the payment", false, true, 1,
              NUMBER_SIGNS);
    return OK;
}

static void
read_order(struct stmt *s, struct order *ret)
{
    *ret = (struct order){
        .id = stmt_col_i64(s, "id"),
        .at = stmt_col_i64(s, "order_at"),
        .amount = stmt_col_i64(s, "amount"),
        .delta = stmt_col_i64(s, "delta"),
        .currency = stmt_col_str(s, "currency"),
        .reason = stmt_col_str(s, "reason"),
        .title = stmt_col_str(s, "title"),
    };
}

/* A sale's number as our pages show it, or the provider's own. */
static enum err
find_order(struct ctx *ctx, int64_t race, struct str number, struct order *ret)
{
    struct str digits = str_starts(number, STR("#")) ? str_sub(number, 1, number.n) : number;
    int64_t id;
    enum err e = E_NOTFOUND;

    if (str_i64(digits, 1, MINOR_MAX, &id)) {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_do_order_by_id);

        stmt_i64(&s, ":race", race);
        stmt_i64(&s, ":id", id);
        if (!(e = stmt_one(&s)))
            read_order(&s, ret);
    }
    for (size_t i = 0; e == E_NOTFOUND && i < PROVIDERS_MAX && registry_name(i).n; i++) {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_do_order_by_payment);

        stmt_i64(&s, ":race", race);
        stmt_str(&s, ":provider", registry_name(i));
        stmt_str(&s, ":payment", number);
        if (!(e = stmt_one(&s)))
            read_order(&s, ret);
    }
    return e;
}

/* Beside the words of the reason, how far the order was from the race's window. */
static const char *
distance(struct ctx *ctx, const struct race *r, const struct order *o)
{
    char span[CLOCK_TEXT];

    if (!str_eq_text(o->reason, "gate_closed") || !r->opened_at)
        return "";
    if (o->at < r->opened_at)
        return arena_printf(ctx->arena, " Race %lld started %s later.", (long long)r->id,
                            clock_span(r->opened_at - o->at, span));
    if (r->closed_at && o->at >= r->closed_at)
        return arena_printf(
            ctx->arena, " Race %lld had ended %s earlier; orders counted for %s after the end.",
            (long long)r->id, clock_span(o->at - r->closed_at, span),
            clock_span(1000 * r->grace_s, arena_alloc(ctx->arena, CLOCK_TEXT)));
    return "";
}

static const char *
price(struct ctx *ctx, const struct order *o)
{
    char *text = arena_alloc(ctx->arena, MONEY_TEXT);
    struct money m;

    return money_make(o->amount, o->currency, &m) == OK ? money_show(m, text) : "";
}

enum err
do_order_why(struct bot *b)
{
    struct ctx *ctx = b->ctx;
    struct order o;
    struct race r;
    enum err e;

    if ((e = race_get(ctx, b->arg[0], &r)))
        return e;
    e = find_order(ctx, r.id, str_trim(bot_text(b, "order")), &o);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND,
                        "no order with that number has reached us: check the number on the "
                        "receipt, or wait a minute and ask again");
    if (e)
        return e;
    bool counted = str_starts(race_reason_words(o.reason), STR("counted"));
    message_embed(b->m, o.delta >= 0 ? MESSAGE_GOOD : MESSAGE_PROBLEM, "Order %lld",
                  (long long)o.id);
    message_line(b->m, "%.*s, %s, ordered %.*s.", STR_ARG(message_text(ctx, o.title, 80)),
                 price(ctx, &o), STR_ARG(message_time(ctx, o.at, 'F')));
    if (o.delta >= 0)
        message_line(b->m, "It counts for race %lld: %.*s of it went to the pot.",
                     (long long)r.id, STR_ARG(message_money(ctx, o.delta)));
    else if (counted)
        message_line(b->m, "It counts for another race, not for race %lld.", (long long)r.id);
    else
        message_line(b->m, "It did not count: %.*s.%s", STR_ARG(race_reason_words(o.reason)),
                     distance(ctx, &r, &o));
    message_footer(b->m, "Race %lld", (long long)r.id);
    message_link(b->m, "Details", "/race/%lld", (long long)r.id);
    return OK;
}
