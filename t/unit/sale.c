/* Sales: splits to the cent, reasons, rules, several races. */
#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"

static const char *file;
static int64_t payments;

static const char *
payment(void)
{
    return arena_printf(fix.arena, "pi_%lld", (long long)++payments);
}

static void
reason_is(int64_t at, const char *tag, const char *want, const char *name)
{
    struct fact f = night_order(payment(), 2500, at, tag);
    struct sale_plan *p = ARENA_NEW(fix.arena, struct sale_plan);

    is_int(sale_plan(&fix, &f, p), OK, name);
    is_str(p->reason, str_of(want), "… for that reason");
    is_int(night_sale(&f), OK, "… and is booked so");
}

static void
reasons(void)
{
    night_open(file);
    int64_t before = fix_now - 1;
    int64_t race = night_race(1, 8, "");
    int64_t start = fix_now;
    fix_now += 60000;
    int64_t flag = fix_now;
    night_finish(race);
    fix_now += 200000;
    reason_is(before, "", "gate_closed", "a millisecond before the start");
    reason_is(start, "", "in_window", "at the start, told late");
    reason_is(flag - 1, "", "in_window", "a millisecond before the flag");
    reason_is(flag, "", "in_grace", "at the flag");
    reason_is(flag + 120000 - 1, "", "in_grace", "a millisecond before the end of grace");
    reason_is(flag + 120000, "", "gate_closed", "at the end of grace");
    reason_is(start, arena_printf(fix.arena, "%lld", (long long)race), "tagged", "with a tag");
    is_int(night_get(race).sales, 5, "five of them count");
    is_int(night_get(race).pot, 2500, "the pot is 5 times 500");
    is_int(fix_balance("L:mfg_payable"), -7 * 900, "the maker gets his part of all seven");
    struct race_miss *miss;
    size_t n;
    is_int(race_misses(&fix, race, 10, &miss, &n), OK, "misses are listed");
    is_int((int64_t)n, 1, "one order missed the race");
    is_str(miss[0].words, STR("the race had ended 2 min earlier"), "and hears why");
    fix_now = start + INT64_C(72) * 3600000;
    reason_is(start, "", "in_window", "72 hours late");
    fix_now++;
    reason_is(start, "", "paid_too_late", "a millisecond later");
    fix_verify("verify finds nothing after all reasons");
}

static void
refused(struct fact f, const char *name)
{
    is_int(night_sale(&f), E_INVALID, name);
}

static void
absurd(void)
{
    night_open(file);
    night_race(1, 8, "");
    struct fact f = night_order("pi_x", 0, fix_now, "");
    refused(f, "zero is set aside");
    f.amount = -5;
    refused(f, "a negative amount is set aside");
    f.amount = INT64_C(100000001);
    refused(f, "an absurd amount is set aside");
    f.amount = 2500;
    f.currency = STR("usd");
    refused(f, "a currency that is no code is set aside");
    f.currency = STR("XXQ");
    refused(f, "an unknown currency is set aside");
    f.currency = STR("USD");
    f.tax = 2600;
    refused(f, "more tax than money is set aside");
    f.tax = 0;
    f.at_ms = fix_now + 300001;
    refused(f, "an order of the future is set aside");
    f.at_ms = fix_now + 300000;
    is_int(night_sale(&f), OK, "five minutes ahead are our clocks' difference");
    is_int(night_sale(&f), E_DUPLICATE, "one payment is one sale");
    is_int(fix_number("SELECT COUNT(*) FROM sale"), 1, "one sale stands there");
    f = night_order("pi_eur", 2500, fix_now, "");
    f.currency = STR("EUR");
    is_int(night_sale(&f), OK, "another currency is booked");
    is_int(fix_balance("I:house:merch@EUR"), -2500, "for the house, in that currency");
    f = night_order("pi_test", 2500, fix_now, "");
    f.test = true;
    is_int(night_sale(&f), OK, "a test order is stored");
    is_int(fix_number("SELECT COUNT(*) FROM sale WHERE seq IS NULL AND reason = 'test_order'"),
           1, "and not booked");
    f = night_order("pi_cost", 2500, fix_now, "");
    f.items[0].sku = STR("unknown");
    is_int(night_sale(&f), OK, "an unknown product is sold");
    is_int(fix_number("SELECT COUNT(*) FROM alert WHERE kind = 'cost_missing'"), 1,
           "with an alert about its cost");
    fix_begin();
    is_int(product_add(&fix, &fix_tx, STR("other"), STR("Other"), 100, STR("people:0")), OK,
           "the cost of another product");
    fix_commit();
    is_int(fix_number("SELECT COUNT(*) FROM alert WHERE kind = 'cost_missing' AND "
                      "resolved_at IS NULL"),
           1, "changes nothing");
    fix_begin();
    is_int(product_add(&fix, &fix_tx, STR("unknown"), STR("Known"), 100, STR("people:0")), OK,
           "its own cost");
    fix_commit();
    is_int(fix_number("SELECT COUNT(*) FROM alert WHERE kind = 'cost_missing' AND "
                      "resolved_at IS NULL"),
           0, "ends the alert");
    is_int(fix_number("SELECT cost FROM sale WHERE payment = 'pi_cost'"), 0,
           "the sale keeps cost 0");
    fix_verify("verify finds nothing after absurd orders");
}

