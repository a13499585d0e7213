/* The chain looked at from where it was looked at last; damage is found again until it is gone.
 */
#include "ledger/recheck.h"

#include <stdlib.h>

#include "lib/fix.h"
#include "lib/place.h"
#include "lib/tap.h"

static struct recheck state;

static void
look(size_t max)
{
    if (recheck_chain(&fix, max, &state) != OK)
        ok(false, "the chain can be read");
}

static void
broken(const char *what, const char *sql, const char *back, const char *why)
{
    struct recheck start = {0};

    ok(fix_sql("%s", sql), "%s", what);
    state = start;
    look(100);
    ok(str_find(state.why, str_of(why), 0) != SIZE_MAX, "is found: %s", why);
    is_int(state.seq, 1, "the last good entry is the one before");
    look(100);
    ok(state.why.n > 0, "and found again");
    ok(fix_sql("%s", back), "mended");
    look(100);
    is_int(state.seq, 4, "it goes on to the end");
}

static void
sums(void)
{
    is_int(recheck_sums(&fix, &state), OK, "sums and head");
    ok(state.why.n == 0, "fit");
    ok(fix_sql("DROP TRIGGER balance_bu") &&
           fix_sql(
               "UPDATE balance SET debits = debits + 1, bal = bal + 1 WHERE account_id = 1"),
       "a balance changed");
    is_int(recheck_sums(&fix, &state), OK, "and again");
    is_str(state.why, STR("the balances do not add up to nothing"), "it is found");
    state.why = STR("");
    ok(fix_sql("UPDATE balance SET debits = debits - 1, bal = bal - 1 WHERE account_id = 1") &&
           fix_sql("DROP TRIGGER head_bu") && fix_sql("UPDATE head SET seq = seq - 1"),
       "the head changed");
    is_int(recheck_sums(&fix, &state), OK, "and again");
    is_str(state.why, STR("the head is not the last entry"), "so it is");
}

int
main(void)
{
    place_make();
    fix_open(place("ledger.db"));
    is_int(recheck_from(&fix, &state), OK, "before the first look");
    is_int(state.seq, 0, "nothing was looked at");
    look(10);
    ok(state.why.n == 0 && state.seq == 0, "an empty chain holds");
    fix_race(1, 4, NULL, 0);
    for (int i = 0; i < 3; i++)
        fix_sale(1, 2500 + i, 900);
    look(2);
    is_int(state.seq, 2, "two at a time");
    is_int(state.looked, 2, "were looked at");
    look(10);
    is_int(state.seq, 3, "then the rest");
    is_int(state.looked, 1, "and no more");
    fix_sale(1, 700, 100);
    look(10);
    ok(state.seq == 4 && state.why.n == 0, "a new one follows");
    ok(fix_sql("DROP TRIGGER journal_bu") && fix_sql("DROP TRIGGER posting_bu"),
       "the guards go");
    broken("a reference changed", "UPDATE journal SET ref = 'sale:9' WHERE seq = 2",
           "UPDATE journal SET ref = 'sale:2' WHERE seq = 2", "has another hash");
    broken("a line changed", "UPDATE posting SET amount = amount + 1 WHERE seq = 2 AND ver = 2",
           "UPDATE posting SET amount = amount - 1 WHERE seq = 2 AND ver = 2",
           "has another hash");
    broken(
        "a predecessor changed", "UPDATE journal SET prev_sha = zeroblob(32) WHERE seq = 2",
        "UPDATE journal SET prev_sha = (SELECT sha FROM journal WHERE seq = 1) WHERE seq = 2",
        "the one before");
    sums();
    fix_close();
    return place_done();
}
