/* Refunds and disputes to the cent, in every order of notices. */
#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"

static const char *file;

static int64_t
house(void)
{
    return -fix_balance("I:house:merch");
}

/* F1a and F1c, then F6 and F7 with a member who was paid out. */
static void
single(void)
{
    night_open(file);
    int64_t race = night_race(1, 8, "");
    ok(night_buy("pi_1"), "a sale in the window is booked");
    is_int(night_pending(1), 63, "seat 1 gets 63");
    is_int(night_pending(5), 62, "seat 5 gets 62");
    is_int(house(), 1100, "the house gets 1100");
    ok(night_buy("pi_2"), "the next sale is booked");
    for (int64_t m = 1; m <= 8; m += 7)
        is_int(night_pending(m), 125, "after two sales a seat has 125");
    is_int(night_get(race).pot, 1000, "the pot is 1000");
    is_int(night_back(FACT_REFUND, "pi_1", "re_1", 2500), OK, "a full refund is booked");
    is_int(night_pending(1), 62, "seat 1 gives its 63 back");
    is_int(night_get(race).pot, 500, "the pot falls at once");
    is_int(night_back(FACT_REFUND_TOTAL, "pi_1", "", 2500), OK,
           "the cumulative figure is covered");
    is_int(night_pending(1), 62, "it takes nothing again");
    is_int(night_back(FACT_REFUND, "pi_1", "re_1", 2500), E_DUPLICATE,
           "the same refund is known");
    is_int(night_back(FACT_REFUND, "pi_1", "re_9", 1), E_INVALID,
           "more than was paid is refused");
    fix_verify("verify finds nothing after a full refund");

    is_int(night_back(FACT_REFUND, "pi_2", "re_2", 1000), OK, "a part of the money goes back");
    is_int(night_pending(1), 37, "seat 1 gives 25 back");
    is_int(night_pending(8), 38, "seat 8 gives 25 back");
    is_int(fix_balance("E:goods_lost"), 360, "goods that were made are lost");
    is_int(night_back(FACT_REFUND, "pi_2", "re_3", 1500), OK, "the rest goes back");
    is_int(night_get(race).pot, 0, "nothing is left in the pot");
    is_int(night_pending(3), 0, "nothing is left in a wallet");
    is_int(fix_balance("A:processor:stripe"), 0, "the processor holds nothing");
    fix_verify("verify finds nothing after two parts");
}

static void
paid_out(void)
{
    night_open(file);
    int64_t race = night_race(1, 8, "");
    ok(night_buy("pi_1") && night_buy("pi_2"), "two sales");
    night_finish(race);
    night_settle(race);
    is_int(night_pending(1), 0, "nothing is pending after the settlement");
    is_int(night_free(1), 125, "all of it is available");
    struct journal_done done;
    is_int(fix_post("ADJUST", "p1", NULL, "", "L:wallet:1 125 ;A:bank -125", &done), OK,
           "seat 1 is paid out");
    is_int(night_back(FACT_REFUND_TOTAL, "pi_1", "", 2500), OK, "then the money goes back");
    is_int(night_owed(1), 63, "63 become a receivable");
    is_int(night_free(2), 62, "the others give from their wallets");
    fix_verify("verify finds nothing with a receivable");
    int64_t next = night_race(1, 8, "");
    ok(night_buy("pi_3"), "a sale in the next race");
    night_finish(next);
    night_settle(next);
    is_int(night_owed(1), 0, "what becomes available pays the receivable");
    is_int(night_free(1), 0, "and is gone");
    fix_verify("verify finds nothing after a recovery");
    is_int(night_back(FACT_REFUND_FAILED, "pi_1", "re_1", 2500), OK, "the refund had failed");
    is_int(night_owed(1), 0, "nobody owes anything");
    is_int(night_free(1), 63, "the recovered money is back; the share itself was paid out");
    fix_verify("verify finds nothing after a refund that failed");
}

static void
dispute(bool settled, bool lost)
{
    night_open(file);
    int64_t race = night_race(1, 8, "");
    ok(night_buy("pi_1") && night_buy("pi_2"), "two sales");
    if (settled) {
        night_finish(race);
        night_settle(race);
    }
    is_int(night_back(FACT_DISPUTE_OPEN, "pi_2", "dp_1", 2500), OK, "a dispute is opened");
    is_int(fix_balance("A:dispute:stripe"), 2500, "the processor took the money");
    is_int(fix_balance("L:dispute_hold"), -500, "the shares are frozen");
    is_int(night_get(race).pot, 500, "the pot falls");
    is_int(night_back(FACT_DISPUTE_OPEN, "pi_2", "dp_1", 2500), E_DUPLICATE, "told twice");
    fix_verify("verify finds nothing in a dispute");
    if (!settled) {
        night_finish(race);
        night_settle(race);
    }
    is_int(night_back(lost ? FACT_DISPUTE_LOST : FACT_DISPUTE_WON, "pi_2", "dp_1", 2500), OK,
           "the dispute ends");
    is_int(fix_balance("A:dispute:stripe"), 0, "no dispute is left");
    is_int(fix_balance("L:dispute_hold"), 0, "nothing is frozen");
    is_int(night_free(1), lost ? 63 : 125, "seat 1 has what it should");
    is_int(fix_balance("E:goods_lost"), lost ? 900 : 0, "the goods");
    is_int(night_pending(1), 0, "nothing is stuck in pending");
    fix_verify("verify finds nothing after a dispute");
}

