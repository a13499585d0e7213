/* A race from lobby to flag, and what time alone does. */
#include "race/lobby.h"

#include "contest/state.h"
#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "race/offer.h"

static int64_t race, seat;
static struct offer offer;

struct act {
    enum { OPEN, JOIN, LEAVE, KICK, START, SUB, OFFER, ACCEPT, FINISH, RESULT, VOID_IT } what;
    int64_t a, b, c;
    const char *text;
};

static enum err
do_act(void *arg)
{
    const struct act *x = arg;
    struct str who = STR("people:0"), text = str_of(x->text ? x->text : "");
    struct lobby_new n = {.host_id = x->a, .name = text, .seats = x->b, .rounds = x->c};

    switch (x->what) {
    case OPEN:
        return lobby_open(&fix, &fix_tx, &n, who, &race);
    case JOIN:
        return lobby_join(&fix, &fix_tx, race, x->a, who, &seat);
    case LEAVE:
        return lobby_leave(&fix, &fix_tx, race, x->a, who);
    case KICK:
        return lobby_kick(&fix, &fix_tx, race, x->a, text, who);
    case OFFER:
        return offer_add(&fix, &fix_tx, race, x->a, x->b, text, who, &offer);
    case ACCEPT:
        return offer_accept(&fix, &fix_tx, x->b, text, x->a, who, &offer);
    case START:
        return lobby_start(&fix, &fix_tx, race, who);
    case SUB:
        return lobby_sub(&fix, &fix_tx, race, x->a, x->b, x->c, who);
    case FINISH:
        return lobby_finish(&fix, &fix_tx, race, x->a, text, who);
    case RESULT:
        return night_report(race, x->a, x->b, REPORT_STAFF);
    case VOID_IT:
        return lobby_void(&fix, &fix_tx, race, text, who);
    }
    return E_INTERNAL;
}

static void
act(struct act x, enum err want, const char *name)
{
    is_int(night_do(do_act, &x), want, name);
}

static void
why(const char *part)
{
    ok(str_find(ctx_why(&fix), str_of(part), 0) != SIZE_MAX, "… because %s", part);
}

static int64_t
tick(void)
{
    size_t n = 0;

    fix_begin();
    if (night_tick(&n) != OK)
        n = 99;
    fix_commit();
    return (int64_t)n;
}

static void
steps(void)
{
    ok(state_allows(STR("race"), STR("LOBBY"), STR("RUNNING")), "a lobby may run");
    ok(!state_allows(STR("race"), STR("RUNNING"), STR("LOBBY")), "and never goes back");
    ok(!state_allows(STR("race"), STR("LOBBY"), STR("FINISHED")), "nor skips a step");
    ok(!state_allows(STR("race"), STR("SETTLED"), STR("VOID")), "what is settled stays");
    ok(!state_allows(STR("boat"), STR("LOBBY"), STR("RUNNING")), "no steps of unknown kinds");
}

