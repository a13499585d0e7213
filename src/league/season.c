/* Seasons: rows, choice, changes. See season.h. */
#include "league/season.h"

#include "base/buf.h"
#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "league/close.h"
#include "league/erratum.h"
#include "league/penalty.h"
#include "league/points.h"
#include "league/revise.h"
#include "race/lobby.h"
#include "race/product.h"

enum { NAME_SIGNS = 60, SLUG_MAX = 40 };

static bool
is_slug(struct str s)
{
    int64_t number;

    if (!s.n || s.n > SLUG_MAX || str_i64(s, 0, INT64_MAX, &number) || str_eq_text(s, "none"))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
              s.p[i] == '-'))
            return false;
    return true;
}

/* "Spring '26" gives "spring-26". */
static struct str
slug_of(struct ctx *ctx, struct str name)
{
    struct buf b = buf_new(ctx->arena, SLUG_MAX);
    struct str low = str_lower(ctx->arena, name);
    bool gap = false;

    for (size_t i = 0; i < low.n && b.n + 2 < SLUG_MAX; i++) {
        char c = low.p[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

        if (good && gap && b.n)
            buf_add_char(&b, '-');
        if (good)
            buf_add_char(&b, c);
        gap = !good;
    }
    if (is_slug(buf_str(&b)))
        return buf_str(&b);
    return str_of(arena_printf(ctx->arena, b.n ? "season-%.*s" : "season",
                               (int)(b.n < 30 ? b.n : 30), b.p ? b.p : ""));
}

static enum err
id_by(struct ctx *ctx, enum sql which, const char *param, struct str text, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, which);
    stmt_str(&s, param, text);
    enum err e = stmt_one(&s);
    if (!e)
        *ret = stmt_col_i64(&s, "id");
    return e;
}

/* The wanted one, or the first free one after a name. */
static enum err
pick_slug(struct ctx *ctx, const struct season_new *n, struct str *ret)
{
    struct str base = n->slug.n ? n->slug : slug_of(ctx, n->name);
    int64_t other;

    if (!is_slug(base))
        return ctx_fail(ctx, E_INVALID,
                        "a season's short name has 1 to %d signs of a-z, 0-9 and -, and is no "
                        "number",
                        SLUG_MAX);
    *ret = base;
    for (int i = 2; i < 1000; i++) {
        enum err e = id_by(ctx, SQL_season_by_slug, ":slug", *ret, &other);

        if (e == E_NOTFOUND)
            return OK;
        if (e)
            return e;
        if (n->slug.n)
            break;
        *ret = str_of(
            arena_printf(ctx->arena, "%.*s-%d", (int)(base.n < 34 ? base.n : 34), base.p, i));
    }
    return ctx_fail(ctx, E_CONFLICT, "there is a season %.*s already", STR_ARG(base));
}

static enum err
check_new(struct ctx *ctx, const struct season_new *n)
{
    struct race_rule rule;
    enum err e;

    if (!n->name.n || !str_is_text(n->name, "") || str_length(n->name) > NAME_SIGNS)
        return ctx_fail(ctx, E_INVALID, "a season's name has 1 to %d signs", NAME_SIGNS);
    if (n->starts_at < 0 || (n->ends_at && n->ends_at <= n->starts_at))
        return ctx_fail(ctx, E_INVALID, "a season ends after its start");
    if ((e = revise_check(ctx, n->drops, n->drop_from)))
        return e;
    if (!n->rule.n || str_eq_text(n->rule, "default"))
        return OK; /* written when a race first needs it */
    return product_rule_find(ctx, n->rule, &rule);
}

