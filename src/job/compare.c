/* Page by page: their lines to the vault, then what they hold, then what is ours alone. How far
 * it was read is told last, so that a reading that ends early is made again. */
#include "job/compare.h"

#include "base/buf.h"
#include "base/conf.h"
#include "base/log.h"
#include "db/db.h"
#include "db/stmt.h"
#include "provider/tally.h"

enum {
    PAGES_MAX = 200,
    PAYOUTS_MAX = 200,
    LINES_BYTES = 200 * 1024,
    LONGEST_MS = 40 * 1000, /* the lease is a minute */
    UNLISTED_MAX = 100
};
static const int64_t DAY_MS = 24 * 3600 * 1000;

struct reading {
    const struct kinds_tools *tools;
    const struct tally *tally;
    struct payer_way way;
    int64_t since, started, tick; /* ms; tick: when it began */
    bool says;
    int64_t holds;
};

static struct msg *
start(struct ctx *ctx, const struct reading *r, const char *name)
{
    struct msg *m = ARENA_NEW(ctx->arena, struct msg);

    msg_init(m, str_of(name));
    msg_add_str(m, "provider", r->tally->name);
    return m;
}

static enum err
tell(struct ctx *ctx, const struct reading *r, struct msg *m, struct msg **ret)
{
    struct msg *answer = ARENA_NEW(ctx->arena, struct msg);

    if (ret)
        *ret = answer;
    return call_ask(ctx, r->tools->vault, m, answer);
}

static enum err
shop_way(struct ctx *ctx, struct payer_way *ret)
{
    const struct conf *c = ctx->conf;
    struct str token;
    enum err e = bank_key(ctx, "shopify.token", c->shopify.token_file, &token);

    if (e)
        return e;
    if (!c->shopify.shop.n || !token.n)
        return ctx_fail(ctx, E_BUSY, "Shopify is not set up here");
    *ret = (struct payer_way){
        .base = c->shopify.api.n ? c->shopify.api
                                 : str_of(arena_printf(ctx->arena, "https://%.*s",
                                                       STR_ARG(c->shopify.shop))),
        .token = token,
        .account = STR(""),
    };
    return OK;
}

static enum err
find_way(struct ctx *ctx, struct reading *r)
{
    return str_eq_text(r->tally->name, "shopify")
               ? shop_way(ctx, &r->way)
               : bank_way(ctx, r->tools->bank, r->tally->name, &r->way);
}

/* Where the reading before began, less what may come late; for the first time a day before the
 * books begin. */
static enum err
find_since(struct ctx *ctx, struct reading *r)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_compare_since);
    enum err e;

    stmt_str(&s, ":provider", r->tally->name);
    if ((e = stmt_one(&s)))
        return e;
    if (!stmt_col_null(&s, "cursor") &&
        str_i64(stmt_col_str(&s, "cursor"), 1, INT64_MAX, &r->since)) {
        r->since -= r->tally->overlap_ms;
        return OK;
    }
    r->since = (stmt_col_null(&s, "began") ? r->started : stmt_col_i64(&s, "began")) - DAY_MS;
    return OK;
}

static struct str
or_dash(struct str s)
{
    return s.n ? s : STR("-");
}

static struct str
lines_text(struct ctx *ctx, const struct tally_page *p)
{
    struct buf b = buf_new(ctx->arena, LINES_BYTES);

    for (size_t i = 0; i < p->n; i++) {
        const struct tally_line *l = &p->line[i];
        struct str source = or_dash(l->source), currency = or_dash(l->currency);

        buf_printf(&b, "%.*s %s %.*s %.*s %lld %lld %lld %d\n", STR_ARG(l->object), l->kind,
                   STR_ARG(source), STR_ARG(currency), (long long)l->amount, (long long)l->fee,
                   (long long)l->at, l->ours);
    }
    return buf_err(&b) ? STR("") : buf_str(&b);
}

static bool
has_word(struct str list, struct str word)
{
    struct str one;

    while (str_split(&list, ' ', &one))
        if (str_eq(one, word))
            return true;
    return false;
}

