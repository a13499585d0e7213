/* Settlement by places, late money, void: to the cent. */
#include "race/settle.h"

#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"

static void
places(struct race_rule *r)
{
    static const int64_t w[8] = {7, 1, 1, 1, 1, 1, 1, 1};

    r->share = STR("weighted");
    for (int i = 0; i < 8; i++)
        r->weights[i] = w[i];
}

static void
soon(struct race_rule *r)
{
    places(r);
    r->clear_h = 24;
}

static void
bonus(struct race_rule *r)
{
    r->share = STR("winner_bonus");
    r->bonus_bps = 2000;
    r->clear_h = 24;
}

static void
at_once(struct race_rule *r)
{
    r->clear_h = 0;
}

/* F3: 500 + 500 + 537, the winner half: 768, six times 110, 109. */
static void
by_place(void)
{
    int64_t race = night_race(1, 8, "places");
    struct fact f = night_order("pi_3", 2685, fix_now, "");

    ok(night_buy("pi_1") && night_buy("pi_2") && night_sale(&f) == OK, "three sales");
    is_int(night_get(race).waiting, 1537, "1537 wait for the result");
    night_finish(race);
    night_settle(race);
    is_int(night_free(1), 768, "the winner has 768");
    for (int64_t m = 2; m <= 7; m++)
        is_int(night_free(m), 110, "110 for the next");
    is_int(night_free(8), 109, "109 for the last");
    is_int(fix_balance("L:pool"), 0, "nothing waits");
    is_int(night_get(race).seat[0].share, 768, "the page shows it");
    fix_verify("verify finds nothing after places");
    is_int(night_back(FACT_REFUND_TOTAL, "pi_1", "", 2500), OK, "a refund afterwards");
    int64_t sum = 0;
    for (int64_t m = 1; m <= 8; m++)
        sum += night_free(m);
    is_int(sum, 1037, "comes from those who got it");
    is_int(night_free(1), 768 - 250, "half of it from the winner");
    is_int(night_get(race).pot, 1037, "and lowers the pot");
    for (int i = 0; i < 2; i++)
        is_int(night_back(FACT_REFUND, "pi_2", i ? "re_b" : "re_a", 1250), OK, "half and half");
    is_int(night_get(race).pot, 537, "take the other one in full");
    fix_verify("verify finds nothing after that");
}

static void
late(void)
{
    int64_t race = night_race(1, 8, "bonus"), at = fix_now, before = night_free(1);

    ok(night_buy("pi_11"), "a sale with a bonus");
    night_finish(race);
    fix_now += INT64_C(24) * 3600000;
    for (int i = 0; i < 2; i++) {
        size_t n;
        fix_begin();
        is_int(night_tick(&n), OK, "time passes");
        fix_commit();
    }
    is_int(night_get(race).state, RACE_SETTLED, "the race has settled");
    is_int(night_free(1), before + 150, "50 and the bonus of 100");
    struct fact f = night_order("pi_12", 2500, at, "");
    is_int(night_sale(&f), OK, "a notice comes a day late");
    is_int(night_free(1), before + 300, "its money is available at once, the bonus too");
    is_int(fix_balance("L:pool"), 0, "nothing waits");
    fix_verify("verify finds nothing after late money");
    is_int(night_back(FACT_REFUND, "pi_12", "re_12", 1250), OK, "half of it goes back");
    is_int(night_get(race).pot, 750, "the pot knows");
    fix_verify("verify finds nothing after its refund");
}

static void
direct(void)
{
    int64_t race = night_race(11, 8, "at_once");

    ok(night_buy("pi_21"), "a sale without a clear time");
    is_int(night_free(11), 63, "is available at once");
    is_int(night_pending(11), 0, "not pending");
    is_int(night_back(FACT_REFUND, "pi_21", "re_21", 2500), OK, "and goes back");
    is_int(night_free(11), 0, "from the wallet");
    ok(night_buy("pi_22"), "another one");
    night_finish(race);
    night_settle(race);
    is_int(night_free(12), 62, "the settlement moves nothing twice");
    fix_verify("verify finds nothing without a clear time");
}

static int64_t sub_race;

static enum err
do_sub(void *arg)
{
    const int64_t *in = arg; /* seat, member, round */

    return lobby_sub(&fix, &fix_tx, sub_race, in[0], in[1], in[2], STR("people:0"));
}

