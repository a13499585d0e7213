/* What the house owes and what is held for it, for everybody; and for staff the books behind
 * that: trial balance, providers' lists, checks. Not for: reckoning (ledger/funds.h). */
#include "base/clock.h"
#include "db/db.h"
#include "db/stmt.h"
#include "ledger/funds.h"
#include "ledger/seal.h"
#include "page/layout.h"
#include "page/routes.h"

enum { LINES_MAX = 100, SEALS_MAX = 7 };

struct sum {
    const char *key, *words;
    int64_t minor;
};

static void
add_sums(struct ctx *ctx, struct view *v, const char *name, const struct sum *sum, size_t n)
{
    struct view *list = view_list(v, name);

    for (size_t i = 0; i < n; i++) {
        struct view *row = view_add(list);

        view_textz(row, "key", sum[i].key);
        view_textz(row, "words", sum[i].words);
        layout_money(ctx, row, "amount", sum[i].minor);
    }
}

static void
add_owed(struct ctx *ctx, struct view *v, const struct funds *f)
{
    const struct sum members[] = {
        {"available", "Wallets: payable",                 f->available},
        {"pending",   "Wallets: shares and tips to come", f->pending  },
        {"payouts",   "Payouts on their way",             f->payouts  },
        {"pools",     "Waiting for results of races",     f->pools    },
        {"prizes",    "Prizes of seasons, paid in",       f->prizes   },
        {"disputed",  "Held while a payment is disputed", f->disputed },
        {"credit",    "Store credit",                     f->credit   },
    };
    const struct sum others[] = {
        {"maker",     "To makers of goods", f->maker    },
        {"tax",       "Sales tax",          f->tax      },
        {"unmatched", "Not matched yet",    f->unmatched},
    };

    add_sums(ctx, v, "members", members, ARRAY_SIZE(members));
    add_sums(ctx, v, "others", others, ARRAY_SIZE(others));
    layout_money(ctx, v, "owed_members", f->members);
    layout_money(ctx, v, "owed", f->owed);
}

/* Their own figure where they tell one, less what was there before the house. */
static void
add_provider(struct ctx *ctx, struct view *row, const struct funds_provider *p)
{
    bool says = p->state.says;

    view_text(row, "name", p->name);
    view_flag(row, "says", says);
    layout_money(ctx, row, "amount", says ? p->state.holds - p->state.base : p->ours);
    layout_money(ctx, row, "ours", p->ours);
    layout_money(ctx, row, "holds", p->state.holds);
    layout_money(ctx, row, "base", p->state.base);
    view_flag(row, "has_base", p->state.base != 0);
    layout_money(ctx, row, "difference", says ? p->state.holds - p->state.base - p->ours : 0);
    layout_money(ctx, row, "off", p->state.off);
    view_flag(row, "is_off", p->state.off != 0);
    layout_time(row, "read", p->state.at);
    view_text(row, "why", p->state.why);
    layout_badge(row,
                 p->state.why.n || p->state.off ? "void"
                 : p->read                      ? "done"
                                                : "rest",
                 p->state.why.n ? STR("not read")
                 : p->state.off ? STR("differs")
                 : p->read      ? STR("read")
                                : STR("by our books"));
}

static void
add_held(struct ctx *ctx, struct view *v, const struct funds *f)
{
    struct view *list = view_list(v, "providers");

    for (size_t i = 0; i < f->n_providers; i++)
        add_provider(ctx, view_add(list), &f->provider[i]);
    layout_money(ctx, v, "bank", f->bank);
    layout_money(ctx, v, "disputes", f->disputes);
    layout_money(ctx, v, "held", f->told);
    layout_money(ctx, v, "booked", f->held);
    layout_time(v, "read_at", f->read_at);
}

static enum err
fill_funds(struct ctx *ctx, struct view *v)
{
    struct funds *f = ARENA_NEW(ctx->arena, struct funds);
    enum err e = funds_get(ctx, f);

    if (e)
        return e;
    add_owed(ctx, v, f);
    add_held(ctx, v, f);
    view_flag(v, "covered", f->told >= f->owed);
    layout_money(ctx, v, "over", f->told - f->owed);
    layout_money(ctx, v, "short", f->owed - f->told);
    layout_badge(v, f->told >= f->owed ? "done" : "wait",
                 f->told >= f->owed ? STR("covered") : STR("not covered"));
    layout_time(v, "now", ctx_now(ctx));
    return OK;
}

static enum err
in_snapshot(struct ctx *ctx, struct view *v, enum err (*fill)(struct ctx *, struct view *))
{
    enum err e = db_snapshot_begin(ctx);

    if (e)
        return e;
    e = fill(ctx, v);
    db_snapshot_end(ctx);
    return e;
}

enum err
fundspage_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = layout_view(ctx, req, "status");
    enum err e = in_snapshot(ctx, v, fill_funds);

    res_cache(res, RES_SHORT);
    return e ? e : res_page(res, req, "books/funds", v);
}

enum err
fundspage_json(struct ctx *ctx, const struct req *req UNUSED, struct res *res)
{
    struct view *v = view_new(ctx->arena);
    enum err e = in_snapshot(ctx, v, fill_funds);

    res_cache(res, RES_SHORT);
    return e ? e : res_json(res, v);
}

