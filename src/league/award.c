/* Who earned what. See award.h. */
#include "league/award.h"

#include "db/stmt.h"
#include "league/reckon.h"
#include "race/place.h"

enum { CLEAN_STARTS = 8, ROWS_MAX = 32768, RACES_MAX = 4096 };

static void
add(struct ctx *ctx, struct award_list *l, enum trophy_kind kind, int64_t member, int64_t race,
    const char *words)
{
    /* Somebody with two seats may have earned the same twice. */
    for (size_t i = 0; i < l->n; i++)
        if (l->one[i].kind == kind && l->one[i].member_id == member &&
            l->one[i].race_id == race)
            return;
    if (l->n == l->room) {
        struct award *old = l->one;

        l->room = l->room ? 2 * l->room : 16;
        l->one = ARENA_ARRAY(ctx->arena, l->room, struct award);
        for (size_t i = 0; i < l->n; i++)
            l->one[i] = old[i];
    }
    l->one[l->n++] = (struct award){kind, member, race, str_of(words)};
}

static const char *
nth(int64_t place)
{
    static const char *const word[] = {"1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th"};

    return word[place - 1];
}

/* Table of the season before that race, as it was then. */
static enum err
table_before(struct ctx *ctx, int64_t race, struct standing_table *ret)
{
    struct season *z = ARENA_NEW(ctx->arena, struct season);
    struct result_row *row;
    struct season_penalty *penalty;
    struct reckon_in in = {.season = z};
    int64_t season, raced_at, at;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_trophy_first);
        stmt_i64(&s, ":race", race);
        if ((e = stmt_one(&s)))
            return e;
        season = stmt_col_i64(&s, "season_id");
        raced_at = stmt_col_i64(&s, "raced_at");
        at = stmt_col_i64(&s, "at");
    }
    *ret = (struct standing_table){0};
    if (!season)
        return OK;
    if ((e = season_get(ctx, season, z)))
        return e;
    row = ARENA_ARRAY(ctx->arena, ROWS_MAX, struct result_row);
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_trophy_rows_before);
        stmt_i64(&s, ":season", season);
        stmt_i64(&s, ":race", race);
        stmt_i64(&s, ":raced_at", raced_at);
        stmt_i64(&s, ":at", at);
        while (in.n_rows < ROWS_MAX && (e = stmt_row(&s)) == OK)
            result_read(&s, &row[in.n_rows++]);
        if (e && e != E_NOTFOUND)
            return e;
    }
    penalty = ARENA_ARRAY(ctx->arena, RACES_MAX, struct season_penalty);
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_trophy_penalties_before);
        stmt_i64(&s, ":season", season);
        stmt_i64(&s, ":at", at);
        while (in.n_penalties < RACES_MAX && (e = stmt_row(&s)) == OK)
            penalty[in.n_penalties++] = (struct season_penalty){
                .race_id = stmt_col_i64(&s, "race_id"),
                .member_id = stmt_col_i64(&s, "member_id"),
                .points = stmt_col_i64(&s, "points"),
            };
        if (e && e != E_NOTFOUND)
            return e;
    }
    in.row = row;
    in.penalty = penalty;
    reckon_ranks(ctx, &in, ret);
    return OK;
}

/* Best place of a member among a race's starts, a DNF after all places; 0: no start. */
static int64_t
place_of(const struct result_row *row, size_t n, int64_t member)
{
    int64_t best = 0;

    for (size_t i = 0; i < n; i++) {
        int64_t place = row[i].place ? row[i].place : RACE_SEATS_MAX + 1;

        if (row[i].member_id == member && row[i].start && (!best || place < best))
            best = place;
    }
    return best;
}

/* From the lower half of the table before the race, ahead of every leader who started. */
static enum err
giants(struct ctx *ctx, int64_t race, const struct result_row *row, size_t n,
       struct award_list *l)
{
    struct standing_table t;
    int64_t leader = 0;
    enum err e = table_before(ctx, race, &t);

    if (e)
        return e;
    for (size_t i = 0; i < t.n && t.row[i].rank == 1; i++) {
        int64_t place = place_of(row, n, t.row[i].member_id);
        leader = place && (!leader || place < leader) ? place : leader;
    }
    if (!leader)
        return OK;
    for (size_t i = 0; i < t.n; i++) {
        int64_t place = place_of(row, n, t.row[i].member_id);

        if (t.row[i].rank * 2 > (int64_t)t.n && place && place < leader)
            add(ctx, l, TROPHY_GIANT_SLAYER, t.row[i].member_id, race,
                arena_printf(ctx->arena,
                             "%s in race %lld, ahead of the leader, from rank %lld "
                             "of %lld",
                             nth(place), (long long)race, (long long)t.row[i].rank,
                             (long long)t.n));
    }
    return OK;
}

enum err
award_race(struct ctx *ctx, int64_t race, struct award_list *ret)
{
    struct result_row *row;
    int64_t seats[RACE_SEATS_MAX + 1] = {0}, n_seats = 0;
    size_t n;
    enum err e = result_of(ctx, race, &row, &n);

    *ret = (struct award_list){0};
    if (e)
        return e;
    for (size_t i = 0; i < n; i++)
        n_seats += !seats[row[i].seat_no]++;
    for (size_t i = 0; i < n; i++)
        if (row[i].start && row[i].place >= 1 && row[i].place <= 3)
            add(ctx, ret, row[i].place == 1 ? TROPHY_WIN : TROPHY_PODIUM, row[i].member_id,
                race,
                arena_printf(ctx->arena, "%s of %lld in race %lld", nth(row[i].place),
                             (long long)n_seats, (long long)race));
    return giants(ctx, race, row, n, ret);
}

