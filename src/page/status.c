/* Is everything well: for people, for machines, for Prometheus. Must answer when the vault is
 * away. Not for: fixing anything. */
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/enc.h"
#include "base/json.h"
#include "db/db.h"
#include "db/stmt.h"
#include "ledger/funds.h"
#include "ledger/seal.h"
#include "page/layout.h"
#include "page/routes.h"
#include "provider/registry.h"
#include "queue/alert.h"

enum { STATUS_ALERTS = 100, STATUS_PATIENCE_MS = 700, STATUS_LATE_MS = 60000 };
/* The canary sings every 5 s. */
enum { STATUS_SILENT_MS = 20000, CANARY_MAX = 512 };

/* Who sends us notices. */
struct sender {
    bool seen;
    int64_t at, open; /* last good notice, 0: none lately; notices that people must look at */
};

struct status {
    struct sender sender[REGISTRY_MAX]; /* by place in the registry */
    bool ledger, vault, jobs, live;
    int64_t head_seq, head_at, notices, notice_at, jobs_open, job_due, message_at, pushed_at;
    struct str head_sha;
    size_t alerts;
    struct seal seal; /* the newest; day empty: none */
    bool ran;         /* the chain was checked */
    struct funds_ran chain;
};

static enum err
read_head(struct ctx *ctx, struct status *s)
{
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_page_head);
    enum err e = stmt_one(&q);

    if (e != OK)
        return e;
    struct str sha = stmt_col_blob(&q, "sha");

    s->head_seq = stmt_col_i64(&q, "seq");
    s->head_at = s->head_seq ? stmt_col_i64(&q, "recorded_at") : 0;
    s->head_sha = enc_hex(ctx->arena, sha.p, sha.n);
    return OK;
}

/* The newest value of a statement that may have no row. */
static enum err
read_one(struct ctx *ctx, enum sql id, const char *col, int64_t *ret)
{
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, id);
    enum err e = stmt_one(&q);

    if (e == OK)
        *ret = stmt_col_i64(&q, col);
    return e == E_NOTFOUND ? OK : e;
}

static enum err
read_jobs(struct ctx *ctx, struct status *s)
{
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_page_open_jobs);
    enum err e = stmt_one(&q);

    if (e == OK) {
        s->jobs_open = stmt_col_i64(&q, "n");
        s->job_due = stmt_col_i64(&q, "due_at");
    }
    return e;
}

static enum err
read_senders(struct ctx *ctx, struct status *s)
{
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_page_providers);
    enum err e;

    while ((e = stmt_row(&q)) == OK)
        for (size_t i = 0; registry_name(i).n; i++)
            if (str_eq(registry_name(i), stmt_col_str(&q, "provider")))
                s->sender[i] = (struct sender){.seen = true,
                                               .at = stmt_col_i64(&q, "at"),
                                               .open = stmt_col_i64(&q, "open")};
    return e == E_NOTFOUND ? OK : e;
}

/* The newest seal, and when the chain was looked at last. */
static enum err
read_proof(struct ctx *ctx, struct status *s)
{
    struct funds_ran *ran = NULL;
    struct seal *seal = NULL;
    size_t n = 0, n_ran = 0;
    enum err e;

    if ((e = seal_list(ctx, 1, &seal, &n)) || (e = funds_ran_list(ctx, &ran, &n_ran)))
        return e;
    if (n)
        s->seal = seal[0];
    for (size_t i = 0; i < n_ran; i++)
        if (str_eq_text(ran[i].name, "chain")) {
            s->chain = ran[i];
            s->ran = true;
        }
    return OK;
}

static enum err
read_ledger(struct ctx *ctx, struct status *s)
{
    struct alert *list;
    enum err e = read_head(ctx, s);

    if (e == OK)
        e = read_one(ctx, SQL_page_last_notice, "received_at", &s->notice_at);
    if (e == OK)
        e = read_one(ctx, SQL_page_open_notices, "n", &s->notices);
    if (e == OK)
        e = read_one(ctx, SQL_page_last_message, "at", &s->message_at);
    if (e == OK)
        e = read_jobs(ctx, s);
    if (e == OK)
        e = read_senders(ctx, s);
    if (e == OK)
        e = read_proof(ctx, s);
    return e == OK ? alert_list(ctx, STATUS_ALERTS, &list, &s->alerts) : e;
}

/* When the job runner last gave a sign of life: the time inside its canary file, which is ours
 * even where the house's clock is moved; 0: never. */
