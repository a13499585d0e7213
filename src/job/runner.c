/* Claim, run, finish, put off or fail. Not for: back-off and fencing (queue/outbox.c). */
#include "job/runner.h"

#include "base/log.h"
#include "queue/outbox.h"

enum { LEASE_MS = 60 * 1000, TRIES_UNKNOWN = 3 };

static enum err
claim(struct ctx *ctx, struct call *vault, const struct outbox_lane *lane, struct msg *ret)
{
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);

    msg_init(ask, STR("job.claim"));
    msg_add_i64(ask, "lease_ms", LEASE_MS);
    msg_add_str(ask, "kinds", lane->kinds);
    msg_add_i64(ask, "inside", lane->inside);
    return call_ask(ctx, vault, ask, ret);
}

/* What a job's end is called to the vault. */
static const char *
verb_of(struct ctx *ctx, const struct kinds_row *kind, struct kinds_job *job, enum err how)
{
    if (!how)
        return "job.finish";
    if (!job->until || !kind)
        return "job.fail";
    if (ctx_now(ctx) - job->made < kind->keep_ms)
        return "job.defer";
    job->never = true;
    return "job.fail";
}

/* A report that gets lost is no harm: the lease runs out and the job runs again. */
static enum err
report(struct ctx *ctx, struct call *vault, const struct msg *claimed,
       const struct kinds_row *kind, struct kinds_job *job, enum err how)
{
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct msg *answer = ARENA_NEW(ctx->arena, struct msg);
    struct str why = str_dup(ctx->arena, ctx_why(ctx));
    struct str verb = str_of(verb_of(ctx, kind, job, how));

    msg_init(ask, verb);
    msg_add_i64(ask, "id", job->id);
    msg_add_i64(ask, "fence", msg_opt_i64(claimed, "fence", 0));
    if (how)
        msg_add_str(ask, "error", str_is_text(why, "") ? why : STR("unreadable"));
    if (str_eq_text(verb, "job.defer"))
        msg_add_i64(ask, "until", job->until);
    if (str_eq_text(verb, "job.fail"))
        msg_add_i64(ask, "max_tries", job->never ? 1 : kind ? kind->max_tries : TRIES_UNKNOWN);
    return call_ask(ctx, vault, ask, answer);
}

static enum err
run_one(struct ctx *ctx, struct call *vault, const struct kinds_tools *tools,
        const struct outbox_lane *lane)
{
    struct msg *claimed = ARENA_NEW(ctx->arena, struct msg);
    const struct kinds_row *kind;
    struct kinds_job job = {0};
    struct str name;
    enum err e, how;

    if ((e = claim(ctx, vault, lane, claimed)))
        return e;
    name = msg_opt(claimed, "kind");
    kind = kinds_find(name);
    job.id = msg_opt_i64(claimed, "id", 0);
    job.tries = msg_opt_i64(claimed, "tries", 0);
    job.made = msg_opt_i64(claimed, "made", 0);
    job.payload = msg_opt(claimed, "payload");
    ctx_clear(ctx);
    how = kind ? kind->run(ctx, tools, &job)
               : ctx_fail(ctx, E_INTERNAL, "no such kind of job: %.*s", STR_ARG(name));
    log_line(how && !job.until ? LOG_WARNING : LOG_INFO,
             "event=job id=%lld kind=%.*s trace=%s result=%.*s at=%s:%d why=\"%s\"",
             (long long)job.id, STR_ARG(name), ctx->trace,
             STR_ARG(how ? err_info(how)->name : STR("ok")),
             how && ctx->fail_file ? ctx->fail_file : "-", how ? ctx->fail_line : 0,
             err_is_ours(how) ? ctx->fail_text : "");
    e = report(ctx, vault, claimed, kind, &job, how);
    return e == E_CONFLICT ? OK : e;
}

enum err
runner_run(struct ctx *ctx, struct call *vault, const struct kinds_tools *tools,
           enum kinds_lane which, size_t max, size_t *ret_n)
{
    const struct outbox_lane lane = kinds_of_lane(ctx, which);
    struct arena_mark mark = arena_mark(ctx->arena);
    int64_t due = 0;
    /* A look at the file, so that an empty outbox costs the vault nothing. */
    enum err e = outbox_count(ctx, &lane, &due);

    *ret_n = 0;
    if (e || due == 0)
        return e;
    for (; *ret_n < max; ++*ret_n) {
        e = run_one(ctx, vault, tools, &lane);
        arena_release(ctx->arena, mark);
        if (e)
            break;
    }
    return e == E_NOTFOUND ? OK : e;
}
