/* Posting: balance, keys, bounds, chain, reversal; ledger.md's flows to the cent. */
#include "ledger/journal.h"

#include "lib/fix.h"
#include "lib/place.h"

static struct journal_done done_;

static void
basics(void)
{
    struct journal_done again;
    int64_t next = 0;

    fix_open(place("basics.db"));
    is_int(fix_post("K", "a", NULL, "", "A:bank 100;L:wallet:3 -100", &done_), OK,
           "a balanced entry is posted");
    is_int(done_.seq, 1, "the first has number 1");
    ok(!done_.replayed, "it is new");
    is_int(journal_next(&fix, &next), OK, "the next number can be asked");
    is_int(next, 2, "and is one more");
    is_int(fix_post("K", "a", NULL, "", "A:bank 100;L:wallet:3 -100", &again), OK,
           "the same key and body: OK");
    ok(again.replayed && again.seq == 1 && memcmp(&again.sha, &done_.sha, 32) == 0,
       "and the first answer");
    is_int(fix_balance("L:wallet:3"), -100, "nothing was written twice");
    is_int(fix_post("K", "a", "other", "", "A:bank 100;L:wallet:3 -100", &again), E_CONFLICT,
           "the same key with another body is a conflict");
    is_int(fix_post("K", "b", NULL, "", "A:bank 100;L:wallet:3 -99", &again), E_INVALID,
           "unbalanced is refused");
    is_int(fix_post("K", "b", NULL, "", "A:bank 0;L:wallet:3 0", &again), E_INVALID,
           "lines of 0 are no lines");
    is_int(fix_post("K", "b", NULL, "", "", &again), E_INVALID, "no lines is refused");
    is_int(fix_post("K", "b", NULL, "", "L:wallet:3 101;A:bank -101", &again), E_FUNDS,
           "a wallet never owes");
    ok(str_find(ctx_why(&fix), STR("L:wallet:3"), 0) != SIZE_MAX, "the text names the account");
    is_int(fix_post("K", "b", NULL, "", "L:pool 5;A:bank -5", &again), E_INVALID,
           "an account by item needs an item");
    is_int(fix_post("K", "b", NULL, "", "A:bank 5 x;L:pool -5 race:1", &again), E_INVALID,
           "another has none");
    is_int(fix_post("K", "b", NULL, "", "L:pool 5 race:1;A:bank -5", &again), E_FUNDS,
           "an item has what it has");
    is_int(fix_post("K", "c", NULL, "", "A:bank 5;L:pool -5 race:1", &again), OK,
           "an item is opened");
    is_int(fix_post("K", "d", NULL, "", "A:bank -6;L:pool 6 race:1", &again), E_FUNDS,
           "and never crosses zero");
    is_int(fix_post("K", "e", NULL, "", "L:pool 5 race:1;L:pool -5 race:2", &again), OK,
           "money moves between items");
    is_int(fix_item("L:pool", "race:1"), 0, "one is empty");
    is_int(fix_item("L:pool", "race:2"), -5, "the other has it");
    is_int(fix_post("K", "f", NULL, "", "A:bank 7;A:bank -2;L:wallet:3 -5", &again), OK,
           "one line an account");
    is_int(fix_number("SELECT n_lines FROM journal WHERE seq = %lld", (long long)again.seq), 2,
           "two lines");
    fix_verify("verify finds nothing");
}

static void
clock_back(void)
{
    int64_t was = fix_now;

    fix_now -= 5000;
    is_int(fix_post("K", "back", NULL, "", "A:bank 1;L:wallet:3 -1", &done_), OK,
           "a clock set back still posts");
    is_int(fix_number("SELECT recorded_at FROM head"), was, "and the journal does not go back");
    fix_now = was + 1000;
}

static void
currencies(void)
{
    static struct journal_draft d;
    int64_t eur, house, wallet;

    fix_begin();
    is_int(account_get(&fix, &fix_tx, STR("A:bank"), "EUR", &eur), OK,
           "an account of another currency");
    is_int(account_get(&fix, &fix_tx, STR("I:house:merch"), "EUR", &house), OK,
           "and its income");
    is_int(account_get(&fix, &fix_tx, STR("L:wallet:3"), "USD", &wallet), OK,
           "and one of the house's");
    journal_start(&d, STR("K"), STR("test"), STR("eur"), fix_now);
    journal_add(&d, eur, STR(""), 5);
    journal_add(&d, wallet, STR(""), -5);
    is_int(journal_post(&fix, &fix_tx, &d, &done_), E_INVALID,
           "zero over two currencies is not zero");
    journal_add(&d, wallet, STR(""), 5);
    journal_add(&d, house, STR(""), -5);
    is_int(journal_post(&fix, &fix_tx, &d, &done_), OK, "zero in one is");
    fix_commit();
    is_int(fix_balance("A:bank@EUR"), 5, "its code says so");
}

