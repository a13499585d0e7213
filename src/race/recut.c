/* Earlier ends. See recut.h; the lines of the entries: sql/FORMAT.md. */
#include "race/recut.h"

#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "race/news.h"
#include "race/race.h"
#include "race/settle.h"

enum { SALES_MAX = 20000 };

enum err
recut_after(struct ctx *ctx, struct tx *tx, int64_t race, int64_t at, int64_t grace_ms,
            struct str actor)
{
    int64_t *sale = ARENA_ARRAY(ctx->arena, SALES_MAX, int64_t);
    size_t n = 0;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_recut_sales);
        stmt_i64(&s, ":race", race);
        stmt_i64(&s, ":at", at);
        stmt_i64(&s, ":end", at + grace_ms);
        while ((e = stmt_row(&s)) == OK) {
            if (n == SALES_MAX)
                return ctx_fail(ctx, E_LIMIT,
                                "too many orders lie after that end: choose a later one");
            sale[n++] = stmt_col_i64(&s, "id");
        }
        if (e != E_NOTFOUND)
            return e;
    }
    for (size_t i = 0; i < n; i++) {
        struct arena_mark m = arena_mark(ctx->arena);
        if ((e = settle_back(ctx, tx, race, sale[i], at, actor)))
            return e;
        arena_release(ctx->arena, m);
    }
    return OK;
}

enum err
recut_end(struct ctx *ctx, struct tx *tx, int64_t race, int64_t at, struct str reason,
          struct str actor)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    enum err e = race_get(ctx, race, r);

    if (e)
        return e;
    if (r->state != RACE_FINISHED)
        return ctx_fail(ctx, E_CONFLICT, "the end of a race that is %.*s stays",
                        STR_ARG(race_state_word(r->state)));
    if (at <= r->opened_at || at >= r->closed_at)
        return ctx_fail(ctx, E_INVALID,
                        "the new end lies between the start and the present end");
    if (!reason.n)
        return ctx_fail(ctx, E_INVALID, "a flag in the past needs a reason");
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_recut_end);
        stmt_i64(&s, ":race", race);
        stmt_i64(&s, ":closed_at", at);
        stmt_i64(&s, ":at", ctx_now(ctx));
        stmt_str(&s, ":reason", reason);
        if ((e = stmt_run(&s)))
            return e;
    }
    if ((e = recut_after(ctx, tx, race, at, r->grace_s * 1000, actor)))
        return e;
    return news_state(ctx, tx, race, "race.finished", "FINISHED", at);
}

enum err
recut_again(struct ctx *ctx, struct tx *tx, int64_t race, int64_t sale_id)
{
    int64_t end;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_recut_of);
        stmt_i64(&s, ":race", race);
        stmt_i64(&s, ":sale", sale_id);
        enum err e = stmt_one(&s);
        if (e)
            return e == E_NOTFOUND ? OK : e;
        end = stmt_col_i64(&s, "end_at");
    }
    return settle_back(ctx, tx, race, sale_id, end, STR("clock"));
}
