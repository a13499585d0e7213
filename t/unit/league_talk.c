/* The league in conversations: tables, rules, the end of a season. */
#include "lib/league.h"
#include "lib/place.h"
#include "lib/talk.h"
#include "lib/tap.h"

static void
empty(void)
{
    talk_as("900", "Nova");
    is_int(talk_command("standings"), 4, "/standings before any season");
    ok(talk_private() && talk_says("There is no season yet"), "is a private sentence");
    league_season("Cup *one*", 1, 3);
    is_int(talk_command("standings"), 4, "/standings of a new season");
    ok(!talk_private() && talk_says("No race is final yet"),
       "is public and says when it starts");
    ok(talk_says("Cup \\\\*one\\\\*"), "its name cannot change how it looks");
}

static void
tables(void)
{
    int64_t race = league_open(1, 1);

    league_start(race, 4);
    league_end(race, "1234");
    fix_sql("UPDATE member SET name = '[M2](http://x)_a' WHERE id = 2");
    race = league_open(1, 1);
    league_start(race, 4);
    league_end(race, "2143");
    talk_as("900", "Nova");
    is_int(talk_command("standings"), 4, "the table");
    ok(talk_says("2 races final"), "says of how many races");
    ok(talk_says("**1. ") && talk_says("27 points, 2 starts, 1 win"), "ranks, points, wins");
    ok(talk_says("ahead of m1 in race 2"), "and why one of two equals is ahead");
    ok(!talk_says("](http"), "names make no links");
    ok(talk_says("\"parse\":[]") || talk_says("allowed_mentions"), "and ping nobody");
    ok(talk_says("/season/cup-one"), "with the way to the full table");
    talk_number("top", 3);
    is_int(talk_command("standings"), 4, "the top three");
    ok(talk_says("and 1 more") && !talk_says("**4. "), "are three");
    talk_text("season", "nope");
    is_int(talk_command("standings"), 4, "an unknown season");
    ok(talk_private() && talk_says("There is no season nope"), "is refused");
    is_int(talk_command("season info"), 4, "/season info");
    ok(talk_says("15,12,10,9,8,7,6,5") && talk_says("Leader"), "points and leader");
    ok(talk_says("From 3 starts on the worst 1 result of a racer does not count"), "drops");
    is_int(talk_command("points"), 4, "/points");
    ok(talk_private() && talk_says("head-to-head"), "in private, with the ties");
    is_int(talk_complete("standings", "season", "cu"), 8, "a season half typed");
    ok(talk_says("\"value\":\"cup-one\""), "is completed");
    is_int(talk_complete("standings", "season", "zz"), 8, "something else");
    ok(!talk_says("cup-one"), "is not");
    fix_sql("UPDATE member SET hidden = 1 WHERE id = 1");
    is_int(talk_command("standings"), 4, "who hides");
    ok(talk_says("Racer 1") && talk_says("ahead of Racer 1"), "is hidden, in reasons as well");
}

static void
closing(void)
{
    talk_as("900", "Nova");
    talk_text("season", "cup-one");
    is_int(talk_command("season close"), 4, "somebody closes the season");
    ok(talk_private() && talk_says("operator"), "only operators may");
    is_int(talk_press("seasonend:1"), 4, "nor by a forged button");
    ok(talk_private() && talk_says("operator"), "the same");
    talk_know(3, "903");
    fix_sql("INSERT INTO role_grant (member_id, role, granted_at, granted_by) "
            "VALUES (3, 'operator', 1, 'people:0')");
    talk_as("903", "Op");
    int64_t race = league_open(1, 5);
    talk_text("season", "cup-one");
    is_int(talk_command("season close"), 4, "an operator too early");
    ok(talk_private() && talk_says("race 3 is in the lobby") && !talk_says("seasonend"),
       "reads what blocks, without a button");
    is_int(talk_press("seasonend:1"), 4, "the button of an older message");
    ok(talk_private() && talk_says("cannot close yet"), "is refused");
    fix_begin();
    is_int(lobby_void(&fix, &fix_tx, race, STR("rain"), STR("people:0")), OK,
           "it is cancelled");
    fix_commit();
    talk_text("season", "cup-one");
    is_int(talk_command("season close"), 4, "now");
    ok(talk_private() && talk_says("seasonend:1"), "there is a button, in private");
    is_int(talk_press("seasonend:1"), 4, "pressed");
    ok(!talk_private() && talk_says("is closed") && talk_says("Champion"), "everybody sees it");
    is_int(talk_press("seasonend:1"), 4, "pressed again");
    ok(talk_private() && talk_says("closed already"), "it is closed already");
    is_int(talk_press("seasonend:77"), 4, "a season that never was");
    ok(talk_private() && talk_says("no season 77"), "is refused");
    is_int(fix_number("SELECT COUNT(*) FROM audit WHERE object = 'season:1'"), 1,
           "who closed it is noted once");
    talk_text("season", "cup-one");
    is_int(talk_command("season close"), 4, "closing it by command again");
    ok(talk_private() && talk_says("closed already"), "is refused");
    is_int(talk_command("standings"), 4, "the table");
    ok(talk_says("season closed"), "says that it is the last one");
}

int
main(void)
{
    place_make();
    night_open(place("ledger.db"));
    empty();
    tables();
    closing();
    fix_close();
    return place_done();
}