static void
lobby(void)
{
    act((struct act){.what = OPEN, .a = 1, .b = 1, .c = 4}, E_INVALID,
        "a race of one seat is refused");
    act((struct act){.what = OPEN, .a = 1, .b = 9, .c = 4}, E_INVALID, "one of nine");
    act((struct act){.what = OPEN, .a = 1, .b = 2}, E_INVALID, "one without rounds");
    act((struct act){.what = OPEN, .a = 99, .b = 2, .c = 4}, E_NOTFOUND, "one of nobody");
    act((struct act){.what = OPEN, .a = 1, .b = 3, .c = 4}, OK, "three seats, four rounds");
    is_str(night_get(race).name, STR("Race 1"), "it has its number as name");
    act((struct act){.what = OPEN, .a = 1, .b = 3, .c = 4}, E_CONFLICT,
        "a second lobby of the host is refused");
    act((struct act){.what = START}, E_CONFLICT, "an empty lobby cannot start");
    act((struct act){.what = JOIN, .a = 1}, OK, "the host joins");
    is_int(seat, 1, "in seat 1");
    act((struct act){.what = JOIN, .a = 1}, E_CONFLICT, "but not twice");
    act((struct act){.what = START}, E_CONFLICT, "one racer cannot start");
    why("at least 2 racers");
    act((struct act){.what = JOIN, .a = 2}, OK, "a second one joins");
    act((struct act){.what = JOIN, .a = 3}, OK, "a third one joins");
    act((struct act){.what = JOIN, .a = 4}, OK, "a fourth one waits");
    is_int(seat, 0, "without a seat");
    act((struct act){.what = LEAVE, .a = 2}, OK, "seat 2 is left");
    is_int(night_get(race).seat[1].member_id, 4, "and taken from the wait list");
    act((struct act){.what = LEAVE, .a = 2}, E_CONFLICT, "who has no seat cannot leave");
    act((struct act){.what = FINISH}, E_CONFLICT, "a lobby has no flag");
    act((struct act){.what = START}, OK, "it starts");
    act((struct act){.what = JOIN, .a = 5}, E_CONFLICT, "a running race cannot be joined");
    act((struct act){.what = START}, E_CONFLICT, "nor started again");
}

static void
running(void)
{
    act((struct act){.what = SUB, .a = 1, .b = 4, .c = 2}, E_CONFLICT,
        "a racer of the race is no substitute");
    act((struct act){.what = SUB, .a = 1, .b = 5, .c = 1}, E_INVALID,
        "nobody comes in for the first round");
    act((struct act){.what = SUB, .a = 1, .b = 5, .c = 5}, E_INVALID, "nor after the last");
    act((struct act){.what = SUB, .a = 1, .b = 5, .c = 2}, OK, "seat 1 gets a substitute");
    act((struct act){.what = SUB, .a = 1, .b = 6, .c = 2}, E_INVALID,
        "the next comes in later");
    act((struct act){.what = SUB, .a = 1, .b = 6, .c = 3}, OK, "a second change");
    act((struct act){.what = SUB, .a = 1, .b = 7, .c = 4}, OK, "a third change");
    act((struct act){.what = SUB, .a = 1, .b = 8, .c = 4}, E_CONFLICT, "not a fourth");
    act((struct act){.what = LEAVE, .a = 3}, OK, "seat 3 is left while running");
    ok(night_get(race).seat[2].dnf, "that is DNF");
    fix_now += 1000;
    ok(night_buy("pi_1"), "a sale after it");
    is_int(night_get(race).seat[2].share, 0, "gives seat 3 nothing");
    is_int(night_pending(7), 250, "and the driver of seat 1 half");
    fix_now += 600000;
    act((struct act){.what = FINISH, .a = fix_now + 1, .text = "x"}, E_INVALID,
        "no flag in the future");
    act((struct act){.what = FINISH, .a = 1000, .text = "x"}, E_INVALID,
        "none before the start");
    act((struct act){.what = FINISH, .a = fix_now - 1000, .text = ""}, E_INVALID,
        "an earlier flag needs a reason");
    act((struct act){.what = RESULT, .a = 1, .b = 1}, E_CONFLICT, "no results before the flag");
    act((struct act){.what = FINISH}, OK, "the flag");
    act((struct act){.what = FINISH}, E_CONFLICT, "falls once");
}

