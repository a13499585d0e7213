/* Cards and lines about races as they are sent, state by state. */
#include "bot/cards.h"

#include "base/json.h"
#include "lib/night.h"
#include "lib/place.h"
#include "race/report.h"
#include "user/identity.h"

static int64_t race;

/* JSON of the race's card as it is now. */
static struct str
card(void)
{
    struct race r = night_get(race);
    struct message *m;

    return cards_race(&fix, &r, &m) == OK ? message_json(&fix, m, 0, STR("")) : STR("");
}

static struct str
topic(const char *name)
{
    struct message *m;
    struct str object = str_of(arena_printf(fix.arena, "race:%lld", (long long)race));
    enum err e = cards_topic(&fix, str_of(name), object, &m);

    return e ? err_info(e)->name : message_json(&fix, m, 0, STR(""));
}

static bool
has(struct str s, const char *part)
{
    bool found = str_find(s, str_of(part), 0) != SIZE_MAX;

    if (!found)
        printf("# no %s in %.*s\n", part, STR_ARG(s));
    return found;
}

static bool
hasnt(struct str s, const char *part)
{
    bool found = str_find(s, str_of(part), 0) != SIZE_MAX;

    if (found)
        printf("# %s in %.*s\n", part, STR_ARG(s));
    return !found;
}

static enum err
do_open(void *arg)
{
    const struct lobby_new n = {
        .host_id = 1, .name = STR("*Fri* @everyone"), .seats = 4, .rounds = 2, .rule = STR("")};

    (void)arg;
    return lobby_open(&fix, &fix_tx, &n, STR("member:1"), &race);
}

static enum err
do_join(void *arg)
{
    int64_t seat;

    return lobby_join(&fix, &fix_tx, race, *(int64_t *)arg, STR("x"), &seat);
}

static enum err
do_start(void *arg)
{
    (void)arg;
    return lobby_start(&fix, &fix_tx, race, STR("member:1"));
}

static enum err
do_finish(void *arg)
{
    (void)arg;
    return lobby_finish(&fix, &fix_tx, race, 0, STR(""), STR("member:1"));
}

static enum err
do_report(void *arg)
{
    const struct report *r = arg;

    return report_add(&fix, &fix_tx, r);
}

static enum err
do_identity(void *arg)
{
    return identity_notify_set(&fix, &fix_tx, *(int64_t *)arg, STR("reminder"), false);
}

static void
test_lobby(void)
{
    struct str s;
    int64_t who;

    ok(night_do(do_open, NULL) == OK, "a lobby");
    s = card();
    ok(has(s, "Seats 0/4") && has(s, "\"custom_id\":\"join:1\"") &&
           has(s, "\"custom_id\":\"leave:1\"") && has(s, "/race/1\""),
       "has seats, buttons, its page");
    ok(has(s, "How orders are split") && has(s, "20 % of the price"), "and its rule in words");
    ok(hasnt(s, "@everyone\"") && has(s, "\"allowed_mentions\":{\"parse\":[]}") &&
           hasnt(s, "\"*Fri*"),
       "a name of any kind changes nothing");
    for (who = 2; who <= 5; who++)
        ok(night_do(do_join, &who) == OK, "somebody joins");
    ok(has(s = card(), "Seats 4/4") && has(s, "Join the wait list"), "a full one says so");
    is_str(topic("race.started"), STR("E_NOTFOUND"), "no start is told before it");
    is_str(topic("race.void"), STR("E_NOTFOUND"), "nor an end");
    is_str(topic("race.nothing"), STR("E_NOTFOUND"), "nor what we do not know");
}

