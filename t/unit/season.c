/* Seasons and points tables: rows, choice, changes, penalties, the close. */
#include "league/season.h"

#include "league/points.h"
#include "league/result.h"
#include "league/standing.h"
#include "league/trophy.h"
#include "lib/league.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "race/dispute.h"

static struct str actor = STR_INIT("people:0");

static enum err
do_add(void *arg)
{
    int64_t id;

    return season_add(&fix, &fix_tx, arg, actor, &id);
}

static void
why(const char *part)
{
    if (!ok(str_find(ctx_why(&fix), str_of(part), 0) != SIZE_MAX, "… because %s", part))
        printf("# %.*s\n", STR_ARG(ctx_why(&fix)));
}

static struct season
find(const char *which)
{
    struct season z = {0};

    is_int(season_find(&fix, str_of(which), &z), OK, which);
    return z;
}

static void
add(void)
{
    struct season_new n = {.name = STR("Spring '26")};
    struct season z;

    ctx_clear(&fix);
    is_int(season_current(&fix, &z), E_NOTFOUND, "there is no season at first");
    is_int(season_shown(&fix, &z), E_NOTFOUND, "nothing to show either");
    is_int(night_do(do_add, &n), OK, "a season");
    z = find("spring-26");
    is_str(z.name, STR("Spring '26"), "by its short name");
    is_int(z.points.place[0] * 100 + z.points.place[7], 1505, "points of the default table");
    is_int(z.points.dnf, 1, "one for a DNF");
    is_int(z.starts_at, fix_now, "it begins now");
    is_int(find("1").id, z.id, "by its number");
    is_int(find("Spring '26").id, z.id, "by its name");
    is_int(night_do(do_add, &n), OK, "a second one of that name");
    is_int(find("spring-26-2").id, 2, "has another short name");
    n.slug = STR("spring-26");
    is_int(night_do(do_add, &n), E_CONFLICT, "a short name is given once");
    n.slug = STR("26");
    is_int(night_do(do_add, &n), E_INVALID, "a number is no short name");
    n.slug = STR("None");
    is_int(night_do(do_add, &n), E_INVALID, "nor are capitals");
    n.slug = STR("");
    n.drops = 2;
    n.drop_from = 2;
    is_int(night_do(do_add, &n), E_INVALID, "two drops of two races");
    n = (struct season_new){.name = STR("x"), .points = STR("nope")};
    is_int(night_do(do_add, &n), E_NOTFOUND, "unknown points");
    n = (struct season_new){.name = STR("x"), .rule = STR("nope")};
    is_int(night_do(do_add, &n), E_NOTFOUND, "an unknown rule");
    n = (struct season_new){.name = STR("x"), .starts_at = 5, .ends_at = 5};
    is_int(night_do(do_add, &n), E_INVALID, "an end before the start");
    n = (struct season_new){.name = STR("\xe2\x82\xac")};
    is_int(night_do(do_add, &n), OK, "a name without letters");
    is_str(find("season").name, n.name, "is called season");
    n = (struct season_new){.name = STR("2027"), .starts_at = fix_now + 1000};
    is_int(night_do(do_add, &n), OK, "a number as name");
    is_str(find("season-2027").name, n.name, "is no number as short name");
    is_int(season_current(&fix, &z), OK, "one is current");
    is_int(z.id, 3, "the newest that has begun");
    fix_now += 1000;
    is_int(season_current(&fix, &z), OK, "later");
    is_int(z.id, 4, "the next one");
}

struct points {
    const char *name, *text;
    int64_t dnf;
};

static enum err
do_points(void *arg)
{
    const struct points *p = arg;
    int64_t id;

    return points_add(&fix, &fix_tx, str_of(p->name), str_of(p->text), p->dnf, actor, &id);
}

static void
points(void)
{
    struct points_table t;
    struct points p = {"short", "25, 18, 15", 0};

    is_int(night_do(do_points, &p), OK, "three places");
    p.text = "25,18,16";
    is_int(night_do(do_points, &p), OK, "a second version");
    is_int(points_find(&fix, STR("short"), &t), OK, "is found");
    is_int(t.version, 2, "version 2");
    is_int(t.place[2], 16, "its third place");
    is_int(t.place[3], 0, "nothing for the fourth");
    for (const char *const *bad = (const char *const[]){"", "1,2", "a", "5,-1", "1001", "5,,4",
                                                        "9,8,7,6,5,4,3,2,1", NULL};
         *bad; bad++) {
        p.text = *bad;
        is_int(night_do(do_points, &p), E_INVALID, *bad);
    }
    ok(!fix_sql("UPDATE points_table SET dnf = 5"), "a table never changes");
}