enum err
season_add(struct ctx *ctx, struct tx *tx, const struct season_new *in, struct str actor,
           int64_t *ret_id)
{
    struct season_new n = *in;
    struct points_table points;
    struct str slug;
    enum err e;

    n.name = str_trim(in->name);
    if ((e = check_new(ctx, &n)) || (e = pick_slug(ctx, &n, &slug)) ||
        (e = points_pick(ctx, tx, n.points, actor, &points)))
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_season_add);
    stmt_str(&s, ":slug", slug);
    stmt_str(&s, ":name", n.name);
    stmt_i64(&s, ":starts_at", n.starts_at ? n.starts_at : ctx_now(ctx));
    if (n.ends_at)
        stmt_i64(&s, ":ends_at", n.ends_at);
    else
        stmt_null(&s, ":ends_at");
    stmt_i64(&s, ":points", points.id);
    stmt_i64(&s, ":drops", n.drops);
    stmt_i64(&s, ":drop_from", n.drop_from);
    stmt_str(&s, ":rule", n.rule.n ? n.rule : STR("default"));
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_str(&s, ":actor", actor);
    if (!(e = stmt_one(&s)))
        *ret_id = stmt_col_i64(&s, "id");
    return e;
}

enum err
season_get(struct ctx *ctx, int64_t id, struct season *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_season_get);
    stmt_i64(&s, ":season", id);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no season %lld", (long long)id);
    if (e)
        return e;
    *ret = (struct season){
        .id = stmt_col_i64(&s, "id"),
        .slug = stmt_col_str(&s, "slug"),
        .name = stmt_col_str(&s, "name"),
        .state = stmt_col_str(&s, "state"),
        .starts_at = stmt_col_i64(&s, "starts_at"),
        .ends_at = stmt_col_i64(&s, "ends_at"),
        .created_at = stmt_col_i64(&s, "created_at"),
        .closed_at = stmt_col_i64(&s, "closed_at"),
        .drops = stmt_col_i64(&s, "drops"),
        .drop_from = stmt_col_i64(&s, "drop_from"),
        .rule = stmt_col_str(&s, "rule"),
        .points = {.id = stmt_col_i64(&s, "points_id"),
                   .version = stmt_col_i64(&s, "points_version"),
                   .name = stmt_col_str(&s, "points_name"),
                   .dnf = stmt_col_i64(&s, "dnf")},
    };
    if (!points_parse(stmt_col_str(&s, "points"), ret->points.place))
        return ctx_fail(ctx, E_INTERNAL, "the points of season %lld cannot be read",
                        (long long)id);
    return OK;
}

enum err
season_find(struct ctx *ctx, struct str which, struct season *ret)
{
    int64_t id = 0;
    enum err e = id_by(ctx, SQL_season_by_slug, ":slug", which, &id);

    if (e == E_NOTFOUND && str_i64(which, 1, INT64_MAX, &id))
        e = OK;
    if (e == E_NOTFOUND)
        e = id_by(ctx, SQL_season_by_name, ":name", which, &id);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no season %.*s", STR_ARG(which));
    return e ? e : season_get(ctx, id, ret);
}

/* The season a statement gives, if it gives one. */
static enum err
by_rule(struct ctx *ctx, enum sql which, bool now, struct season *ret)
{
    int64_t id;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, which);
        if (now)
            stmt_i64(&s, ":now", ctx_now(ctx));
        enum err e = stmt_one(&s);
        if (e)
            return e;
        id = stmt_col_i64(&s, "id");
    }
    return season_get(ctx, id, ret);
}

enum err
season_current(struct ctx *ctx, struct season *ret)
{
    enum err e = by_rule(ctx, SQL_season_current, true, ret);

    return e == E_NOTFOUND ? ctx_fail(ctx, e, "no season is open now") : e;
}

enum err
season_shown(struct ctx *ctx, struct season *ret)
{
    enum err e = by_rule(ctx, SQL_season_current, true, ret);

    if (e == E_NOTFOUND)
        e = by_rule(ctx, SQL_season_last_closed, false, ret);
    if (e == E_NOTFOUND)
        e = by_rule(ctx, SQL_season_next, false, ret);
    return e == E_NOTFOUND ? ctx_fail(ctx, e, "there is no season yet") : e;
}

