/* Read from the ledger each time; nothing is ticked off by hand. See finding.h. */
#include "upkeep/finding.h"

#include "base/clock.h"
#include "base/conf.h"
#include "base/money.h"
#include "db/stmt.h"
#include "ledger/account.h"

enum { HOUR_MS = 3600 * 1000 };
/* PayPal refuses the same order for 30 days, and names the payment that it made. */
static const int64_t PAYPAL_MS = INT64_C(28) * 24 * HOUR_MS;

struct gather {
    struct ctx *ctx;
    const struct quarantine *q;
    struct finding *list;
    size_t n, max;
};

static bool
add(struct gather *g, bool blocks, const char *thing, const char *words)
{
    if (g->n >= g->max)
        return false;
    g->list[g->n++] =
        (struct finding){.thing = str_of(thing), .words = str_of(words), .blocks = blocks};
    return true;
}

static const char *
money(struct ctx *ctx, int64_t cents)
{
    char *text = arena_alloc(ctx->arena, MONEY_TEXT);
    struct money m;

    if (money_make(cents < 0 ? -cents : cents, account_house_currency(ctx), &m) != OK)
        return "?";
    return money_show(m, text);
}

static const char *
when(struct ctx *ctx, int64_t ms)
{
    return clock_rfc3339(ms, arena_alloc(ctx->arena, CLOCK_TEXT));
}

static bool
is_manual(struct str kind)
{
    return str_eq_text(kind, "gift_card") || str_eq_text(kind, "store_credit");
}

/* How a payout stands since the restore. */
static const char *
standing(struct gather *g, struct stmt *s, bool *ret_blocks)
{
    struct str kind = stmt_col_str(s, "kind"), ref = stmt_col_str(s, "ref");
    int64_t age = ctx_now(g->ctx) - stmt_col_i64(s, "asked_at");

    *ret_blocks = false;
    if (is_manual(kind))
        return "ask whoever gives codes whether it was given after the copy was made";
    if (stmt_col_i64(s, "heard_at") >= g->q->began_at)
        return ref.n ? "its provider has it and it goes on by itself"
                     : "its provider never had it: it is sent when the quarantine ends";
    if (str_eq_text(kind, "paypal") && !ref.n && age < PAYPAL_MS)
        return "it is sent again under the same name when the quarantine ends, and PayPal "
               "answers with the first payment if there was one";
    *ret_blocks = true;
    return "it was not looked up since the restore: that is tried by itself; if it does not "
           "succeed, look at /ops/jobs why";
}

static enum err
payouts(struct gather *g, bool blocking)
{
    struct ctx *ctx = g->ctx;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_finding_payouts);
    enum err e;

    stmt_i64(&s, ":began", g->q->began_at);
    stmt_i64(&s, ":max", (int64_t)g->max);
    while ((e = stmt_row(&s)) == OK) {
        long long id = (long long)stmt_col_i64(&s, "id");
        struct str kind = stmt_col_str(&s, "kind"), name = stmt_col_str(&s, "name");
        bool blocks;
        const char *how = standing(g, &s, &blocks);

        if (blocks == blocking &&
            !add(g, blocks, arena_printf(ctx->arena, "payout:%lld", id),
                 arena_printf(ctx->arena, "payout %lld of %s by %.*s to %.*s is %.*s: %s", id,
                              money(ctx, stmt_col_i64(&s, "amount")), STR_ARG(kind),
                              STR_ARG(name), STR_ARG(stmt_col_str(&s, "state")), how)))
            break;
    }
    return e == E_NOTFOUND ? OK : e;
}

static enum err
is_used(struct ctx *ctx, struct str provider, bool *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_finding_uses);
    enum err e;

    stmt_str(&s, ":provider", provider);
    if (!(e = stmt_one(&s)))
        *ret = stmt_col_i64(&s, "n") > 0;
    return e;
}

static enum err
was_read(struct gather *g, struct str provider)
{
    struct ctx *ctx = g->ctx;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_finding_read);
    struct str why = STR("");
    int64_t at = 0;
    enum err e;

    stmt_str(&s, ":provider", provider);
    if ((e = stmt_one(&s)) == OK) {
        at = stmt_col_i64(&s, "at");
        why = stmt_col_str(&s, "why");
    }
    if (e && e != E_NOTFOUND)
        return e;
    if (at >= g->q->began_at)
        return OK;
    (void)add(g, true, str_text(ctx->arena, provider),
              arena_printf(ctx->arena,
                           "what %.*s has was not compared since the restore: that is tried "
                           "every five minutes%s%.*s",
                           STR_ARG(provider), why.n ? "; the last time: " : "", STR_ARG(why)));
    return OK;
}