static int64_t
last_push(struct ctx *ctx)
{
    char text[CANARY_MAX];
    const struct json *canary;
    int64_t at = 0;
    ssize_t n;
    int fd;

    if (!ctx->conf)
        return 0;
    fd = open(arena_printf(ctx->arena, "%.*s/canary.json", STR_ARG(ctx->conf->path.live)),
              O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    n = read(fd, text, sizeof(text));
    close(fd);
    if (n <= 0 || json_parse(ctx, (struct str){.p = text, .n = (size_t)n}, &canary) != OK ||
        !json_i64(json_get(canary, "at"), &at))
        at = 0;
    ctx_clear(ctx);
    return at;
}

/* A line of its own with little patience: this page must not wait for a vault that is away. */
static bool
ask_vault(struct ctx *ctx, const struct req *req)
{
    struct msg ask, answer;
    struct call line;

    if (!req->site || !req->site->vault)
        return false;
    call_init(&line, req->site->vault->path);
    line.timeout_ms = STATUS_PATIENCE_MS;
    msg_init(&ask, STR("vault.ping"));
    enum err e = call_ask(ctx, &line, &ask, &answer);

    call_done(&line);
    ctx_clear(ctx);
    return e == OK;
}

static struct status
look(struct ctx *ctx, const struct req *req)
{
    struct status s = {.head_sha = STR("")};
    int64_t now = ctx_now(ctx);

    if (ctx->db && db_snapshot_begin(ctx) == OK) {
        s.ledger = read_ledger(ctx, &s) == OK;
        db_snapshot_end(ctx);
    }
    ctx_clear(ctx);
    s.vault = ask_vault(ctx, req);
    s.pushed_at = last_push(ctx);
    s.jobs = s.ledger && (s.jobs_open == 0 || now - s.job_due < STATUS_LATE_MS);
    s.live = s.pushed_at > 0 && now - s.pushed_at < STATUS_SILENT_MS;
    return s;
}

static void
add_component(struct view *list, const char *name, bool good, struct str words)
{
    struct view *c = view_add(list);

    view_textz(c, "name", name);
    view_flag(c, "ok", good);
    view_text(c, "words", words);
    layout_badge(c, good ? "live" : "void", good ? STR("running") : STR("not well"));
}

static struct str
since(struct ctx *ctx, const char *what, int64_t at)
{
    char text[CLOCK_TEXT];

    return at ? layout_printf(ctx, "%s %s ago", what, clock_span(ctx_now(ctx) - at, text))
              : layout_printf(ctx, "%s: none yet", what);
}

/* Whether the settings expect notices of it. */
static bool
expected(const struct conf *c, struct str name)
{
    return c && ((str_eq_text(name, "stripe") && c->stripe.webhook_secret_file.n) ||
                 (str_eq_text(name, "stripe_connect") && c->stripe.connect_secret_file.n) ||
                 (str_eq_text(name, "shopify") && c->shopify.shop.n) ||
                 (str_eq_text(name, "kofi") && c->kofi.token_file.n) ||
                 (str_eq_text(name, "whop") && c->whop.webhook_secret_file.n) ||
                 (str_eq_text(name, "paypal") && c->paypal.webhook_id.n));
}

static const char *
spelt(struct ctx *ctx, struct str name)
{
    static const char *const names[][2] = {
        {"stripe",         "Stripe"                         },
        {"stripe_connect", "Stripe, accounts that we pay to"},
        {"shopify",        "Shopify"                        },
        {"kofi",           "Ko-fi"                          },
        {"whop",           "Whop"                           },
        {"paypal",         "PayPal"                         },
    };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (str_eq_text(name, names[i][0]))
            return names[i][1];
    return str_text(ctx->arena, name);
}

static void
add_senders(struct ctx *ctx, struct view *list, const struct status *s)
{
    for (size_t i = 0; registry_name(i).n; i++) {
        const struct sender *p = &s->sender[i];
        if (!p->seen && !expected(ctx->conf, registry_name(i)))
            continue;
        struct str words = since(ctx, "last good notice", p->at);
        if (p->open)
            words =
                layout_printf(ctx, "%lld set aside, %.*s", (long long)p->open, STR_ARG(words));
        add_component(list, spelt(ctx, registry_name(i)), !p->open, words);
    }
}

static void
fill(struct ctx *ctx, struct view *v, const struct status *s)
{
    struct view *list = view_list(v, "components");
    bool well = s->ledger && s->vault && s->jobs && s->live;

    view_flag(v, "ok", well);
    view_textz(v, "status", well ? "ok" : "trouble");
    view_text(v, "headline",
              well ? STR("Everything is running") : STR("Something is not well"));
    add_component(list, "Pages", true, STR("you are reading one"));
    add_component(list, "Ledger", s->ledger,
                  s->ledger ? STR("can be read; balances and races are right")
                            : STR("cannot be read at the moment"));
    add_component(
        list, "Vault", s->vault,
        s->vault
            ? STR("takes sales and commands")
            : STR("takes nothing at the moment; shops repeat their notices, nothing is lost"));
    add_component(list, "Work that leaves the house", s->jobs,
                  !s->ledger     ? STR("not known while the ledger cannot be read")
                  : s->jobs_open ? layout_printf(ctx, "%lld waiting", (long long)s->jobs_open)
                                 : STR("nothing waits"));
    add_component(list, "Live updates", s->live, since(ctx, "last change", s->message_at));
    add_component(list, "Notices of shops", s->ledger && s->notices == 0,
                  s->notices ? layout_printf(ctx, "%lld stored and not applied yet",
                                             (long long)s->notices)
                             : since(ctx, "last good one", s->notice_at));
    add_senders(ctx, list, s);
    view_text(v, "seal_day", s->seal.day);
    if (s->seal.day.n)
        view_url(v, "seal_url", layout_printf(ctx, "/seal/%.*s", STR_ARG(s->seal.day)));
    else
        view_flag(v, "seal_url", false);
    view_i64(v, "chain_seq", s->chain.seq);
    view_flag(v, "chain_good", s->ran && s->chain.found == 0);
    layout_time(v, "chain_at", s->chain.at);
    view_i64(v, "head_seq", s->head_seq);
    layout_time(v, "head_at", s->head_at);
    view_text(v, "head_sha", s->head_sha);
    view_i64(v, "alerts", (int64_t)s->alerts);
    layout_time(v, "pushed_at", s->pushed_at);
}

enum err
status_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct status s = look(ctx, req);
    struct view *v = layout_view(ctx, req, "status");

    fill(ctx, v, &s);
    res_cache(res, RES_SHORT);
    return res_page(res, req, "status", v);
}

