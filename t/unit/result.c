/* What a final race gives each driver: stints, ties of rounds, versions, trophies, slayers. */
#include "league/result.h"

#include "league/trophy.h"
#include "lib/league.h"
#include "lib/place.h"
#include "lib/tap.h"

static struct points_table table = {
    .place = {15, 12, 10, 9, 8, 7, 6, 5},
      .dnf = 1
};

static void
stint(struct race_seat *s, int64_t member, int64_t from)
{
    s->stint[s->n_stints++] = (struct race_stint){.member_id = member, .from_round = from};
}

static void
row(const struct result_row *r, int64_t member, bool start, int64_t points, int64_t rounds)
{
    is_int(r->member_id, member, "the driver");
    is_int(r->start, start, start ? "starts" : "is substituted");
    is_int(r->points, points, "points");
    is_int(r->rounds, rounds, "rounds");
}

static void
pure(void)
{
    struct race r = {.id = 3, .rounds = 4, .final_at = 99, .n_seats = 1};
    struct result_row out[4 * RACE_SEATS_MAX];
    struct race_seat *s = &r.seat[0];
    size_t n = 0;

    *s = (struct race_seat){.no = 1, .place = 2};
    stint(s, 7, 1);
    result_reckon(&r, &table, out, &n);
    is_int((int64_t)n, 1, "one driver");
    row(&out[0], 7, true, 12, 4);
    is_int(out[0].raced_at, 99, "raced when it became final");
    stint(s, 8, 3);
    result_reckon(&r, &table, out, &n);
    is_int((int64_t)n, 2, "two drivers of two rounds each");
    row(&out[0], 7, false, 0, 2);
    row(&out[1], 8, true, 12, 2);
    s->stint[1].from_round = 4;
    result_reckon(&r, &table, out, &n);
    row(&out[0], 7, true, 12, 3);
    row(&out[1], 8, false, 0, 1);
    s->n_stints = 1;
    stint(s, 8, 2);
    stint(s, 7, 4);
    result_reckon(&r, &table, out, &n);
    is_int((int64_t)n, 2, "who comes back is one driver");
    row(&out[0], 7, true, 12, 2);
    s->n_stints = 1;
    stint(s, 8, 2);
    stint(s, 9, 3);
    stint(s, 6, 4);
    r.rounds = 6;
    s->stint[2].from_round = 4;
    s->stint[3].from_round = 6;
    result_reckon(&r, &table, out, &n);
    row(&out[0], 7, false, 0, 1);
    row(&out[1], 8, false, 0, 2);
    row(&out[2], 9, true, 12, 2);
    s->dnf = true;
    s->place = 0;
    result_reckon(&r, &table, out, &n);
    is_int(out[2].points, 1, "one point for a DNF");
    result_reckon(&r, NULL, out, &n);
    is_int(out[2].points, 0, "none in a friendly race");
    ok(out[2].start, "but a start");
}

static int64_t
count(const char *kind, int64_t member)
{
    return fix_number("SELECT COUNT(*) FROM trophy WHERE kind = '%s' AND member_id = %lld AND "
                      "revoked_at IS NULL",
                      kind, (long long)member);
}

static enum err
do_again(void *arg)
{
    int64_t version;

    return result_again(&fix, &fix_tx, *(int64_t *)arg, STR("the photo was wrong"), &version);
}