static void
test_running(void)
{
    struct str s;

    ok(fix_sql("INSERT INTO identity (provider, subject, member_id, name, avatar, avatar_sha, "
               "seen_at) VALUES ('discord', '4711', 2, 'x', '', '', 1)"),
       "one of them is at Discord");
    fix_now += 1000;
    ok(night_do(do_start, NULL) == OK, "the start");
    s = topic("race.started");
    ok(has(s, "has started") && has(s, "\"content\":\"\\u003c@4711\\u003e\"") &&
           has(s, "\"users\":[\"4711\"]"),
       "pings who can be reached, and nobody else");
    ok(has(card(), "running") && hasnt(card(), "join:1"), "the card takes no more racers");
    ok(has(card(), "/shop?race=1") && has(card(), "/race/1"), "it leads to shop and race");
    fix_now += 1000;
    ok(night_do(do_finish, NULL) == OK, "the flag");
    ok(has(s = card(), "Orders count until") && has(s, "report:1"), "places can be reported");
    ok(has(topic("race.finished"), "report:1"), "with the line too");
    is_str(topic("race.started"), STR("E_NOTFOUND"), "a start that is over is not told");
}

static void
test_places(void)
{
    struct report r = {.race_id = race,
                       .seat_no = 2,
                       .place = 1,
                       .source = REPORT_DRIVER,
                       .actor = STR("member:3"),
                       .note = STR("")};
    int64_t who = 2;
    struct str s;

    is_str(topic("race.contested"), STR("E_NOTFOUND"), "nothing is contested");
    ok(night_do(do_report, &r) == OK, "one place");
    s = topic("race.remind");
    ok(has(s, "\"users\":[\"4711\"]") && has(s, "m2") && hasnt(s, "m3"),
       "who is silent is reminded by name");
    ok(night_do(do_identity, &who) == OK && hasnt(topic("race.remind"), "\"users\""),
       "but not pinged by whom that disturbs");
    r.seat_no = 3;
    r.actor = STR("member:4");
    ok(night_do(do_report, &r) == OK, "the same place once more");
    s = topic("race.contested");
    ok(has(s, "m3") && has(s, "m4") && hasnt(s, "m2"), "both are named as contested");
    r.source = REPORT_HOST;
    for (r.seat_no = 1; r.seat_no <= 4; r.seat_no++) {
        r.place = r.seat_no == 4 ? 0 : r.seat_no;
        ok(night_do(do_report, &r) == OK, "the host decides");
    }
    is_str(topic("race.contested"), STR("E_NOTFOUND"), "then nothing is");
    is_str(topic("race.remind"), STR("E_NOTFOUND"), "and nobody is missing");
    ok(has(s = card(), "**1st**  m2") && has(s, "**DNF**  m5") && has(s, "unless somebody"),
       "the card has places and when they are final");
    night_settle(race);
    s = topic("race.final");
    ok(has(s, "final") && has(s, "attachment://race-1.png") && has(s, "won by m2"),
       "the result has a picture and its words");
    ok(str_eq(s, card()), "and is the card");
}

static void
test_direct(void)
{
    struct str subject = STR("");
    struct message *m;

    ok(fix_sql("INSERT INTO trophy (id, kind, member_id, season_id, race_id, words, at, "
               "revoked_why) VALUES (901, 'most_wins', 2, 0, 77, '3 wins', 1, '')"),
       "a trophy");
    ok(cards_direct(&fix, STR("member.trophy"), STR("trophy:901"), &subject, &m) == OK &&
           str_eq_text(subject, "4711") && has(message_json(&fix, m, 0, STR("")), "Most wins"),
       "is told to whom it belongs");
    ok(fix_sql("INSERT INTO notify_off (member_id, what) VALUES (2, 'trophy')") &&
           cards_direct(&fix, STR("member.trophy"), STR("trophy:901"), &subject, &m) ==
               E_NOTFOUND,
       "unless that is switched off");
    ok(cards_direct(&fix, STR("member.trophy"), STR("trophy:999"), &subject, &m) ==
               E_NOTFOUND &&
           cards_direct(&fix, STR("member.fixed"), STR("fix:1"), &subject, &m) == E_NOTFOUND &&
           cards_direct(&fix, STR("x"), STR("::"), &subject, &m) == E_NOTFOUND,
       "what is not there is told to nobody");
}

int
main(void)
{
    place_make();
    night_open(place("ledger.db"));
    test_lobby();
    test_running();
    test_places();
    test_direct();
    fix_close();
    return place_done();
}