static void
results(void)
{
    act((struct act){.what = RESULT, .a = 1, .b = 4}, E_INVALID,
        "three seats have three places");
    act((struct act){.what = RESULT, .a = 1, .b = 1}, OK, "seat 1 is first");
    act((struct act){.what = RESULT, .a = 3, .b = 2}, E_CONFLICT, "who left has no place");
    act((struct act){.what = RESULT, .a = 5, .b = 2}, E_INVALID, "nor an empty seat");
    fix_now += 11 * 60000;
    is_int(tick(), 0, "a seat without a report holds up the final");
    act((struct act){.what = RESULT, .a = 2, .b = 2}, OK, "seat 2 is second");
    fix_now += 10 * 60000 - 1;
    is_int(tick(), 0, "ten minutes must pass");
    fix_now++;
    is_int(tick(), 1, "then it is final");
    is_int(night_get(race).state, RACE_FINAL, "by itself");
    act((struct act){.what = RESULT, .a = 2, .b = 3}, E_CONFLICT, "and closed for reports");
    act((struct act){.what = VOID_IT, .text = "why not"}, E_CONFLICT, "and cannot be void");
    fix_now = night_get(race).closed_at + INT64_C(72) * 3600000 - 1;
    is_int(tick(), 0, "the clear time must pass");
    fix_now++;
    is_int(tick(), 1, "then it settles");
    is_int(night_get(race).state, RACE_SETTLED, "by itself");
    is_int(night_free(1), 62 + 1, "a quarter of 250 for one round of four, the odd cent first");
    is_int(night_free(5), 62 + 1, "then the second odd cent");
    is_int(night_free(6), 62, "a quarter");
    is_int(night_free(7), 62, "a quarter");
    is_int(night_free(4), 250, "the other seat has its own");
    is_int(night_pending(7), 0, "nothing is pending");
    fix_verify("verify finds nothing after stints");
}

/* A flag in the past: orders that lie behind it and its grace no longer count. */
static void
earlier_flag(void)
{
    race = night_race(21, 2, "");
    int64_t start = fix_now;
    fix_now = start + 60000;
    ok(night_buy("pi_e1"), "an order after a minute");
    fix_now = start + 200000;
    ok(night_buy("pi_e2") && night_buy("pi_e3"), "two orders after 200 seconds");
    fix_now = start + 400000;
    act((struct act){.what = FINISH, .a = start + 80001, .text = "late"}, OK,
        "a flag that leaves them in its grace");
    is_int(night_get(race).pot, 1500, "all three count");
    fix_verify("verify finds nothing after a flag in the past");
    act((struct act){.what = FINISH, .a = start + 80000, .text = "late"}, OK,
        "a millisecond earlier they lie behind it");
    is_int(night_get(race).pot, 500, "one counts");
    fix_verify("verify finds nothing after a still earlier flag");
    race = night_race(23, 2, "");
    struct fact f = night_order("pi_e4", 2500, fix_now + 250000, "");
    is_int(night_sale(&f), OK, "an order of a clock that is ahead");
    fix_now += 1000;
    act((struct act){.what = FINISH, .a = fix_now - 500, .text = "late"}, OK,
        "does not hold up a flag that fell after it was told");
    fix_verify("verify finds nothing after that");
    fix_now += INT64_C(100) * 3600000;
    while (tick() > 0)
        continue;
}

static int64_t
share_at(const char *payment, int64_t at, int64_t no)
{
    int64_t before = night_get(race).seat[no - 1].share;
    struct fact f = night_order(payment, 2500, at, "");

    is_int(night_sale(&f), OK, payment);
    return night_get(race).seat[no - 1].share - before;
}

/* An order is booked, and in the same second its seat changes drivers. */
static void
same_second(void)
{
    race = night_race(35, 2, "");
    fix_now += 10000 - fix_now % 1000;
    is_int(share_at("pi_s1", fix_now, 1), 250, "an order counts for who drives");
    fix_now += 300;
    act((struct act){.what = SUB, .a = 1, .b = 37, .c = 2}, OK,
        "a substitute comes in the same second");
    fix_verify("verify finds nothing: what was booked stays with who drove");
    is_int(fix_number("SELECT member_id FROM share WHERE seat_no = 1 AND seq = "
                      "(SELECT MAX(seq) FROM share)"),
           35, "the first driver has it");
    is_int(share_at("pi_s2", fix_now + 1000, 1), 250, "a second later an order");
    is_int(fix_number("SELECT member_id FROM share WHERE seat_no = 1 AND seq = "
                      "(SELECT MAX(seq) FROM share)"),
           37, "is the substitute's");
    fix_verify("verify finds nothing");
    act((struct act){.what = FINISH}, OK, "it ends");
}

