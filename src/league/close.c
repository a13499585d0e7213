/* Closing a season. See close.h. */
#include "league/close.h"

#include "base/buf.h"
#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "league/frozen.h"
#include "league/prize.h"
#include "league/standing.h"
#include "league/trophy.h"
#include "queue/live.h"
#include "queue/outbox.h"
#include "queue/tell.h"

enum { BLOCKERS_MAX = 40, TOP = 8, DATA_MAX = 4096 };

static struct str
race_words(struct ctx *ctx, int64_t race, struct str state)
{
    long long id = (long long)race;

    if (str_eq_text(state, "FINAL") || str_eq_text(state, "SETTLED"))
        return str_of(arena_printf(ctx->arena, "race %lld: its result is not written yet", id));
    if (str_eq_text(state, "FINISHED"))
        return str_of(arena_printf(ctx->arena, "race %lld is not final yet", id));
    return str_of(arena_printf(ctx->arena, "race %lld is %s: finish it or make it void", id,
                               str_eq_text(state, "LOBBY") ? "in the lobby" : "running"));
}

enum err
close_blockers(struct ctx *ctx, int64_t season, struct str **ret, size_t *ret_n)
{
    struct str *list = ARENA_ARRAY(ctx->arena, BLOCKERS_MAX, struct str);
    size_t n = 0;
    enum err e = OK;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_close_races);
        stmt_i64(&s, ":season", season);
        while (n < BLOCKERS_MAX && (e = stmt_row(&s)) == OK)
            list[n++] = race_words(ctx, stmt_col_i64(&s, "id"), stmt_col_str(&s, "state"));
        if (e && e != E_NOTFOUND)
            return e;
    }
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_close_disputes);
    stmt_i64(&s, ":season", season);
    while (n < BLOCKERS_MAX && (e = stmt_row(&s)) == OK) {
        int64_t many = stmt_col_i64(&s, "n");

        list[n++] = str_of(arena_printf(ctx->arena, "race %lld has %lld open dispute%s",
                                        (long long)stmt_col_i64(&s, "race_id"), (long long)many,
                                        many == 1 ? "" : "s"));
    }
    if (e && e != E_NOTFOUND)
        return e;
    *ret = list;
    *ret_n = n;
    return OK;
}

enum err
close_say(struct ctx *ctx, struct tx *tx, int64_t season, const char *type, int64_t race)
{
    struct str channel = str_of(arena_printf(ctx->arena, "season/%lld", (long long)season));
    struct buf b = buf_new(ctx->arena, DATA_MAX);
    struct standing_table t;
    enum err e = standing_bare(ctx, season, 0, &t);

    if (e)
        return e;
    buf_printf(&b, "{\"season\":%lld,\"state\":\"%.*s\",\"race\":%lld,\"races\":%lld,\"top\":[",
               (long long)season, STR_ARG(t.season.state), (long long)race, (long long)t.races);
    for (size_t i = 0; i < t.n && i < TOP; i++)
        buf_printf(&b, "%s{\"rank\":%lld,\"member\":%lld,\"points\":%lld}", i ? "," : "",
                   (long long)t.row[i].rank, (long long)t.row[i].member_id,
                   (long long)t.row[i].points);
    buf_add_text(&b, "]}");
    BUG_IF(buf_err(&b));
    return live_add(ctx, tx, channel, str_of(type), buf_str(&b));
}

enum err
close_draw(struct ctx *ctx, struct tx *tx, int64_t season)
{
    const char *what = arena_printf(ctx->arena, "season %lld", (long long)season);
    const char *key = arena_printf(ctx->arena, "%s at %lld", what, (long long)ctx_now(ctx));

    return outbox_add(ctx, tx, STR("card"), str_of(key), str_of(what), ctx_now(ctx));
}

enum err
close_season(struct ctx *ctx, struct tx *tx, int64_t season)
{
    struct str *why, ref = str_of(arena_printf(ctx->arena, "season:%lld", (long long)season));
    struct standing_table t;
    size_t n;
    enum err e;

    if ((e = standing_bare(ctx, season, 0, &t)))
        return e;
    if (!str_eq_text(t.season.state, "OPEN"))
        return ctx_fail(ctx, E_CONFLICT, "the season %.*s is closed already",
                        STR_ARG(t.season.name));
    if ((e = close_blockers(ctx, season, &why, &n)))
        return e;
    if (n)
        return ctx_fail(ctx, E_CONFLICT, "the season cannot close yet: %.*s%s", STR_ARG(why[0]),
                        n > 1 ? ", and more" : "");
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_season_to_closed);
        stmt_i64(&s, ":season", season);
        stmt_i64(&s, ":at", ctx_now(ctx));
        if ((e = stmt_run(&s)))
            return e;
    }
    if ((e = frozen_write(ctx, tx, &t)) || (e = trophy_season(ctx, tx, season)) ||
        (e = prize_pay(ctx, tx, season)))
        return e;
    if ((e = close_say(ctx, tx, season, "season.closed", 0)))
        return e;
    return tell_add(ctx, tx, "season.closed", ref, 0);
}

enum err
close_check(struct ctx *ctx, const struct season *z, bool *ret)
{
    struct standing_table want, have;
    enum err e = standing_bare(ctx, z->id, z->closed_at, &want);

    if (e)
        return e;
    have = want;
    if ((e = frozen_read(ctx, &have)))
        return e;
    *ret = have.n == want.n;
    for (size_t i = 0; *ret && i < want.n; i++) {
        const struct standing *a = &want.row[i], *b = &have.row[i];

        *ret = a->member_id == b->member_id && a->rank == b->rank && a->points == b->points &&
               a->starts == b->starts && a->wins == b->wins && a->podiums == b->podiums &&
               a->dnfs == b->dnfs && str_eq(a->reason, b->reason);
    }
    return OK;
}