static void
reversal(void)
{
    static struct journal_draft d;
    struct journal_done first, again;

    is_int(fix_post("K", "wrong", NULL, "", "A:bank 40;L:wallet:4 -40", &first), OK,
           "an entry to correct");
    fix_begin();
    journal_start(&d, STR("ADJUST"), STR("test"), STR("mirror"), fix_now);
    is_int(journal_reverse(&fix, &fix_tx, first.seq, &d, &done_), OK, "its mirror");
    is_int(fix_balance("L:wallet:4"), 0, "takes it back");
    journal_start(&d, STR("ADJUST"), STR("test"), STR("mirror"), fix_now);
    is_int(journal_reverse(&fix, &fix_tx, first.seq, &d, &again), OK, "again with its key");
    ok(again.replayed && again.seq == done_.seq, "is the first answer");
    journal_start(&d, STR("ADJUST"), STR("test"), STR("mirror2"), fix_now);
    is_int(journal_reverse(&fix, &fix_tx, first.seq, &d, &again), E_DUPLICATE,
           "with another key it was done");
    is_int(journal_reverse(&fix, &fix_tx, 9999, &d, &again), E_NOTFOUND,
           "what is not there has no mirror");
    fix_commit();
}

static void
savepoints(void)
{
    int64_t id = 0, other = 0;

    fix_begin();
    is_int(tx_save(&fix_tx), OK, "savepoint");
    id = fix_account("L:wallet:30");
    is_int(tx_undo(&fix_tx), OK, "undone");
    other = fix_account("L:wallet:31");
    is_int(other, id, "its id is given again");
    ok(fix_account("L:wallet:30") != other, "and the undone account is not remembered");
    fix_commit();
    fix_begin();
    id = fix_account("L:wallet:32");
    tx_rollback(&fix_tx);
    fix_begin();
    is_int(fix_account("L:wallet:33"), id, "the same after a rolled back transaction");
    ok(fix_account("L:wallet:32") != id, "nothing of it is remembered");
    fix_commit();
    fix_verify("verify finds nothing after corrections and undone work");
}

/* One flow of the paper: kind, lines. Amounts are the paper's. */
static void
flow(const char *name, const char *lines)
{
    if (!ok(fix_post("FLOW", name, NULL, "", lines, &done_) == OK, "%s", name))
        printf("# %.*s\n", STR_ARG(ctx_why(&fix)));
}