/* A refund while the same sale is in dispute takes the frozen shares, nothing else. */
static void
refund_in_dispute(bool settled, enum fact_kind end, bool fails)
{
    night_open(file);
    int64_t race = night_race(1, 8, "");
    ok(night_buy("pi_1") && night_buy("pi_2"), "two sales");
    if (settled) {
        night_finish(race);
        night_settle(race);
    }
    is_int(night_back(FACT_DISPUTE_OPEN, "pi_2", "dp_1", 2500), OK, "one is disputed");
    int64_t rest = settled ? night_free(1) : night_pending(1);
    is_int(rest, 63, "seat 1 keeps the other one's share");
    is_int(night_back(FACT_REFUND, "pi_2", "re_1", 1000), OK, "part of it goes back");
    is_int(settled ? night_free(1) : night_pending(1), rest, "the other share is untouched");
    is_int(fix_balance("L:dispute_hold"), -300, "the hold gave 200 of 500");
    is_int(night_get(race).pot, 500, "the pot had fallen before");
    fix_verify("verify finds nothing with a refund in a dispute");
    if (fails) {
        is_int(night_back(FACT_REFUND_FAILED, "pi_2", "re_1", 1000), OK, "the refund failed");
        is_int(fix_balance("L:dispute_hold"), -500, "the hold has its money again");
        fix_verify("verify finds nothing after that");
    }
    is_int(night_back(end, "pi_2", "dp_1", 2500), OK, "the dispute ends");
    is_int(fix_balance("L:dispute_hold"), 0, "nothing is frozen");
    bool lost = end == FACT_DISPUTE_LOST;
    int64_t want = lost ? 500 : fails ? 1000 : 800, sum = 0;
    for (int64_t m = 1; m <= 8; m++)
        sum += night_free(m) + night_pending(m) - night_owed(m);
    is_int(sum, want, "the wallets have what is left");
    is_int(night_get(race).pot, want, "and so has the pot");
    is_int(fix_balance("A:dispute:stripe"), lost && !fails ? 1000 : 0,
           "what the provider took too much stays open");
    is_int(fix_number("SELECT COUNT(*) FROM alert WHERE kind = 'dispute_over'"), lost && !fails,
           "and is told");
    is_int(fix_number("SELECT returned FROM refundable"),
           lost    ? 2500
           : fails ? 0
                   : 1000,
           "the cap counts both ways");
    fix_verify("verify finds nothing after the end");
    if (!lost || fails)
        return;
    is_int(night_back(FACT_REFUND, "pi_2", "re_2", 1), E_INVALID, "nothing more can go back");
    is_int(night_back(FACT_REFUND_FAILED, "pi_2", "re_1", 1000), OK,
           "the refund failed after all");
    is_int(fix_balance("L:dispute_hold"), 0, "nothing is frozen for a dispute that is over");
    is_int(night_get(race).pot, 700, "its shares are with the drivers");
    fix_verify("verify finds nothing after that");
}

/* Everything went back before the dispute was lost: it has nothing left to take. */
static void
nothing_left(void)
{
    night_open(file);
    int64_t race = night_race(1, 8, "");
    ok(night_buy("pi_1"), "a sale");
    is_int(night_back(FACT_DISPUTE_OPEN, "pi_1", "dp_1", 2500), OK, "is disputed");
    is_int(night_back(FACT_REFUND, "pi_1", "re_1", 2500), OK, "and goes back in full");
    is_int(night_back(FACT_DISPUTE_LOST, "pi_1", "dp_1", 2500), OK, "and is lost as well");
    is_int(night_back(FACT_DISPUTE_LOST, "pi_1", "dp_1", 2500), E_DUPLICATE, "once");
    is_int(fix_balance("L:dispute_hold"), 0, "nothing is frozen");
    is_int(fix_balance("A:dispute:stripe"), 2500, "what was taken too much stays open");
    is_int(night_get(race).pot, 0, "the pot is empty");
    fix_verify("verify finds nothing after both");
    ok(night_buy("pi_2"), "another sale");
    is_int(night_back(FACT_REFUND, "pi_2", "re_2", 1000), OK, "goes back in part");
    is_int(night_back(FACT_DISPUTE_OPEN, "pi_2", "dp_2", 2500), OK, "and is disputed in full");
    is_int(fix_balance("L:dispute_hold"), -300, "only what is left is frozen");
    fix_verify("verify finds nothing with a dispute after a refund");
    is_int(night_back(FACT_DISPUTE_WON, "pi_2", "dp_2", 2500), OK, "it is won");
    is_int(night_get(race).pot, 300, "the pot rises by that");
    fix_verify("verify finds nothing after the dispute");
}