static void
written(void)
{
    struct result_row *list;
    size_t n;
    int64_t race = league_open(1, 1), friendly = 2;

    league_start(race, 4);
    fix_begin();
    is_int(lobby_finish(&fix, &fix_tx, race, 0, STR(""), STR("people:0")), OK, "the flag");
    fix_commit();
    league_places(race, "2103");
    ctx_clear(&fix);
    is_int(result_of(&fix, race, &list, &n), E_NOTFOUND, "nothing before the final");
    is_int(night_do(do_again, &race), E_CONFLICT, "nothing to write again");
    fix_now += 700000;
    league_tick();
    league_tick();
    is_int(result_of(&fix, race, &list, &n), OK, "final");
    is_int((int64_t)n, 4, "four rows, once");
    is_int(list[0].member_id, 2, "the winner first");
    is_int(list[3].member_id, 3, "the DNF last");
    is_int(count("win", 2) * 100 + count("podium", 1) * 10 + count("podium", 4), 111,
           "a win and two podiums");
    is_int(count("podium", 2), 0, "a win is no podium as well");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE payload = 'race.final race:1'"), 1,
           "told once");
    is_int(fix_number("SELECT COUNT(*) FROM live_message WHERE type = 'standings.changed'"), 1,
           "one live message");
    ok(!fix_sql("UPDATE result SET points = 99"), "rows never change");
    ok(!fix_sql("DELETE FROM result"), "nor go");
    ok(!fix_sql("UPDATE trophy SET member_id = 9 WHERE id = 1"), "trophies stay theirs");
    league_start(league_open(0, 9), 4);
    league_end(friendly, "1234");
    is_int(result_of(&fix, friendly, &list, &n), OK, "a friendly race has rows");
    is_int(list[0].points + list[0].season_id, 0, "without points and season");
    is_int(count("win", 1), 1, "but with a trophy");
    is_int(result_by_member(&fix, 1, 0, 10, &list, &n), OK, "a racer's races");
    is_int((int64_t)n, 2, "both");
    is_int(list[0].race_id, friendly, "newest first");
    is_int(result_by_member(&fix, 1, friendly, 10, &list, &n), OK, "before it");
    is_int((int64_t)n, 1, "one");
}

static void
fixed(void)
{
    struct result_row *list;
    struct trophy *trophy;
    size_t n;
    int64_t race = 1;

    fix_now += 1000;
    fix_sql("UPDATE seat SET place = 1 WHERE race_id = 1 AND seat_no = 1");
    fix_sql("UPDATE seat SET place = 2 WHERE race_id = 1 AND seat_no = 2");
    is_int(league_bad(), 1, "a place changed behind our back is found");
    is_int(night_do(do_again, &race), OK, "written again");
    is_int(league_bad(), 0, "it fits again");
    is_int(result_of(&fix, race, &list, &n), OK, "the new version");
    is_int(list[0].version * 10 + list[0].member_id, 21, "has another winner");
    is_int(count("win", 1) * 10 + count("win", 2), 20, "the win goes over");
    is_int(count("podium", 2) * 10 + count("podium", 1), 20, "so does the podium");
    is_int(fix_number("SELECT COUNT(*) FROM trophy WHERE revoked_why = 'the photo was wrong'"),
           2, "what was revoked says why");
    is_int(trophy_of(&fix, 2, 10, &trophy, &n), OK, "a racer's trophies");
    is_int((int64_t)n, 2, "without revoked ones: both races' podiums");
    is_str(trophy[0].words, STR("2nd of 4 in race 1"), "in words");
    is_str(trophy[0].season, STR("Cup"), "the season's before the friendly one's");
    is_str(trophy[0].title, STR("Podium"), "with its title");
}

/* Table before race 3: m1 15, m2 12, m4 10, m3 1: the lower half is m4, m3. */
static void
slayers(void)
{
    int64_t race = league_open(1, 1);

    league_start(race, 4);
    league_end(race, "3241");
    is_int(count("giant_slayer", 4), 1, "from rank 3 of 4 ahead of the leader");
    is_int(count("giant_slayer", 2), 0, "the upper half slays no giants");
    is_int(count("giant_slayer", 3), 0, "nor who stays behind");
    is_int(fix_number("SELECT COUNT(*) FROM trophy WHERE words = '1st in race 3, ahead of the "
                      "leader, from rank 3 of 4'"),
           1, "in words");
    fix_now += 1000;
    fix_sql("UPDATE seat SET place = 4 WHERE race_id = 1 AND seat_no = 1");
    race = 1;
    is_int(night_do(do_again, &race), OK, "race 1 is fixed later");
    is_int(count("giant_slayer", 4), 1, "what was known when race 3 ended counts");
    is_int(league_bad(), 0, "for a new reckoning as well");
}

int
main(void)
{
    pure();
    place_make();
    night_open(place("ledger.db"));
    league_season("Cup", 0, 0);
    written();
    fixed();
    slayers();
    fix_close();
    return place_done();
}