/* Each part of each sale has its own odd cent, which falls to one of the drivers. */
static void
frees(const int64_t *want, const char *name)
{
    int64_t sum = 0;

    for (int64_t m = 31; m <= 34; m++) {
        int64_t off = night_free(m) - night_owed(m) - want[m - 31];
        ok(off >= -2 && off <= 2, "%s, but for odd cents: member %lld", name, (long long)m);
        sum += off;
    }
    is_int(sum, 0, "and nothing is lost among them");
}

/* Seats of several drivers give back as their money was cut: one round of four, three of four.
 */
static void
drivers(bool disputed)
{
    int64_t in[3] = {1, 33, 2}, before[4];

    for (int i = 0; i < 4; i++)
        before[i] = night_free(31 + i) - night_owed(31 + i);
    sub_race = night_race(31, 2, disputed ? "bonus" : "");
    const char *a = disputed ? "pi_41d" : "pi_41", *b = disputed ? "pi_42d" : "pi_42";
    ok(night_buy(a), "a sale with the first driver");
    fix_now += 1000;
    is_int(night_do(do_sub, in), OK, "a substitute");
    fix_now += 1000;
    ok(night_buy(b), "a sale with the second");
    night_finish(sub_race);
    night_settle(sub_race);
    int64_t seat = night_free(31) - before[0] + night_free(33) - before[2];
    is_int(night_free(31) - before[0], seat / 4, "a quarter for the first driver");
    fix_verify("verify finds nothing after the settlement");
    int64_t had[4];
    for (int i = 0; i < 4; i++)
        had[i] = night_free(31 + i);
    if (disputed) {
        is_int(night_back(FACT_DISPUTE_OPEN, a, "dp_sub", 2500), OK, "a dispute afterwards");
        is_int(had[0] - night_free(31), 50, "freezes a quarter of 200 from the first");
        is_int(had[2] - night_free(33), 150, "and the rest from the second");
        fix_verify("verify finds nothing with it");
        is_int(night_back(FACT_REFUND, a, "re_sub", 1250), OK, "half goes back meanwhile");
        fix_verify("verify finds nothing with both");
        is_int(night_back(FACT_DISPUTE_LOST, a, "dp_sub", 2500), OK, "it is lost");
        is_int(fix_balance("L:dispute_hold"), 0, "nothing is frozen");
    } else {
        is_int(night_back(FACT_REFUND, a, "re_41", 1000), OK, "a part goes back");
        is_int(had[0] - night_free(31), 25, "a quarter of 100 from the first driver");
        is_int(had[2] - night_free(33), 75, "the rest from the second");
        fix_verify("verify finds nothing with a part");
        is_int(night_back(FACT_REFUND, a, "re_42", 1500), OK, "the rest goes back");
    }
    if (!disputed) {
        is_int(had[0] - night_free(31), 63,
               "a quarter of 250 from the first, the odd cent too");
        is_int(had[2] - night_free(33), 187, "the rest from the second");
    }
    is_int(night_get(sub_race).pot, 500, "the pot has the other sale");
    fix_verify("verify finds nothing after all of it");
    is_int(night_back(FACT_REFUND, b, disputed ? "re_43d" : "re_43", 2500), OK,
           "the other sale goes back");
    frees(before, "everybody has what he had before");
    is_int(night_get(sub_race).pot, 0, "the pot is empty");
    fix_verify("verify finds nothing with nothing left");
    is_int(night_back(FACT_REFUND_FAILED, b, disputed ? "re_43d" : "re_43", 2500), OK,
           "that refund failed");
    is_int(night_get(sub_race).pot, 500, "the pot has it again");
    fix_verify("verify finds nothing after the mirror");
    is_int(night_back(FACT_REFUND, b, disputed ? "re_44d" : "re_44", 2500), OK, "and again");
    frees(before, "ends the same");
    fix_verify("verify finds nothing in the end");
}

static int64_t void_race;

static enum err
do_void(void *arg)
{
    (void)arg;
    return lobby_void(&fix, &fix_tx, void_race, STR("wrong map"), STR("people:0"));
}

