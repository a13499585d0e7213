/* /metrics: the house in numbers for Prometheus, in its text form 0.0.4. No names, amounts or
 * ids of people; labels have few values, all of them ours. Not for: people (status.c). */
#include <sys/stat.h>

#include "base/conf.h"
#include "base/room.h"
#include "db/migrate.h"
#include "db/stmt.h"
#include "page/health.h"
#include "page/routes.h"

enum { BYTES = 256 * 1024, KINDS_MAX = 64 };

static void
head(struct buf *b, const char *name, const char *type, const char *help)
{
    buf_printf(b, "# HELP cozykart_%s %s\n# TYPE cozykart_%s %s\n", name, help, name, type);
}

static void
one(struct buf *b, const char *name, const char *type, const char *help, int64_t v)
{
    head(b, name, type, help);
    buf_printf(b, "cozykart_%s %lld\n", name, (long long)v);
}

static void
labelled(struct buf *b, const char *name, const char *label, struct str value, int64_t v)
{
    buf_printf(b, "cozykart_%s{%s=\"%.*s\"} %lld\n", name, label, STR_ARG(value), (long long)v);
}

/* Milliseconds as seconds. */
static void
put_seconds(struct buf *b, int64_t ms)
{
    buf_printf(b, "%lld.%03lld\n", (long long)(ms / 1000), (long long)(ms % 1000));
}

static void
seconds(struct buf *b, const char *name, const char *type, const char *help, int64_t ms)
{
    head(b, name, type, help);
    buf_printf(b, "cozykart_%s ", name);
    put_seconds(b, ms > 0 ? ms : 0);
}

static void
labelled_seconds(struct buf *b, const char *name, const char *label, struct str value,
                 int64_t ms)
{
    buf_printf(b, "cozykart_%s{%s=\"%.*s\"} ", name, label, STR_ARG(value));
    put_seconds(b, ms > 0 ? ms : 0);
}

static void
add_took(struct buf *b, const struct site_stats *st)
{
    int64_t sum = 0;

    head(b, "http_request_duration_seconds", "histogram", "How long requests took.");
    for (size_t i = 0; i < SITE_TOOK - 1; i++) {
        sum += st->took[i];
        buf_printf(b,
                   "cozykart_http_request_duration_seconds_bucket{le=\"%lld.%03lld\"} %lld\n",
                   (long long)(site_took_ms[i] / 1000), (long long)(site_took_ms[i] % 1000),
                   (long long)sum);
    }
    sum += st->took[SITE_TOOK - 1];
    buf_printf(b, "cozykart_http_request_duration_seconds_bucket{le=\"+Inf\"} %lld\n",
               (long long)sum);
    buf_add_text(b, "cozykart_http_request_duration_seconds_sum ");
    put_seconds(b, st->request_ms);
    buf_printf(b, "cozykart_http_request_duration_seconds_count %lld\n", (long long)sum);
}

static void
add_site(struct buf *b, const struct site_stats *st)
{
    static const char *const class[] = {"cut", "1xx", "2xx", "3xx", "4xx", "5xx"};

    head(b, "http_requests_total", "counter", "Requests answered; class cut: none was given.");
    for (size_t i = 0; i < SITE_STATUSES; i++)
        if (st->requests[i] || i == 200 || i == 500)
            buf_printf(b, "cozykart_http_requests_total{class=\"%s\",status=\"%zu\"} %lld\n",
                       class[i / 100], i, (long long)st -> requests[i]);
    add_took(b, st);
    one(b, "web_workers", "gauge", "Web workers as configured.", st->workers);
    one(b, "web_workers_busy", "gauge", "Web workers with a request in hand.", st->busy);
    one(b, "web_worker_restarts_total", "counter", "Web workers started again after a death.",
        st->restarts);
    one(b, "web_worker_stuck_total", "counter",
        "Web workers killed: one request took too long.", st->stuck);
    seconds(b, "web_start_timestamp_seconds", "gauge", "When the web master started.",
            st->started_ms);
}

