/* Grand prizes: paid in exactly, given back before the close, paid out by rank. */
#include "league/prize.h"

#include "lib/league.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "queue/inbox.h"

static struct {
    struct fact fact;
    int64_t season, place, amount;
    struct str ref;
} ask;

static enum err
do_add(void *arg)
{
    (void)arg;
    return prize_add(&fix, &fix_tx, ask.season, ask.place, ask.amount, STR("cup"), 0,
                     STR("people:0"));
}

static enum err
add(int64_t season, int64_t place_no, int64_t amount)
{
    ask.season = season;
    ask.place = place_no;
    ask.amount = amount;
    return night_do(do_add, NULL);
}

static enum err
do_fact(void *arg)
{
    (void)arg;
    return ask.fact.kind == FACT_PRIZE ? prize_book(&fix, &fix_tx, &ask.fact, 1, &ask.ref)
                                       : prize_back(&fix, &fix_tx, &ask.fact, &ask.ref);
}

static enum err
tell(enum fact_kind kind, const char *payment, int64_t amount, const char *season, int64_t no)
{
    ask.fact = (struct fact){.kind = kind,
                             .provider = STR("stripe"),
                             .payment = str_of(payment),
                             .object = STR("re_1"),
                             .currency = STR("USD"),
                             .amount = amount,
                             .at_ms = fix_now,
                             .season = str_of(season),
                             .place = no};
    return night_do(do_fact, NULL);
}

static int64_t
escrow(int64_t no)
{
    return -fix_item("L:prize_escrow", arena_printf(fix.arena, "season:1:%lld", (long long)no));
}

static void
paying_in(void)
{
    is_int(add(1, 1, 10001), OK, "a prize for the first");
    is_int(add(1, 2, 5000), OK, "one for the second");
    is_int(add(1, 4, 700), OK, "one for the fourth");
    is_int(add(1, 1, 5), E_CONFLICT, "one for each place");
    is_int(add(1, 9, 5), E_INVALID, "of eight");
    is_int(add(1, 3, 0), E_INVALID, "not of nothing");
    is_int(add(9, 3, 5), E_NOTFOUND, "of a season there is");
    is_int(tell(FACT_PRIZE, "pi_1", 10000, "cup", 1), E_INVALID, "a cent too little");
    is_int(tell(FACT_PRIZE, "pi_1", 10001, "cup", 3), E_INVALID, "for no prize");
    is_int(tell(FACT_PRIZE, "pi_1", 10001, "pot", 1), E_INVALID, "for no season");
    is_int(tell(FACT_PRIZE, "pi_1", 10001, "cup", 0), E_INVALID, "for no place");
    ask.fact.season = STR("cup");
    ask.fact.place = 1;
    ask.fact.currency = STR("EUR");
    is_int(night_do(do_fact, NULL), E_INVALID, "of another currency");
    is_int(fix_number("SELECT count(*) FROM journal"), 0, "nothing was booked");
    is_int(tell(FACT_PRIZE, "pi_1", 10001, "cup", 1), OK, "exactly");
    is_int(escrow(1), 10001, "is kept apart");
    is_int(tell(FACT_PRIZE, "pi_1", 10001, "cup", 1), E_DUPLICATE, "told twice");
    is_int(tell(FACT_PRIZE, "pi_2", 10001, "cup", 1), E_INVALID, "paid twice");
    is_int(tell(FACT_PRIZE, "pi_3", 5000, "1", 2), OK, "by the season's number");
    fix_verify("verify finds nothing when they are paid in");
}

