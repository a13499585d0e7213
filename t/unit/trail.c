/* What a race's lines add up to when it is asked for again and again, held against what is read
 * anew; and which orders did not count for a race, however many did. */
#include "race/trail.h"

#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "race/recut.h"

enum { ALL = 4000 };

static const char *file;
static int64_t payments;

static void
buy(int64_t amount, int64_t at)
{
    struct fact f =
        night_order(arena_printf(fix.arena, "pi_%lld", (long long)++payments), amount, at, "");

    if (night_sale(&f) != OK)
        printf("Bail out! no sale\n");
}

/* The whole curve, by its last point; leftovers of all seats. */
static void
sums_are_true(int64_t race, const char *name)
{
    struct race_line *line, *curve;
    size_t n, points;
    int64_t odd[RACE_SEATS_MAX] = {0}, wrong = 0;
    struct trail t;

    ok(race_lines(&fix, race, 0, ALL, &line, &n) == OK && trail_sums(&fix, race, &t) == OK &&
           trail_curve(&fix, race, ALL, &curve, &points) == OK,
       "%s: lines and trail are read", name);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < RACE_SEATS_MAX; k++)
            odd[k] += line[i].leftover[k];
    for (size_t k = 0; k < RACE_SEATS_MAX; k++)
        wrong += odd[k] != t.leftover[k];
    is_int(t.lines, (int64_t)n, "… as many lines");
    is_int(wrong, 0, "… the same odd cents");
    is_int((int64_t)points, (int64_t)n, "… a point of the curve for each");
    is_int(points ? curve[points - 1].pot : 0, night_get(race).pot, "… which ends at the pot");
    for (size_t i = 1; i < points; i++)
        wrong += curve[i - 1].at > curve[i].at ||
                 (curve[i - 1].at == curve[i].at && curve[i - 1].seq > curve[i].seq);
    is_int(wrong, 0, "… in the order of time");
}

static void
test_goes_on(void)
{
    night_open(file);
    int64_t race = night_race(1, 7, "");

    sums_are_true(race, "without a sale");
    for (int i = 0; i < 40; i++)
        buy(2500 + 7 * i, fix_now += 1000);
    sums_are_true(race, "after sales");
    sums_are_true(race, "asked again");
    buy(3100, fix_now - 20500);
    buy(3100, fix_now - 20500);
    sums_are_true(race, "after two that came late");
    for (int i = 0; i < 1100; i++)
        buy(2500, fix_now += 100);
    sums_are_true(race, "after more than one reading takes");
    is_int(night_back(FACT_REFUND, "pi_3", "re_3", 900), OK, "a refund");
    sums_are_true(race, "after it");
}

static void
test_thin(void)
{
    struct race_line *all, *few;
    size_t n, k;
    int64_t high = 0, seen = 0;

    is_int(trail_curve(&fix, 1, ALL, &all, &n), OK, "the whole curve");
    is_int(trail_curve(&fix, 1, 100, &few, &k), OK, "the same thinned");
    ok(k <= 100 && k > 50, "to no more points than asked for");
    for (size_t i = 0; i < n; i++)
        high = all[i].pot > high ? all[i].pot : high;
    for (size_t i = 0; i < k; i++)
        seen = few[i].pot > seen ? few[i].pot : seen;
    is_int(seen, high, "the highest point is kept");
    is_int(few[0].seq, all[0].seq, "so is the first");
}

/* Another ledger in the place of the first, with a race of the same number. */
static void
test_another_past(void)
{
    night_open(file);
    int64_t race = night_race(1, 3, "");

    is_int(race, 1, "a race of the same number in another ledger");
    for (int i = 0; i < 1200; i++)
        buy(1900, fix_now += 1000);
    sums_are_true(race, "another past");
}

static void
test_many_races(void)
{
    night_open(file);
    for (int round = 0; round < 2; round++)
        for (int64_t i = 0; i < 6; i++) {
            int64_t race = round ? i + 1 : night_race(1 + 2 * i, 2, "");

            if (!round) {
                buy(2500 + i, fix_now += 1000);
                night_finish(race);
                fix_now += 1000000;
            }
            sums_are_true(race, "more races than are kept");
        }
}

static void
misses_are(int64_t race, int64_t want, const char *name)
{
    struct race_miss *miss;
    size_t n = 99;

    ok(race_misses(&fix, race, 10, &miss, &n) == OK, "%s: misses are listed", name);
    is_int((int64_t)n, want, "… as many");
    for (size_t i = 0; i < n && want; i++)
        is_str(miss[i].words, STR("counted for another race"), "… with that reason");
}

static void
test_misses(void)
{
    struct fact f;

    night_open(file);
    int64_t first = night_race(1, 2, ""), start = fix_now;
    fix_now += 3000000;
    buy(2500, fix_now - 1000);
    int64_t second = night_race(3, 2, "");
    fix_now += 600000;
    f = night_order("pi_tag", 2500, fix_now, arena_printf(fix.arena, "%lld", (long long)first));
    is_int(night_sale(&f), OK, "an order while two races run names the first");
    misses_are(second, 1, "the other one");
    misses_are(first, 0, "the first");
    fix_now += 60000;
    night_finish(first);
    fix_begin();
    is_int(recut_end(&fix, &fix_tx, first, start + 1800000, STR("forgotten"), STR("people:0")),
           OK, "the end of the first is set to before the second began");
    fix_commit();
    misses_are(second, 1, "the other one still");
    fix_verify("verify finds nothing");
}

int
main(void)
{
    place_make();
    file = place("ledger.db");
    test_goes_on();
    test_thin();
    test_another_past();
    test_many_races();
    test_misses();
    fix_close();
    return place_done();
}