static int64_t
counted(const struct health *h, const char *name)
{
    return h->counts ? msg_opt_i64(h->counts, name, 0) : 0;
}

static void
add_vault(struct buf *b, const struct health *h)
{
    one(b, "vault_up", "gauge", "1 when the vault answers.", h->vault);
    if (!h->vault)
        return;
    one(b, "vault_commits_total", "counter", "Transactions since the vault started.",
        counted(h, "commits"));
    one(b, "vault_commands_total", "counter", "Commands in them.", counted(h, "commands"));
    one(b, "vault_refused_total", "counter", "Commands that were refused or failed.",
        counted(h, "refused"));
    seconds(b, "vault_commit_seconds_total", "counter", "Time spent in commits.",
            counted(h, "commit_ms"));
    one(b, "vault_connections", "gauge", "Who is connected to the vault.", counted(h, "conns"));
    one(b, "vault_wal_pages", "gauge", "Pages of the write-ahead log.", counted(h, "wal"));
}

static void
add_file(struct ctx *ctx, struct buf *b, const struct health *h)
{
    const char *path = ctx->conf ? str_text(ctx->arena, ctx->conf->path.ledger) : "";
    struct room room;
    struct stat st;

    one(b, "ledger_up", "gauge", "1 when the ledger can be read.", h->ledger);
    one(b, "journal_entries", "gauge", "Number of the last journal entry.", h->head_seq);
    if (stat(path, &st) == 0)
        one(b, "ledger_bytes", "gauge", "Size of the ledger file.", (int64_t)st.st_size);
    if (room_look(path, &room))
        one(b, "disk_free_bytes", "gauge", "Free space beside the ledger file.", room.bytes);
}

/* Every state has its line, also with 0. */
static void
add_states(struct ctx *ctx, struct buf *b, enum sql id, const char *name,
           const char *const *states)
{
    for (size_t i = 0; states[i]; i++) {
        struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, id);
        int64_t n = 0;

        while (stmt_row(&q) == OK)
            if (str_eq_text(stmt_col_str(&q, "state"), states[i]))
                n = stmt_col_i64(&q, "n");
        labelled(b, name, "state", str_lower(ctx->arena, str_of(states[i])), n);
    }
    ctx_clear(ctx);
}

static void
add_queues(struct ctx *ctx, struct buf *b)
{
    static const char *const inbox[] = {"waiting", "set_aside", "failed", NULL};
    static const char *const payouts[] = {"REQUESTED", "HELD",   "SENDING", "SENT",
                                          "UNKNOWN",   "FAILED", NULL};

    head(b, "inbox_open", "gauge", "Notices stored and not applied.");
    add_states(ctx, b, SQL_metrics_inbox, "inbox_open", inbox);
    head(b, "payouts_open", "gauge", "Payouts under way.");
    add_states(ctx, b, SQL_metrics_payouts, "payouts_open", payouts);
}

static void
add_outbox(struct ctx *ctx, struct buf *b)
{
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_metrics_outbox);
    struct buf late = buf_new(ctx->arena, BYTES);

    head(b, "outbox_open", "gauge", "Jobs that wait or are in work, by kind.");
    head(&late, "outbox_late_seconds", "gauge", "How long the oldest of a kind is due.");
    stmt_i64(&q, ":max", KINDS_MAX);
    while (stmt_row(&q) == OK) {
        struct str kind = stmt_col_str(&q, "kind");

        labelled(b, "outbox_open", "kind", kind, stmt_col_i64(&q, "n"));
        labelled_seconds(&late, "outbox_late_seconds", "kind", kind,
                         ctx_now(ctx) - stmt_col_i64(&q, "due_at"));
    }
    buf_add(b, buf_str(&late));
    ctx_clear(ctx);
}

static void
add_live(struct ctx *ctx, struct buf *b, const struct health *h)
{
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_metrics_messages);

    one(b, "live_messages_total", "counter", "Messages for browsers.",
        stmt_one(&q) == OK ? stmt_col_i64(&q, "n") : 0);
    ctx_clear(ctx);
    one(b, "live_up", "gauge", "1 when the canary of the live files sings.", h->live);
    seconds(b, "live_push_timestamp_seconds", "gauge", "The canary's last sign.", h->pushed_at);
    one(b, "overlays", "gauge", "Overlays that are on air.", h->overlays);
}

