/* Reading a season's table. See standing.h. */
#include "league/standing.h"

#include "db/stmt.h"
#include "league/face.h"
#include "league/frozen.h"
#include "league/reckon.h"
#include "league/standing_json.h"

static enum err
read_rows(struct ctx *ctx, int64_t season, int64_t at, struct reckon_in *in)
{
    struct result_row *row = NULL;
    size_t n = 0, room = 0;
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_standing_rows);

    stmt_i64(&s, ":season", season);
    stmt_i64(&s, ":at", at ? at : INT64_MAX);
    while ((e = stmt_row(&s)) == OK) {
        if (n == room) {
            struct result_row *old = row;

            room = room ? 2 * room : 64;
            row = ARENA_ARRAY(ctx->arena, room, struct result_row);
            for (size_t i = 0; i < n; i++)
                row[i] = old[i];
        }
        result_read(&s, &row[n++]);
    }
    in->row = row;
    in->n_rows = n;
    return e == E_NOTFOUND ? OK : e;
}

static enum err
read_penalties(struct ctx *ctx, int64_t season, int64_t at, struct reckon_in *in)
{
    enum { PENALTIES_MAX = 4096 };
    struct season_penalty *list = ARENA_ARRAY(ctx->arena, PENALTIES_MAX, struct season_penalty);
    size_t n = 0;
    enum err e = OK;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_standing_penalties);

    stmt_i64(&s, ":season", season);
    stmt_i64(&s, ":at", at ? at : INT64_MAX);
    while (n < PENALTIES_MAX && (e = stmt_row(&s)) == OK)
        list[n++] = (struct season_penalty){
            .race_id = stmt_col_i64(&s, "race_id"),
            .member_id = stmt_col_i64(&s, "member_id"),
            .points = stmt_col_i64(&s, "points"),
        };
    in->penalty = list;
    in->n_penalties = n;
    return e == E_NOTFOUND ? OK : e;
}

/* What the table of that time is reckoned from, rows in the season's order. */
static enum err
read_input(struct ctx *ctx, const struct season *season, int64_t at, struct reckon_in *ret)
{
    enum err e;

    *ret = (struct reckon_in){.season = season};
    if ((e = read_rows(ctx, season->id, at, ret)))
        return e;
    return read_penalties(ctx, season->id, at, ret);
}

enum err
standing_bare(struct ctx *ctx, int64_t season, int64_t at, struct standing_table *ret)
{
    struct season *z = ARENA_NEW(ctx->arena, struct season);
    struct reckon_in in;
    enum err e;

    if ((e = season_get(ctx, season, z)) || (e = read_input(ctx, z, at, &in)))
        return e;
    reckon_table(ctx, &in, ret);
    ret->at = at;
    return OK;
}

enum err
standing_read(struct ctx *ctx, int64_t season, int64_t at, int64_t viewer,
              struct standing_table *ret)
{
    enum err e = standing_bare(ctx, season, at, ret);

    if (!e && !at && str_eq_text(ret->season.state, "CLOSED"))
        e = frozen_read(ctx, ret);
    return e ? e : face_fill(ctx, viewer, ret);
}

enum err
standing_lines(struct ctx *ctx, const struct standing_table *t, size_t max,
               struct standing_lines *ret)
{
    size_t n = t->n < max ? t->n : max, races = 0;
    struct reckon_in all;
    enum err e = read_input(ctx, &t->season, t->at, &all);

    if (e)
        return e;
    /* Rows come in the season's order. */
    int64_t *race = ARENA_ARRAY(ctx->arena, all.n_rows + 1, int64_t);
    for (size_t i = 0; i < all.n_rows; i++)
        if (!races || race[races - 1] != all.row[i].race_id)
            race[races++] = all.row[i].race_id;
    *ret = (struct standing_lines){
        .n = n,
        .races = races,
        .row = t->row,
        .race_id = race,
        .rank = ARENA_ARRAY(ctx->arena, n * races + 1, int64_t),
    };
    struct reckon_in some = all;
    for (size_t k = 0, rows = 0; k < races; k++) {
        struct arena_mark mark = arena_mark(ctx->arena);
        struct standing_table then;

        while (rows < all.n_rows && all.row[rows].race_id == race[k])
            rows++;
        some.n_rows = rows;
        reckon_ranks(ctx, &some, &then);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < then.n; j++)
                if (then.row[j].member_id == t->row[i].member_id)
                    ret->rank[i * races + k] = then.row[j].rank;
        arena_release(ctx->arena, mark);
    }
    return OK;
}

enum err
standing_snapshot(struct ctx *ctx, int64_t season, struct str *ret_json)
{
    return standing_json_make(ctx, season, ret_json);
}
