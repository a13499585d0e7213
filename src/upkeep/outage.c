/* A row a part, a row a gap. Not for: who gives signs (vault/pulse.c). */
#include "upkeep/outage.h"

#include "db/stmt.h"
#include "db/tx.h"

static const char *const parts[] = {"vault", "web", "jobs"};

struct sign {
    int64_t at, tick; /* by the calendar, by the machine's steady clock */
    int64_t since;
    bool stopped;
};

static int64_t
tick(const struct ctx *ctx)
{
    return ctx->world->tick_ms(ctx->world->arg);
}

static enum err
check(struct ctx *ctx, struct str part)
{
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
        if (str_eq_text(part, parts[i]))
            return OK;
    return ctx_fail(ctx, E_INVALID, "there is no part %.*s", STR_ARG(part));
}

static enum err
read_sign(struct ctx *ctx, struct str part, struct sign *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_outage_alive);
    enum err e;

    stmt_str(&s, ":part", part);
    if ((e = stmt_one(&s)))
        return e;
    *ret = (struct sign){.at = stmt_col_i64(&s, "at"),
                         .tick = stmt_col_i64(&s, "tick"),
                         .since = stmt_col_i64(&s, "since"),
                         .stopped = stmt_col_i64(&s, "stopped") != 0};
    return OK;
}

static enum err
put_sign(struct ctx *ctx, struct str part, bool stopped)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_outage_put);

    stmt_str(&s, ":part", part);
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_i64(&s, ":tick", tick(ctx));
    stmt_i64(&s, ":stopped", stopped);
    return stmt_run(&s);
}

/* Since that sign. A steady clock that is behind began anew: then the machine was started. */
static int64_t
gone(const struct ctx *ctx, const struct sign *was)
{
    int64_t steady = tick(ctx) - was->tick, calendar = ctx_now(ctx) - was->at;

    return steady >= 0 ? steady : calendar > 0 ? calendar : 0;
}

static enum err
add(struct ctx *ctx, struct str part, int64_t ms, bool planned)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_outage_add);
    int64_t now = ctx_now(ctx);

    stmt_str(&s, ":part", part);
    stmt_i64(&s, ":began_at", now > ms ? now - ms : 0);
    stmt_i64(&s, ":ended_at", now);
    stmt_i64(&s, ":planned", planned);
    return stmt_run(&s);
}

/* The others that lived when the vault died could not say so since. */
static enum err
excuse(struct ctx *ctx, int64_t vault_ms)
{
    for (size_t i = 1; i < ARRAY_SIZE(parts); i++) {
        struct str part = str_of(parts[i]);
        struct sign was;
        enum err e = read_sign(ctx, part, &was);

        if (!e && gone(ctx, &was) <= vault_ms + OUTAGE_GAP_MS)
            e = put_sign(ctx, part, false);
        if (e && e != E_NOTFOUND)
            return e;
    }
    return OK;
}

enum err
outage_sign(struct ctx *ctx, struct tx *tx, struct str part)
{
    struct sign was;
    int64_t ms;
    enum err e;

    BUG_IF(!tx->open);
    if ((e = check(ctx, part)))
        return e;
    e = read_sign(ctx, part, &was);
    if (e == E_NOTFOUND)
        return put_sign(ctx, part, false);
    if (e)
        return e;
    ms = gone(ctx, &was);
    /* A steady clock that began anew is noted at once: it is what the next gap is measured by.
     */
    if (ms < OUTAGE_SIGN_MS && !was.stopped && tick(ctx) >= was.tick)
        return OK;
    if (ms > OUTAGE_GAP_MS && ((e = add(ctx, part, ms, was.stopped)) ||
                               (str_eq_text(part, parts[0]) && (e = excuse(ctx, ms)))))
        return e;
    return put_sign(ctx, part, false);
}

enum err
outage_boot(struct ctx *ctx, struct tx *tx, struct str boot)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_stamp_get);
    struct str was = STR("");
    enum err e;

    BUG_IF(!tx->open);
    stmt_str(&s, ":key", STR("boot"));
    if ((e = stmt_one(&s)) && e != E_NOTFOUND)
        return e;
    if (!e)
        was = stmt_col_str(&s, "value");
    stmt_done(&s);
    if (str_eq(was, boot))
        return OK;
    if (was.n) {
        s = stmt_get(ctx, SQL_outage_carry);
        stmt_i64(&s, ":at", ctx_now(ctx));
        stmt_i64(&s, ":tick", tick(ctx));
        if ((e = stmt_run(&s)))
            return e;
        stmt_done(&s);
    }
    s = stmt_get(ctx, SQL_outage_boot_put);
    stmt_str(&s, ":boot", boot);
    return stmt_run(&s);
}

enum err
outage_begin(struct ctx *ctx, struct tx *tx, struct str part)
{
    enum err e = outage_sign(ctx, tx, part);

    return e ? e : put_sign(ctx, part, false);
}

enum err
outage_stop(struct ctx *ctx, struct tx *tx, struct str part)
{
    enum err e = check(ctx, part);

    BUG_IF(!tx->open);
    return e ? e : put_sign(ctx, part, true);
}

enum err
outage_now(struct ctx *ctx, struct str part, struct outage_now *ret)
{
    struct sign was;
    enum err e = read_sign(ctx, part, &was);

    if (e)
        return e;
    *ret = (struct outage_now){
        .since = was.since, .away_ms = gone(ctx, &was), .planned = was.stopped};
    if (ret->away_ms <= OUTAGE_GAP_MS)
        ret->away_ms = 0;
    return OK;
}

enum err
outage_list(struct ctx *ctx, int64_t since, size_t max, struct outage **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_outage_list);
    enum err e = OK;

    *ret = ARENA_ARRAY(ctx->arena, max ? max : 1, struct outage);
    *ret_n = 0;
    stmt_i64(&s, ":since", since);
    stmt_i64(&s, ":max", (int64_t)max);
    while (*ret_n < max && (e = stmt_row(&s)) == OK)
        (*ret)[(*ret_n)++] = (struct outage){.part = stmt_col_str(&s, "part"),
                                             .began_at = stmt_col_i64(&s, "began_at"),
                                             .ended_at = stmt_col_i64(&s, "ended_at"),
                                             .planned = stmt_col_i64(&s, "planned") != 0};
    return e == E_NOTFOUND ? OK : e;
}
