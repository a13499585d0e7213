/* Signs of life and gaps: what counts as away, what setting the calendar or starting the
 * machine does to it, who is excused. */
#include "upkeep/outage.h"

#include "lib/fix.h"
#include "lib/place.h"
#include "lib/tap.h"

enum { MINUTE = 60 * 1000, DAY = 24 * 60 * MINUTE };

static int64_t steady; /* the machine's */

static int64_t
steady_ms(void *arg)
{
    (void)arg;
    return steady;
}

static void
pass(int64_t ms)
{
    steady += ms;
    fix_now += ms;
}

static enum err
give(const char *part)
{
    fix_begin();
    enum err e = outage_sign(&fix, &fix_tx, str_of(part));

    fix_commit();
    return e;
}

static enum err
end(const char *part)
{
    fix_begin();
    enum err e = outage_stop(&fix, &fix_tx, str_of(part));

    fix_commit();
    return e;
}

static size_t
count(void)
{
    struct outage *list = NULL;
    size_t n = 0;

    is_int(outage_list(&fix, 0, 100, &list, &n), OK, "the list");
    return n;
}

static struct outage
last(void)
{
    struct outage *list = NULL;
    size_t n = 0;

    if (outage_list(&fix, 0, 100, &list, &n) != OK || n == 0)
        return (struct outage){.part = STR("none")};
    return list[n - 1];
}

static void
test_gaps(void)
{
    struct outage_now now = {0};
    int64_t sign;

    is_int(give("vault"), OK, "the first sign");
    is_int(give("pages"), E_INVALID, "there is no such part");
    is_int(end("pages"), E_INVALID, "nor does it end");
    sign = fix_number("SELECT at FROM alive WHERE part = 'vault'");
    is_int(sign, fix_now, "is now");
    is_int(outage_now(&fix, STR("jobs"), &now), E_NOTFOUND, "the runner gave none yet");
    pass(MINUTE - 1);
    is_int(give("vault"), OK, "within a minute");
    is_int(fix_number("SELECT at FROM alive WHERE part = 'vault'"), sign, "nothing is written");
    pass(1);
    is_int(give("vault"), OK, "a minute later");
    is_int(fix_number("SELECT at FROM alive WHERE part = 'vault'"), fix_now, "it is");
    pass(OUTAGE_GAP_MS);
    is_int(give("vault"), OK, "back in time");
    is_int((int64_t)count(), 0, "is no outage");
    is_int(outage_now(&fix, STR("vault"), &now), OK, "who looks then");
    is_int(now.away_ms, 0, "sees nothing");
    pass(OUTAGE_GAP_MS + 1);
    is_int(outage_now(&fix, STR("vault"), &now), OK, "who looks in between");
    is_int(now.away_ms, OUTAGE_GAP_MS + 1, "sees that it is away");
    is_int(give("vault"), OK, "back too late");
    is_int((int64_t)count(), 1, "is one");
    is_int(last().ended_at, fix_now, "that ends now");
    is_int(last().began_at, fix_now - OUTAGE_GAP_MS - 1, "and began with the last sign");
    ok(!last().planned && str_eq_text(last().part, "vault"), "nobody planned it");
    is_int(outage_now(&fix, STR("vault"), &now), OK, "when one looks back");
    is_int(now.since, sign, "one sees as far as the first sign");
}

static void
test_planned(void)
{
    pass(1000);
    is_int(end("vault"), OK, "it stops in order");
    pass(10 * MINUTE);
    is_int(give("vault"), OK, "and is back");
    ok(last().planned, "that was planned");
    is_int(last().ended_at - last().began_at, 10 * MINUTE, "to the second");
    is_int(end("vault"), OK, "it stops");
    pass(2000);
    is_int(give("vault"), OK, "and is started again");
    is_int((int64_t)count(), 2, "which is nothing");
    pass(5 * MINUTE);
    is_int(give("vault"), OK, "but dies then");
    ok(!last().planned, "which is not planned any more");
}

