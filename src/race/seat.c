/* Taking, freeing and waiting for seats. See seat.h. */
#include "race/seat.h"

#include "base/buf.h"
#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "race/news.h"
#include "race/window.h"

enum { WAIT_MAX = 8 };

enum err
seat_say(struct ctx *ctx, struct tx *tx, int64_t race, int64_t seat, const struct member *m,
         const char *what)
{
    struct buf b = buf_new(ctx->arena, 1024);

    buf_printf(&b, "{\"race\":%lld,\"seat\":%lld,\"what\":\"%s\",\"member\":%lld,\"name\":",
               (long long)race, (long long)seat, what, (long long)m->id);
    buf_add_json(&b, m->shown);
    buf_add_char(&b, '}');
    return news_add(ctx, tx, race, "seat.changed", buf_str(&b));
}

enum err
seat_touch(struct ctx *ctx, int64_t race)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_touch);
    stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":at", ctx_now(ctx));
    return stmt_run(&s);
}

enum err
seat_check_idle(struct ctx *ctx, const struct member *m)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_member_at);
    stmt_i64(&s, ":member_id", m->id);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return OK;
    return e ? e
             : ctx_fail(ctx, E_CONFLICT, "%.*s already sits in race %lld", STR_ARG(m->shown),
                        (long long)stmt_col_i64(&s, "race_id"));
}

/* A seat begins with its second, but never before its driver left the last one: nobody has two
 * shares of one order. */
static enum err
begin(struct ctx *ctx, int64_t member_id, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_member_left);
    stmt_i64(&s, ":member_id", member_id);
    enum err e = stmt_one(&s);
    if (e)
        return e;
    int64_t left = stmt_col_i64(&s, "left_at"), at = window_begin(ctx_now(ctx));
    *ret = left > at && left <= ctx_now(ctx) ? left : at;
    return OK;
}

/* What the driver before has got of the present second stays theirs. */
static enum err
begin_behind(struct ctx *ctx, int64_t race, int64_t seat, int64_t *at)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_seat_booked);

    stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":seat", seat);
    enum err e = stmt_one(&s);
    if (!e && stmt_col_i64(&s, "at") >= *at)
        *at = stmt_col_i64(&s, "at") + 1;
    return e;
}

enum err
seat_stint(struct ctx *ctx, int64_t race, int64_t seat, int64_t stint, int64_t member_id,
           int64_t round)
{
    int64_t at;
    enum err e;

    if ((e = begin(ctx, member_id, &at)) || (e = begin_behind(ctx, race, seat, &at)))
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_stint_add);
    stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":seat", seat);
    stmt_i64(&s, ":stint", stint);
    stmt_i64(&s, ":member_id", member_id);
    stmt_i64(&s, ":round", round);
    stmt_i64(&s, ":at", at);
    return stmt_run(&s);
}

enum err
seat_take(struct ctx *ctx, struct tx *tx, int64_t race, int64_t seat, const struct member *m)
{
    int64_t at;
    enum err e = begin(ctx, m->id, &at);

    if (e)
        return e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_seat_add);
        stmt_i64(&s, ":race", race);
        stmt_i64(&s, ":seat", seat);
        stmt_i64(&s, ":at", at);
        if ((e = stmt_run(&s)))
            return e;
    }
    if ((e = seat_stint(ctx, race, seat, 1, m->id, 1)) || (e = seat_touch(ctx, race)))
        return e;
    return seat_say(ctx, tx, race, seat, m, "joined");
}

enum err
seat_lowest(struct ctx *ctx, int64_t race, int64_t seats, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_free_seat);
    stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":seats", seats);
    enum err e = stmt_one(&s);
    if (e && e != E_NOTFOUND)
        return e;
    *ret = e ? 0 : stmt_col_i64(&s, "no");
    return OK;
}

enum err
seat_wait(struct ctx *ctx, int64_t race, int64_t member_id)
{
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_wait_count);
        stmt_i64(&s, ":race", race);
        enum err e = stmt_one(&s);
        if (e)
            return e;
        if (stmt_col_i64(&s, "n") >= WAIT_MAX)
            return ctx_fail(ctx, E_CONFLICT, "all seats and the wait list of %d are taken",
                            WAIT_MAX);
    }
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_wait_add);
    stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":member_id", member_id);
    stmt_i64(&s, ":at", ctx_now(ctx));
    return stmt_run(&s);
}

enum err
seat_unwait(struct ctx *ctx, int64_t race, int64_t member_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_wait_drop);
    stmt_i64(&s, ":race", race);
    stmt_i64(&s, ":member_id", member_id);
    return stmt_run(&s);
}

/* The first on the wait list who sits nowhere else takes the seat that became free. */
static enum err
fill_seat(struct ctx *ctx, struct tx *tx, int64_t race, int64_t seat)
{
    for (int i = 0; i < WAIT_MAX; i++) {
        struct member m;
        int64_t member_id;
        enum err e;
        {
            struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_lobby_wait_next);
            stmt_i64(&s, ":race", race);
            e = stmt_one(&s);
            if (e == E_NOTFOUND)
                return OK;
            if (e)
                return e;
            member_id = stmt_col_i64(&s, "member_id");
        }
        if ((e = seat_unwait(ctx, race, member_id)) || (e = member_get(ctx, member_id, &m)))
            return e;
        e = seat_check_idle(ctx, &m);
        if (e == E_CONFLICT)
            continue;
        return e ? e : seat_take(ctx, tx, race, seat, &m);
    }
    return OK;
}

enum err
seat_free(struct ctx *ctx, struct tx *tx, int64_t race, int64_t seat)
{
    const enum sql drops[] = {SQL_lobby_stint_drop, SQL_lobby_seat_drop};

    for (size_t i = 0; i < ARRAY_SIZE(drops); i++) {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, drops[i]);
        stmt_i64(&s, ":race", race);
        stmt_i64(&s, ":seat", seat);
        enum err e = stmt_run(&s);
        if (e)
            return e;
    }
    return fill_seat(ctx, tx, race, seat);
}
