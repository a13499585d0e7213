/* Claim, run, finish or fail. Not for: back-off and fencing (queue/outbox.c). */
#include "job/runner.h"

#include "base/log.h"
#include "db/stmt.h"

enum { LEASE_MS = 60 * 1000, TRIES_UNKNOWN = 3 };

static enum err
claim(struct ctx *ctx, struct call *vault, struct msg *ret)
{
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);

    msg_init(ask, STR("job.claim"));
    msg_add_i64(ask, "lease_ms", LEASE_MS);
    return call_ask(ctx, vault, ask, ret);
}

/* A report that gets lost is no harm: the lease runs out and the job runs again. */
static enum err
report(struct ctx *ctx, struct call *vault, const struct msg *job, enum err how, int64_t tries)
{
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct msg *answer = ARENA_NEW(ctx->arena, struct msg);
    struct str why = str_dup(ctx->arena, ctx_why(ctx));

    msg_init(ask, how ? STR("job.fail") : STR("job.finish"));
    msg_add_i64(ask, "id", msg_opt_i64(job, "id", 0));
    msg_add_i64(ask, "fence", msg_opt_i64(job, "fence", 0));
    if (how) {
        msg_add_str(ask, "error", why);
        msg_add_i64(ask, "max_tries", tries);
    }
    return call_ask(ctx, vault, ask, answer);
}

static enum err
run_one(struct ctx *ctx, struct call *vault, const struct kinds_tools *tools)
{
    struct msg *job = ARENA_NEW(ctx->arena, struct msg);
    const struct kinds_row *kind;
    struct str name;
    enum err e, how;

    if ((e = claim(ctx, vault, job)))
        return e;
    name = msg_opt(job, "kind");
    kind = kinds_find(name);
    ctx_clear(ctx);
    how = kind ? kind->run(ctx, tools, msg_opt(job, "payload"))
               : ctx_fail(ctx, E_INTERNAL, "no such kind of job: %.*s", STR_ARG(name));
    log_line(how ? LOG_WARNING : LOG_INFO, "event=job id=%lld kind=%.*s result=%.*s why=\"%s\"",
             (long long)msg_opt_i64(job, "id", 0), STR_ARG(name),
             STR_ARG(how ? err_info(how)->name : STR("ok")), how ? ctx->fail_text : "");
    e = report(ctx, vault, job, how, kind ? kind->max_tries : TRIES_UNKNOWN);
    return e == E_CONFLICT ? OK : e;
}

/* A look at the file, so that an empty outbox costs the vault nothing. */
static enum err
count_due(struct ctx *ctx, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_beat_due);
    enum err e;

    stmt_i64(&s, ":now", ctx_now(ctx));
    if (!(e = stmt_one(&s)))
        *ret = stmt_col_i64(&s, "n");
    return e;
}

enum err
runner_run(struct ctx *ctx, struct call *vault, const struct kinds_tools *tools, size_t max,
           size_t *ret_n)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    int64_t due = 0;
    enum err e = count_due(ctx, &due);

    *ret_n = 0;
    if (e || due == 0)
        return e;
    for (; *ret_n < max; ++*ret_n) {
        e = run_one(ctx, vault, tools);
        arena_release(ctx->arena, mark);
        if (e)
            break;
    }
    return e == E_NOTFOUND ? OK : e;
}