static enum err
do_dispute(void *arg)
{
    const struct fact *f = arg;
    struct str ref;

    return refund_book(&fix, &fix_tx, f, 1, &ref, &night_waiting);
}

static void
fee(void)
{
    struct fact f = {
        .kind = FACT_DISPUTE_OPEN,
        .provider = STR("stripe"),
        .payment = STR("pi_1"),
        .object = STR("dp_1"),
        .at_ms = INT64_C(1700000000000),
        .currency = STR("USD"),
        .amount = 2500,
    };

    night_open(file);
    night_race(1, 8, "");
    ok(night_buy("pi_1"), "a sale");
    is_int(night_do(do_dispute, &f), OK, "a dispute without a fee");
    is_int(fix_balance("E:dispute_fees"), 0, "costs nothing yet");
    f.fee = 1500;
    is_int(night_do(do_dispute, &f), OK, "a later notice tells the fee");
    is_int(fix_balance("E:dispute_fees"), 1500, "it is booked");
    is_int(night_do(do_dispute, &f), E_DUPLICATE, "told again it is known");
    f.kind = FACT_DISPUTE_WON;
    is_int(night_do(do_dispute, &f), OK, "the dispute is won");
    is_int(fix_balance("E:dispute_fees"), 1500, "the fee is paid once and stays");
    is_int(fix_balance("A:processor:stripe"), 1000, "the processor took it");
    fix_verify("verify finds nothing with a fee");
    f.kind = FACT_DISPUTE_OPEN;
    f.payment = STR("pi_2");
    f.object = STR("dp_2");
    is_int(night_do(do_dispute, &f), OK, "a dispute before its sale");
    ok(night_waiting, "waits");
    ok(night_buy("pi_2"), "the sale comes");
    is_int(fix_balance("E:dispute_fees"), 3000, "with the fee of its dispute");
    fix_verify("verify finds nothing after that");
}

/* All orders of the notices of one payment give the same balances. */
static void
orders(void)
{
    static const struct {
        enum fact_kind kind;
        const char *object;
        int64_t amount;
    } notice[5] = {
        {FACT_SALE,          "",     2500},
        {FACT_REFUND,        "re_1", 1000},
        {FACT_REFUND_TOTAL,  "",     1000},
        {FACT_REFUND,        "re_2", 700 },
        {FACT_REFUND_FAILED, "re_1", 1000},
    };
    int64_t want[9] = {0};
    bool same = true;
    int done_orders = 0;

    for (int code = 0; code < 5 * 5 * 5 * 5 * 5; code++) {
        int order[5], used = 0, c = code;
        for (int i = 0; i < 5; i++, c /= 5)
            used |= 1 << (order[i] = c % 5);
        if (used != 31)
            continue;
        if (done_orders++ % 20 == 0)
            night_open(file);
        int64_t race = night_race(1, 8, ""), got[9];
        for (int i = 0; i < 5; i++) {
            const char *pay = arena_printf(fix.arena, "pi_%d", code);
            enum err e =
                notice[order[i]].kind == FACT_SALE
                    ? (night_buy(pay) ? OK : E_INTERNAL)
                    : night_back(notice[order[i]].kind, pay,
                                 arena_printf(fix.arena, "%s", notice[order[i]].object),
                                 notice[order[i]].amount);
            if (e != OK && e != E_DUPLICATE &&
                !ok(false, "order %d notice %d: %.*s", code, order[i], STR_ARG(ctx_why(&fix))))
                same = false;
        }
        struct race r = night_get(race);
        for (size_t i = 0; i < 8; i++)
            got[i] = r.seat[i].share;
        got[8] = r.pot;
        for (int i = 0; i < 9; i++) {
            if (done_orders == 1)
                want[i] = got[i];
            same = same && got[i] == want[i];
        }
        fix_begin();
        if (lobby_finish(&fix, &fix_tx, race, 0, STR(""), STR("people:0")) != OK)
            same = false;
        fix_commit();
        fix_now += 400000;
        if (done_orders % 20 == 0 && fix_find(true) != 0)
            same = false;
    }
    is_int(done_orders, 120, "all 120 orders were played");
    is_int(want[8], 360, "700 of 2500 went back: the pot is 360");
    ok(same, "every order of five notices ends the same, verify clean");
}

int
main(void)
{
    place_make();
    file = place("refund-night.db");
    single();
    paid_out();
    dispute(false, true);
    dispute(false, false);
    for (int i = 0; i < 8; i++)
        refund_in_dispute(i & 1, i & 2 ? FACT_DISPUTE_LOST : FACT_DISPUTE_WON, i & 4);
    nothing_left();
    fee();
    dispute(true, true);
    dispute(true, false);
    orders();
    fix_close();
    return place_done();
}
