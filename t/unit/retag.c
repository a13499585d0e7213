/* A forgotten tag: out of the races that had the order, into the one it was meant for; refunds,
 * settlement and void afterwards. */
#include "race/retag.h"

#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"

enum { FIRST = 1, SECOND = 11, ANN = 31, BOB = 32 };

static int64_t early, late, sale;

struct step {
    int64_t sale, race, by, id;
    const char *reason;
    bool yes;
};

static enum err
do_ask(void *arg)
{
    struct step *s = arg;

    return retag_ask(&fix, &fix_tx, s->sale, s->race, s->by, str_of(s->reason), &s->id);
}

static enum err
do_close(void *arg)
{
    struct step *s = arg;

    return retag_close(&fix, &fix_tx, s->id, s->by, s->yes, STR("member:31"));
}

static enum err
ask(int64_t race, int64_t by, int64_t *ret_id)
{
    struct step s = {.sale = sale, .race = race, .by = by, .reason = "the link was cut off"};
    enum err e = night_do(do_ask, &s);

    *ret_id = s.id;
    return e;
}

static enum err
decide(int64_t id, int64_t by, bool yes)
{
    struct step s = {.id = id, .by = by, .yes = yes};

    return night_do(do_close, &s);
}

/* Race `early` is in its grace, race `late` runs; the order has no tag and went to the latter.
 */
static void
two_races(const char *rule)
{
    struct fact f;

    fix_close();
    night_open(place("retag.db"));
    early = night_race(FIRST, 4, rule);
    fix_now += 600000;
    night_finish(early);
    late = night_race(SECOND, 3, rule);
    fix_now += 30000;
    f = night_order("pay_1", 2500, fix_now, "");
    is_int(night_sale(&f), OK, "an order without a tag");
    sale = fix_number("SELECT id FROM sale WHERE payment = 'pay_1'");
    is_int(fix_number("SELECT race_id FROM pot_line WHERE sale_id = %lld", (long long)sale),
           late, "counts for the race that is open");
}

static int64_t
pot(int64_t race)
{
    return fix_number("SELECT COALESCE((SELECT pot FROM pot_line WHERE race_id = %lld "
                      "ORDER BY seq DESC LIMIT 1), 0)",
                      (long long)race);
}

static void
test_move(void)
{
    int64_t id = 0, again;

    two_races("");
    is_int(ask(early, ANN, &id), OK, "somebody asks");
    is_int(ask(early, BOB, &again), E_CONFLICT, "once");
    is_int(decide(id, ANN, true), E_DENIED, "whoever asked does not confirm");
    is_int(pot(late), 500, "nothing moved so far");
    is_int(decide(id, BOB, true), OK, "a second one does");
    is_int(pot(late), 0, "the race that had it has it no more");
    is_int(pot(early), 500, "the one it was meant for has it");
    is_int(night_pending(SECOND), 0, "its racers gave it");
    is_int(night_pending(FIRST), 125, "to the others");
    is_int(decide(id, BOB, true), E_CONFLICT, "it was decided");
    is_int(ask(late, ANN, &id), E_CONFLICT, "an order gets a tag once");
    fix_verify("verify and auditor agree");

    is_int(night_back(FACT_REFUND, "pay_1", "re_1", 1000), OK, "a part of it is refunded");
    is_int(pot(early), 300, "the pot that has it falls");
    is_int(night_pending(FIRST), 75, "and the shares of its racers");
    fix_verify("after a refund");
    night_settle(early);
    is_int(night_free(FIRST), 75, "the race settles with it");
    is_int(night_back(FACT_REFUND_TOTAL, "pay_1", "", 2500), OK, "the rest goes back");
    is_int(night_free(FIRST), 0, "from the same wallets");
    fix_verify("after everything went back");
}

static void
test_refusals(void)
{
    int64_t id = 0;
    struct step short_reason = {.race = 0, .by = ANN, .reason = "no"};

    two_races("");
    short_reason.sale = sale;
    short_reason.race = early;
    is_int(night_do(do_ask, &short_reason), E_INVALID, "a reason is a reason");
    is_int(ask(late, ANN, &id), E_CONFLICT, "it counts there already");
    is_int(ask(999, ANN, &id), E_CONFLICT, "no such race was open");
    is_int(ask(early, FIRST, &id), E_DENIED, "who sat in the one race does not ask");
    is_int(ask(early, SECOND, &id), E_DENIED, "nor who sat in the other");
    is_int(ask(early, ANN, &id), OK, "somebody else asks");
    is_int(decide(id, SECOND + 1, true), E_DENIED, "a racer does not confirm");
    is_int(decide(id, ANN, false), OK, "whoever asked may take it back");
    is_int(decide(id, BOB, true), E_CONFLICT, "then it is over");
    is_int(pot(late), 500, "nothing moved");

    is_int(ask(early, ANN, &id), OK, "it may be asked again");
    is_int(night_back(FACT_REFUND, "pay_1", "re_1", 100), OK, "money goes back meanwhile");
    is_int(decide(id, BOB, true), E_CONFLICT, "then it stays as it is");
    fix_verify("nothing is half done");
}

static void
test_late(void)
{
    int64_t id = 0;

    two_races("");
    fix_now += 72 * 3600000LL + 60000;
    is_int(ask(early, ANN, &id), E_CONFLICT, "after 72 hours it stays as it is");
    sale = 999;
    is_int(ask(early, ANN, &id), E_NOTFOUND, "no such sale");
}

static void
bonus(struct race_rule *r)
{
    r->share = STR("winner_bonus");
    r->bonus_bps = 3000;
}

/* Two races open at once share an order; the tag gives it to one of them. */
static void
test_shared(void)
{
    int64_t id = 0, one, two;
    struct fact f;

    fix_close();
    night_open(place("retag.db"));
    night_rule("bonus", bonus);
    one = night_race(FIRST, 4, "bonus");
    two = night_race(SECOND, 3, "bonus");
    f = night_order("pay_2", 2600, fix_now, "");
    is_int(night_sale(&f), OK, "an order while two races are open");
    sale = fix_number("SELECT id FROM sale WHERE payment = 'pay_2'");
    is_int(pot(one) + pot(two), 520, "is shared");
    is_int(ask(two, ANN, &id), OK, "it was meant for one");
    is_int(decide(id, BOB, true), OK, "confirmed");
    is_int(pot(one), 0, "the other has none of it");
    is_int(pot(two), 520, "all of it is there");
    is_int(-fix_item("L:pool", arena_printf(fix.arena, "race:%lld", (long long)two)), 156,
           "with what waits for the winner");
    fix_verify("shared, then given to one");
    night_finish(two);
    night_settle(two);
    is_int(night_free(SECOND) + night_free(SECOND + 1) + night_free(SECOND + 2), 520,
           "its racers have it in the end");
    is_int(night_back(FACT_REFUND, "pay_2", "re_2", 1300), OK, "half goes back");
    is_int(night_free(SECOND) + night_free(SECOND + 1) + night_free(SECOND + 2), 260,
           "from them");
    fix_verify("settled and refunded");
}

int
main(void)
{
    place_make();
    night_open(place("retag.db"));
    test_move();
    test_refusals();
    test_late();
    test_shared();
    fix_close();
    return place_done();
}
