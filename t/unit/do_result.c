/* Results from Discord: reports, contested places, disputes, corrections, void; and what people
 * do wrong. */
#include "bot/do.h"
#include "lib/league.h"
#include "lib/place.h"
#include "lib/talk.h"
#include "lib/tap.h"
#include "race/dispute.h"
#include "user/member.h"

static int64_t race;

/* Member n is there as 90n. */
static void
as(int64_t n)
{
    talk_as(arena_printf(fix.arena, "90%lld", (long long)n), "X");
}

static const char *
id(const char *fmt, int64_t n)
{
    return arena_printf(fix.arena, "%s:%lld", fmt, (long long)n);
}

static void
option_race(void)
{
    talk_text("race", arena_printf(fix.arena, "%lld", (long long)race));
}

static void
option_user(int64_t n)
{
    talk_user("user", arena_printf(fix.arena, "90%lld", (long long)n), "X");
}

/* Everybody reads it. */
static void
open_answer(int64_t type, const char *text, const char *name)
{
    ok(type == 4 && !talk_private() && talk_says(text), "%s", name);
}

static void
quiet(int64_t type, const char *text, const char *name)
{
    ok(type == 4 && talk_private() && talk_says(text), "%s", name);
}

static void
grant(int64_t member, const char *role)
{
    fix_begin();
    is_int(member_grant(&fix, &fix_tx, member, str_of(role), STR("people:0")), OK, role);
    fix_commit();
}

static void
flag(int64_t season, int64_t host, int64_t n)
{
    race = league_open(season, host);
    league_start(race, n);
    fix_begin();
    is_int(lobby_finish(&fix, &fix_tx, race, 0, STR(""), STR("people:0")), OK, "the flag");
    fix_commit();
}

static void
reports(int64_t season)
{
    as(1);
    talk_number("position", 1);
    quiet(talk_command("result"), "no race for that", "nothing can be reported yet");
    flag(season, 9, 3);
    as(1);
    quiet(talk_command("result"), "either a position or dnf", "a place is needed");
    talk_number("position", 1);
    talk_number("dnf", 1);
    quiet(talk_command("result"), "either a position or dnf", "but not two");
    talk_number("position", 2);
    open_answer(talk_command("result"), "2nd, 12 points (provisional)", "a report is public");
    as(8);
    talk_number("position", 2);
    quiet(talk_command("result"), "no seat in race 1", "who did not drive reports nothing");
    as(2);
    talk_number("position", 1);
    option_user(1);
    quiet(talk_command("result"), "hosted by", "nor does a driver for another one");
    quiet(talk_press(id("report", race)), "place:1", "the button opens a select");
    open_answer(talk_pick(id("place", race), "1"), "1st, 15 points", "that reports");
    quiet(talk_pick(id("place", race), "9"), "from the list", "a forged value");
    quiet(talk_press(id("place", race)), "from the list", "or none");
    quiet(talk_press("report:99"), "no race 99", "a forged race");
    as(3);
    talk_number("dnf", 1);
    open_answer(talk_command("result"), "DNF, 1 point (provisional)", "DNF");
    ok(talk_says("Final \\u003ct:"), "now time must pass");
    as(9);
    talk_number("position", 3);
    option_user(3);
    open_answer(talk_command("result"), "3rd, 10 points", "the host sets any row");
    is_int(fix_number("SELECT COUNT(*) FROM report WHERE source = 'host' AND actor = "
                      "'member:9'"),
           1, "as host");
    is_int(fix_number("SELECT COUNT(*) FROM audit WHERE action = '/result'"), 3,
           "all is logged");
}

static void
contested(void)
{
    as(3);
    talk_number("position", 1);
    quiet(talk_command("result"), "open a dispute", "what the host decided is not taken back");
    as(1);
    talk_number("position", 1);
    open_answer(talk_command("result"), "Contested", "two say first");
    ok(talk_says(id("decide", race)) && talk_says("@909\\u003e"), "the host is called");
    as(2);
    quiet(talk_press(id("decide", race)), "hosted by", "a driver does not decide");
    quiet(talk_pick(id("decided", race), "1:2"), "hosted by", "nor by a forged select");
    as(9);
    quiet(talk_press(id("decide", race)), "1:2", "the host chooses");
    quiet(talk_pick(id("decided", race), "3:2"), "decided already", "only what is contested");
    open_answer(talk_pick(id("decided", race), "1:2"), "2nd", "and decides");
    quiet(talk_pick(id("decided", race), "1:2"), "decided already", "once");
    quiet(talk_press(id("decide", race)), "Nothing is contested", "an old button");
    as(2);
    is_int(talk_command("results"), 5, "the result takes a moment");
    struct message *m;
    is_int(do_result_later(&fix, STR("1"), &m), OK, "then");
    struct str json = message_json(&fix, m, 0, STR(""));
    ok(str_find(json, STR("race-1.png"), 0) != SIZE_MAX &&
           str_find(json, STR("Final \\u003ct:"), 0) != SIZE_MAX,
       "it has a picture and the time until final");
}

