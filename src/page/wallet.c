/* A member's money: what there is, line by line, and why. Not for: counting; ledger/statement.c
 * has added it up and checked the sum. */
#include "base/clock.h"
#include "db/db.h"
#include "db/stmt.h"
#include "http/form.h"
#include "ledger/account.h"
#include "ledger/statement.h"
#include "ledger/why.h"
#include "page/chart.h"
#include "page/layout.h"
#include "page/routes.h"
#include "race/race.h"

enum { WALLET_LINES = 10, WALLET_PAGE = 50, WALLET_RACES = 40, WALLET_MISSES = 20 };

/* "share of Hoodie" with the race it came from, or the kind of the entry in words. */
static enum err
add_what(struct ctx *ctx, struct view *v, int64_t member, const struct statement_line *l)
{
    static const struct {
        const char *kind, *words;
    } WORDS[] = {
        {"SALE_OPEN",    "share of a sale"         },
        {"SALE_POOL",    "share of a sale"         },
        {"REFUND",       "refund of a sale"        },
        {"DISPUTE_OPEN", "payment disputed"        },
        {"DISPUTE_WON",  "dispute won"             },
        {"DISPUTE_LOST", "dispute lost"            },
        {"RACE_SETTLE",  "race settled"            },
        {"RACE_VOID",    "race void"               },
        {"RACE_FIX",     "result corrected"        },
        {"RACE_RECUT",   "after the race's end"    },
        {"TAG_OUT",      "counted for another race"},
        {"TAG_IN",       "shares of a late tag"    },
        {"ESCROW_AWARD", "season prize"            },
        {"RECOVERY",     "recovery of a refund"    },
        {"PAYOUT_HOLD",  "payout asked for"        }
    };
    struct str words = str_lower(ctx->arena, l->kind);
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_page_race_of_entry);
    int64_t race = 0;

    for (size_t i = 0; i < ARRAY_SIZE(WORDS); i++)
        if (str_eq_text(l->kind, WORDS[i].kind))
            words = str_of(WORDS[i].words);
    stmt_i64(&q, ":seq", l->seq);
    stmt_i64(&q, ":member", member);
    enum err e = stmt_one(&q);

    if (e == OK) {
        race = stmt_col_i64(&q, "race_id");
        struct str title = stmt_col_str(&q, "title");

        words = layout_printf(ctx, "%.*s: %.*s, race %lld", STR_ARG(words), STR_ARG(title),
                              (long long)race);
    } else if (e != E_NOTFOUND) {
        return e;
    } else if (str_starts(l->ref, STR("race:")) &&
               str_i64(str_sub(l->ref, 5, l->ref.n), 1, MINOR_MAX, &race)) {
        words = layout_printf(ctx, "%.*s: race %lld", STR_ARG(words), (long long)race);
    }
    view_text(v, "what", words);
    if (race)
        view_url(v, "url", layout_printf(ctx, "/race/%lld", (long long)race));
    else
        view_flag(v, "url", false);
    return OK;
}

static enum err
add_lines(struct ctx *ctx, struct view *v, int64_t member, const struct statement_page *p)
{
    struct view *list = view_list(v, "lines");
    enum err e = OK;

    view_flag(v, "has_lines", p->n > 0);
    for (size_t i = 0; e == OK && i < p->n; i++) {
        struct view *l = view_add(list);

        layout_time(l, "at", p->line[i].at);
        e = add_what(ctx, l, member, &p->line[i]);
        view_text(l, "account", p->line[i].account);
        view_text(l, "amount_text", layout_delta(ctx, p->line[i].amount));
        view_textz(l, "amount_class", p->line[i].amount < 0 ? "down" : "gold");
        layout_money(ctx, l, "after", p->line[i].after);
        view_i64(l, "seq", p->line[i].seq);
        layout_hash(l, p->line[i].sha);
    }
    return e;
}

/* Races of the member, newest first. */
static enum err
races_of(struct ctx *ctx, int64_t member, int64_t *ret_ids, size_t *ret_n)
{
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_page_races_of_member);
    size_t n = 0;
    enum err e;

    stmt_i64(&q, ":member", member);
    stmt_i64(&q, ":max", WALLET_RACES);
    while ((e = stmt_row(&q)) == OK)
        if (n < WALLET_RACES)
            ret_ids[n++] = stmt_col_i64(&q, "race_id");
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

static int64_t
share_of(const struct race *r, int64_t member)
{
    int64_t sum = 0;

    for (size_t i = 0; i < r->n_seats; i++)
        if (r->seat[i].member_id == member)
            sum += r->seat[i].share;
    return sum;
}

