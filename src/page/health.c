/* Reading, a question to the vault, a look at the live files. Not for: words (status.c),
 * numbers (metrics.c). */
#include "page/health.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/enc.h"
#include "base/json.h"
#include "db/db.h"
#include "db/stmt.h"

enum { PATIENCE_MS = 700, LATE_MS = 60000, SEEN_MS = 60000 };
/* The canary sings every 5 s. */
enum { SILENT_MS = 20000, CANARY_MAX = 512 };

const char *const health_severity[HEALTH_SEVERITIES] = {"info", "warning", "error"};

enum err
health_head(struct ctx *ctx, struct health *s)
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
read_jobs(struct ctx *ctx, struct health *s)
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
read_senders(struct ctx *ctx, struct health *s)
{
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_page_providers);
    enum err e;

    while ((e = stmt_row(&q)) == OK)
        for (size_t i = 0; registry_name(i).n; i++)
            if (str_eq(registry_name(i), stmt_col_str(&q, "provider")))
                s->sender[i] = (struct health_sender){.seen = true,
                                                      .at = stmt_col_i64(&q, "at"),
                                                      .open = stmt_col_i64(&q, "open")};
    return e == E_NOTFOUND ? OK : e;
}

/* The newest seal, and when the chain was looked at last. */
static enum err
read_proof(struct ctx *ctx, struct health *s)
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
read_alerts(struct ctx *ctx, struct health *s)
{
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_health_alerts);
    enum err e;

    while ((e = stmt_row(&q)) == OK)
        for (size_t i = 0; i < HEALTH_SEVERITIES; i++)
            if (str_eq_text(stmt_col_str(&q, "severity"), health_severity[i]))
                s->alerts[i] = stmt_col_i64(&q, "n");
    return e == E_NOTFOUND ? OK : e;
}

static enum err
read_overlays(struct ctx *ctx, struct health *s)
{
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_health_overlays);
    enum err e;

    stmt_i64(&q, ":since", ctx_now(ctx) - SEEN_MS);
    if ((e = stmt_one(&q)) == OK) {
        s->overlays_seen = stmt_col_i64(&q, "seen");
        s->overlays = stmt_col_i64(&q, "visible");
    }
    return e;
}

static enum err
read_run(struct ctx *ctx, struct health_run *r)
{
    struct upkeep good;
    enum err e = upkeep_last(ctx, str_of(r->kind), false, &r->last);

    r->ran = e == OK;
    if (e)
        return e == E_NOTFOUND ? OK : e;
    e = upkeep_last(ctx, str_of(r->kind), true, &good);
    r->good_at = e ? 0 : good.ended_at;
    return e == E_NOTFOUND ? OK : e;
}

static enum err
read_runs(struct ctx *ctx, struct health *s)
{
    static const char *const kinds[HEALTH_RUNS] = {"backup", "drill", "verify", "audit"};
    enum err e = OK;

    for (size_t i = 0; !e && i < HEALTH_RUNS; i++) {
        s->run[i].kind = kinds[i];
        e = read_run(ctx, &s->run[i]);
    }
    return e ? e : quarantine_open(ctx, &s->restored, &s->quarantine);
}

static enum err
read_ledger(struct ctx *ctx, struct health *s)
{
    enum err e;

    if ((e = health_head(ctx, s)) ||
        (e = read_one(ctx, SQL_page_last_notice, "received_at", &s->notice_at)) ||
        (e = read_one(ctx, SQL_page_open_notices, "n", &s->notices)) ||
        (e = read_one(ctx, SQL_page_last_message, "at", &s->message_at)) ||
        (e = read_jobs(ctx, s)) || (e = read_senders(ctx, s)) || (e = read_proof(ctx, s)) ||
        (e = read_alerts(ctx, s)) || (e = read_overlays(ctx, s)))
        return e;
    return read_runs(ctx, s);
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

/* A line of its own with little patience: nobody here must wait for a vault that is away. */
static struct msg *
ask_vault(struct ctx *ctx, const struct req *req)
{
    struct msg *answer = ARENA_NEW(ctx->arena, struct msg), ask;
    struct call line;

    if (!req->site || !req->site->vault)
        return NULL;
    call_init(&line, req->site->vault->path);
    line.timeout_ms = PATIENCE_MS;
    msg_init(&ask, STR("vault.ping"));
    enum err e = call_ask(ctx, &line, &ask, answer);

    call_done(&line);
    ctx_clear(ctx);
    return e == OK ? answer : NULL;
}

void
health_look(struct ctx *ctx, const struct req *req, struct health *ret)
{
    int64_t now = ctx_now(ctx);

    *ret = (struct health){.head_sha = STR("")};
    if (ctx->db && db_snapshot_begin(ctx) == OK) {
        ret->ledger = read_ledger(ctx, ret) == OK;
        db_snapshot_end(ctx);
    }
    ctx_clear(ctx);
    ret->counts = ask_vault(ctx, req);
    ret->vault = ret->counts != NULL;
    ret->pushed_at = last_push(ctx);
    ret->jobs = ret->ledger && (ret->jobs_open == 0 || now - ret->job_due < LATE_MS);
    ret->live = ret->pushed_at > 0 && now - ret->pushed_at < SILENT_MS;
}
