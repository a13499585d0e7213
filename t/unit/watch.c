/* What time alone shows: open items that got old, each with what it is. */
#include "vault/watch.h"

#include "lib/fix.h"
#include "lib/place.h"
#include "queue/alert.h"
#include "vault/books.h"

static const int64_t day_ms = INT64_C(24) * 60 * 60 * 1000;

static struct conf conf = {
    .mode = CONF_TEST, .money = {.currency = STR_INIT("USD")}, .alert = {.clearing_days = 7}};

static void
later(int64_t ms)
{
    enum err e;

    fix.conf = &conf;
    fix_now += ms;
    fix_begin();
    e = watch_tick(&fix, &fix_tx);
    fix_commit();
    is_int(e, OK, "time passes");
}

static int64_t
told(const char *kind, const char *key)
{
    return fix_number("SELECT COUNT(*) FROM alert WHERE kind = '%s' AND key = '%s' AND "
                      "resolved_at IS NULL",
                      kind, key);
}

static void
post(const char *key, const char *lines)
{
    struct journal_done done;

    is_int(fix_post("K", key, NULL, "", lines, &done), OK, key);
}

/* Alerts of kinds that get old. */
static int64_t
all(void)
{
    return fix_number("SELECT COUNT(*) FROM alert WHERE kind LIKE '%%!_old' ESCAPE '!' AND "
                      "resolved_at IS NULL");
}

static void
items(void)
{
    fix_open(place("items.db"));
    post("sent", "A:bank 700;L:payout_sent -700 payout:1");
    post("wait", "A:bank 300;L:payout_in_flight -300 payout:2");
    post("case", "A:dispute:stripe 900 dp_1;L:dispute_hold -900 dp_1");
    post("debt", "A:clawback:3 50 sale:1;A:bank -50");
    later(6 * day_ms);
    is_int(all(), 0, "what is fresh is not told");
    post("more", "A:bank 100;L:payout_sent -100 payout:1");
    later(2 * day_ms);
    is_int(told("payout_old", "payout:2"), 1, "a payout that waits for long is");
    is_int(told("payout_old", "payout:1"), 0, "one that moved lately is not");
    is_int(told("dispute_old", "dp_1") + told("hold_old", "dp_1"), 2,
           "nor a dispute forgotten");
    is_int(all(), 3, "what members owe is no matter of this");
    is_int(fix_number("SELECT text LIKE '$3.00 of payout:2 was not sent for long%%(8 days)' "
                      "FROM alert WHERE key = 'payout:2'"),
           1, "with how much, and since when");
    later(6 * day_ms);
    is_int(told("payout_old", "payout:1"), 1, "its newest movement counts");
    post("gone", "A:bank -300;L:payout_in_flight 300 payout:2");
    later(61 * 1000);
    is_int(told("payout_old", "payout:2"), 0, "what is settled is taken back");
    is_int(all(), 3, "and nothing else");
}

/* What waits for a result counts from the end of its race. */
static void
pools(void)
{
    fix_open(place("pools.db"));
    fix_race(1, 4, NULL, 2000);
    fix_race(2, 4, NULL, 2000);
    fix_sale(1, 10000, 0);
    fix_sale(2, 10000, 0);
    ok(fix_item("L:pool", "race:1") < 0, "a bonus waits");
    later(30 * day_ms);
    is_int(all(), 0, "of a race that is on nothing is old");
    ok(fix_sql("UPDATE race SET closed_at = %lld, state = 'FINISHED' WHERE id = 1",
               (long long)fix_now),
       "the flag");
    later(6 * day_ms);
    is_int(all(), 0, "nor of one that ended lately");
    later(2 * day_ms);
    is_int(told("pool_old", "race:1"), 1, "later it is told");
    is_int(all(), 1, "of that race alone");
    fix_settle(1);
    later(61 * 1000);
    is_int(all(), 0, "until the race is settled");
}

static void
checked(const char *name, const char *why)
{
    struct msg *in = ARENA_NEW(fix.arena, struct msg), *out = ARENA_NEW(fix.arena, struct msg);
    char sha[65];
    enum err e;

    memset(sha, '0', 64);
    sha[64] = '\0';
    msg_init(in, STR("books.checked"));
    msg_add_str(in, "name", str_of(name));
    msg_add_i64(in, "seq", 0);
    msg_add_str(in, "sha", str_of(sha));
    msg_add_i64(in, "found", why[0] != '\0');
    msg_add_str(in, "why", str_of(why));
    fix_begin();
    e = books_checked(&fix, &fix_tx, NULL, in, out);
    fix_commit();
    is_int(e, OK, name);
}

/* An alert a check; that of versions whose checks had no names goes with the next good one. */
static void
checks(void)
{
    fix_open(place("checks.db"));
    fix_begin();
    ok(alert_raise(&fix, &fix_tx, STR("books_differ"), STR("house"), "error", "us",
                   STR("sums or head do not fit")) == OK,
       "an alert of an older version");
    fix_commit();
    checked("chain", "entry 3 is not balanced");
    checked("whole", "entry 3 is not balanced");
    is_int(told("books_differ", "chain") + told("books_differ", "whole"), 2, "both are told");
    is_int(told("books_differ", "house"), 1, "the old one stands");
    checked("chain", "");
    is_int(told("books_differ", "chain") + told("books_differ", "house"), 0, "both are gone");
    is_int(told("books_differ", "whole"), 1, "the other check has its own");
}

int
main(void)
{
    place_make();
    items();
    pools();
    checks();
    fix_close();
    return place_done();
}