struct put {
    int64_t race, season;
};

static enum err
do_put(void *arg)
{
    const struct put *p = arg;

    return season_put_race(&fix, &fix_tx, p->race, p->season);
}

static void
choose(void)
{
    struct lobby_new n = {.rule = STR("")};

    is_int(season_choose(&fix, STR(""), &n), OK, "a race without a word");
    is_int(n.season_id, 1, "is of the current season");
    is_str(n.rule, STR("default"), "with its rule");
    is_int(season_choose(&fix, STR("none"), &n), OK, "none");
    is_int(n.season_id, 0, "is friendly");
    is_int(season_choose(&fix, STR("nope"), &n), E_NOTFOUND, "an unknown one");
    n.rule = STR("mine");
    is_int(season_choose(&fix, STR("1"), &n), OK, "a named one");
    is_str(n.rule, STR("mine"), "keeps a named rule");
    int64_t race = league_open(0, 1);
    is_int(night_get(race).season_id, 0, "a friendly race");
    is_int(night_do(do_put, &(struct put){race, 1}), OK, "is put into a season");
    is_str(night_get(race).season_slug, STR("cup"), "and knows it");
    league_start(race, 2);
    is_int(night_do(do_put, &(struct put){race, 0}), E_CONFLICT, "but not while it runs");
    league_end(race, "12");
}

static enum err
do_close(void *arg)
{
    return season_close(&fix, &fix_tx, *(int64_t *)arg, actor);
}

struct penalty {
    int64_t race, member, points;
    const char *incident, *reason;
};

static enum err
do_penalty(void *arg)
{
    const struct penalty *p = arg;
    int64_t id;

    return season_penalty_add(&fix, &fix_tx, p->race, p->member, str_of(p->incident), p->points,
                              str_of(p->reason), actor, &id);
}

static enum err
do_lift(void *arg)
{
    return season_penalty_lift(&fix, &fix_tx, *(int64_t *)arg, STR("it was somebody else"),
                               actor);
}

static void
penalties(int64_t race)
{
    struct penalty p = {race, 1, 4, "lap 2 contact", "pushed another racer"};
    struct season_penalty *list;
    size_t n;
    int64_t id = 1, then = fix_now;

    fix_now += 1000;
    is_int(night_do(do_penalty, &p), OK, "a penalty");
    is_int(night_do(do_penalty, &p), E_CONFLICT, "once an incident");
    why("punished already");
    p.member = 9;
    is_int(night_do(do_penalty, &p), E_CONFLICT, "not for who did not drive");
    p.member = 2;
    p.points = 0;
    is_int(night_do(do_penalty, &p), E_INVALID, "not without points");
    struct standing_table t = league_table(0);
    is_int(league_row(&t, 1).points, 11, "15 less 4");
    is_int(league_row(&t, 1).penalty, 4, "by a penalty");
    t = league_table(then);
    is_int(league_row(&t, 1).points, 15, "and 15 before it");
    fix_now += 1000;
    is_int(night_do(do_lift, &id), OK, "it is lifted");
    is_int(night_do(do_lift, &id), E_CONFLICT, "once");
    t = league_table(0);
    is_int(league_row(&t, 1).points, 15, "the points are back");
    t = league_table(fix_now - 1000);
    is_int(league_row(&t, 1).points, 11, "but they were taken then");
    is_int(season_penalties(&fix, 1, 10, &list, &n), OK, "the list");
    is_int((int64_t)n, 1, "has it");
    is_str(list[0].name, STR("m1"), "with the name");
}

struct change {
    const char *points, *reason;
    int64_t drops, from;
};

static enum err
do_change(void *arg)
{
    const struct change *c = arg;

    return season_change(&fix, &fix_tx, 1, str_of(c->points), c->drops, c->from,
                         str_of(c->reason), actor);
}

static void
change(void)
{
    struct change c = {"short", "too short", 0, 0};
    struct season_note *note;
    size_t n;
    int64_t then = fix_now;

    fix_now += 1000;
    is_int(night_do(do_change, &c), E_INVALID, "a change needs a reason");
    c.reason = "the board decided so";
    is_int(night_do(do_change, &c), OK, "other points");
    struct standing_table t = league_table(0);
    is_int(league_row(&t, 1).points, 25, "count at once");
    t = league_table(then);
    is_int(league_row(&t, 1).points, 15, "but not before");
    is_int(night_do(do_change, &c), E_INVALID, "nothing changes twice");
    is_int(season_notes(&fix, 1, 10, &note, &n), OK, "notes");
    is_int((int64_t)n, 1, "tell of it once");
    is_str(note[0].text, STR("Race 1 corrected: the board decided so"), "with its reason");
    is_int(league_bad(), 0, "everything reckons anew");
}

