/* Rows of final races. See result.h. */
#include "league/result.h"

#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "league/award.h"
#include "league/close.h"
#include "queue/alert.h"
#include "queue/tell.h"
#include "race/place.h"

enum { DUE_MAX = 64, ROWS_MAX = 4 * RACE_SEATS_MAX, CHECK_PAGE = 256 };

/* A driver of a seat with the rounds of all stints; last: number of the last one. */
struct driver {
    int64_t member_id, rounds, last;
};

static size_t
drivers(const struct race_seat *seat, int64_t rounds, struct driver ret[4])
{
    int64_t driven[4];
    size_t n = 0;

    place_rounds(seat, rounds, driven);
    for (int64_t i = 0; i < seat->n_stints; i++) {
        size_t k = 0;

        while (k < n && ret[k].member_id != seat->stint[i].member_id)
            k++;
        if (k == n)
            ret[n++] = (struct driver){.member_id = seat->stint[i].member_id};
        ret[k].rounds += driven[i];
        ret[k].last = i;
    }
    return n;
}

void
result_reckon(const struct race *r, const struct points_table *t, struct result_row *ret,
              size_t *ret_n)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n_seats; i++) {
        const struct race_seat *seat = &r->seat[i];
        struct driver d[4];
        size_t n_drivers = drivers(seat, r->rounds, d), best = 0;

        for (size_t k = 1; k < n_drivers; k++)
            if (d[k].rounds > d[best].rounds ||
                (d[k].rounds == d[best].rounds && d[k].last > d[best].last))
                best = k;
        for (size_t k = 0; k < n_drivers; k++) {
            bool place = seat->place && !seat->dnf;
            int64_t points = !t || k != best ? 0 : place ? t->place[seat->place - 1] : t->dnf;

            ret[n++] = (struct result_row){
                .race_id = r->id,
                .seat_no = seat->no,
                .member_id = d[k].member_id,
                .season_id = r->season_id,
                .start = k == best,
                .place = place ? seat->place : 0,
                .points = points,
                .rounds = d[k].rounds,
                .raced_at = r->final_at,
            };
        }
    }
    *ret_n = n;
}

void
result_read(struct stmt *s, struct result_row *ret)
{
    *ret = (struct result_row){
        .race_id = stmt_col_i64(s, "race_id"),
        .version = stmt_col_i64(s, "version"),
        .seat_no = stmt_col_i64(s, "seat_no"),
        .member_id = stmt_col_i64(s, "member_id"),
        .season_id = stmt_col_i64(s, "season_id"),
        .start = str_eq_text(stmt_col_str(s, "kind"), "start"),
        .place = stmt_col_i64(s, "place"),
        .points = stmt_col_i64(s, "points"),
        .rounds = stmt_col_i64(s, "rounds"),
        .raced_at = stmt_col_i64(s, "raced_at"),
        .at = stmt_col_i64(s, "at"),
    };
}

static enum err
insert(struct ctx *ctx, const struct result_row *r, int64_t points_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_result_add);

    stmt_i64(&s, ":race", r->race_id);
    stmt_i64(&s, ":version", r->version);
    stmt_i64(&s, ":seat", r->seat_no);
    stmt_i64(&s, ":member", r->member_id);
    if (r->season_id)
        stmt_i64(&s, ":season", r->season_id);
    else
        stmt_null(&s, ":season");
    stmt_str(&s, ":kind", r->start ? STR("start") : STR("substituted"));
    if (r->place)
        stmt_i64(&s, ":place", r->place);
    else
        stmt_null(&s, ":place");
    stmt_i64(&s, ":points", r->points);
    stmt_i64(&s, ":rounds", r->rounds);
    if (points_id)
        stmt_i64(&s, ":points_id", points_id);
    else
        stmt_null(&s, ":points_id");
    stmt_i64(&s, ":raced_at", r->raced_at);
    stmt_i64(&s, ":at", r->at);
    return stmt_run(&s);
}

