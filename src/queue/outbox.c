/* Leases with fencing, back-off, the end after too many tries. Not for: doing the work (job/).
 */
#include "queue/outbox.h"

#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "queue/alert.h"

enum { BACKOFF_MAX_MS = 60 * 60 * 1000, ERROR_BYTES = 500, PRUNE_MAX = 300 };

enum err
outbox_add(struct ctx *ctx, struct tx *tx, struct str kind, struct str key, struct str payload,
           int64_t due_at)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_outbox_add);

    BUG_IF(!tx->open);
    stmt_str(&s, ":kind", kind);
    stmt_str(&s, ":key", key);
    stmt_str(&s, ":payload", payload);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_i64(&s, ":due", due_at);
    return stmt_run(&s);
}

static struct outbox_job
read_row(struct stmt *s)
{
    return (struct outbox_job){
        .id = stmt_col_i64(s, "id"),
        .kind = stmt_col_str(s, "kind"),
        .key = stmt_col_str(s, "key"),
        .payload = stmt_col_str(s, "payload"),
        .state = stmt_col_str(s, "state"),
        .last_error = stmt_col_str(s, "last_error"),
        .due_at = stmt_col_i64(s, "due_at"),
        .tries = stmt_col_i64(s, "tries"),
        .fence = stmt_col_i64(s, "fence"),
        .created_at = stmt_col_i64(s, "created_at"),
    };
}

static void
bind_lane(struct stmt *s, const struct outbox_lane *lane)
{
    stmt_str(s, ":kinds", lane->kinds);
    stmt_i64(s, ":inside", lane->inside);
}

enum err
outbox_count(struct ctx *ctx, const struct outbox_lane *lane, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_outbox_count);
    enum err e;

    stmt_i64(&s, ":now", ctx_now(ctx));
    bind_lane(&s, lane);
    if (!(e = stmt_one(&s)))
        *ret = stmt_col_i64(&s, "n");
    return e;
}

enum err
outbox_waiting(struct ctx *ctx, struct str kind, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_outbox_waiting);
    enum err e;

    stmt_str(&s, ":kind", kind);
    if (!(e = stmt_one(&s)))
        *ret = stmt_col_i64(&s, "since");
    return e;
}

enum err
outbox_is_due(struct ctx *ctx, struct str kind, struct str payload, bool *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_outbox_is_due);
    enum err e;

    stmt_str(&s, ":kind", kind);
    stmt_str(&s, ":payload", payload);
    if (!(e = stmt_one(&s)))
        *ret = stmt_col_i64(&s, "n") > 0;
    return e;
}

enum err
outbox_claim(struct ctx *ctx, struct tx *tx, const struct outbox_lane *lane, int64_t lease_ms,
             struct outbox_job *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_outbox_claim);
    int64_t now = ctx_now(ctx);
    enum err e;

    BUG_IF(!tx->open);
    stmt_i64(&s, ":until", now + lease_ms);
    stmt_i64(&s, ":now", now);
    bind_lane(&s, lane);
    e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "nothing is due");
    if (e)
        return e;
    *ret = read_row(&s);
    return OK;
}

static enum err
not_ours(struct ctx *ctx, int64_t id)
{
    return ctx_fail(ctx, E_CONFLICT, "job %lld is not leased to you any more", (long long)id);
}

enum err
outbox_finish(struct ctx *ctx, struct tx *tx, int64_t id, int64_t fence)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_outbox_finish);
    enum err e;

    BUG_IF(!tx->open);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_i64(&s, ":id", id);
    stmt_i64(&s, ":fence", fence);
    if ((e = stmt_run(&s)))
        return e;
    return db_changes(ctx->db) == 1 ? OK : not_ours(ctx, id);
}

static enum err
find(struct ctx *ctx, int64_t id, struct outbox_job *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_outbox_get);
    enum err e;

    stmt_i64(&s, ":id", id);
    e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no job %lld", (long long)id);
    if (e)
        return e;
    *ret = read_row(&s);
    return OK;
}

/* 2^tries seconds and up to a quarter more, so that what failed together does not come back
 * together. */
static int64_t
wait_ms(const struct world *w, int64_t tries)
{
    int64_t ms = tries >= 12 ? BACKOFF_MAX_MS : INT64_C(1000) << (tries < 0 ? 0 : tries);
    uint32_t r;

    if (ms > BACKOFF_MAX_MS)
        ms = BACKOFF_MAX_MS;
    w->random(w->arg, &r, sizeof r);
    ms += (int64_t)(r % (uint32_t)(ms / 4 + 1));
    return ms > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : ms;
}