static enum err
do_erratum(void *arg)
{
    return season_erratum(&fix, &fix_tx, 1, *(struct str *)arg, actor);
}

static void
closing(void)
{
    int64_t id = 1, race = league_open(1, 3);
    struct trophy *trophy;
    struct season_note *note;
    struct season z;
    struct str *block;
    size_t n;

    ctx_clear(&fix);
    is_int(season_blockers(&fix, 1, &block, &n), OK, "what blocks");
    is_int((int64_t)n, 1, "one race");
    is_str(block[0], STR("race 2 is in the lobby: finish it or make it void"), "in words");
    is_int(night_do(do_close, &id), E_CONFLICT, "it cannot close");
    why("race 2 is in the lobby");
    is_int(night_do(do_erratum, &STR("points of race 1")), E_CONFLICT,
           "no errata while it is open");
    league_start(race, 4);
    fix_begin();
    is_int(lobby_finish(&fix, &fix_tx, race, 0, STR(""), actor), OK, "the flag");
    fix_commit();
    is_int(night_do(do_close, &id), E_CONFLICT, "a race without a result blocks");
    why("race 2 is not final yet");
    int64_t dispute;
    fix_begin();
    is_int(dispute_open(&fix, &fix_tx, race, 1, STR("I was first"), &dispute), OK, "a dispute");
    fix_commit();
    is_int(season_blockers(&fix, 1, &block, &n), OK, "what blocks now");
    is_int((int64_t)n, 2, "the race and its dispute");
    is_str(block[1], STR("race 2 has 1 open dispute"), "in words");
    fix_begin();
    is_int(dispute_withdraw(&fix, &fix_tx, dispute, 1), OK, "it is withdrawn");
    fix_commit();
    league_places(race, "2134");
    fix_now += 700000;
    is_int(night_do(do_close, &id), E_CONFLICT, "until it is final");
    league_tick();
    is_int(night_do(do_close, &id), OK, "it closes");
    is_int(night_do(do_close, &id), E_CONFLICT, "once");
    is_int(season_get(&fix, 1, &z), OK, "closed");
    is_int(z.closed_at, fix_now, "now");
    struct standing_table t = league_table(0);
    is_int((int64_t)t.n, 4, "the table is frozen");
    is_str(t.row[0].reason, STR("ahead of m1 in race 2"), "reasons name as the public may");
    fix_sql("UPDATE member SET hidden = 1 WHERE id = 1");
    t = league_table(0);
    is_str(t.row[0].reason, STR("ahead of Racer 1 in race 2"), "who hides later is hidden");
    is_str(league_row(&t, 1).name, STR("Racer 1"), "in the table too");
    is_int(trophy_of_season(&fix, 1, 20, &trophy, &n), OK, "trophies");
    ok(n >= 3 && trophy[0].kind == TROPHY_CHAMPION && trophy[0].member_id == 2,
       "there is a champion");
    is_int(night_do(do_erratum, &STR("race 1 had a wrong photo")), OK, "an erratum");
    is_int(season_notes(&fix, 1, 10, &note, &n), OK, "notes");
    is_str(note[0].text, STR("Erratum: race 1 had a wrong photo"), "begin with it");
    is_int(note[0].race_id, 0, "of no race");
    struct penalty p = {1, 2, 4, "after", "too late"};
    is_int(night_do(do_penalty, &p), E_CONFLICT, "no penalty any more");
    struct change c = {"short", "the board decided so", 1, 5};
    is_int(night_do(do_change, &c), E_CONFLICT, "no other drops");
    ok(!fix_sql("UPDATE season SET state = 'OPEN' WHERE id = 1"), "it never opens again");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE payload = 'season.closed season:1'"),
           1, "it is told once");
    is_int(league_bad(), 0, "everything reckons anew");
}

int
main(void)
{
    place_make();
    night_open(place("a.db"));
    add();
    points();
    night_open(place("b.db"));
    league_season("Cup", 0, 0);
    choose();
    penalties(1);
    is_int(night_do(do_points, &(struct points){"short", "25,18,15", 0}), OK, "a table");
    change();
    closing();
    fix_close();
    return place_done();
}
