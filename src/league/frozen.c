/* Rows of season_row. See frozen.h. */
#include "league/frozen.h"

#include "db/stmt.h"
#include "db/tx.h"

enum err
frozen_write(struct ctx *ctx, struct tx *tx, const struct standing_table *t)
{
    enum err e = OK;

    BUG_IF(!tx->open);
    for (size_t i = 0; !e && i < t->n; i++) {
        const struct standing *r = &t->row[i];
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_frozen_add);

        stmt_i64(&s, ":season", t->season.id);
        stmt_i64(&s, ":member", r->member_id);
        stmt_i64(&s, ":rank", r->rank);
        stmt_i64(&s, ":points", r->points);
        stmt_i64(&s, ":starts", r->starts);
        stmt_i64(&s, ":wins", r->wins);
        stmt_i64(&s, ":podiums", r->podiums);
        stmt_i64(&s, ":dnfs", r->dnfs);
        stmt_str(&s, ":reason", r->reason);
        e = stmt_run(&s);
    }
    return e;
}

static struct standing *
row_of(struct standing_table *t, int64_t member)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->row[i].member_id == member)
            return &t->row[i];
    return NULL;
}

enum err
frozen_read(struct ctx *ctx, struct standing_table *t)
{
    struct standing *list = ARENA_ARRAY(ctx->arena, t->n + 1, struct standing);
    size_t n = 0;
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_frozen_rows);

    stmt_i64(&s, ":season", t->season.id);
    while ((e = stmt_row(&s)) == OK && n < t->n) {
        const struct standing *old = row_of(t, stmt_col_i64(&s, "member_id"));

        if (!old)
            continue;
        list[n] = *old;
        list[n].rank = stmt_col_i64(&s, "rank");
        list[n].points = stmt_col_i64(&s, "points");
        list[n].starts = stmt_col_i64(&s, "starts");
        list[n].wins = stmt_col_i64(&s, "wins");
        list[n].podiums = stmt_col_i64(&s, "podiums");
        list[n].dnfs = stmt_col_i64(&s, "dnfs");
        list[n++].reason = stmt_col_str(&s, "reason");
    }
    if (e && e != E_NOTFOUND)
        return e;
    t->row = list;
    t->n = n;
    return OK;
}