/* Orders that differ are told as their notices would have told them. */
static enum err
sync(struct ctx *ctx, const struct reading *r, const struct tally_page *p, struct str differ)
{
    enum err e = OK;

    for (size_t i = 0; !e && i < p->n_notices; i++) {
        const struct tally_notice *n = &p->notice[i];
        struct msg *m;

        if (!has_word(differ, n->order))
            continue;
        m = start(ctx, r, "hook.sync");
        msg_add_str(m, "key", n->key);
        msg_add_str(m, "type", n->type);
        msg_add_str(m, "body", n->body);
        log_line(LOG_NOTICE, "event=sync provider=%.*s order=%.*s", STR_ARG(r->tally->name),
                 STR_ARG(n->order));
        e = tell(ctx, r, m, NULL);
    }
    return e;
}

static enum err
read_page(struct ctx *ctx, const struct reading *r, struct str page, struct str *ret_next)
{
    struct remote_ask *ask = ARENA_NEW(ctx->arena, struct remote_ask);
    struct httpc_answer got = {0};
    const struct tally_at at = {.since = r->since, .page = page};
    struct tally_page p = {0};
    struct msg *m, *answer;
    enum err e;

    if ((e = r->tally->ask(ctx, &r->way, &at, ask)))
        return e;
    e = bank_ask(ctx, r->tools->bank, ask, &got);
    if ((e = r->tally->read(ctx, &r->way, &at, ask, e, &got, &p)))
        return e;
    *ret_next = p.next;
    if (!p.n)
        return OK;
    m = start(ctx, r, "books.lines");
    msg_add_str(m, "lines", lines_text(ctx, &p));
    if ((e = tell(ctx, r, m, &answer)))
        return e;
    return sync(ctx, r, &p, msg_opt(answer, "differ"));
}

static enum err
in_time(struct ctx *ctx, const struct reading *r)
{
    return ctx->world->tick_ms(ctx->world->arg) - r->tick < LONGEST_MS
               ? OK
               : ctx_fail(ctx, E_REMOTE, "the list takes too long to read");
}

static enum err
read_list(struct ctx *ctx, const struct reading *r)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct str page = STR(""), next = STR("");
    char kept[512];
    enum err e;

    for (int i = 0; i < PAGES_MAX; i++) {
        if ((e = in_time(ctx, r)) || (e = read_page(ctx, r, page, &next)))
            return e;
        if (!next.n)
            return OK;
        if (next.n >= sizeof kept)
            return ctx_fail(ctx, E_REMOTE, "the list's pages have too long names");
        memcpy(kept, next.p, next.n);
        page = (struct str){.p = kept, .n = next.n};
        arena_release(ctx->arena, mark);
    }
    return ctx_fail(ctx, E_REMOTE, "the list has too many pages");
}

static enum err
read_payouts(struct ctx *ctx, const struct reading *r)
{
    struct str *ref = ARENA_ARRAY(ctx->arena, PAYOUTS_MAX, struct str), next;
    size_t n = 0;
    enum err e = OK;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_compare_payouts);

        stmt_str(&s, ":provider", r->tally->name);
        stmt_i64(&s, ":since", r->since - 2 * DAY_MS);
        stmt_i64(&s, ":max", PAYOUTS_MAX);
        while (n < PAYOUTS_MAX && (e = stmt_row(&s)) == OK)
            ref[n++] = stmt_col_str(&s, "ref");
    }
    if (e && e != E_NOTFOUND)
        return e;
    e = OK;
    for (size_t i = 0; !e && i < n; i++)
        if (!(e = in_time(ctx, r)))
            e = read_page(ctx, r, ref[i], &next);
    return e;
}