enum err
outbox_fail(struct ctx *ctx, struct tx *tx, int64_t id, int64_t fence, struct str error,
            int64_t max_tries)
{
    struct outbox_job job;
    bool dead;
    enum err e;

    BUG_IF(!tx->open);
    if ((e = find(ctx, id, &job)))
        return e;
    dead = job.tries >= max_tries;

    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_outbox_fail);
    stmt_str(&s, ":state", dead ? STR("dead") : STR("due"));
    stmt_i64(&s, ":due", dead ? job.due_at : ctx_now(ctx) + wait_ms(ctx->world, job.tries));
    stmt_str(&s, ":error", str_sub(error, 0, ERROR_BYTES));
    stmt_i64(&s, ":id", id);
    stmt_i64(&s, ":fence", fence);
    if ((e = stmt_run(&s)))
        return e;
    if (db_changes(ctx->db) != 1)
        return not_ours(ctx, id);
    if (!dead)
        return OK;
    return alert_raise(ctx, tx, STR("job_dead"),
                       str_of(arena_printf(ctx->arena, "job:%lld", (long long)id)), "error",
                       "us",
                       str_of(arena_printf(ctx->arena, "%.*s gave up after %lld tries: %.*s",
                                           STR_ARG(job.kind), (long long)job.tries,
                                           STR_ARG(str_sub(error, 0, 200)))));
}

enum err
outbox_defer(struct ctx *ctx, struct tx *tx, int64_t id, int64_t fence, int64_t until,
             struct str why)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_outbox_defer);
    enum err e;

    BUG_IF(!tx->open);
    stmt_i64(&s, ":until", until);
    stmt_str(&s, ":why", str_sub(why, 0, ERROR_BYTES));
    stmt_i64(&s, ":id", id);
    stmt_i64(&s, ":fence", fence);
    if ((e = stmt_run(&s)))
        return e;
    return db_changes(ctx->db) == 1 ? OK : not_ours(ctx, id);
}

enum err
outbox_retry(struct ctx *ctx, struct tx *tx, int64_t id)
{
    struct outbox_job job;
    enum err e;

    if ((e = find(ctx, id, &job)))
        return e;

    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_outbox_retry);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_i64(&s, ":id", id);
    if ((e = stmt_run(&s)))
        return e;
    if (db_changes(ctx->db) != 1)
        return ctx_fail(ctx, E_CONFLICT,
                        "job %lld is %.*s: only what is due or dead can be tried again",
                        (long long)id, STR_ARG(job.state));
    return alert_resolve(ctx, tx, STR("job_dead"),
                         str_of(arena_printf(ctx->arena, "job:%lld", (long long)id)));
}

enum err
outbox_postpone(struct ctx *ctx, struct tx *tx, int64_t id, int64_t until)
{
    struct outbox_job job;
    enum err e;

    BUG_IF(!tx->open);
    if ((e = find(ctx, id, &job)))
        return e;

    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_outbox_postpone);
    stmt_i64(&s, ":until", until);
    stmt_i64(&s, ":id", id);
    if ((e = stmt_run(&s)))
        return e;
    return db_changes(ctx->db) == 1
               ? OK
               : ctx_fail(ctx, E_CONFLICT, "job %lld is %.*s: only what waits can be put off",
                          (long long)id, STR_ARG(job.state));
}

enum err
outbox_list(struct ctx *ctx, struct str state, size_t max, struct outbox_job **ret,
            size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) =
        stmt_get(ctx, state.n ? SQL_outbox_list_state : SQL_outbox_list);
    struct outbox_job *row = ARENA_ARRAY(ctx->arena, max, struct outbox_job);
    size_t n = 0;
    enum err e = OK;

    if (state.n)
        stmt_str(&s, ":state", state);
    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        row[n++] = read_row(&s);
    if (e && e != E_NOTFOUND)
        return e;
    *ret = row;
    *ret_n = n;
    return OK;
}

enum err
outbox_prune(struct ctx *ctx, struct tx *tx, int64_t before)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_outbox_prune);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":before", before);
    stmt_i64(&s, ":max", PRUNE_MAX);
    return stmt_run(&s);
}