static void
voided(void)
{
    void_race = night_race(21, 8, "bonus");
    int64_t house = -fix_balance("I:house:merch"), at = fix_now;

    ok(night_buy("pi_31") && night_buy("pi_32"), "two sales");
    is_int(night_back(FACT_REFUND, "pi_31", "re_31", 1000), OK, "one goes back in part");
    fix_now += 1000;
    is_int(night_do(do_void, NULL), OK, "the race is void");
    is_int(night_get(void_race).state, RACE_VOID, "it says so");
    is_int(night_get(void_race).pot, 0, "the pot is empty");
    for (size_t i = 0; i < 8; i++)
        is_int(night_get(void_race).seat[i].share, 0, "and a seat has nothing");
    is_int(night_pending(21), 0, "nor has its driver");
    is_int(-fix_balance("I:house:merch"), house + 1600 - 440 + 1600 - 200, "the house has it");
    is_int(fix_balance("L:pool"), 0, "nothing waits");
    fix_verify("verify finds nothing after a void race");
    is_int(night_back(FACT_REFUND, "pi_32", "re_32", 2500), OK, "a refund after it");
    fix_verify("verify finds nothing after that");
    struct fact f = night_order("pi_33", 2500, at, "");
    is_int(night_sale(&f), OK, "a late notice for the void race");
    is_int(fix_number("SELECT COUNT(*) FROM sale WHERE reason = 'cancelled'"), 1,
           "goes to the house as cancelled");
    is_int(night_do(do_void, NULL), E_CONFLICT, "void once");
    void_race = night_race(21, 8, "");
    ok(night_buy("pi_v"), "a sale");
    is_int(night_back(FACT_DISPUTE_OPEN, "pi_v", "dp_v", 2500), OK, "in dispute");
    is_int(night_do(do_void, NULL), OK, "its race is void");
    fix_verify("verify finds nothing with a dispute in a void race");
    is_int(night_back(FACT_DISPUTE_WON, "pi_v", "dp_v", 2500), OK, "won");
    is_int(night_pending(21), 0, "the house has it");
    fix_verify("verify finds nothing after it");
}

static struct {
    int64_t race, place[RACE_SEATS_MAX + 1], seq, moved;
    const char *key;
} fixed;

static enum err
do_fix(void *arg)
{
    (void)arg;
    return settle_fix(&fix, &fix_tx, fixed.race, fixed.place, str_of(fixed.key),
                      STR("people:0"), &fixed.seq, &fixed.moved);
}

/* Places by seat number, 0 for DNF; the seats get them too, as the league would write them. */
/* As a report would, whatever the race's state. */
static void
set_place(int64_t race, int64_t seat, int64_t place)
{
    (void)fix_sql("UPDATE seat SET place = nullif(%lld, 0), dnf = %d "
                  "WHERE race_id = %lld AND seat_no = %lld",
                  (long long)place, !place, (long long)race, (long long)seat);
    (void)fix_sql("INSERT INTO report (race_id, seat_no, place, source, actor, note, at) "
                  "VALUES (%lld, %lld, nullif(%lld, 0), 'fix', 'people:0', '', %lld)",
                  (long long)race, (long long)seat, (long long)place, (long long)fix_now);
}

static enum err
new_places(int64_t race, const char *key, const char *places)
{
    for (int no = 1; places[no - 1]; no++) {
        fixed.place[no] = places[no - 1] - '0';
        set_place(race, no, fixed.place[no]);
    }
    fixed.race = race;
    fixed.key = key;
    return night_do(do_fix, NULL);
}