/* Who leaves and comes back as a substitute has one share of an order, never two. */
static void
moments(void)
{
    race = night_race(31, 3, "");
    int64_t start = fix_now, left;
    is_int(share_at("pi_m1", start, 1), 167, "an order at the moment a seat is taken counts");
    fix_now = left = start + 10500;
    act((struct act){.what = LEAVE, .a = 31}, OK, "seat 1 is left in the middle of a second");
    fix_now += 300;
    act((struct act){.what = SUB, .a = 2, .b = 31, .c = 2}, OK,
        "its driver takes another one in the same second");
    is_int(share_at("pi_m2", left - 1, 1), 167,
           "a millisecond before he left he has his share");
    is_int(fix_number("SELECT COUNT(*) FROM share WHERE member_id = 31 AND seq = "
                      "(SELECT MAX(seq) FROM share)"),
           1, "and no second one");
    is_int(share_at("pi_m3", left, 1), 0, "when he left he has none there");
    is_int(fix_number("SELECT COUNT(*) FROM share WHERE member_id = 31 AND seq = "
                      "(SELECT MAX(seq) FROM share)"),
           1, "but one in the other seat");
    fix_verify("verify finds nothing with somebody who came back");
    fix_now += 1000;
    act((struct act){.what = LEAVE, .a = 31}, OK, "he leaves again");
    act((struct act){.what = LEAVE, .a = 33}, OK, "and the last one too");
    is_int(share_at("pi_m4", fix_now, 2), 0, "an order with nobody left");
    is_int(fix_number("SELECT COUNT(*) FROM sale WHERE payment = 'pi_m4' AND "
                      "reason = 'no_seats'"),
           1, "has no pot for that reason");
    fix_verify("verify finds nothing with an empty race");
    act((struct act){.what = FINISH}, OK, "it ends");
    fix_now += INT64_C(100) * 3600000;
    while (tick() > 0)
        continue;
    is_int(night_get(race).state, RACE_SETTLED, "and settles");
    fix_verify("verify finds nothing after it settled");
    is_int(night_back(FACT_REFUND, "pi_m2", "re_m2", 2500), OK, "an order goes back");
    is_int(night_back(FACT_REFUND, "pi_m3", "re_m3", 1000), OK, "another in part");
    fix_verify("verify finds nothing after refunds");
}

static void
removed(void)
{
    act((struct act){.what = OPEN, .a = 14, .b = 2, .c = 4}, OK, "a lobby of two");
    for (int64_t m = 15; m <= 17; m++)
        act((struct act){.what = JOIN, .a = m}, OK, "somebody joins");
    act((struct act){.what = KICK, .a = 15, .text = " "}, E_INVALID, "nobody goes unsaid");
    act((struct act){.what = KICK, .a = 18, .text = "rude"}, E_CONFLICT, "who is not there");
    act((struct act){.what = KICK, .a = 15, .text = "rude"}, OK, "the host removes one");
    is_int(night_get(race).seat[0].member_id, 17, "who waited moves up");
    act((struct act){.what = KICK, .a = 15, .text = "rude"}, E_CONFLICT, "once");
    act((struct act){.what = JOIN, .a = 18}, OK, "another one waits");
    act((struct act){.what = KICK, .a = 18, .text = "rude"}, OK, "and is removed as well");
    is_int(fix_number("SELECT COUNT(*) FROM wait_list WHERE race_id = %lld", (long long)race),
           0, "nobody waits");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'tell' AND "
                      "payload = 'race.card race:%lld'",
                      (long long)race),
           1, "the card waits to be edited once");
    ok(fix_sql("UPDATE outbox SET state = 'leased', lease_until = 9 WHERE payload = 'race.card "
               "race:%lld'",
               (long long)race),
       "while that is under way");
    act((struct act){.what = JOIN, .a = 18}, OK, "somebody joins");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'tell' AND "
                      "payload = 'race.card race:%lld'",
                      (long long)race),
           2, "which it may not have seen");
    act((struct act){.what = LEAVE, .a = 18}, OK, "and leaves");
    act((struct act){.what = START}, OK, "it starts");
    act((struct act){.what = KICK, .a = 16, .text = "rude"}, E_CONFLICT, "too late");
}

