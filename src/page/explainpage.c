/* Why a balance is what it is, at any moment: what it is made of, what did not count, the
 * proof, and the same sum read in other ways. Not for: adding up (ledger/why.c). */
#include "base/clock.h"
#include "db/db.h"
#include "db/stmt.h"
#include "ledger/account.h"
#include "ledger/seal.h"
#include "ledger/why.h"
#include "page/routes.h"
#include "page/walletrows.h"
#include "race/race.h"

enum { EXPLAIN_RACES = 40, EXPLAIN_MISSES = 20, EXPLAIN_OPEN = 150 };

static const struct form_field FIELDS[] = {
    {.name = "at",      .kind = FORM_TIME},
    {.name = "compare", .kind = FORM_FLAG},
    {.name = "member",  .kind = FORM_ID  }
};

/* The newest lines of a group, and what the older ones add up to. */
static enum err
add_parts(struct ctx *ctx, struct view *v, const struct why_group *g, bool open)
{
    struct view *list = view_list(v, "parts");
    struct why_part p;
    int64_t rest = g->amount, n = g->lines;
    enum err e = OK;

    for (size_t i = 0; !e && open && why_part_of(g, i, &p); i++) {
        struct view *row = view_add(list);
        struct str sha = STR("");
        int64_t at = 0;

        e = statement_stamp(ctx, p.seq, &at, &sha);
        layout_time(row, "at", at);
        view_text(row, "amount_text", layout_delta(ctx, p.amount));
        view_textz(row, "amount_class", p.amount < 0 ? "down" : "gold");
        view_i64(row, "seq", p.seq);
        view_url(row, "entry_url", layout_printf(ctx, "/wallet/entry/%lld", (long long)p.seq));
        layout_hash(row, sha);
        rest -= p.amount;
        n--;
    }
    view_text(v, "rest_words",
              n ? layout_printf(ctx, "%lld earlier %s", (long long)n, n == 1 ? "line" : "lines")
                : STR(""));
    view_text(v, "rest_text", layout_delta(ctx, rest));
    return e;
}

static enum err
add_group(struct ctx *ctx, struct view *v, const struct why_group *g, bool open)
{
    struct race *race = ARENA_NEW(ctx->arena, struct race);
    struct str url, name = walletrows_thing(ctx, g->ref, &url);
    int64_t id = 0;
    enum err e;

    if (str_starts(g->ref, STR("race:")) &&
        str_i64(str_sub(g->ref, 5, g->ref.n), 1, MINOR_MAX, &id)) {
        if ((e = race_get(ctx, id, race)))
            return e;
        name = walletrows_race(ctx, id, race->name);
    }
    if (url.n)
        view_url(v, "url", url);
    else
        view_flag(v, "url", false);
    view_text(v, "name", name);
    view_text(v, "what", g->what);
    view_text(v, "amount_text", layout_delta(ctx, g->amount));
    view_textz(v, "amount_class", g->amount < 0 ? "down" : "gold");
    view_text(v, "lines_words",
              g->lines == 1 ? layout_printf(ctx, "journal entry %lld", (long long)g->first_seq)
                            : layout_printf(ctx, "%lld lines, journal entries %lld to %lld",
                                            (long long)g->lines, (long long)g->first_seq,
                                            (long long)g->last_seq));
    return add_parts(ctx, v, g, open);
}

/* Sales near the member's races that had arrived by then and did not count. */
static enum err
add_misses_of(struct ctx *ctx, struct view *list, int64_t race, int64_t at)
{
    struct race_miss *miss;
    size_t many = 0;
    enum err e = race_misses(ctx, race, EXPLAIN_MISSES, &miss, &many);

    for (size_t k = 0; e == OK && k < many; k++) {
        if (miss[k].arrived_at > at)
            continue;
        struct view *m = view_add(list);

        layout_time(m, "at", miss[k].order_at);
        view_url(m, "url", layout_printf(ctx, "/race/%lld", (long long)race));
        view_text(m, "race_name", layout_printf(ctx, "Race %lld", (long long)race));
        view_text(m, "title", miss[k].title);
        view_text(m, "amount_text", layout_amount(ctx, miss[k].amount, miss[k].currency));
        view_text(m, "words", miss[k].words);
        view_text(m, "reason", miss[k].reason);
    }
    return e;
}

static enum err
add_misses(struct ctx *ctx, struct view *v, int64_t member, int64_t at)
{
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_page_races_of_member);
    struct view *list = view_list(v, "misses");
    int64_t id[EXPLAIN_RACES];
    size_t n = 0;
    enum err e;

    stmt_i64(&q, ":member", member);
    stmt_i64(&q, ":at", at);
    stmt_i64(&q, ":max", EXPLAIN_RACES);
    while ((e = stmt_row(&q)) == OK)
        if (n < EXPLAIN_RACES)
            id[n++] = stmt_col_i64(&q, "race_id");
    e = e == E_NOTFOUND ? OK : e;
    for (size_t i = 0; e == OK && i < n; i++)
        e = add_misses_of(ctx, list, id[i], at);
    view_flag(v, "has_misses", view_count(list) > 0);
    return e;
}

