/* Versions of points tables. See points.h. */
#include "league/points.h"

#include "base/buf.h"
#include "db/stmt.h"
#include "db/tx.h"

enum { POINTS_MAX = 1000, NAME_SIGNS = 40 };

bool
points_parse(struct str text, int64_t ret[RACE_SEATS_MAX])
{
    struct str one;
    size_t n = 0;

    for (size_t i = 0; i < RACE_SEATS_MAX; i++)
        ret[i] = 0;
    while (str_split(&text, ',', &one))
        if (n == RACE_SEATS_MAX || !str_i64(str_trim(one), 0, POINTS_MAX, &ret[n]) ||
            (n && ret[n] > ret[n - 1]))
            return false;
        else
            n++;
    return n > 0;
}

struct str
points_text(struct ctx *ctx, const struct points_table *t)
{
    struct buf b = buf_new(ctx->arena, 256);

    for (size_t i = 0; i < RACE_SEATS_MAX; i++)
        buf_printf(&b, "%s%lld", i ? "," : "", (long long)t->place[i]);
    return buf_str(&b);
}

enum err
points_add(struct ctx *ctx, struct tx *tx, struct str name, struct str points, int64_t dnf,
           struct str actor, int64_t *ret_id)
{
    struct points_table t;

    BUG_IF(!tx->open);
    name = str_trim(name);
    if (!name.n || !str_is_text(name, "") || str_length(name) > NAME_SIGNS)
        return ctx_fail(ctx, E_INVALID, "a points table's name has 1 to %d signs", NAME_SIGNS);
    if (!points_parse(points, t.place))
        return ctx_fail(ctx, E_INVALID,
                        "points are 1 to %d numbers of 0 to %d that do not rise, with commas "
                        "between",
                        RACE_SEATS_MAX, POINTS_MAX);
    if (dnf < 0 || dnf > POINTS_MAX)
        return ctx_fail(ctx, E_INVALID, "points for a DNF are 0 to %d", POINTS_MAX);
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_points_add);
    stmt_str(&s, ":name", name);
    stmt_str(&s, ":points", points_text(ctx, &t));
    stmt_i64(&s, ":dnf", dnf);
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_str(&s, ":actor", actor);
    enum err e = stmt_one(&s);
    if (!e)
        *ret_id = stmt_col_i64(&s, "id");
    return e;
}

static enum err
read_row(struct stmt *s, struct points_table *ret)
{
    *ret = (struct points_table){
        .id = stmt_col_i64(s, "id"),
        .version = stmt_col_i64(s, "version"),
        .name = stmt_col_str(s, "name"),
        .dnf = stmt_col_i64(s, "dnf"),
    };
    if (!points_parse(stmt_col_str(s, "points"), ret->place))
        return ctx_fail(s->ctx, E_INTERNAL, "the points table %.*s cannot be read",
                        STR_ARG(ret->name));
    return OK;
}

enum err
points_find(struct ctx *ctx, struct str name, struct points_table *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_points_find);
    stmt_str(&s, ":name", name);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no points table %.*s", STR_ARG(name));
    return e ? e : read_row(&s, ret);
}

enum err
points_list(struct ctx *ctx, size_t max, struct points_table **ret, size_t *ret_n)
{
    struct points_table *list = ARENA_ARRAY(ctx->arena, max + 1, struct points_table);
    size_t n = 0;
    enum err e = OK;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_points_list);

    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        if ((e = read_row(&s, &list[n++])))
            return e;
    *ret = list;
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

enum err
points_pick(struct ctx *ctx, struct tx *tx, struct str name, struct str actor,
            struct points_table *ret)
{
    bool standard = !name.n || str_eq_text(name, "default");
    int64_t id;
    enum err e = points_find(ctx, standard ? STR("default") : name, ret);

    if (e != E_NOTFOUND || !standard)
        return e;
    ctx_clear(ctx);
    e = points_add(ctx, tx, STR("default"), STR("15,12,10,9,8,7,6,5"), 1, actor, &id);
    return e ? e : points_find(ctx, STR("default"), ret);
}