static void
add_parts(struct ctx *ctx, struct buf *b)
{
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_metrics_parts);

    head(b, "alive_timestamp_seconds", "gauge",
         "A part's last sign of life; one is written each minute.");
    while (stmt_row(&q) == OK)
        labelled_seconds(b, "alive_timestamp_seconds", "part", stmt_col_str(&q, "part"),
                         stmt_col_i64(&q, "at"));
    ctx_clear(ctx);
}

static void
add_senders(struct buf *b, const struct health *h)
{
    head(b, "notice_timestamp_seconds", "gauge", "Last good notice of a provider.");
    for (size_t i = 0; registry_name(i).n; i++)
        if (h->sender[i].seen)
            labelled_seconds(b, "notice_timestamp_seconds", "provider", registry_name(i),
                             h->sender[i].at);
    head(b, "notices_open", "gauge", "Notices of a provider that people must look at.");
    for (size_t i = 0; registry_name(i).n; i++)
        if (h->sender[i].seen)
            labelled(b, "notices_open", "provider", registry_name(i), h->sender[i].open);
}

static void
add_runs(struct buf *b, const struct health *h)
{
    head(b, "upkeep_good", "gauge", "1 when the newest run of that kind ended well.");
    for (size_t i = 0; i < HEALTH_RUNS; i++)
        if (h->run[i].ran)
            labelled(b, "upkeep_good", "kind", str_of(h->run[i].kind), h->run[i].last.good);
    head(b, "upkeep_good_timestamp_seconds", "gauge",
         "When one of that kind ended well last; 0: never.");
    for (size_t i = 0; i < HEALTH_RUNS; i++)
        labelled_seconds(b, "upkeep_good_timestamp_seconds", "kind", str_of(h->run[i].kind),
                         h->run[i].good_at);
    one(b, "backup_bytes", "gauge", "Size of the newest copy.",
        h->run[0].ran ? h->run[0].last.bytes : 0);
    one(b, "quarantine", "gauge", "1 while a restored ledger pays nothing.", h->restored);
    seconds(b, "seal_timestamp_seconds", "gauge", "When the newest day was sealed; 0: never.",
            h->seal.at);
    seconds(b, "chain_timestamp_seconds", "gauge", "When the chain was checked; 0: never.",
            h->chain.at);
    one(b, "chain_good", "gauge", "1 when the chain held then.", h->ran && !h->chain.found);
}

static void
add_ledger(struct ctx *ctx, struct buf *b, const struct health *h)
{
    head(b, "alerts_open", "gauge", "Things that a person must look at.");
    for (size_t i = 0; i < HEALTH_SEVERITIES; i++)
        labelled(b, "alerts_open", "severity", str_of(health_severity[i]), h->alerts[i]);
    add_queues(ctx, b);
    add_outbox(ctx, b);
    add_live(ctx, b, h);
    add_parts(ctx, b);
    add_senders(b, h);
    add_runs(b, h);
}

enum err
metrics_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct buf b = buf_new(ctx->arena, BYTES);
    struct health h;

    health_look(ctx, req, &h);
    head(&b, "build_info", "gauge", "What runs here.");
    buf_printf(&b, "cozykart_build_info{version=\"%s\",schema=\"%lld\"} 1\n", PACKAGE_VERSION,
               (long long)migrate_newest());
    seconds(&b, "clock_timestamp_seconds", "gauge", "What time it is for this house.",
            ctx_now(ctx));
    if (req->site && req->site->stats)
        add_site(&b, req->site->stats);
    add_vault(&b, &h);
    add_file(ctx, &b, &h);
    if (h.ledger)
        add_ledger(ctx, &b, &h);
    res_body(res, "text/plain; version=0.0.4; charset=utf-8", buf_str(&b));
    return buf_err(&b);
}
