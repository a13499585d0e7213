/* Trophies of a season, what a table shows of people and their money, its JSON. */
#include "league/trophy.h"

#include "base/json.h"
#include "lib/league.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "race/veil.h"

static enum err
do_close(void *arg)
{
    return season_close(&fix, &fix_tx, *(int64_t *)arg, STR("people:0"));
}

static int64_t
count(const char *kind, int64_t member)
{
    return fix_number("SELECT COUNT(*) FROM trophy WHERE kind = '%s' AND member_id = %lld AND "
                      "season_id = 1 AND revoked_at IS NULL",
                      kind, (long long)member);
}

static void
take_over(int64_t race, int64_t member, int64_t round)
{
    fix_begin();
    is_int(lobby_sub(&fix, &fix_tx, race, 4, member, round, STR("people:0")), OK,
           "seat 4 changes");
    fix_commit();
    fix_now += 60000;
}

/* Eight races of m1 to m4: m1 wins the odd ones, m2 the even ones; m3 fails once. For m4 drives
 * m9: one round each in races 5 to 7, where m4 comes back for two, and three in the last one.
 * Race 2 sells most. */
static void
season(void)
{
    for (int i = 1; i <= 8; i++) {
        int64_t race = league_open(1, 1);

        league_start(race, 4);
        if (i >= 5)
            take_over(race, 9, 2);
        if (i >= 5 && i < 8)
            take_over(race, 4, 3);
        for (int k = 0; k < (i == 2 ? 3 : i == 5 ? 2 : 0); k++)
            night_buy(arena_printf(fix.arena, "pi_%d_%d", i, k));
        league_end(race, i == 3 ? "1203" : i % 2 ? "1234" : "2134");
    }
}

static void
money(void)
{
    struct standing_table t = league_table(0);
    struct identity_privacy open = {.earnings = STR("public")},
                            some = {.earnings = STR("members")};

    is_int(league_row(&t, 1).earned, -1, "money is hidden unless one says otherwise");
    fix_begin();
    is_int(veil_set(&fix, &fix_tx, 1, &open), OK, "m1 shows it");
    is_int(veil_set(&fix, &fix_tx, 2, &some), OK, "m2 to members");
    fix_commit();
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'live.rewrite' AND payload = "
                      "'season/1'"),
           2, "the season's live file follows");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'card' AND payload = 'season "
                      "1'"),
           0, "its picture shows no money");
    t = league_table(0);
    is_int(league_row(&t, 1).earned, 5 * 125, "a fourth of five pools");
    is_int(league_row(&t, 2).earned, -1, "visitors are no members");
    is_int(standing_read(&fix, 1, 0, 7, &t), OK, "read by a member");
    is_int(league_row(&t, 2).earned, 5 * 125, "they see it");
    is_int(league_row(&t, 3).earned, -1, "but nobody else's");
    is_int(standing_read(&fix, 1, 0, 3, &t), OK, "read by m3");
    is_int(league_row(&t, 3).earned, 5 * 125, "who sees the own");
    open.hidden = true;
    fix_begin();
    is_int(veil_set(&fix, &fix_tx, 1, &open), OK, "m1 hides altogether");
    fix_commit();
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'card' AND payload = 'season "
                      "1'"),
           1, "the picture is drawn anew");
    t = league_table(0);
    is_int(league_row(&t, 1).earned, -1, "money too");
    is_str(league_row(&t, 1).name, STR("Racer 1"), "and the name");
    ok(league_row(&t, 1).hidden, "which the row says");
}

static void
snapshot(void)
{
    const struct json *j, *row;
    struct str text;
    int64_t n;

    is_int(standing_snapshot(&fix, 1, &text), OK, "the snapshot");
    is_int(json_parse(&fix, text, &j), OK, "is JSON");
    is_str(json_str(json_at(j, "ch")), STR("season/1"), "of its channel");
    ok(json_i64(json_at(j, "seq"), &n) && n >= 8, "with its number");
    row = json_item(json_at(j, "state.rows"), 0);
    is_str(json_str(json_get(row, "name")), STR("m2"), "the leader");
    is_int((int64_t)json_count(json_get(row, "races")), 8, "with every race");
    ok(str_find(text, STR("\"m1\""), 0) == SIZE_MAX, "who hides is not named");
    ok(str_find(text, STR("m1 "), 0) == SIZE_MAX, "nor in a reason");
}

static void
closed(void)
{
    struct trophy *list;
    int64_t id = 1;
    size_t n;

    is_int(night_do(do_close, &id), OK, "the season closes");
    is_int(count("champion", 2), 1, "m2 is champion: better in the latest race");
    is_int(count("runner_up", 1) * 10 + count("third", 3), 11, "m1 second, m3 third");
    is_int(count("most_wins", 1) * 10 + count("most_wins", 2), 11, "four wins each");
    is_int(count("most_starts", 1) + count("most_starts", 3), 2, "eight starts each");
    is_int(count("most_starts", 4), 0, "m4 was substituted once");
    is_int(count("clean_season", 1) * 10 + count("clean_season", 3), 10, "m3 had a DNF");
    is_int(count("iron_substitute", 9), 1, "m9 drove six rounds as a substitute");
    is_int(count("iron_substitute", 4), 0, "who comes back to the own seat did not");
    is_int(fix_number("SELECT COUNT(*) FROM trophy WHERE kind = 'biggest_pot' AND member_id = "
                      "2 AND race_id = 2 AND words = 'won race 2 with its pot of $15.00'"),
           1, "the biggest pot was race 2's");
    is_int(fix_number("SELECT COUNT(*) FROM trophy WHERE kind = 'biggest_pot'"), 1, "alone");
    is_int(trophy_of_season(&fix, 1, 50, &list, &n), OK, "the season's trophies");
    for (size_t i = 0; i < n; i++)
        ok(list[i].kind != TROPHY_WIN && list[i].kind != TROPHY_GIANT_SLAYER,
           "are none of single races");
    is_str(list[0].season, STR("Cup"), "with their season");
    fix_sql("UPDATE trophy SET revoked_at = 1, revoked_why = 'x' WHERE id = %lld",
            (long long)list[0].id);
    is_int(league_bad(), 1, "which a new reckoning finds");
}

/* Money that goes back later does not change what was the biggest pot. */
static void
later(void)
{
    fix_sql("UPDATE trophy SET revoked_at = NULL, revoked_why = ''");
    fix_now += 1000;
    for (int k = 0; k < 3; k++)
        is_int(night_back(FACT_REFUND, arena_printf(fix.arena, "pi_2_%d", k),
                          arena_printf(fix.arena, "re_%d", k), 2500),
               OK, "a refund after the close");
    is_int(night_get(2).pot, 0, "the pot is empty");
    is_int(league_bad(), 1, "no further difference");
}

static void
names(void)
{
    for (int k = 0; k < TROPHY_KINDS; k++) {
        enum trophy_kind kind = (enum trophy_kind)k;
        struct str name = trophy_name(kind);

        ok(name.n && trophy_title(kind).n && trophy_condition(kind).n, "%.*s has its words",
           STR_ARG(name));
    }
}

int
main(void)
{
    names();
    place_make();
    night_open(place("ledger.db"));
    league_season("Cup", 0, 0);
    season();
    money();
    snapshot();
    closed();
    later();
    fix_close();
    return place_done();
}