enum err
status_json(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct status s = look(ctx, req);
    struct view *v = view_new(ctx->arena);

    fill(ctx, v, &s);
    view_textz(v, "version", PACKAGE_VERSION);
    res_cache(res, RES_SHORT);
    return res_json(res, v);
}

/* Alive means: this worker runs and can read the ledger. */
enum err
status_health(struct ctx *ctx, const struct req *req UNUSED, struct res *res)
{
    struct status s = {0};
    enum err e = read_head(ctx, &s);

    if (e != OK)
        return ctx_fail(ctx, E_BUSY, "the ledger cannot be read");
    res_body(res, "text/plain; charset=utf-8", STR("ok\n"));
    return OK;
}

static void
metric(struct buf *b, const char *name, const char *type, const char *help, int64_t v)
{
    buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n", name, help, name, type, name,
               (long long)v);
}

static void
add_requests(struct buf *b, const struct site_stats *st)
{
    buf_add_text(b, "# HELP cozykart_requests_total Requests answered, by class of status.\n"
                    "# TYPE cozykart_requests_total counter\n");
    for (size_t i = 0; i < ARRAY_SIZE(st->requests); i++)
        buf_printf(b, "cozykart_requests_total{class=\"%s\"} %lld\n",
                   ((const char *const[]){"cut", "1xx", "2xx", "3xx", "4xx", "5xx"})[i],
                   (long long)st->requests[i]);
    metric(b, "cozykart_request_milliseconds_total", "counter", "Time spent in requests.",
           st->request_ms);
    metric(b, "cozykart_worker_restarts_total", "counter", "Workers started again.",
           st->restarts);
    metric(b, "cozykart_worker_stuck_total", "counter",
           "Workers killed for a request that took too long.", st->stuck);
    metric(b, "cozykart_workers", "gauge", "Workers as configured.", st->workers);
}

enum err
status_metrics(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct status s = look(ctx, req);
    struct buf b = buf_new(ctx->arena, 64 * 1024);

    metric(&b, "cozykart_ledger_up", "gauge", "1 when the ledger can be read.", s.ledger);
    metric(&b, "cozykart_vault_up", "gauge", "1 when the vault answers.", s.vault);
    metric(&b, "cozykart_journal_entries", "gauge", "Number of the last journal entry.",
           s.head_seq);
    metric(&b, "cozykart_alerts_open", "gauge", "Things that a person must look at.",
           (int64_t)s.alerts);
    metric(&b, "cozykart_inbox_open", "gauge", "Notices stored and not applied.", s.notices);
    metric(&b, "cozykart_outbox_open", "gauge", "Jobs waiting or in work.", s.jobs_open);
    metric(&b, "cozykart_last_notice_ms", "gauge", "Arrival of the last notice, UTC.",
           s.notice_at);
    if (req->site && req->site->stats)
        add_requests(&b, req->site->stats);
    res_body(res, "text/plain; version=0.0.4; charset=utf-8", buf_str(&b));
    return buf_err(&b);
}
