/* A member's money at a glance, as a page and as JSON: what there is, when it clears, what is
 * owed. Not for: counting; the ledger has added it up. */
#include "base/conf.h"
#include "db/db.h"
#include "ledger/account.h"
#include "ledger/kind.h"
#include "ledger/purse.h"
#include "page/chart.h"
#include "page/routes.h"
#include "page/walletrows.h"

enum {
    WALLET_LINES = 10,
    WALLET_CURVE = 200,
    WALLET_RACES = 40,
    WALLET_TIPS = 40,
    WALLET_OWED = 20
};

static const struct form_field WHOSE[] = {
    {.name = "member", .kind = FORM_ID}
};

/* Shares of races that have not settled, with the time when they will. */
static enum err
add_races(struct ctx *ctx, struct view *list, int64_t member)
{
    struct purse_race race[WALLET_RACES];
    size_t n;
    enum err e = purse_races(ctx, member, WALLET_RACES, race, &n);

    for (size_t i = 0; e == OK && i < n; i++) {
        struct view *c = view_add(list);

        view_url(c, "url", layout_printf(ctx, "/race/%lld", (long long)race[i].race_id));
        view_text(c, "name", walletrows_race(ctx, race[i].race_id, race[i].name));
        layout_money(ctx, c, "amount", race[i].amount);
        layout_time(c, "at", race[i].at);
        view_text(c, "words",
                  race[i].at ? STR("available from")
                             : layout_printf(ctx, "available %lld h after the flag",
                                             (long long)race[i].clear_h));
    }
    return e;
}

static enum err
add_clears(struct ctx *ctx, struct view *v, int64_t member, const struct statement_accounts *a)
{
    struct view *list = view_list(v, "clears");
    struct purse_tips tip[WALLET_TIPS];
    size_t n = 0;
    enum err e = add_races(ctx, list, member);

    if (!e)
        e = purse_tips(ctx, member, a, WALLET_TIPS, tip, &n);
    for (size_t i = 0; !e && i < n; i++) {
        struct view *c = view_add(list);

        view_flag(c, "url", false);
        view_text(c, "name",
                  tip[i].n == 1 ? STR("A tip")
                                : layout_printf(ctx, "%lld tips", (long long)tip[i].n));
        layout_money(ctx, c, "amount", tip[i].amount);
        layout_time(c, "at", tip[i].clear_at);
        view_textz(c, "words", "available from");
    }
    view_flag(v, "has_clears", view_count(list) > 0);
    return e;
}

static enum err
add_owed(struct ctx *ctx, struct view *v, int64_t owed, const struct statement_accounts *a)
{
    struct purse_owed item[WALLET_OWED];
    size_t n = 0;

    view_flag(v, "owed", false);
    if (!owed)
        return OK;
    layout_money(ctx, v, "owed", owed);
    struct view *list = view_list(v, "debts");
    enum err e = purse_owed(ctx, a, WALLET_OWED, item, &n);

    for (size_t i = 0; !e && i < n; i++) {
        struct view *d = view_add(list);
        struct str url, thing = walletrows_thing(ctx, item[i].item, &url);

        view_text(d, "thing", thing);
        layout_money(ctx, d, "amount", item[i].amount);
    }
    return e;
}

/* The curve from the newest lines, oldest first; one point an entry. */
static void
add_curve(struct ctx *ctx, struct view *v, const struct statement_page *p)
{
    struct race_line *line = ARENA_ARRAY(ctx->arena, p->n + 1, struct race_line);
    struct chart c = {.line = line,
                      .wallet = true,
                      .now = ctx_now(ctx),
                      .currency = layout_currency(ctx),
                      .link = STR("/wallet/entry/")};
    int64_t before = p->opening;

    for (size_t i = p->n; i-- > 0;) {
        const struct statement_line *l = &p->line[i];

        if (i > 0 && p->line[i - 1].seq == l->seq)
            continue;
        if (l->after == before)
            continue; /* from pending to available: the same money */
        line[c.n++] = (struct race_line){.seq = l->seq,
                                         .at = l->at,
                                         .delta = l->after - before,
                                         .pot = l->after,
                                         .title = kind_words(ctx->arena, l->kind)};
        before = l->after;
    }
    view_raw(v, "curve", c.n > 1 ? chart_pot(ctx, &c, 1120) : STR(""));
}

/* How far it is to the smallest payout. */
static void
add_cash(struct ctx *ctx, struct view *v, const struct account_wallet *w)
{
    int64_t min = ctx->conf ? ctx->conf->payout.min : 0;
    bool enough = w->available >= min && w->available > 0;

    layout_money(ctx, v, "least", min);
    layout_money(ctx, v, "missing", enough ? 0 : min - w->available);
    view_flag(v, "enough", enough && !w->owed && !w->paying);
    view_flag(v, "paying", w->paying > 0);
    view_i64(v, "progress", w->available < min ? w->available : min);
}

static enum err
read_sums(struct ctx *ctx, struct view *v, int64_t member)
{
    struct account_wallet w;
    struct purse_totals t;
    struct statement_accounts a;
    enum err e;

    if ((e = account_wallet(ctx, member, &w)) || (e = purse_totals(ctx, member, &t)) ||
        (e = statement_accounts(ctx, member, &a)))
        return e;
    layout_money(ctx, v, "balance", w.pending + w.available);
    layout_money(ctx, v, "pending", w.pending);
    layout_money(ctx, v, "available", w.available);
    layout_money(ctx, v, "held", w.held);
    layout_money(ctx, v, "earned", t.earned);
    layout_money(ctx, v, "paid_out", t.paid_out);
    view_raw(v, "chart", chart_bar(ctx, w.available, w.pending, w.held));
    add_cash(ctx, v, &w);
    if ((e = add_owed(ctx, v, w.owed, &a)))
        return e;
    return add_clears(ctx, v, member, &a);
}

static enum err
read_wallet(struct ctx *ctx, struct view *v, const struct walletrows *w, bool curve)
{
    const struct statement_filter all = {0};
    struct statement_page p;
    enum err e;

    if ((e = read_sums(ctx, v, w->member)) ||
        (e = statement_page(ctx, w->member, &all, WALLET_CURVE, &p)))
        return e;
    if (curve)
        add_curve(ctx, v, &p);
    return walletrows_add(ctx, v, w, p.line, p.n < WALLET_LINES ? p.n : WALLET_LINES);
}

static enum err
begin(struct ctx *ctx, const struct req *req, struct walletrows *w)
{
    struct form f;
    enum err e = form_query(ctx, req, WHOSE, ARRAY_SIZE(WHOSE), &f);

    return e ? e : walletrows_whose(ctx, req, form_i64(&f, "member", 0), w);
}

enum err
wallet_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct walletrows w;
    enum err e = db_snapshot_begin(ctx);

    if (e != OK)
        return e;
    struct view *v = NULL;

    if (!(e = begin(ctx, req, &w))) {
        v = walletrows_view(ctx, req, &w, "wallet");
        e = read_wallet(ctx, v, &w, true);
    }
    db_snapshot_end(ctx);
    return e == OK ? res_page(res, req, "wallet/show", v) : e;
}

enum err
wallet_json(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = view_new(ctx->arena);
    struct walletrows w;
    enum err e = db_snapshot_begin(ctx);

    if (e != OK)
        return e;
    if (!(e = begin(ctx, req, &w))) {
        view_i64(v, "member", w.member);
        layout_time(v, "at", ctx_now(ctx));
        e = read_wallet(ctx, v, &w, false);
    }
    db_snapshot_end(ctx);
    return e == OK ? res_json(res, v) : e;
}