static void
disputes(void)
{
    as(8);
    option_race();
    talk_text("reason", "I saw it");
    quiet(talk_command("dispute"), "Only drivers", "others cannot object");
    as(1);
    option_race();
    talk_text("reason", "he cut the corner @everyone");
    quiet(talk_command("dispute"), "withdraw:1", "a driver can");
    as(2);
    quiet(talk_press("withdraw:1"), "by who opened it", "only they withdraw it");
    quiet(talk_press("uphold:1"), "for the role", "only staff decides");
    as(1);
    is_int(talk_press("withdraw:1"), 7, "withdrawn");
    quiet(talk_press("withdraw:1"), "closed already", "once");
    option_race();
    talk_text("reason", "no, he did");
    quiet(talk_command("dispute"), "withdraw:2", "another one");
    as(10);
    is_int(talk_press("reject:2"), 9, "staff gets a form");
    talk_text("answer", "no");
    quiet(talk_submit("rejected:2"), "10 to 500", "it needs a reason");
    talk_text("answer", "The camera shows nothing.");
    open_answer(talk_submit("rejected:2"), "The camera shows nothing", "rejected");
    talk_text("answer", "The camera shows it.");
    quiet(talk_submit("upheld:2"), "closed already", "the second of two is told");
    quiet(talk_press("uphold:2"), "closed already", "the old button too");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE payload LIKE 'member.dispute "
                      "dispute:2:%%'"),
           3, "both sides are told");
}

static void
fixes(void)
{
    fix_now += 700000;
    league_tick();
    is_int(night_get(race).state, RACE_FINAL, "the race is final");
    as(1);
    option_race();
    option_user(3);
    talk_text("reason", "the video shows it");
    talk_number("position", 1);
    quiet(talk_command("admin-fix"), "for the role", "a racer corrects nothing");
    as(10);
    option_race();
    option_user(8);
    talk_text("reason", "the video shows it");
    talk_number("position", 1);
    quiet(talk_command("admin-fix"), "no seat in race", "nobody who did not drive");
    option_race();
    option_user(3);
    talk_text("reason", "the video shows it");
    talk_number("position", 1);
    quiet(talk_command("admin-fix"), "fixgo:1", "a preview");
    ok(talk_says("3rd \xe2\x86\x92 1st"), "says what changes");
    is_int(night_get(race).seat[2].place, 3, "nothing is saved");
    as(11);
    quiet(talk_press("fixgo:1"), "somebody else's", "another one of the staff cannot apply it");
    as(10);
    open_answer(talk_press("fixgo:1"), "was corrected", "applied");
    is_int(night_get(race).seat[2].place, 1, "it is");
    is_int(night_get(race).seat[1].place, 2, "the others follow");
    is_int(night_get(race).seat[0].place, 3, "in their order");
    quiet(talk_press("fixgo:1"), "done or too old", "once");
    option_race();
    option_user(3);
    talk_text("reason", "it was disqualified");
    talk_number("dnf", 1);
    quiet(talk_command("admin-fix"), "fixno:2", "another preview");
    is_int(talk_press("fixno:2"), 7, "cancelled");
    quiet(talk_press("fixgo:2"), "done or too old", "then it cannot be applied");
    is_int(night_get(race).seat[2].place, 1, "nothing changed");
    is_int(league_bad(), 0, "all of it recomputes");
}

static void
voids(void)
{
    as(9);
    option_race();
    talk_text("reason", "rain");
    quiet(talk_command("void"), "not possible now", "a final race stays");
    flag(0, 9, 2);
    as(1);
    option_race();
    talk_text("reason", "rain");
    quiet(talk_command("void"), "for the role", "a racer cannot end it");
    as(12);
    option_race();
    talk_text("reason", "rain");
    quiet(talk_command("void"), "hosted by", "nor the host of others");
    as(9);
    option_race();
    talk_text("reason", "rain");
    quiet(talk_command("void"), "voidgo:3", "its host is asked again");
    is_int(night_get(race).state, RACE_FINISHED, "nothing has happened");
    quiet(talk_press("voidgo:1"), "done or too old", "not by another draft");
    open_answer(talk_press("voidgo:3"), "is void", "void");
    is_int(night_get(race).state, RACE_VOID, "it is");
    quiet(talk_press("voidgo:3"), "done or too old", "once");
}

int
main(void)
{
    int64_t season;

    place_make();
    night_open(place("do_result.db"));
    for (int64_t n = 1; n <= 12; n++)
        talk_know(n, arena_printf(fix.arena, "90%lld", (long long)n));
    grant(9, "host");
    grant(12, "host");
    grant(10, "staff");
    grant(11, "staff");
    season = league_season("Spring", 0, 0);
    reports(season);
    contested();
    disputes();
    fixes();
    voids();
    fix_verify("verify finds nothing");
    fix_close();
    return place_done();
}
