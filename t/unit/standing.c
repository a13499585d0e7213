/* The pure reckoning of a table: sums, drops, penalties, ties and their reasons. */
#include "league/reckon.h"

#include "lib/tap.h"

static struct ctx ctx;
static struct season season;
static struct result_row row[200];
static struct season_penalty penalty[10];
static size_t n_rows, n_penalties;

static void
fresh(void)
{
    n_rows = n_penalties = 0;
    season = (struct season){
        .points = {.place = {15, 12, 10, 9, 8, 7, 6, 5}, .dnf = 1}
    };
}

/* A race: members in order of place; after 0 those who did not finish. */
static void
race(int64_t id, const char *order)
{
    int64_t place = 1;
    bool dnf = false;

    for (const char *p = order; *p; p++) {
        if (*p == '0') {
            dnf = true;
            continue;
        }
        row[n_rows++] = (struct result_row){
            .race_id = id,
            .member_id = *p - 'a' + 1,
            .seat_no = place,
            .start = true,
            .place = dnf ? 0 : place,
            .points = dnf ? season.points.dnf : season.points.place[place - 1],
            .raced_at = 1000 * id,
        };
        place++;
    }
}

static struct standing_table
table(void)
{
    struct reckon_in in = {&season, row, n_rows, penalty, n_penalties};
    struct standing_table t = {0};

    reckon_table(&ctx, &in, &t);
    return t;
}

static void
shows(const struct standing_table *t, size_t i, int64_t rank, int64_t member, int64_t points,
      const char *reason)
{
    if (!ok(i < t->n, "there is row %zu", i))
        return;
    is_int(t->row[i].member_id, member, "the racer");
    is_int(t->row[i].rank, rank, "rank");
    is_int(t->row[i].points, points, "points");
    is_str(t->row[i].reason, str_of(reason), "reason");
}

static void
sums(void)
{
    fresh();
    race(1, "abc0d");
    race(2, "bac");
    race(3, "b0ad");
    struct standing_table t = table();
    is_int(t.races, 3, "three races");
    shows(&t, 0, 1, 2, 42, "");
    shows(&t, 1, 2, 1, 28, "");
    shows(&t, 2, 3, 3, 20, "");
    shows(&t, 3, 4, 4, 2, "");
    is_int(t.row[0].wins, 2, "two wins");
    is_int(t.row[0].average_100, 133, "average place 1.33");
    is_int(t.row[1].dnfs, 1, "a DNF");
    is_int(t.row[1].podiums, 2, "podiums");
    is_int(t.row[3].average_100, 0, "no average without a place");
    is_int(t.row[0].change, 0, "the leader led before");
    n_rows -= 4;
    t = table();
    is_int(t.row[0].change, 1, "when it came up that was one rank");
    is_int(t.row[1].change, -1, "and the other one fell");
    ok(!t.row[0].is_new, "neither is new");
    fresh();
    t = table();
    is_int((int64_t)t.n, 0, "nobody in an empty season");
}

static void
drops(void)
{
    fresh();
    season.drops = 1;
    season.drop_from = 3;
    race(1, "ab");
    race(2, "ba");
    race(3, "ca");
    struct standing_table t = table();
    shows(&t, 0, 1, 1, 27, "ahead of racer 2 on 2nd places, 2 : 1");
    shows(&t, 1, 2, 2, 27, "");
    ok(t.row[0].race[1].dropped && !t.row[0].race[2].dropped,
       "of two equal results the older is dropped");
    ok(!t.row[1].race[0].dropped && !t.row[1].race[1].dropped,
       "who drove fewer races drops none");
    is_int(t.row[0].starts, 3, "starts count dropped ones");
}

static void
penalties(void)
{
    fresh();
    race(1, "ab");
    race(2, "ba");
    penalty[n_penalties++] =
        (struct season_penalty){.race_id = 2, .member_id = 2, .points = 30};
    penalty[n_penalties++] =
        (struct season_penalty){.race_id = 9, .member_id = 1, .points = 30};
    struct standing_table t = table();
    shows(&t, 0, 1, 1, 27, "");
    shows(&t, 1, 2, 2, -3, "");
    is_int(t.row[1].penalty, 30, "points taken");
}

static void
ties(void)
{
    struct standing_table t;

    fresh();
    season.points.place[1] = 5;
    season.points.place[2] = 5;
    race(1, "ab");
    race(2, "cb");
    race(3, "cdb");
    t = table();
    shows(&t, 1, 2, 1, 15, "ahead of racer 2 on wins, 1 : 0");
    shows(&t, 2, 3, 2, 15, "");
    fresh(); /* the same places, the latest race decides */
    race(1, "ab");
    race(2, "ba");
    t = table();
    shows(&t, 0, 1, 2, 27, "ahead of racer 1 in race 2");
    fresh(); /* never met: who got there first */
    race(1, "ac");
    race(2, "bc");
    t = table();
    shows(&t, 1, 2, 1, 15, "ahead of racer 2, reached 15 points earlier");
    shows(&t, 2, 3, 2, 15, "");
    fresh(); /* the same race, both out: level */
    race(1, "c0ab");
    t = table();
    shows(&t, 1, 2, 1, 1, "level with racer 2 in everything");
    shows(&t, 2, 2, 2, 1, "");
    fresh(); /* duels: 2 : 1, with the same places elsewhere */
    race(1, "ab");
    race(2, "ab");
    race(3, "ba");
    race(4, "b");
    race(5, "ca");
    t = table();
    shows(&t, 0, 1, 1, 54, "ahead of racer 2 head-to-head, 2 : 1");
    is_int(t.row[1].points, 54, "level on points");
}

/* Three equal rows: a table of their own, then the rest anew. */
static void
group(void)
{
    struct standing_table t, again;

    fresh();
    race(1, "abc");
    race(2, "bca");
    race(3, "cab");
    t = table();
    shows(&t, 0, 1, 3, 37, "ahead of racer 1 in race 3");
    shows(&t, 1, 2, 1, 37, "ahead of racer 2 in race 3");
    for (size_t i = 0; i < n_rows / 2; i++) {
        struct result_row x = row[i];
        row[i] = row[n_rows - 1 - i];
        row[n_rows - 1 - i] = x;
    }
    again = table();
    for (size_t i = 0; i < t.n; i++)
        is_int(again.row[i].member_id, t.row[i].member_id, "in whatever order rows come");
    fresh(); /* each won once and was second once; b beat both others more often */
    race(1, "bad");
    race(2, "cbd");
    race(3, "acd");
    race(4, "xb");
    race(5, "bx");
    t = table();
    is_int(t.row[0].member_id, 2, "two wins lead");
}

static void
two_seats(void)
{
    fresh();
    race(1, "abca");
    struct standing_table t = table();
    is_int((int64_t)t.n, 3, "somebody in two seats is one row");
    shows(&t, 0, 1, 1, 24, "");
    is_int(t.row[0].starts, 2, "with two results");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(64 << 20);

    ctx_init(&ctx, a, world_real());
    sums();
    drops();
    penalties();
    ties();
    group();
    two_seats();
    return done();
}