static enum err
add_trial(struct ctx *ctx, struct view *v)
{
    struct view *list = view_list(v, "trial");
    struct funds_row *r = NULL;
    size_t n = 0;
    enum err e = funds_trial(ctx, &r, &n);

    for (size_t i = 0; !e && i < n; i++) {
        struct view *row = view_add(list);

        view_text(row, "account", r[i].name);
        view_text(row, "currency", r[i].currency);
        view_i64(row, "accounts", r[i].n);
        view_flag(row, "several", r[i].n > 1);
        view_text(row, "debits", layout_amount(ctx, r[i].debits, r[i].currency));
        view_text(row, "credits", layout_amount(ctx, r[i].credits, r[i].currency));
        view_text(row, "balance", layout_amount(ctx, r[i].bal, r[i].currency));
        view_i64(row, "minor", r[i].bal);
    }
    view_flag(v, "has_trial", n > 0);
    return e;
}

static enum err
add_lines(struct ctx *ctx, struct view *list, struct str provider)
{
    struct theirs_line *l = NULL;
    size_t n = 0;
    enum err e = theirs_list(ctx, provider, LINES_MAX, &l, &n);

    for (size_t i = 0; !e && i < n; i++) {
        bool calm = str_eq_text(l[i].verdict, "other") || str_eq_text(l[i].verdict, "open");
        struct view *row = view_add(list);

        view_text(row, "provider", provider);
        view_text(row, "object", l[i].object);
        view_text(row, "kind", l[i].kind);
        view_text(row, "source", l[i].source);
        view_text(row, "ref", l[i].ref);
        view_text(row, "verdict", l[i].verdict);
        layout_badge(row, calm ? "rest" : "void",
                     str_eq_text(l[i].verdict, "wrong_currency") ? STR("wrong currency")
                                                                 : l[i].verdict);
        view_text(row, "amount", layout_amount(ctx, l[i].amount, l[i].currency));
        view_text(row, "fee", layout_amount(ctx, l[i].fee, l[i].currency));
        layout_time(row, "at", l[i].at);
    }
    return e;
}

static enum err
add_checks(struct ctx *ctx, struct view *v)
{
    struct view *list = view_list(v, "checks");
    struct funds_check c[FUNDS_CHECKS_MAX];
    struct funds_ran *ran = NULL;
    size_t n = 0, n_ran = 0;
    enum err e;

    if ((e = funds_checks(ctx, c, &n)) || (e = funds_ran_list(ctx, &ran, &n_ran)))
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *row = view_add(list);

        view_textz(row, "name", c[i].name);
        view_textz(row, "words", c[i].words);
        view_flag(row, "holds", c[i].holds);
        view_text(row, "why",
                  c[i].holds ? STR("")
                             : layout_printf(ctx, "off by %.*s",
                                             STR_ARG(layout_house(ctx, c[i].off))));
        layout_badge(row,
                     c[i].holds  ? "done"
                     : c[i].hard ? "void"
                                 : "wait",
                     c[i].holds ? STR("holds") : STR("does not hold"));
        layout_time(row, "at", ctx_now(ctx));
    }
    for (size_t i = 0; i < n_ran; i++) {
        struct view *row = view_add(list);

        view_text(row, "name", ran[i].name);
        view_text(row, "words", ran[i].words);
        view_flag(row, "holds", ran[i].found == 0);
        view_text(row, "why", ran[i].why);
        layout_badge(row, ran[i].found ? "void" : "done",
                     ran[i].found ? STR("does not hold") : STR("holds"));
        layout_time(row, "at", ran[i].at);
    }
    return OK;
}

static enum err
add_seals(struct ctx *ctx, struct view *v)
{
    struct view *list = view_list(v, "seals");
    struct seal *s = NULL;
    size_t n = 0;
    enum err e = seal_list(ctx, SEALS_MAX, &s, &n);

    for (size_t i = 0; !e && i < n; i++) {
        struct view *row = view_add(list);

        view_text(row, "day", s[i].day);
        view_url(row, "url", layout_printf(ctx, "/seal/%.*s", STR_ARG(s[i].day)));
        view_i64(row, "first", s[i].first_seq);
        view_i64(row, "last", s[i].last_seq);
        view_flag(row, "has_entries", s[i].last_seq >= s[i].first_seq);
        layout_hash(row, s[i].head_sha);
    }
    view_flag(v, "has_seals", n > 0);
    return e;
}

static enum err
fill_ledger(struct ctx *ctx, struct view *v)
{
    struct funds *f = ARENA_NEW(ctx->arena, struct funds);
    enum err e = fill_funds(ctx, v);
    struct view *lines = view_list(v, "lines");

    if (e || (e = funds_get(ctx, f)) || (e = add_trial(ctx, v)) || (e = add_checks(ctx, v)) ||
        (e = add_seals(ctx, v)))
        return e;
    for (size_t i = 0; !e && i < f->n_providers; i++)
        e = add_lines(ctx, lines, f->provider[i].name);
    view_flag(v, "has_lines", view_count(lines) > 0);
    view_flag(v, "has_providers", f->n_providers > 0);
    return e;
}

enum err
fundspage_ledger(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = layout_view(ctx, req, "");
    enum err e = in_snapshot(ctx, v, fill_ledger);

    return e ? e : res_page(res, req, "ops/ledger", v);
}

enum err
fundspage_ledger_json(struct ctx *ctx, const struct req *req UNUSED, struct res *res)
{
    struct view *v = view_new(ctx->arena);
    enum err e = in_snapshot(ctx, v, fill_ledger);

    return e ? e : res_json(res, v);
}