/* The rows as they would be now; *ret_points 0: a friendly race. */
static enum err
reckon(struct ctx *ctx, int64_t race, struct result_row row[ROWS_MAX], size_t *ret_n,
       struct season *ret_season)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    enum err e = race_get(ctx, race, r);

    if (e)
        return e;
    *ret_season = (struct season){0};
    if (r->season_id && (e = season_get(ctx, r->season_id, ret_season)))
        return e;
    result_reckon(r, r->season_id ? &ret_season->points : NULL, row, ret_n);
    return OK;
}

/* One version of a race's rows, and what follows from them. */
static enum err
write_rows(struct ctx *ctx, struct tx *tx, int64_t race, int64_t version, struct str why)
{
    struct result_row row[ROWS_MAX];
    struct season z;
    size_t n;
    enum err e = reckon(ctx, race, row, &n, &z);

    BUG_IF(!tx->open);
    if (!e && z.id && !str_eq_text(z.state, "OPEN"))
        return ctx_fail(ctx, E_CONFLICT, "the season %.*s is closed: write an erratum instead",
                        STR_ARG(z.name));
    for (size_t i = 0; !e && i < n; i++) {
        row[i].version = version;
        row[i].at = ctx_now(ctx);
        e = insert(ctx, &row[i], z.points.id);
    }
    if (!e)
        e = trophy_race(ctx, tx, race, why);
    if (!e && z.id)
        e = close_say(ctx, tx, z.id, "standings.changed", race);
    return e;
}

enum err
result_again(struct ctx *ctx, struct tx *tx, int64_t race, struct str why, int64_t *ret_version)
{
    int64_t version;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_result_version);
        stmt_i64(&s, ":race", race);
        enum err e = stmt_one(&s);
        if (e)
            return e;
        version = stmt_col_i64(&s, "version") + 1;
    }
    if (version == 1)
        return ctx_fail(ctx, E_CONFLICT, "race %lld has no final result yet", (long long)race);
    *ret_version = version;
    return write_rows(ctx, tx, race, version, why);
}

static enum err
first(struct ctx *ctx, struct tx *tx, int64_t race)
{
    struct str ref = str_of(arena_printf(ctx->arena, "race:%lld", (long long)race));
    enum err e = write_rows(ctx, tx, race, 1, STR(""));

    return e ? e : tell_add(ctx, tx, "race.final", ref, 0);
}

static enum err
due(struct ctx *ctx, size_t max, int64_t *ids, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_result_due);

    return stmt_ids(&s, max, ids, ret_n);
}

enum err
result_tick(struct ctx *ctx, struct tx *tx, size_t max, size_t *ret_n)
{
    int64_t ids[DUE_MAX];
    size_t n = 0, steps = 0;
    enum err e = due(ctx, max < DUE_MAX ? max : DUE_MAX, ids, &n);

    for (size_t i = 0; !e && i < n; i++) {
        struct str key = str_of(arena_printf(ctx->arena, "race:%lld", (long long)ids[i]));

        if ((e = tx_save(tx)))
            return e;
        if (!(e = first(ctx, tx, ids[i]))) {
            steps++;
            if (!(e = alert_resolve(ctx, tx, STR("result_stuck"), key)))
                e = tx_keep(tx);
            continue;
        }
        /* One race that cannot be written must not hold up the others. */
        struct str why = str_dup(ctx->arena, ctx_why(ctx));
        if (e == E_BUSY || e == E_FULL || (e = tx_undo(tx)))
            return e;
        e = alert_raise(ctx, tx, STR("result_stuck"), key, "error", "us", why);
    }
    if (!e)
        *ret_n = steps;
    return e;
}

enum err
result_of(struct ctx *ctx, int64_t race, struct result_row **ret, size_t *ret_n)
{
    struct result_row *row = ARENA_ARRAY(ctx->arena, ROWS_MAX, struct result_row);
    size_t n = 0;
    enum err e = OK;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_result_of);

    stmt_i64(&s, ":race", race);
    while (n < ROWS_MAX && (e = stmt_row(&s)) == OK)
        result_read(&s, &row[n++]);
    if (e && e != E_NOTFOUND)
        return e;
    if (!n)
        return ctx_fail(ctx, E_NOTFOUND, "race %lld has no final result yet", (long long)race);
    *ret = row;
    *ret_n = n;
    return OK;
}