/* 1537 by 7, 1, …: the winner 768, six times 110, 109. */
static void
fixes(void)
{
    int64_t race = night_race(21, 8, "soon");
    struct fact f = night_order("pi_53", 2685, fix_now, "");

    ok(night_buy("pi_51") && night_buy("pi_52") && night_sale(&f) == OK, "three sales");
    night_finish(race);
    is_int(new_places(race, "0", "21345678"), E_CONFLICT, "not before it has settled");
    (void)new_places(race, "0", "12345678");
    for (int i = 0; i < 2; i++) {
        size_t n;
        fix_now += INT64_C(12) * 3600000;
        fix_begin();
        is_int(night_tick(&n), OK, "time passes");
        fix_commit();
    }
    is_int(night_free(21), 768, "the first has 768");
    is_int(new_places(race, "1", "12345678"), OK, "the same places");
    is_int(fixed.seq, 0, "move nothing");
    is_int(new_places(race, "2", "21345678"), OK, "the second had won");
    ok(fixed.seq > 0, "is an entry");
    is_int(fixed.moved, 768 - 110, "and the difference changes hands");
    is_int(night_free(21), 110, "the first has 110");
    is_int(night_free(22), 768, "the second 768");
    is_int(night_free(23), 110, "the others what they had");
    int64_t seq = fixed.seq;
    is_int(new_places(race, "2", "21345678"), OK, "the same key");
    is_int(fixed.seq, seq, "is the same entry");
    is_int(fixed.moved, 768 - 110, "with what it moved");
    fix_verify("verify finds nothing after a fix");
    is_int(night_back(FACT_REFUND, "pi_51", "re_51", 2500), OK, "a refund");
    is_int(night_free(22), 768 - 250, "follows the new places");
    fix_verify("verify finds nothing after its refund");
    f = night_order("pi_54", 2500, night_get(race).opened_at, "");
    is_int(night_sale(&f), OK, "a late notice");
    is_int(night_free(22), 768, "too");
    is_int(new_places(race, "3", "12345670"), OK, "back, and the last one did not finish");
    is_int(night_free(21) + night_free(22), 828 + 119, "seven share now");
    is_int(night_free(28), 0, "he has nothing");
    fix_verify("verify finds nothing after the second fix");
    is_int(new_places(race, "4", "00000000"), OK, "nobody finished");
    is_int(night_free(28), 192, "all alike");
    fix_verify("verify finds nothing when all are alike");
    is_int(new_places(race, "5", "12345678"), OK, "as it was at first");
    int64_t had = night_free(21);
    is_int(night_back(FACT_REFUND_FAILED, "pi_51", "re_51", 2500), OK, "the refund failed");
    is_int(night_free(21) - had, 251, "its money goes to who has the places now");
    fix_verify("verify finds nothing after the mirror");
    /* The winner took all of it out: the next fix leaves him owing. */
    struct journal_done done;
    had = night_free(21);
    is_int(fix_post("ADJUST", "p_fix", NULL, "",
                    arena_printf(fix.arena, "L:wallet:21 %lld;A:bank -%lld", (long long)had,
                                 (long long)had),
                    &done),
           OK, "a wallet is emptied");
    is_int(new_places(race, "6", "21345678"), OK, "its owner had not won");
    is_int(night_owed(21), fixed.moved, "he owes what he got too much");
    fix_verify("verify finds nothing while he owes");
    int64_t owed = night_owed(21);
    is_int(new_places(race, "7", "12345678"), OK, "he had, after all");
    is_int(night_owed(21), 0, "what he gets pays it back");
    is_int(night_free(21), fixed.moved - owed, "and the rest is his");
    fix_verify("verify finds nothing after that");
}

static int64_t
pot_of(int64_t race)
{
    return fix_number("SELECT pot FROM pot_line WHERE race_id = %lld ORDER BY seq DESC LIMIT 1",
                      (long long)race);
}

/* One sale in two races that both have winners: each race's refunds keep to its own winner. */
static void
shared(void)
{
    int64_t x = night_race(1, 4, "bonus"), y = night_race(31, 4, "bonus"), before[2], pot[2];

    fix_now += 1000;
    ok(night_buy("pi_61"), "a sale in two races");
    fix_now += 1000;
    night_finish(x);
    struct fact f = night_order("pi_62", 25000, fix_now - 500, "");
    is_int(night_sale(&f), OK, "and another");
    fix_now += 1000;
    ok(night_buy("pi_63"), "one in the second race alone");
    night_finish(y);
    is_int(pot_of(x), 2750, "half of both pools");
    is_int(pot_of(y), 3250, "for each");
    night_settle(y);
    is_int(night_get(x).state, RACE_SETTLED, "both have settled");
    before[0] = night_free(1) - night_owed(1);
    before[1] = night_free(31) - night_owed(31);
    pot[0] = pot_of(x);
    pot[1] = pot_of(y);
    for (int i = 0; i < 4; i++) {
        is_int(night_back(FACT_REFUND, "pi_61", (const char *[]){"a", "b", "c", "d"}[i], 625),
               OK, "a quarter goes back");
        fix_verify("verify finds nothing after it");
    }
    is_int(night_free(1) - night_owed(1), before[0] - 50 - 50, "one winner gave what he had");
    is_int(night_free(31) - night_owed(31), before[1] - 50 - 50, "the other one too");
    is_int(pot_of(x), pot[0] - 250, "one pot fell by its half");
    is_int(pot_of(y), pot[1] - 250, "the other by the other");
    is_int(new_places(x, "1", "2100"), OK, "one race had another winner");
    is_int(fixed.moved, 500, "who gets what is left of that race's bonus alone");
    fix_verify("verify finds nothing after the fix");
    is_int(night_back(FACT_REFUND, "pi_62", "e", 12500), OK, "half of the other sale");
    fix_verify("verify finds nothing after that");
    is_int(night_back(FACT_REFUND, "pi_62", "f", 12500), OK, "and the rest");
    fix_verify("verify finds nothing in the end");
}

static struct {
    int64_t race, at;
    const char *why;
} cut;

static enum err
do_finish(void *arg)
{
    (void)arg;
    return lobby_finish(&fix, &fix_tx, cut.race, cut.at, str_of(cut.why), STR("people:0"));
}

static enum err
end_at(int64_t at, const char *why)
{
    cut.at = at;
    cut.why = why;
    return night_do(do_finish, NULL);
}