static void
paper(void)
{
    static const char *const want[][2] = {
        {"F1b",  "E:processor_fees 103;A:processor:stripe -103"                   },
        {"F4a",  "A:processor:stripe 200;L:wallet:20 -190;I:platform_fee:tips -10"},
        {"F4b",  "E:processor_fees 36;A:processor:stripe -36"                     },
        {"F5a",  "L:wallet:1 125;L:payout_in_flight -125 p1"                      },
        {"F5b",  "L:payout_in_flight 125 p1;L:payout_sent -125 p1"                },
        {"F5c",  "L:payout_sent 125 p1;A:processor:stripe -125"                   },
        {"F5d",  "E:payout_fees 25;A:processor:stripe -25"                        },
        {"F5e",  "L:wallet:2 100;L:payout_in_flight -100 p2"                      },
        {"F5b2", "L:payout_in_flight 100 p2;L:payout_sent -100 p2"                },
        {"F5f",  "L:payout_sent 100 p2;L:wallet:2 -100"                           },
        {"F8a",  "A:dispute:stripe 2500 dp_1;A:processor:stripe -2500"            },
        {"F8b",  "E:dispute_fees 1500;A:processor:stripe -1500"                   },
        {"F8c",  "L:wallet:2 62;L:dispute_hold -62 dp_1:2"                        },
        {"F8d",
         "A:clawback:9 62 sale:2;L:dispute_hold 62 dp_1:2;I:house:merch 1476;E:goods_lost 900;"
         "A:dispute:stripe -2500 dp_1"                                            },
        {"F8e",  "E:clawback_writeoff 62;A:clawback:9 -62 sale:2"                 },
    };
    static const int64_t half[8] = {7, 1, 1, 1, 1, 1, 1, 1};
    static const int64_t f1a[8] = {63, 63, 63, 63, 62, 62, 62, 62};
    struct account_wallet w;
    struct journal_done d;
    bool good = true;

    fix_open(place("paper.db"));
    fix_race(1, 8, NULL, 0);
    fix_settle(1);
    fix_sale(1, 2500, 900);
    for (int i = 0; i < 8; i++)
        good = good &&
               fix_number("SELECT bal FROM balance b JOIN account a ON a.id = b.account_id "
                          "WHERE code = 'L:wallet:%d'",
                          i + 1) == -f1a[i];
    ok(good, "F1a: 500 in eight: 63 four times, then 62");
    is_int(fix_balance("I:house:merch"), -1100, "F1a: the house has 1100");
    fix_sale(1, 2500, 900);
    for (int i = 0; i < 8; i++)
        good = good &&
               fix_number("SELECT bal FROM balance b JOIN account a ON a.id = b.account_id "
                          "WHERE code = 'L:wallet:%d'",
                          i + 1) == -125;
    ok(good, "F1c: after the second all hold 125");
    fix_sale(0, 2500, 900);
    is_int(fix_balance("I:house:merch"), -3800, "F2: gate closed, the margin is the house's");
    for (size_t i = 0; i < ARRAY_SIZE(want); i++)
        flow(want[i][0], want[i][1]);
    is_int(fix_post("FLOW", "p1 again", NULL, "", "L:payout_sent 125 p1;A:bank -125", &d),
           E_FUNDS, "a payout settles once");
    is_int(fix_balance("L:wallet:2"), -63,
           "F5f: what the bank refused is back, what is frozen is not");
    /* They balance, but no payout and no payment stands behind them. */
    ok(fix_find(false) > 0 && strcmp(fix_checks, "I30 I31 ") == 0,
       "verify: nothing but payouts and fees that nobody made");

    fix_open(place("refund.db"));
    fix_race(1, 8, NULL, 0);
    fix_settle(1);
    fix_sale(1, 2500, 900);
    flow("r1 is paid out", "L:wallet:1 63;A:bank -63");
    ok(fix_refund(1, 2500, false), "F6a: full refund");
    is_int(fix_item("A:clawback:1", "sale:1"), 63, "F6a: 63 are owed back");
    is_int(fix_balance("L:mfg_payable"), 0, "F6a: the maker gets nothing");
    is_int(fix_balance("I:house:merch"), 0, "F6a: nor the house");
    ok(!fix_refund(1, 1, false), "F6a: nothing is left to refund");
    for (int i = 0; i < 8; i++) /* the seats' turn for the odd cents comes round again */
        fix_sale(1, 2500, 900);
    is_int(account_wallet(&fix, 1, &w), OK, "a wallet in one call");
    ok(w.available > 63 && w.owed == 63 && w.pending == 0 && w.held == 0, "has and owes");
    fix_recover(1);
    is_int(fix_item("A:clawback:1", "sale:1"), 0, "F6b: recovered from later shares");
    fix_verify("verify: refunds");

    fix_open(place("partial.db"));
    fix_race(1, 8, NULL, 0);
    fix_settle(1);
    fix_sale(1, 2500, 900);
    flow("r1 is paid out again", "L:wallet:1 63;A:bank -63");
    ok(fix_refund(1, 1000, true), "F7: partial refund, the goods are made");
    is_int(fix_balance("L:wallet:2"), -38, "F7: 25 from each wallet");
    is_int(fix_balance("L:wallet:8"), -37, "F7: from the last as well");
    is_int(fix_item("A:clawback:1", "sale:1"), 25, "F7: 25 owed back");
    is_int(fix_balance("I:house:merch"), -660, "F7: 440 from the house");
    is_int(fix_balance("E:goods_lost"), 360, "F7: 360 of goods lost");
    ok(fix_refund(1, 9999, true), "the rest comes back too");
    is_int(fix_balance("L:wallet:8"), 0, "and ends at exactly zero");
    fix_verify("verify: partial refunds");

    fix_open(place("result.db"));
    fix_race(1, 8, half, 0);
    fix_sale(1, 7685, 2700);
    is_int(fix_balance("L:wallet_pending:1"), -768, "F3d: the winner's half of 1537 (unit 14)");
    is_int(fix_balance("L:wallet_pending:2"), -110, "F3d: the second gets 110");
    is_int(fix_balance("L:wallet_pending:8"), -109, "F3d: the last gets 109");
    fix_settle(1);
    is_int(fix_balance("L:wallet:1"), -768, "released when the race settles");
    fix_verify("verify: weights");
}

int
main(void)
{
    place_make();
    basics();
    clock_back();
    currencies();
    reversal();
    savepoints();
    paper();
    fix_close();
    return place_done();
}