static void
add_seal(struct ctx *ctx, struct view *v, const struct seal *s)
{
    view_flag(v, "seal", false);
    if (!s)
        return;
    struct view *o = view_object(v, "seal");

    view_text(o, "day", s->day);
    view_text(
        o, "range",
        layout_printf(ctx, "%lld to %lld", (long long)s->first_seq, (long long)s->last_seq));
    view_text(o, "head", s->head_sha);
    view_text(o, "signature", s->signature);
}

static enum err
add_proof(struct ctx *ctx, struct view *v, const struct walletrows *w, const struct why *y)
{
    struct seal seal;
    char text[CLOCK_TEXT];
    enum err e = y->head_seq ? seal_of(ctx, y->head_seq, &seal) : E_NOTFOUND;

    if (e && e != E_NOTFOUND)
        return e;
    if (e)
        ctx_clear(ctx);
    add_seal(ctx, v, e ? NULL : &seal);
    view_i64(v, "head_seq", y->head_seq);
    view_text(v, "head_sha", y->head_sha.n ? y->head_sha : STR("none yet"));
    view_text(v, "command",
              layout_printf(ctx, "cozykart explain %lld --at %s", (long long)w->member,
                            clock_rfc3339(y->at, text)));
    view_url(v, "receipt_url",
             layout_printf(ctx, "/wallet/receipt.json?%.*sat=%s", STR_ARG(w->with),
                           clock_rfc3339(y->at, text)));
    return OK;
}

static void
add_reading(struct ctx *ctx, struct view *list, const char *where, const char *how, int64_t sum,
            int64_t first)
{
    struct view *r = view_add(list);

    view_textz(r, "where", where);
    view_textz(r, "how", how);
    layout_money(ctx, r, "sum", sum);
    layout_badge(r, sum == first ? "done" : "void",
                 sum == first ? STR("same") : STR("differs"));
}

/* The same sum, each time read anew by the way that screen has. */
static enum err
add_compare(struct ctx *ctx, struct view *v, int64_t member, bool wanted)
{
    const struct statement_filter all = {0};
    struct statement_page p;
    struct account_wallet w;
    struct why now;
    enum err e;

    view_flag(v, "compare", wanted);
    if (!wanted)
        return OK;
    if ((e = account_wallet(ctx, member, &w)) ||
        (e = statement_page(ctx, member, &all, 1000, &p)) ||
        (e = why_read(ctx, member, ctx_now(ctx), &now)))
        return e;
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_page_wallet_lines);
    struct view *list = view_list(v, "readings");
    int64_t first = w.pending + w.available, explained = 0;

    stmt_i64(&q, ":member", member);
    stmt_str(&q, ":currency", layout_currency(ctx));
    if ((e = stmt_one(&q)))
        return e;
    for (size_t i = 0; i < now.n; i++)
        explained += now.group[i].amount;
    add_reading(ctx, list, "Wallet, head of every page, /wallet.json",
                "the balance kept with each account", first, first);
    add_reading(ctx, list, "/wallet in Discord", "the same, asked again", first, first);
    add_reading(ctx, list, "Statement", "what the last line left", p.closing, first);
    add_reading(ctx, list, "This page", "the groups added up", explained, first);
    add_reading(ctx, list, "Downloads", "every line of the journal added up",
                stmt_col_i64(&q, "cents"), first);
    return OK;
}

static enum err
read_explain(struct ctx *ctx, struct view *v, const struct walletrows *w, const struct form *f)
{
    int64_t at = form_i64(f, "at", ctx_now(ctx));
    struct why y;
    enum err e = why_read(ctx, w->member, at, &y);

    if (e != OK)
        return e;
    struct view *list = view_list(v, "reasons");

    view_text(v, "at_text", f->v[0].text); /* also when it is wrong */
    layout_time(v, "at", at);
    layout_money(ctx, v, "total", y.pending + y.available);
    layout_money(ctx, v, "pending", y.pending);
    layout_money(ctx, v, "available", y.available);
    if (y.owed)
        layout_money(ctx, v, "owed", y.owed);
    else
        view_flag(v, "owed", false);
    view_flag(v, "has_reasons", y.n > 0);
    for (size_t i = 0; e == OK && i < y.n; i++)
        if (y.group[i].amount)
            e = add_group(ctx, view_add(list), &y.group[i], y.n <= EXPLAIN_OPEN);
    if (!e)
        e = add_proof(ctx, v, w, &y);
    if (!e)
        e = add_compare(ctx, v, w->member, form_flag(f, "compare"));
    return e == OK ? add_misses(ctx, v, w->member, at) : e;
}

enum err
explainpage_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    return walletrows_show(ctx, req, res, FIELDS, ARRAY_SIZE(FIELDS), "explain", read_explain);
}