enum err
season_choose(struct ctx *ctx, struct str which, struct lobby_new *n)
{
    struct season z;
    enum err e;

    n->season_id = 0;
    if (str_eq_text(which, "none"))
        return OK;
    e = which.n ? season_find(ctx, which, &z) : season_current(ctx, &z);
    if (e == E_NOTFOUND && !which.n) {
        ctx_clear(ctx);
        return OK;
    }
    if (e)
        return e;
    if (!str_eq_text(z.state, "OPEN"))
        return ctx_fail(ctx, E_CONFLICT, "the season %.*s is closed: choose another one",
                        STR_ARG(z.name));
    n->season_id = z.id;
    if (!n->rule.n)
        n->rule = z.rule;
    return OK;
}

enum err
season_list(struct ctx *ctx, size_t max, struct season **ret, size_t *ret_n)
{
    struct season *list = ARENA_ARRAY(ctx->arena, max + 1, struct season);
    int64_t *id = ARENA_ARRAY(ctx->arena, max + 1, int64_t);
    size_t n = 0;
    enum err e = OK;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_season_ids);
        if ((e = stmt_ids(&s, max, id, &n)))
            return e;
    }
    for (size_t i = 0; i < n; i++)
        if ((e = season_get(ctx, id[i], &list[i])))
            return e;
    *ret = list;
    *ret_n = n;
    return OK;
}

enum err
season_put_race(struct ctx *ctx, struct tx *tx, int64_t race, int64_t season)
{
    struct season z;
    enum err e;

    BUG_IF(!tx->open);
    if (season && (e = season_get(ctx, season, &z)))
        return e;
    if (season && !str_eq_text(z.state, "OPEN"))
        return ctx_fail(ctx, E_CONFLICT, "the season %.*s is closed", STR_ARG(z.name));
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_season_put_race);
    stmt_i64(&s, ":race", race);
    if (season)
        stmt_i64(&s, ":season", season);
    else
        stmt_null(&s, ":season");
    if ((e = stmt_run(&s)))
        return e;
    return db_changes(ctx->db) == 1
               ? OK
               : ctx_fail(ctx, E_CONFLICT, "a race gets its season in the lobby only");
}

enum err
season_change(struct ctx *ctx, struct tx *tx, int64_t season, struct str points, int64_t drops,
              int64_t drop_from, struct str reason, struct str actor)
{
    struct revise r = {.points = points,
                       .drops = drops,
                       .drop_from = drop_from,
                       .reason = reason,
                       .actor = actor};

    return revise_season(ctx, tx, season, &r);
}

enum err
season_blockers(struct ctx *ctx, int64_t season, struct str **ret, size_t *ret_n)
{
    return close_blockers(ctx, season, ret, ret_n);
}

enum err
season_close(struct ctx *ctx, struct tx *tx, int64_t season, struct str actor)
{
    (void)actor; /* the counter logs who closed it */
    return close_season(ctx, tx, season);
}

enum err
season_erratum(struct ctx *ctx, struct tx *tx, int64_t season, struct str text,
               struct str actor)
{
    return erratum_add(ctx, tx, season, text, actor);
}

enum err
season_notes(struct ctx *ctx, int64_t season, size_t max, struct season_note **ret,
             size_t *ret_n)
{
    return erratum_list(ctx, season, max, ret, ret_n);
}

enum err
season_penalty_add(struct ctx *ctx, struct tx *tx, int64_t race, int64_t member_id,
                   struct str incident, int64_t points, struct str reason, struct str actor,
                   int64_t *ret_id)
{
    struct season_penalty p = {.race_id = race,
                               .member_id = member_id,
                               .incident = incident,
                               .points = points,
                               .reason = reason};

    return penalty_add(ctx, tx, &p, actor, ret_id);
}

enum err
season_penalty_lift(struct ctx *ctx, struct tx *tx, int64_t id, struct str reason,
                    struct str actor)
{
    (void)actor; /* the counter logs who lifted it */
    return penalty_lift(ctx, tx, id, reason);
}

enum err
season_penalties(struct ctx *ctx, int64_t season, size_t max, struct season_penalty **ret,
                 size_t *ret_n)
{
    return penalty_list(ctx, season, max, ret, ret_n);
}