static void
going_back(void)
{
    is_int(tell(FACT_REFUND, "pi_9", 1, "", 0), E_NOTFOUND, "a refund of something else");
    is_int(tell(FACT_REFUND_TOTAL, "pi_3", 4000, "", 0), E_INVALID, "a part of a prize");
    is_int(escrow(2), 5000, "changes nothing");
    is_int(tell(FACT_REFUND_TOTAL, "pi_3", 5000, "", 0), OK, "all of it");
    is_int(escrow(2), 0, "empties it");
    is_int(fix_number(
               "SELECT count(*) FROM alert WHERE kind = 'prize_empty' AND resolved_at IS NULL"),
           1, "and somebody is told");
    is_int(tell(FACT_REFUND, "pi_3", 5000, "", 0), E_DUPLICATE, "told by another notice");
    fix_verify("verify finds nothing when one is empty");
    is_int(tell(FACT_REFUND_FAILED, "pi_3", 5000, "", 0), OK, "it failed");
    is_int(escrow(2), 5000, "the prize is funded again");
    ask.fact.fee = 1500;
    ask.fact.kind = FACT_DISPUTE_OPEN;
    is_int(night_do(do_fact, NULL), OK, "a dispute");
    is_int(escrow(2), 0, "empties it too");
    is_int(fix_balance("E:dispute_fees"), 1500, "with its fee");
    is_int(tell(FACT_PRIZE, "pi_4", 5000, "cup", 2), OK, "another payment");
    is_int(tell(FACT_DISPUTE_WON, "pi_3", 5000, "", 0), E_INVALID, "then it is won");
    is_int(escrow(2), 5000, "which nobody needs");
    fix_verify("verify finds nothing after a dispute");
}

static enum err
do_close(void *arg)
{
    (void)arg;
    return season_close(&fix, &fix_tx, 1, STR("people:0"));
}

static void
paying_out(void)
{
    int64_t race;

    is_int(tell(FACT_PRIZE, "pi_5", 700, "cup", 4), OK, "the last prize");
    for (int i = 0; i < 2; i++) {
        race = league_open(1, 20);
        league_start(race, 3);
        league_end(race, i ? "213" : "123");
    }
    is_int(night_do(do_close, NULL), OK, "the season is closed");
    is_int(night_free(2), 10001, "the first prize to who won last");
    is_int(night_free(1), 5000, "the second to the other");
    is_int(night_free(3), 0, "no prize for the third");
    is_int(escrow(4), 700, "nobody was fourth");
    is_int(fix_number("SELECT count(*) FROM alert WHERE kind = 'prize_left'"), 1,
           "and somebody is told");
    fix_verify("verify finds nothing after the close");
    is_int(tell(FACT_REFUND_TOTAL, "pi_1", 10001, "", 0), E_INVALID,
           "a refund now is set aside");
    is_int(tell(FACT_PRIZE, "pi_7", 700, "cup", 4), E_INVALID, "and so is a payment");
    is_int(add(1, 5, 700), E_CONFLICT, "and no prize is added");
}

static enum err
do_pay(void *arg)
{
    (void)arg;
    return prize_pay(&fix, &fix_tx, 2);
}

/* Two of one rank share the prizes of both places. */
static void
tied(void)
{
    is_int(league_season("Bowl", 0, 0), 2, "another season");
    is_int(add(2, 1, 1001), OK, "a prize");
    is_int(add(2, 2, 500), OK, "another");
    is_int(add(2, 3, 30), OK, "and a third");
    is_int(add(2, 4, 10), OK, "one that nobody pays in");
    is_int(tell(FACT_PRIZE, "pi_b1", 1001, "bowl", 1), OK, "the first is paid in");
    is_int(tell(FACT_PRIZE, "pi_b2", 500, "bowl", 2), OK, "the second");
    is_int(tell(FACT_PRIZE, "pi_b3", 30, "bowl", 3), OK, "the third");
    ok(fix_sql("INSERT INTO season_row VALUES (2, 5, 1, 9, 1, 1, 1, 0, ''), "
               "(2, 6, 1, 9, 1, 1, 1, 0, ''), (2, 7, 3, 9, 1, 1, 1, 0, ''), "
               "(2, 8, 4, 9, 1, 1, 1, 0, '')"),
       "its table");
    is_int(night_do(do_pay, NULL), OK, "is paid out");
    is_int(night_free(5), 751, "half of both, and the odd cent");
    is_int(night_free(6), 750, "half of both");
    is_int(night_free(7), 30, "the third his own");
    is_int(night_free(8), 0, "the fourth nothing");
    is_int(night_do(do_pay, NULL), OK, "again");
    is_int(night_free(5), 751, "is once");
    fix_verify("verify finds nothing after it");
}

int
main(void)
{
    place_make();
    night_open(place("prize.db"));
    is_int(league_season("Cup", 0, 0), 1, "a season");
    paying_in();
    going_back();
    paying_out();
    tied();
    fix_close();
    return place_done();
}