static void
ranks(struct ctx *ctx, const struct standing_table *t, struct award_list *l)
{
    static const enum trophy_kind kind[] = {TROPHY_CHAMPION, TROPHY_RUNNER_UP, TROPHY_THIRD};

    for (size_t i = 0; i < t->n && t->row[i].rank <= 3; i++)
        if (t->row[i].starts)
            add(ctx, l, kind[t->row[i].rank - 1], t->row[i].member_id, 0,
                arena_printf(ctx->arena, "%s of %lld with %lld points", nth(t->row[i].rank),
                             (long long)t->n, (long long)t->row[i].points));
}

static void
counts(struct ctx *ctx, const struct standing_table *t, struct award_list *l)
{
    int64_t wins = 1, starts = 1;

    for (size_t i = 0; i < t->n; i++) {
        wins = t->row[i].wins > wins ? t->row[i].wins : wins;
        starts = t->row[i].starts > starts ? t->row[i].starts : starts;
    }
    for (size_t i = 0; i < t->n; i++) {
        const struct standing *r = &t->row[i];

        if (r->wins == wins)
            add(ctx, l, TROPHY_MOST_WINS, r->member_id, 0,
                arena_printf(ctx->arena, "%lld win%s in %lld races", (long long)wins,
                             wins == 1 ? "" : "s", (long long)t->races));
        if (r->starts == starts)
            add(ctx, l, TROPHY_MOST_STARTS, r->member_id, 0,
                arena_printf(ctx->arena, "%lld start%s in %lld races", (long long)starts,
                             starts == 1 ? "" : "s", (long long)t->races));
        if (!r->dnfs && r->starts >= CLEAN_STARTS)
            add(ctx, l, TROPHY_CLEAN_SEASON, r->member_id, 0,
                arena_printf(ctx->arena, "%lld starts without a DNF", (long long)r->starts));
    }
}

struct pot {
    int64_t race_id, pot;
};

/* Races of the season with the biggest pot. */
static enum err
pots(struct ctx *ctx, int64_t season, int64_t at, struct pot *list, size_t *ret_n)
{
    size_t n = 0;
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_trophy_pots);

    stmt_i64(&s, ":season", season);
    stmt_i64(&s, ":at", at);
    while ((e = stmt_row(&s)) == OK) {
        struct pot p = {stmt_col_i64(&s, "race_id"), stmt_col_i64(&s, "pot")};

        if (n && p.pot > list[0].pot)
            n = 0;
        if (n < RACES_MAX && (!n || p.pot == list[0].pot))
            list[n++] = p;
    }
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

static enum err
biggest(struct ctx *ctx, int64_t season, int64_t at, struct award_list *l)
{
    struct pot *list = ARENA_ARRAY(ctx->arena, RACES_MAX, struct pot);
    struct result_row *row;
    struct money m;
    char text[MONEY_TEXT];
    size_t n, rows;
    enum err e = pots(ctx, season, at, list, &n);

    for (size_t i = 0; !e && i < n; i++) {
        if ((e = money_make(list[i].pot, race_currency(ctx), &m)) ||
            (e = result_of(ctx, list[i].race_id, &row, &rows)))
            return e;
        for (size_t k = 0; k < rows; k++)
            if (row[k].start && row[k].place == 1)
                add(ctx, l, TROPHY_BIGGEST_POT, row[k].member_id, list[i].race_id,
                    arena_printf(ctx->arena, "won race %lld with its pot of %s",
                                 (long long)list[i].race_id, money_show(m, text)));
    }
    return e;
}

/* Rounds driven in seats that somebody else began. */
static enum err
substitutes(struct ctx *ctx, const struct standing_table *t, struct award_list *l)
{
    int64_t *sum = ARENA_ARRAY(ctx->arena, t->n + 1, int64_t), most = 1;
    struct race *r = ARENA_NEW(ctx->arena, struct race);

    for (size_t i = 0; i < t->n; i++)
        for (size_t k = 0; k < t->row[i].n_races; k++) {
            int64_t race = t->row[i].race[k].race_id, rounds[4];
            enum err e;

            if (k && t->row[i].race[k - 1].race_id == race)
                continue;
            if ((e = race_get(ctx, race, r)))
                return e;
            for (size_t s = 0; s < r->n_seats; s++) {
                place_rounds(&r->seat[s], r->rounds, rounds);
                for (int64_t j = 1; j < r->seat[s].n_stints; j++)
                    if (r->seat[s].stint[j].member_id == t->row[i].member_id &&
                        r->seat[s].stint[0].member_id != t->row[i].member_id)
                        sum[i] += rounds[j];
            }
            most = sum[i] > most ? sum[i] : most;
        }
    for (size_t i = 0; i < t->n; i++)
        if (sum[i] == most)
            add(ctx, l, TROPHY_IRON_SUBSTITUTE, t->row[i].member_id, 0,
                arena_printf(ctx->arena, "%lld round%s as a substitute", (long long)most,
                             most == 1 ? "" : "s"));
    return OK;
}

enum err
award_season(struct ctx *ctx, int64_t season, int64_t at, struct award_list *ret)
{
    struct standing_table t;
    enum err e;

    *ret = (struct award_list){0};
    if ((e = standing_bare(ctx, season, at, &t)))
        return e;
    ranks(ctx, &t, ret);
    counts(ctx, &t, ret);
    if ((e = biggest(ctx, season, at, ret)))
        return e;
    return substitutes(ctx, &t, ret);
}
