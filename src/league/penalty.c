/* Rows of penalties. See penalty.h. */
#include "league/penalty.h"

#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "league/close.h"

enum { POINTS_MAX = 1000, INCIDENT_SIGNS = 80, REASON_SIGNS = 500 };

static bool
is_words(struct str s, size_t max)
{
    return s.n && str_is_text(s, "") && str_length(s) <= max;
}

static enum err
check_words(struct ctx *ctx, const struct season_penalty *p)
{
    if (!is_words(p->incident, INCIDENT_SIGNS))
        return ctx_fail(ctx, E_INVALID, "name the incident in 1 to %d signs", INCIDENT_SIGNS);
    if (!is_words(p->reason, REASON_SIGNS))
        return ctx_fail(ctx, E_INVALID, "a penalty needs a reason of at most %d signs",
                        REASON_SIGNS);
    if (p->points < 1 || p->points > POINTS_MAX)
        return ctx_fail(ctx, E_INVALID, "a penalty takes 1 to %d points", POINTS_MAX);
    return OK;
}

/* The race counts for an open season and the racer drove in it. */
static enum err
check_race(struct ctx *ctx, const struct season_penalty *p, int64_t *ret_season)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_penalty_race);
    stmt_i64(&s, ":race", p->race_id);
    stmt_i64(&s, ":member", p->member_id);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no race %lld", (long long)p->race_id);
    if (e)
        return e;
    *ret_season = stmt_col_i64(&s, "season_id");
    if (!*ret_season)
        return ctx_fail(ctx, E_CONFLICT, "race %lld is a friendly race without points",
                        (long long)p->race_id);
    if (!str_eq_text(stmt_col_str(&s, "state"), "OPEN"))
        return ctx_fail(ctx, E_CONFLICT, "the season is closed: write an erratum instead");
    if (!stmt_col_i64(&s, "drove"))
        return ctx_fail(ctx, E_CONFLICT,
                        "race %lld has no final result of this racer: a penalty comes after "
                        "the final",
                        (long long)p->race_id);
    return OK;
}

enum err
penalty_add(struct ctx *ctx, struct tx *tx, const struct season_penalty *p, struct str actor,
            int64_t *ret_id)
{
    struct season_penalty n = *p;
    int64_t season = 0;
    enum err e;

    n.incident = str_trim(p->incident);
    n.reason = str_trim(p->reason);
    if ((e = check_words(ctx, &n)) || (e = check_race(ctx, &n, &season)))
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_penalty_find);
        stmt_i64(&s, ":race", n.race_id);
        stmt_i64(&s, ":member", n.member_id);
        stmt_str(&s, ":incident", n.incident);
        e = stmt_one(&s);
        if (e != E_NOTFOUND)
            return e ? e
                     : ctx_fail(ctx, E_CONFLICT, "this incident was punished already: %.*s",
                                STR_ARG(n.incident));
    }
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_penalty_add);
        stmt_i64(&s, ":season", season);
        stmt_i64(&s, ":race", n.race_id);
        stmt_i64(&s, ":member", n.member_id);
        stmt_str(&s, ":incident", n.incident);
        stmt_i64(&s, ":points", n.points);
        stmt_str(&s, ":reason", n.reason);
        stmt_str(&s, ":actor", actor);
        stmt_i64(&s, ":at", ctx_now(ctx));
        if ((e = stmt_one(&s)))
            return e;
        *ret_id = stmt_col_i64(&s, "id");
    }
    e = close_say(ctx, tx, season, "standings.changed", n.race_id);
    return e ? e : close_draw(ctx, tx, season);
}

enum err
penalty_lift(struct ctx *ctx, struct tx *tx, int64_t id, struct str reason)
{
    int64_t season, race;
    enum err e;

    reason = str_trim(reason);
    if (!is_words(reason, REASON_SIGNS))
        return ctx_fail(ctx, E_INVALID, "to lift a penalty say why, in at most %d signs",
                        REASON_SIGNS);
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_penalty_get);
        stmt_i64(&s, ":penalty", id);
        e = stmt_one(&s);
        if (e == E_NOTFOUND)
            return ctx_fail(ctx, E_NOTFOUND, "there is no penalty %lld", (long long)id);
        if (e)
            return e;
        season = stmt_col_i64(&s, "season_id");
        race = stmt_col_i64(&s, "race_id");
        if (stmt_col_i64(&s, "lifted_at"))
            return ctx_fail(ctx, E_CONFLICT, "penalty %lld was lifted already", (long long)id);
        if (!str_eq_text(stmt_col_str(&s, "state"), "OPEN"))
            return ctx_fail(ctx, E_CONFLICT, "the season is closed: write an erratum instead");
    }
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_penalty_lift);
        stmt_i64(&s, ":penalty", id);
        stmt_i64(&s, ":at", ctx_now(ctx));
        stmt_str(&s, ":why", reason);
        if ((e = stmt_run(&s)))
            return e;
    }
    e = close_say(ctx, tx, season, "standings.changed", race);
    return e ? e : close_draw(ctx, tx, season);
}

enum err
penalty_list(struct ctx *ctx, int64_t season, size_t max, struct season_penalty **ret,
             size_t *ret_n)
{
    struct season_penalty *list = ARENA_ARRAY(ctx->arena, max + 1, struct season_penalty);
    size_t n = 0;
    enum err e = OK;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_penalty_list);

    stmt_i64(&s, ":season", season);
    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        list[n++] = (struct season_penalty){
            .id = stmt_col_i64(&s, "id"),
            .race_id = stmt_col_i64(&s, "race_id"),
            .member_id = stmt_col_i64(&s, "member_id"),
            .points = stmt_col_i64(&s, "points"),
            .at = stmt_col_i64(&s, "at"),
            .lifted_at = stmt_col_i64(&s, "lifted_at"),
            .name = stmt_col_str(&s, "name"),
            .incident = stmt_col_str(&s, "incident"),
            .reason = stmt_col_str(&s, "reason"),
        };
    *ret = list;
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}