/* Shares of races that have not settled, with the time when they will. */
static enum err
add_clears(struct ctx *ctx, struct view *v, int64_t member)
{
    struct view *list = view_list(v, "clears");
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    int64_t id[WALLET_RACES];
    size_t n;
    enum err e = races_of(ctx, member, id, &n);

    for (size_t i = 0; e == OK && i < n; i++) {
        e = race_get(ctx, id[i], r);
        if (e != OK || share_of(r, member) == 0 || r->state == RACE_SETTLED ||
            r->state == RACE_VOID || r->state == RACE_CANCELLED)
            continue;
        struct view *c = view_add(list);

        view_url(c, "url", layout_printf(ctx, "/race/%lld", (long long)r->id));
        view_text(c, "name",
                  layout_printf(ctx, "Race %lld, %.*s", (long long)r->id, STR_ARG(r->name)));
        layout_money(ctx, c, "amount", share_of(r, member));
        layout_time(c, "at", r->closed_at ? r->closed_at + r->clear_h * 3600000 : 0);
        view_text(c, "words",
                  r->closed_at ? STR("available from")
                               : layout_printf(ctx, "available %lld h after the flag",
                                               (long long)r->clear_h));
    }
    view_flag(v, "has_clears", view_count(list) > 0);
    return e;
}

static void
add_owed(struct ctx *ctx, struct view *v, int64_t owed)
{
    if (owed)
        layout_money(ctx, v, "owed", owed);
    else
        view_flag(v, "owed", false);
}

static enum err
read_wallet(struct ctx *ctx, struct view *v, int64_t member)
{
    struct account_wallet w;
    struct statement_page p;
    enum err e = account_wallet(ctx, member, &w);

    if (e == OK)
        e = statement_page(ctx, member, &(struct statement_filter){0}, WALLET_LINES, &p);
    if (e != OK)
        return e;
    layout_money(ctx, v, "balance", w.pending + w.available);
    layout_money(ctx, v, "pending", w.pending);
    layout_money(ctx, v, "available", w.available);
    layout_money(ctx, v, "held", w.held);
    add_owed(ctx, v, w.owed);
    view_raw(v, "chart", chart_bar(ctx, w.available, w.pending, w.held));
    e = add_lines(ctx, v, member, &p);
    return e == OK ? add_clears(ctx, v, member) : e;
}

enum err
wallet_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    enum err e = db_snapshot_begin(ctx);

    if (e != OK)
        return e;
    struct view *v = layout_view(ctx, req, "wallet");

    view_text(v, "member", req->session.name);
    e = read_wallet(ctx, v, req->session.user_id);
    db_snapshot_end(ctx);
    return e == OK ? res_page(res, req, "wallet/show", v) : e;
}

static const struct form_field FILTER[] = {
    {.name = "before", .kind = FORM_ID  },
    {.name = "from",   .kind = FORM_TIME},
    {.name = "to",     .kind = FORM_TIME}
};

/* Pages keep the dates; both are one of ours, so they need no escaping but the form's own. */
static void
add_pager(struct ctx *ctx, struct view *v, const struct form *f, int64_t older)
{
    char from[CLOCK_TEXT] = "", to[CLOCK_TEXT] = "";

    if (form_i64(f, "from", 0))
        clock_date(form_i64(f, "from", 0), from);
    if (form_i64(f, "to", 0))
        clock_date(form_i64(f, "to", 0), to);
    view_text(v, "from_text", layout_printf(ctx, "%s", from));
    view_text(v, "to_text", layout_printf(ctx, "%s", to));
    view_flag(v, "older_url", false);
    view_flag(v, "newest_url", false);
    if (older)
        view_url(v, "older_url",
                 layout_printf(ctx, "/wallet/statement?before=%lld&from=%s&to=%s",
                               (long long)older, from, to));
    if (form_i64(f, "before", 0))
        view_url(v, "newest_url",
                 layout_printf(ctx, "/wallet/statement?from=%s&to=%s", from, to));
}

static enum err
read_statement(struct ctx *ctx, struct view *v, int64_t member, const struct form *f)
{
    struct statement_page p;
    int64_t to = form_i64(f, "to", 0);
    /* A day stands for its whole length. */
    enum err e = statement_page(ctx, member,
                                &(struct statement_filter){.before = form_i64(f, "before", 0),
                                                           .from = form_i64(f, "from", 0),
                                                           .to = to ? to + 86399999 : 0},
                                WALLET_PAGE, &p);

    if (e != OK)
        return e;
    layout_money(ctx, v, "opening", p.opening);
    layout_money(ctx, v, "closing", p.closing);
    add_pager(ctx, v, f, p.older_than);
    return add_lines(ctx, v, member, &p);
}

enum err
wallet_statement(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct form f;
    struct str wrong = STR("");

    if (form_query(ctx, req, FILTER, ARRAY_SIZE(FILTER), &f) != OK) {
        wrong = str_dup(ctx->arena, ctx_why(ctx));
        ctx_clear(ctx);
    }
    enum err e = db_snapshot_begin(ctx);

    if (e != OK)
        return e;
    struct view *v = layout_view(ctx, req, "wallet");

    view_text(v, "member", req->session.name);
    view_text(v, "wrong", wrong);
    e = read_statement(ctx, v, req->session.user_id, &f);
    db_snapshot_end(ctx);
    return e == OK ? res_page(res, req, "wallet/statement", v) : e;
}