static enum err
read_held(struct ctx *ctx, struct reading *r)
{
    struct remote_ask *ask = ARENA_NEW(ctx->arena, struct remote_ask);
    struct httpc_answer got = {0};
    enum err e;

    if (!r->tally->ask_held)
        return OK;
    if ((e = r->tally->ask_held(ctx, &r->way, ask)))
        return e;
    e = bank_ask(ctx, r->tools->bank, ask, &got);
    e = r->tally->held(ctx, ask, e, &got, ctx->conf->money.currency, &r->holds);
    r->says = e == OK;
    if (e == E_NOTFOUND) {
        ctx_clear(ctx);
        return OK;
    }
    return e;
}

/* What we booked long ago and they do not list. */
static enum err
tell_unlisted(struct ctx *ctx, const struct reading *r)
{
    int64_t before = r->started - ctx->conf->alert.clearing_days * DAY_MS;
    struct buf b = buf_new(ctx->arena, LINES_BYTES);
    struct msg *m;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_compare_unlisted);

        stmt_str(&s, ":provider", r->tally->name);
        stmt_str(&s, ":currency", ctx->conf->money.currency);
        stmt_i64(&s, ":since", before - 30 * DAY_MS);
        stmt_i64(&s, ":before", before);
        stmt_i64(&s, ":max", UNLISTED_MAX);
        while ((e = stmt_row(&s)) == OK) {
            struct str ref = stmt_col_str(&s, "ref"), source = stmt_col_str(&s, "source"),
                       currency = stmt_col_str(&s, "currency");

            source = or_dash(source);
            buf_printf(&b, "%.*s %.*s %.*s %lld\n", STR_ARG(ref), STR_ARG(source),
                       STR_ARG(currency), (long long)stmt_col_i64(&s, "at"));
        }
    }
    if (e != E_NOTFOUND || b.n == 0)
        return e == E_NOTFOUND ? OK : e;
    m = start(ctx, r, "books.unlisted");
    msg_add_str(m, "lines", buf_str(&b));
    return (e = buf_err(&b)) ? e : tell(ctx, r, m, NULL);
}

static enum err
tell_read(struct ctx *ctx, const struct reading *r)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_compare_sums);
    struct msg *m = start(ctx, r, "books.read");
    enum err e;

    stmt_str(&s, ":provider", r->tally->name);
    stmt_str(&s, ":currency", ctx->conf->money.currency);
    if ((e = stmt_one(&s)))
        return e;
    msg_add_i64(m, "ours", stmt_col_i64(&s, "bal"));
    msg_add_i64(m, "explained", stmt_col_i64(&s, "theirs") - stmt_col_i64(&s, "ours"));
    msg_add_str(m, "cursor", str_of(arena_printf(ctx->arena, "%lld", (long long)r->started)));
    if (r->says)
        msg_add_i64(m, "holds", r->holds);
    stmt_done(&s);
    return tell(ctx, r, m, NULL);
}

static enum err
read_all(struct ctx *ctx, struct reading *r)
{
    enum err e;

    if ((e = find_since(ctx, r)))
        return e;
    e = r->tally->by_payout ? read_payouts(ctx, r) : read_list(ctx, r);
    if (e || (e = read_held(ctx, r)) || (e = tell_unlisted(ctx, r)))
        return e;
    return tell_read(ctx, r);
}

static enum err
tell_failed(struct ctx *ctx, const struct reading *r)
{
    struct msg *m = start(ctx, r, "books.failed");

    msg_add_str(m, "why", str_dup(ctx->arena, ctx_why(ctx)));
    ctx_clear(ctx);
    return tell(ctx, r, m, NULL);
}

enum err
compare_run(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    struct reading r = {.tools = tools,
                        .tally = tally_find(job->payload),
                        .started = ctx_now(ctx),
                        .tick = ctx->world->tick_ms(ctx->world->arg)};
    enum err e;

    if (!r.tally) {
        job->never = true;
        return ctx_fail(ctx, E_INVALID, "there is no such provider to compare with");
    }
    e = find_way(ctx, &r);
    if (e == E_BUSY) {
        ctx_clear(ctx);
        return OK; /* not set up */
    }
    if (!e)
        e = read_all(ctx, &r);
    if (e == E_REMOTE || e == E_INVALID || e == E_UNCERTAIN)
        return tell_failed(ctx, &r);
    return e;
}