enum err
result_by_member(struct ctx *ctx, int64_t member_id, int64_t before, size_t max,
                 struct result_row **ret, size_t *ret_n)
{
    struct result_row *row = ARENA_ARRAY(ctx->arena, max + 1, struct result_row);
    size_t n = 0;
    enum err e = OK;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_result_by_member);

    stmt_i64(&s, ":member", member_id);
    stmt_i64(&s, ":before", before > 0 ? before : INT64_MAX);
    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        result_read(&s, &row[n++]);
    *ret = row;
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

static bool
same(const struct result_row *a, const struct result_row *b)
{
    return a->seat_no == b->seat_no && a->member_id == b->member_id &&
           a->season_id == b->season_id && a->start == b->start && a->place == b->place &&
           a->points == b->points && a->rounds == b->rounds && a->raced_at == b->raced_at;
}

/* Counts a difference; the first one is kept in ctx's text. */
static void
differ(struct ctx *ctx, int64_t *bad, const char *what, int64_t id)
{
    if (!(*bad)++)
        (void)!ctx_fail(ctx, E_INTERNAL, "%s %lld is not what it was reckoned to be", what,
                        (long long)id);
}

static enum err
check_race(struct ctx *ctx, int64_t race, int64_t *bad)
{
    struct result_row want[ROWS_MAX], *have;
    struct season z;
    size_t n, n_have, found = 0;
    bool good;
    enum err e;

    if ((e = reckon(ctx, race, want, &n, &z)) || (e = result_of(ctx, race, &have, &n_have)))
        return e;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n_have; k++)
            found += same(&want[i], &have[k]);
    if (found != n || n_have != n)
        differ(ctx, bad, "the result of race", race);
    if ((e = trophy_check_race(ctx, race, &good)))
        return e;
    if (!good)
        differ(ctx, bad, "a trophy of race", race);
    return OK;
}

static enum err
check_season(struct ctx *ctx, const struct season *z, int64_t *bad)
{
    bool good;
    enum err e;

    if (!str_eq_text(z->state, "CLOSED"))
        return OK;
    if ((e = trophy_check_season(ctx, z->id, &good)))
        return e;
    if (!good)
        differ(ctx, bad, "a trophy of season", z->id);
    if ((e = close_check(ctx, z, &good)))
        return e;
    if (!good)
        differ(ctx, bad, "the closed table of season", z->id);
    return OK;
}

/* The next races with rows after one. */
static enum err
page(struct ctx *ctx, int64_t after, int64_t *ids, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_result_all);

    stmt_i64(&s, ":after", after);
    return stmt_ids(&s, CHECK_PAGE, ids, ret_n);
}

enum err
result_check(struct ctx *ctx, int64_t *ret_bad)
{
    enum { SEASONS_MAX = 1000 };
    int64_t ids[CHECK_PAGE], after = 0, bad = 0;
    struct season *z;
    size_t n = 0;
    enum err e = OK;

    do {
        e = page(ctx, after, ids, &n);
        for (size_t i = 0; !e && i < n; i++) {
            struct arena_mark mark = arena_mark(ctx->arena);
            e = check_race(ctx, after = ids[i], &bad);
            arena_release(ctx->arena, mark);
        }
    } while (!e && n == CHECK_PAGE);
    if (e || (e = season_list(ctx, SEASONS_MAX, &z, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        struct arena_mark mark = arena_mark(ctx->arena);
        if ((e = check_season(ctx, &z[i], &bad)))
            return e;
        arena_release(ctx->arena, mark);
    }
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_result_missing);
    if ((e = stmt_one(&s)))
        return e;
    for (int64_t missing = stmt_col_i64(&s, "n"); missing > 0; missing--)
        differ(ctx, &bad, "races without a result:", missing);
    *ret_bad = bad;
    return OK;
}