/* Payouts that PayPal made after the copy are in no list that we can read. */
static enum err
paypal(struct gather *g)
{
    struct ctx *ctx = g->ctx;
    bool used = false;
    enum err e = is_used(ctx, STR("paypal"), &used);

    if (e || !used)
        return e;
    (void)add(g, true, "paypal",
              arena_printf(ctx->arena,
                           "PayPal has no list that can be read from here: look at Activity "
                           "there for payouts since %s; what /ops/payouts does not have is "
                           "booked with cozykart payout adopt; then end with --despite",
                           when(ctx, g->q->copy_at)));
    return OK;
}

static enum err
comparisons(struct gather *g)
{
    const struct conf *c = g->ctx->conf;
    enum err e = OK;

    if (!c)
        return OK;
    if (c->stripe.api_key_file.n)
        e = was_read(g, STR("stripe"));
    if (!e && c->whop.account.n && c->whop.api_key_file.n)
        e = was_read(g, STR("whop"));
    if (!e && c->shopify.shop.n && c->shopify.token_file.n)
        e = was_read(g, STR("shopify"));
    if (!e && c->paypal.client_id.n)
        e = paypal(g);
    return e;
}

static const char *
advice(struct str kind, struct str ref)
{
    if (ref.n)
        return "is not as it is booked here; compare both";
    if (str_eq_text(kind, "transfer"))
        return "is not in this ledger: it is a payout that was made after the copy; book it "
               "with cozykart payout adopt";
    return "is not in this ledger; have its notice sent again at the provider's console";
}

static enum err
lines(struct gather *g)
{
    struct ctx *ctx = g->ctx;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_finding_lines);
    enum err e;

    stmt_i64(&s, ":since", g->q->copy_at - HOUR_MS);
    stmt_i64(&s, ":max", (int64_t)g->max);
    while ((e = stmt_row(&s)) == OK) {
        struct str provider = stmt_col_str(&s, "provider"), kind = stmt_col_str(&s, "kind"),
                   source = stmt_col_str(&s, "source");

        if (!source.n)
            source = stmt_col_str(&s, "object");
        if (!add(g, true,
                 arena_printf(ctx->arena, "%.*s:%.*s", STR_ARG(provider), STR_ARG(source)),
                 arena_printf(ctx->arena, "%.*s %.*s of %s at %.*s (%s) %s", STR_ARG(kind),
                              STR_ARG(source), money(ctx, stmt_col_i64(&s, "amount")),
                              STR_ARG(provider), when(ctx, stmt_col_i64(&s, "at")),
                              advice(kind, stmt_col_str(&s, "ref")))))
            break;
    }
    return e == E_NOTFOUND ? OK : e;
}

static enum err
givebacks(struct gather *g)
{
    struct ctx *ctx = g->ctx;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_finding_givebacks);
    enum err e;

    stmt_i64(&s, ":began", g->q->began_at);
    stmt_i64(&s, ":max", (int64_t)g->max);
    while ((e = stmt_row(&s)) == OK) {
        bool by_hand = str_eq_text(stmt_col_str(&s, "state"), "by_hand");

        if (!add(g, false,
                 arena_printf(ctx->arena, "giveback:%lld", (long long)stmt_col_i64(&s, "id")),
                 arena_printf(ctx->arena, "refund of %s to %.*s payment %.*s: %s",
                              money(ctx, stmt_col_i64(&s, "amount")),
                              STR_ARG(stmt_col_str(&s, "provider")),
                              STR_ARG(stmt_col_str(&s, "payment")),
                              by_hand ? "look whether it was made by hand after the copy"
                                      : "it is looked for, and asked for if it is not there, "
                                        "when the quarantine ends")))
            break;
    }
    return e == E_NOTFOUND ? OK : e;
}

enum err
finding_list(struct ctx *ctx, const struct quarantine *q, size_t max, struct finding **ret,
             size_t *ret_n)
{
    struct gather g = {.ctx = ctx, .q = q, .max = max};
    enum err e;

    g.list = ARENA_ARRAY(ctx->arena, max ? max : 1, struct finding);
    if ((e = payouts(&g, true)) || (e = comparisons(&g)) || (e = lines(&g)) ||
        (e = payouts(&g, false)) || (e = givebacks(&g)))
        return e;
    *ret = g.list;
    *ret_n = g.n;
    return OK;
}