/* Who is asked has five minutes, and only they can accept. */
static void
offered(void)
{
    act((struct act){.what = OFFER, .a = 1, .b = 1, .text = "4711"}, E_INVALID,
        "nobody is asked for the first round");
    act((struct act){.what = OFFER, .a = 1, .b = 2, .text = "x"}, E_INVALID, "nor nobody");
    act((struct act){.what = OFFER, .a = 1, .b = 2, .text = "4711"}, OK, "one is asked");
    int64_t first = offer.id;
    act((struct act){.what = OFFER, .a = 1, .b = 2, .text = "4712"}, OK, "then another");
    int64_t second = offer.id;
    act((struct act){.what = ACCEPT, .a = 19, .b = first, .text = "4711"}, E_CONFLICT,
        "the first is too late");
    act((struct act){.what = ACCEPT, .a = 19, .b = second, .text = "4711"}, E_DENIED,
        "and cannot take the other's");
    act((struct act){.what = ACCEPT, .a = 16, .b = second, .text = "4712"}, E_CONFLICT,
        "nobody has two seats");
    act((struct act){.what = ACCEPT, .a = 20, .b = second, .text = "4712"}, OK, "accepted");
    is_int(night_get(race).seat[0].member_id, 20, "the seat is theirs");
    act((struct act){.what = ACCEPT, .a = 20, .b = second, .text = "4712"}, E_CONFLICT, "once");
    why("accepted already");
    act((struct act){.what = ACCEPT, .a = 20, .b = 99, .text = "4712"}, E_NOTFOUND, "no other");
    act((struct act){.what = OFFER, .a = 1, .b = 3, .text = "4713"}, OK, "a third is asked");
    fix_now += OFFER_MINUTES * 60000;
    act((struct act){.what = ACCEPT, .a = 19, .b = offer.id, .text = "4713"}, E_CONFLICT,
        "after five minutes it is over");
    size_t n = 0;
    fix_begin();
    is_int(offer_tick(&fix, &fix_tx, 10, &n), OK, "time passes");
    fix_commit();
    is_int((int64_t)n, 1, "and the offer is gone");
    act((struct act){.what = VOID_IT, .text = "end of the story"}, OK, "over");
}

static void
clock_alone(void)
{
    act((struct act){.what = OPEN, .a = 11, .b = 2, .c = 1, .text = "Idle"}, OK, "a lobby");
    fix_now += 60 * 60000 - 1;
    is_int(tick(), 0, "waits an hour");
    fix_now++;
    is_int(tick(), 1, "and closes");
    is_int(night_get(race).state, RACE_CANCELLED, "cancelled");
    race = night_race(11, 2, "");
    fix_now += INT64_C(3) * 3600000;
    is_int(tick(), 1, "a race nobody finishes is cut after 3 hours");
    is_int(night_get(race).state, RACE_FINISHED, "finished");
    is_int(fix_number("SELECT COUNT(*) FROM alert WHERE kind = 'race_cut'"), 1,
           "with an alert");
    fix_now += INT64_C(24) * 3600000;
    is_int(tick(), 1, "a day later missing reports are DNF");
    ok(night_get(race).seat[0].dnf, "seat 1 too");
    fix_now += 10 * 60000;
    is_int(tick(), 1, "and ten minutes after that");
    is_int(night_get(race).state, RACE_FINAL, "the race is final");
    is_int(fix_number("SELECT COUNT(*) FROM transition WHERE cause = 'time'"), 11,
           "the log knows what time did");
}

int
main(void)
{
    place_make();
    night_open(place("lobby.db"));
    steps();
    lobby();
    running();
    results();
    earlier_flag();
    moments();
    removed();
    offered();
    clock_alone();
    same_second();
    fix_close();
    return place_done();
}