/* An earlier end: what was ordered behind it and its grace no longer counts. */
static void
recut(const char *rule, const char *tag)
{
    char pay[4][16];

    for (int i = 0; i < 4; i++)
        snprintf(pay[i], sizeof pay[i], "pi_7%s%d", tag, i);
    int64_t x = night_race(1, 4, rule), start = fix_now, house = fix_balance("I:house:merch"),
            pool = fix_balance("L:pool");

    fix_now += 60000;
    ok(night_buy(pay[0]), "a sale");
    fix_now += 600000;
    ok(night_buy(pay[1]) && night_buy(pay[2]), "two sales, ten minutes later");
    is_int(night_back(FACT_REFUND, pay[1], tag, 1000), OK, "one goes back in part");
    fix_now += 60000;
    cut.race = x;
    is_int(end_at(start + 120000, ""), E_INVALID, "an earlier end needs a reason");
    is_int(end_at(cut.at, "forgot"), OK, "the end is set to a minute after the first");
    is_int(pot_of(x), 500, "only the first sale counts");
    is_int(fix_number(
               "SELECT count(*) FROM journal WHERE kind = 'RACE_RECUT' AND ref = 'race:%lld'",
               (long long)x),
           2, "an entry for each sale that was cut off");
    is_int(house - fix_balance("I:house:merch"), 3 * 1600 - 500 - 440 - 200,
           "the house has their money");
    is_int(night_get(x).seat[1].share, rule[0] ? 100 : 125, "and the seats have not");
    fix_verify("verify finds nothing after an earlier end");
    is_int(end_at(start + 600000, "later"), E_INVALID, "a later end is none");
    is_int(end_at(start + 1000, "still earlier"), OK, "a still earlier one, after the flag");
    is_int(pot_of(x), 500, "keeps what its grace covers");
    fix_verify("verify finds nothing after that");
    struct fact f = night_order(pay[3], 2500, start + 500000, "");
    is_int(night_sale(&f), OK, "a notice for the time that was cut off");
    is_int(pot_of(x), 500, "does not count");
    is_int(night_back(FACT_REFUND, pay[1], pay[2], 1500), OK, "the rest of one goes back");
    is_int(night_back(FACT_REFUND_FAILED, pay[1], pay[2], 1500), OK, "and fails");
    is_int(night_back(FACT_REFUND_FAILED, pay[1], tag, 1000), OK, "like the part before");
    is_int(pot_of(x), 500, "which goes to the house");
    fix_verify("verify finds nothing after mirrors");
    for (int i = 1; i <= 4; i++)
        set_place(x, i, i);
    night_settle(x);
    is_int(end_at(start + 500, "too late"), E_CONFLICT, "a settled race keeps its end");
    is_int(fix_balance("L:pool"), pool, "nothing waits");
    fix_verify("verify finds nothing after the settlement");
}

/* An order that went back whole before the end was set has nothing to take away; when it comes
 * again, it does not count either. */
static void
recut_empty(void)
{
    int64_t x = night_race(1, 4, ""), start = fix_now;

    fix_now += 660000;
    ok(night_buy("pi_7e1") && night_buy("pi_7e2"), "two sales, and the flag was forgotten");
    is_int(night_back(FACT_REFUND, "pi_7e1", "re_7e1", 2500), OK, "one goes back whole");
    is_int(night_back(FACT_DISPUTE_OPEN, "pi_7e2", "dp_7e2", 2500), OK,
           "the other is disputed");
    fix_now += 60000;
    cut.race = x;
    is_int(end_at(start + 60000, "forgot"), OK, "the end is set to before them");
    is_int(pot_of(x), 0, "neither counts");
    fix_verify("verify finds nothing where nothing was left to cut off");
    is_int(night_back(FACT_REFUND_FAILED, "pi_7e1", "re_7e1", 2500), OK, "the refund fails");
    is_int(night_back(FACT_DISPUTE_WON, "pi_7e2", "dp_7e2", 2500), OK, "the dispute is won");
    is_int(pot_of(x), 0, "and still neither counts");
    fix_verify("verify finds nothing after that either");
}

int
main(void)
{
    place_make();
    night_open(place("settle.db"));
    night_rule("places", places);
    night_rule("bonus", bonus);
    night_rule("soon", soon);
    night_rule("at_once", at_once);
    by_place();
    late();
    direct();
    drivers(false);
    drivers(true);
    voided();
    fixes();
    shared();
    recut("", "a");
    recut("bonus", "b");
    recut_empty();
    fix_close();
    return place_done();
}