static enum err
add_reason(struct ctx *ctx, struct view *v, const struct why_group *r)
{
    struct race *race = ARENA_NEW(ctx->arena, struct race);
    int64_t id = 0;
    struct str name = r->ref;

    view_flag(v, "url", false);
    if (str_starts(r->ref, STR("race:")) &&
        str_i64(str_sub(r->ref, 5, r->ref.n), 1, MINOR_MAX, &id)) {
        enum err e = race_get(ctx, id, race);

        if (e != OK)
            return e;
        name = layout_printf(ctx, "Race %lld, %.*s", (long long)id, STR_ARG(race->name));
        view_url(v, "url", layout_printf(ctx, "/race/%lld", (long long)id));
    }
    view_text(v, "name", name);
    view_text(v, "what", r->what);
    view_text(v, "amount_text", layout_delta(ctx, r->amount));
    view_textz(v, "amount_class", r->amount < 0 ? "down" : "gold");
    view_text(v, "lines_words",
              r->lines == 1 ? layout_printf(ctx, "journal entry %lld", (long long)r->first_seq)
                            : layout_printf(ctx, "%lld lines, journal entries %lld to %lld",
                                            (long long)r->lines, (long long)r->first_seq,
                                            (long long)r->last_seq));
    return OK;
}

static enum err
add_misses(struct ctx *ctx, struct view *v, int64_t member, int64_t at)
{
    struct view *list = view_list(v, "misses");
    int64_t id[WALLET_RACES];
    size_t n;
    enum err e = races_of(ctx, member, id, &n);

    for (size_t i = 0; e == OK && i < n; i++) {
        struct race_miss *miss;
        size_t many;

        e = race_misses(ctx, id[i], WALLET_MISSES, &miss, &many);
        for (size_t k = 0; e == OK && k < many; k++) {
            if (miss[k].arrived_at > at)
                continue;
            struct view *m = view_add(list);

            layout_time(m, "at", miss[k].order_at);
            view_url(m, "url", layout_printf(ctx, "/race/%lld", (long long)id[i]));
            view_text(m, "race_name", layout_printf(ctx, "Race %lld", (long long)id[i]));
            view_text(m, "title", miss[k].title);
            view_text(m, "amount_text", layout_amount(ctx, miss[k].amount, miss[k].currency));
            view_text(m, "words", miss[k].words);
            view_text(m, "reason", miss[k].reason);
        }
    }
    view_flag(v, "has_misses", view_count(list) > 0);
    return e;
}

static enum err
read_explain(struct ctx *ctx, struct view *v, const struct req *req, int64_t at)
{
    struct why w;
    enum err e = why_read(ctx, req->session.user_id, at, &w);

    if (e != OK)
        return e;
    struct view *list = view_list(v, "reasons");
    char text[CLOCK_TEXT];

    layout_time(v, "at", at);
    layout_money(ctx, v, "total", w.pending + w.available);
    layout_money(ctx, v, "pending", w.pending);
    layout_money(ctx, v, "available", w.available);
    add_owed(ctx, v, w.owed);
    view_flag(v, "has_reasons", w.n > 0);
    for (size_t i = 0; e == OK && i < w.n; i++)
        e = add_reason(ctx, view_add(list), &w.group[i]);
    view_i64(v, "head_seq", w.head_seq);
    view_text(v, "head_sha", w.head_sha.n ? w.head_sha : STR("none yet"));
    view_text(v, "command",
              layout_printf(ctx, "cozykart explain %lld --at %s",
                            (long long)req->session.user_id, clock_rfc3339(at, text)));
    return e == OK ? add_misses(ctx, v, req->session.user_id, at) : e;
}

enum err
wallet_explain(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "at", .kind = FORM_TIME}
    };
    struct form f;
    struct str wrong = STR("");

    if (form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f) != OK) {
        wrong = str_dup(ctx->arena, ctx_why(ctx));
        ctx_clear(ctx);
    }
    enum err e = db_snapshot_begin(ctx);

    if (e != OK)
        return e;
    struct view *v = layout_view(ctx, req, "wallet");

    view_text(v, "member", req->session.name);
    view_text(v, "at_text", f.v[0].text); /* also when it is wrong */
    view_text(v, "wrong", wrong);
    e = read_explain(ctx, v, req, wrong.n ? ctx_now(ctx) : form_i64(&f, "at", ctx_now(ctx)));
    db_snapshot_end(ctx);
    return e == OK ? res_page(res, req, "wallet/explain", v) : e;
}