static void
weighted(struct race_rule *r)
{
    static const int64_t w[8] = {15, 12, 10, 9, 8, 7, 6, 5};

    r->share = STR("weighted");
    r->weights_by = STR("seat");
    for (int i = 0; i < 8; i++)
        r->weights[i] = w[i];
}

static void
by_place(struct race_rule *r)
{
    weighted(r);
    r->weights_by = STR("place");
}

static void
bonus(struct race_rule *r)
{
    r->share = STR("winner_bonus");
    r->bonus_bps = 2000;
}

static void
net(struct race_rule *r)
{
    r->basis = STR("net");
}

static void
greedy(struct race_rule *r)
{
    r->pool_bps = 9000;
}

static void
rules(void)
{
    night_open(file);
    night_rule("seat", weighted);
    night_rule("place", by_place);
    night_rule("bonus", bonus);
    night_rule("net", net);
    night_rule("greedy", greedy);
    int64_t race = night_race(1, 8, "seat");
    ok(night_buy(payment()), "a sale weighted by seat");
    is_int(night_pending(1), 104, "15 of 72 of 500");
    is_int(night_pending(8), 35, "5 of 72 of 500");
    night_finish(race);
    fix_now += 200000;
    race = night_race(1, 8, "bonus");
    ok(night_buy(payment()), "a sale with a winner bonus");
    is_int(night_pending(1), 104 + 50, "an eighth of 400");
    is_int(fix_item("L:pool", arena_printf(fix.arena, "race:%lld", (long long)race)), -100,
           "100 wait for the winner");
    is_int(night_get(race).waiting, 100, "the page says so");
    night_finish(race);
    fix_now += 200000;
    race = night_race(1, 8, "net");
    struct fact f = night_order(payment(), 2500, fix_now, "");
    struct sale_plan *p = ARENA_NEW(fix.arena, struct sale_plan);
    is_int(sale_plan(&fix, &f, p), OK, "a plan by net");
    is_int(p->fee, 103, "the modelled fee of 2500 is 103");
    is_int(p->basis, 1497, "basis: 2500 - 900 - 103");
    is_int(p->pool, 299, "a fifth of it, rounded down");
    night_finish(race);
    fix_now += 200000;
    race = night_race(1, 8, "greedy");
    f = night_order(payment(), 2500, fix_now, "");
    is_int(sale_plan(&fix, &f, p), OK, "a plan with 90 %");
    is_int(p->uncapped, 2250, "uncapped 2250");
    is_int(p->pool, 1497, "the guard leaves what is left after cost and fee");
    is_int(night_sale(&f), OK, "booked so");
    night_finish(race);
    fix_now += 200000;
    race = night_race(1, 8, "place");
    ok(night_buy(payment()), "a sale weighted by place");
    is_int(night_get(race).waiting, 500, "all of it waits");
    fix_verify("verify finds nothing with all rules");
}

static void
shared(void)
{
    night_open(file);
    int64_t a = night_race(1, 3, ""), b;
    fix_now += 1000;
    b = night_race(11, 4, "");
    fix_now += 1000;
    ok(night_buy(payment()), "a sale while two races run");
    is_int(night_get(a).pot, 215,
           "three of seven seats of 500, and the odd cent for the first");
    is_int(night_get(b).pot, 285, "four of seven seats");
    struct fact f =
        night_order(payment(), 2500, fix_now, arena_printf(fix.arena, "%lld", (long long)b));
    is_int(night_sale(&f), OK, "a tagged sale");
    is_int(night_get(a).pot, 215, "gives nothing to the other race");
    is_int(night_get(b).pot, 785, "and all to its own");
    struct str json;
    is_int(race_snapshot(&fix, a, &json), OK, "a snapshot is made");
    ok(str_find(json, STR("\"gate\":\"open\""), 0) != SIZE_MAX,
       "it says that the gate is open");
    fix_verify("verify finds nothing with two races");
}

/* A window begins with its second, so that it can lie before orders which came before the
 * start: those keep their reason. */
static void
before_start(void)
{
    night_open(file);
    fix_now += 500 - fix_now % 1000;
    reason_is(fix_now, "", "gate_closed", "an order half a second before the start");
    reason_is(fix_now - 400, "", "gate_closed", "one of the same second");
    reason_is(fix_now + 240000, "", "gate_closed", "one of a clock four minutes ahead of ours");
    fix_now += 200;
    int64_t race = night_race(1, 8, "");
    reason_is(fix_now, "", "in_window", "then the race starts");
    fix_now += 600000;
    night_finish(race);
    fix_verify("verify and the auditor know what came before the start");
}

int
main(void)
{
    place_make();
    file = place("sale-night.db");
    reasons();
    absurd();
    rules();
    shared();
    before_start();
    fix_close();
    return place_done();
}
