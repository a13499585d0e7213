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
        is_int(lobby_tick(&fix, &fix_tx, 10, &n), OK, "time passes");
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
}

int
main(void)
{
    place_make();
    night_open(place("settle.db"));
    night_rule("places", places);
    night_rule("bonus", bonus);
    night_rule("at_once", at_once);
    by_place();
    late();
    direct();
    voided();
    fix_close();
    return place_done();
}
