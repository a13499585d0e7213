/* The chart: codes, kinds, owners; balances of what was never opened. */
#include "ledger/account.h"

#include "ledger/known.h"
#include "lib/fix.h"
#include "lib/place.h"

static void
chart(void)
{
    static const char *const good[] = {
        "A:processor:stripe", "A:bank",           "A:clawback:3",    "L:wallet:9",
        "L:wallet_pending:9", "L:pool",           "L:dispute_hold",  "I:house:merch",
        "E:goods_lost",       "L:store_credit:1", "A:dispute:stripe"};
    static const char *const bad[] = {
        "",          "A:",         "A:bank:x",    "A:processor:", "A:processor:Str ipe",
        "L:wallet:", "L:wallet:0", "L:wallet:-3", "L:wallet:03",  "L:wallet:3x",
        "X:any",     "l:pool",     "L:poo",       "I:house"};
    struct account a;
    bool all = true;

    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        all = all && account_chart(str_of(good[i]), &a);
    ok(all, "codes of the chart");
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        if (account_chart(str_of(bad[i]), &a))
            all = ok(false, "%s is not in the chart", bad[i]);
    ok(all, "others are not");
    ok(account_chart(STR("A:clawback:7"), &a) && a.kind == ACCOUNT_ASSET && a.by_item &&
           a.owner_id == 7,
       "kind, items and owner come from the code");
}

static void
opening(void)
{
    int64_t id = 0, again = 0, other = 0;

    fix_open(place("account.db"));
    fix_begin();
    is_int(account_get(&fix, &fix_tx, STR("L:wallet:3"), "USD", &id), OK,
           "opened at first use");
    is_int(account_get(&fix, &fix_tx, STR("L:wallet:3"), "USD", &again), OK,
           "found at the second");
    is_int(again, id, "it is the same");
    known_forget();
    is_int(account_of(&fix, &fix_tx, "L:wallet:", 3, "USD", &again), OK, "found by member");
    is_int(again, id, "the same after the memory is gone");
    is_int(account_get(&fix, &fix_tx, STR("L:wallet:3"), "JPY", &other), OK,
           "another currency");
    ok(other != id, "is another account");
    is_int(account_get(&fix, &fix_tx, STR("L:wallet:x"), "USD", &other), E_INVALID,
           "not in the chart");
    is_int(account_get(&fix, &fix_tx, STR("A:bank"), "ABC", &other), E_INVALID,
           "no such currency");
    is_int(account_get(
               &fix, &fix_tx,
               str_of("A:processor:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
               "USD", &other),
           E_INVALID, "an absurd code");
    fix_commit();
    is_int(fix_number("SELECT lim_hi FROM balance WHERE account_id = %lld", (long long)id), 0,
           "a wallet's bound");
    is_int(fix_number("SELECT owner_id FROM account WHERE id = %lld", (long long)id), 3,
           "its owner");
    is_int(fix_number("SELECT exponent FROM currency WHERE code = 'JPY'"), 0,
           "yen have no cents");
    is_int(fix_number("SELECT COUNT(*) FROM account WHERE code = 'L:wallet:3@JPY'"), 1,
           "@CUR in its code");
}

static void
balances(void)
{
    struct account_wallet w;
    struct journal_done d;

    is_int(fix_balance("L:wallet:39"), 0, "never opened: 0");
    is_int(fix_item("L:pool", "race:1"), 0, "an item never opened: 0");
    fix_post("K", "1", NULL, "", "A:bank 100;L:wallet:5 -40;L:wallet_pending:5 -60", &d);
    fix_post("K", "2", NULL, "", "L:wallet:5 15;L:dispute_hold -15 dp:5", &d);
    fix_post("K", "3", NULL, "", "A:bank 9;L:dispute_hold -9 dp:15", &d);
    fix_post("K", "4", NULL, "", "A:clawback:5 7 sale:1;A:bank -7", &d);
    is_int(account_wallet(&fix, 5, &w), OK, "a wallet");
    is_int(w.pending, 60, "pending");
    is_int(w.available, 25, "available");
    is_int(w.held, 15, "held, of this member alone");
    is_int(w.owed, 7, "owed back");
    fix_verify("verify finds nothing");
}

/* More accounts than the memory has places: the same answers, only slower. */
static void
many(void)
{
    int64_t first = 0;
    bool good = true;

    fix_begin();
    for (int i = 0; i < 5000; i++) {
        char code[40];
        int64_t id = 0;

        snprintf(code, sizeof(code), "A:processor:p%d", i);
        good = good && account_get(&fix, &fix_tx, str_of(code), "USD", &id) == OK;
        if (i == 0)
            first = id;
    }
    is_int(fix_account("A:processor:p0"), first, "the first of 5,000 is still itself");
    ok(good, "5,000 accounts");
    fix_commit();
}

int
main(void)
{
    place_make();
    chart();
    opening();
    balances();
    many();
    fix_close();
    return place_done();
}