static void
test_clocks(void)
{
    size_t n;

    is_int(give("vault"), OK, "a sign");
    n = count();
    pass(1000);
    fix_now += 21 * (int64_t)DAY;
    pass(MINUTE);
    is_int(give("vault"), OK, "the calendar was set three weeks on");
    is_int((int64_t)count(), (int64_t)n, "nothing was away");
    fix_now -= 40 * (int64_t)DAY;
    pass(MINUTE);
    is_int(give("vault"), OK, "or back");
    is_int((int64_t)count(), (int64_t)n, "nothing was away either");
    fix_now += 30 * (int64_t)DAY;
    pass(5 * MINUTE);
    is_int(give("vault"), OK, "set on and away");
    is_int((int64_t)count(), (int64_t)n + 1, "it was away");
    is_int(last().ended_at - last().began_at, 5 * MINUTE, "as long as it was, not a month");
    steady = 3000;
    fix_now += 20 * MINUTE;
    is_int(give("vault"), OK, "the machine was started anew");
    is_int(last().ended_at - last().began_at, 20 * MINUTE, "then the calendar counts");
    n = count();
    steady = 2000;
    fix_now -= DAY;
    is_int(give("vault"), OK, "and with a calendar that is behind");
    is_int((int64_t)count(), (int64_t)n, "nobody knows: nothing is invented");
    fix_now += 2 * (int64_t)DAY;
    pass(2 * MINUTE);
    is_int(give("vault"), OK, "what follows");
    is_int(last().ended_at - last().began_at, 2 * MINUTE, "is measured from there");
}

static enum err
start(const char *boot)
{
    fix_begin();
    enum err e = outage_boot(&fix, &fix_tx, str_of(boot));

    if (e == OK)
        e = outage_begin(&fix, &fix_tx, STR("vault"));
    fix_commit();
    return e;
}

/* A steady clock that was young before went further since: alone it tells too little. */
static void
test_machine(void)
{
    struct outage_now now = {0};
    size_t n;

    steady = MINUTE;
    is_int(start("one"), OK, "the vault of a machine that was just started");
    is_int(give("jobs"), OK, "with its runner");
    pass(MINUTE);
    is_int(give("vault"), OK, "lives for a minute");
    n = count();
    is_int(start("one"), OK, "and is started again");
    is_int((int64_t)count(), (int64_t)n, "on the same machine: nothing was away");
    fix_now += 180 * MINUTE;
    steady = 10 * MINUTE;
    is_int(start("two"), OK, "three hours later the machine is up for ten minutes");
    is_int((int64_t)count(), (int64_t)n + 1, "the vault was away");
    is_int(last().ended_at - last().began_at, 180 * MINUTE, "for three hours");
    is_int(give("jobs"), OK, "the runner comes with it");
    is_int((int64_t)count(), (int64_t)n + 1, "and is excused");
    fix_now -= DAY;
    steady = 20 * MINUTE;
    is_int(start("three"), OK, "a machine whose calendar is behind");
    is_int((int64_t)count(), (int64_t)n + 1, "tells nothing");
    is_int(outage_now(&fix, STR("vault"), &now), OK, "and who looks");
    is_int(now.away_ms, 0, "sees that all is there");
    pass(3 * MINUTE);
    is_int(start("three"), OK, "started again");
    is_int((int64_t)count(), (int64_t)n + 2, "it is measured as ever");
    fix_now += DAY;
}

static void
test_excused(void)
{
    size_t n;

    is_int(give("jobs"), OK, "the runner lives");
    is_int(give("web"), OK, "so do the pages");
    is_int(give("vault"), OK, "and the vault");
    pass(30 * 1000);
    is_int(end("web"), OK, "the pages are stopped");
    pass(20 * MINUTE);
    n = count();
    is_int(give("vault"), OK, "the vault died and is back");
    pass(1000);
    is_int(give("jobs"), OK, "a second later the runner can say so too");
    is_int((int64_t)count(), (int64_t)n + 1, "only the vault was away");
    pass(5 * MINUTE);
    is_int(give("vault"), OK, "the vault again");
    pass(3 * MINUTE);
    is_int(give("jobs"), OK, "the runner came later");
    is_str(last().part, STR("jobs"), "that is its own outage");
    is_int(last().ended_at - last().began_at, 3 * MINUTE, "from when the vault was back");
    is_int(give("vault"), OK, "all are there");
    pass(MINUTE);
    is_int(give("vault"), OK, "the vault lives on");
    pass(MINUTE);
    is_int(give("vault"), OK, "without the runner");
    pass(MINUTE);
    is_int(give("vault"), OK, "for long");
    pass(30 * MINUTE);
    is_int(give("vault"), OK, "then dies too");
    is_int(give("jobs"), OK, "both are back");
    is_str(last().part, STR("jobs"), "the runner was away");
    is_int(last().ended_at - last().began_at, 33 * MINUTE, "all the time");
    is_int((int64_t)fix_number("SELECT count(*) FROM outage WHERE ended_at < began_at"), 0,
           "no outage ends before it began");
}

int
main(void)
{
    struct world world;

    place_make();
    fix_open(place("ledger.db"));
    world = *fix.world;
    world.tick_ms = steady_ms;
    fix.world = &world;
    steady = 1000 * 1000;
    test_gaps();
    test_planned();
    test_clocks();
    test_machine();
    test_excused();
    fix_close();
    return place_done();
}
