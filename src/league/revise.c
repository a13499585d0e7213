/* A season's rules changed while it runs. See revise.h. */
#include "league/revise.h"

#include "db/stmt.h"
#include "db/tx.h"
#include "league/close.h"
#include "league/points.h"
#include "league/result.h"

enum { DROPS_MAX = 20, TEXT_SIGNS = 500, REASON_MIN = 10, RACES_MAX = 4096 };

enum err
revise_check(struct ctx *ctx, int64_t drops, int64_t from)
{
    if (drops < 0 || drops > DROPS_MAX)
        return ctx_fail(ctx, E_INVALID, "0 to %d results can be dropped", DROPS_MAX);
    if (from < 0 || from > 1000 || (drops && from <= drops))
        return ctx_fail(ctx, E_INVALID,
                        "results are dropped from a number of races on that is above the "
                        "number of drops");
    return OK;
}

/* One side of a fix row. */
static struct str
rules(struct ctx *ctx, const struct season *z)
{
    return str_of(arena_printf(
        ctx->arena, "{\"points\":\"%.*s\",\"dnf\":%lld,\"drops\":%lld,\"drop_from\":%lld}",
        STR_ARG(points_text(ctx, &z->points)), (long long)z->points.dnf, (long long)z->drops,
        (long long)z->drop_from));
}

static enum err
note(struct ctx *ctx, int64_t race, int64_t version, const struct season *was,
     const struct season *is, const struct revise *r)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_season_fix_add);

    stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":version", version);
    stmt_str(&s, ":reason", str_trim(r->reason));
    stmt_str(&s, ":actor", r->actor);
    stmt_str(&s, ":old", rules(ctx, was));
    stmt_str(&s, ":new", rules(ctx, is));
    stmt_i64(&s, ":at", ctx_now(ctx));
    return stmt_run(&s);
}

/* Every result of the season again, each with a fix row. */
static enum err
rewrite(struct ctx *ctx, struct tx *tx, const struct season *was, const struct season *is,
        const struct revise *r)
{
    int64_t *race = ARENA_ARRAY(ctx->arena, RACES_MAX, int64_t), version;
    struct str reason = str_trim(r->reason);
    size_t n = 0;
    enum err e = OK;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_season_results);
        stmt_i64(&s, ":season", is->id);
        while (n < RACES_MAX && (e = stmt_row(&s)) == OK)
            race[n++] = stmt_col_i64(&s, "race_id");
        if (e && e != E_NOTFOUND)
            return e;
    }
    if (n && str_length(reason) < REASON_MIN)
        return ctx_fail(ctx, E_INVALID,
                        "the season has results: say why they change, in at least %d signs",
                        REASON_MIN);
    for (size_t i = 0; i < n; i++) {
        if ((e = result_again(ctx, tx, race[i], reason, &version)))
            return e;
        if ((e = note(ctx, race[i], version, was, is, r)))
            return e;
    }
    return n ? close_draw(ctx, tx, is->id) : OK;
}

enum err
revise_season(struct ctx *ctx, struct tx *tx, int64_t season, const struct revise *r)
{
    struct season was, is;
    struct points_table table;
    enum err e;

    if ((e = season_get(ctx, season, &was)) || (e = revise_check(ctx, r->drops, r->drop_from)))
        return e;
    if (!str_eq_text(was.state, "OPEN"))
        return ctx_fail(ctx, E_CONFLICT, "the season %.*s is closed", STR_ARG(was.name));
    table = was.points; /* its version too */
    if (r->points.n && (e = points_pick(ctx, tx, r->points, r->actor, &table)))
        return e;
    if (str_length(r->reason) > TEXT_SIGNS || !str_is_text(r->reason, ""))
        return ctx_fail(ctx, E_INVALID, "a reason is text of at most %d signs", TEXT_SIGNS);
    if (table.id == was.points.id && r->drops == was.drops && r->drop_from == was.drop_from)
        return ctx_fail(ctx, E_INVALID, "nothing would change");
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_season_update);
        stmt_i64(&s, ":season", season);
        stmt_i64(&s, ":points", table.id);
        stmt_i64(&s, ":drops", r->drops);
        stmt_i64(&s, ":drop_from", r->drop_from);
        if ((e = stmt_run(&s)))
            return e;
    }
    e = season_get(ctx, season, &is);
    return e ? e : rewrite(ctx, tx, &was, &is, r);
}
