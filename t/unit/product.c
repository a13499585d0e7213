/* Products with costs by date; rules with versions. */
#include "race/product.h"

#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "race/rule.h"

static struct race_rule rule;
static int64_t rule_id;

static enum err
do_rule(void *arg)
{
    (void)arg;
    return product_rule_add(&fix, &fix_tx, &rule, STR("people:0"), &rule_id);
}

static void
rules(void)
{
    rule_default(&fix, &rule);
    rule.name = STR("house");
    is_int(night_do(do_rule, NULL), OK, "a rule");
    int64_t first = rule_id;
    rule.pool_bps = 1550;
    is_int(night_do(do_rule, NULL), OK, "its next version");
    struct race_rule got;
    is_int(product_rule_find(&fix, STR("house"), &got), OK, "the newest is found");
    is_int(got.version, 2, "version 2");
    ok(got.id != first, "a row of its own");
    is_str(race_rule_words(&fix, &got),
           STR("15.50 % of the price after discounts, equal shares, 120 s grace"), "in words");
    is_int(product_rule_find(&fix, STR("none"), &got), E_NOTFOUND, "an unknown rule");
    rule.pool_bps = 9001;
    is_int(night_do(do_rule, NULL), E_INVALID, "more than 90 % is refused");
    rule.pool_bps = 2000;
    rule.share = STR("weighted");
    is_int(night_do(do_rule, NULL), E_INVALID, "weighted without weights is refused");
    for (int i = 0; i < 8; i++)
        rule.weights[i] = 1000;
    is_int(night_do(do_rule, NULL), OK, "with weights it is fine");
    rule.weights[7] = 1001;
    is_int(night_do(do_rule, NULL), E_INVALID, "not with a weight over 1000");
    rule.share = STR("equal");
    is_int(night_do(do_rule, NULL), E_INVALID, "nor weights with equal shares");
    ok(!fix_sql("UPDATE rule SET pool_bps = 1"), "a version is never changed");
    struct race_rule *list;
    size_t n;
    is_int(product_rule_list(&fix, &list, &n), OK, "the list");
    is_int((int64_t)n, 3, "has three versions");
}

struct cost {
    const char *sku;
    int64_t from, cost;
};

static enum err
do_add(void *arg)
{
    const struct cost *c = arg;

    return product_add(&fix, &fix_tx, str_of(c->sku), STR("Cap"), c->cost, STR("people:0"));
}

static enum err
do_cost(void *arg)
{
    const struct cost *c = arg;

    return product_cost(&fix, &fix_tx, str_of(c->sku), c->from, c->cost, STR("people:0"));
}

/* Or the error, below zero. */
static int64_t
cost_at(const char *sku, int64_t at)
{
    struct str title;
    int64_t cost = 0;
    bool known = false;
    enum err e = product_at(&fix, str_of(sku), at, &title, &cost, &known);

    return e ? -(int64_t)e : known ? cost : -1;
}

static void
products(void)
{
    struct cost c = {"cap", 0, 300};

    is_int(night_do(do_add, &c), OK, "a product");
    is_int(night_do(do_add, &c), E_CONFLICT, "only once");
    c = (struct cost){"cap", fix_now, 350};
    is_int(night_do(do_cost, &c), OK, "another cost from now on");
    is_int(cost_at("cap", fix_now - 1), 300, "a millisecond before the old cost");
    is_int(cost_at("cap", fix_now), 350, "from now on the new one");
    is_int(cost_at("hat", fix_now), -E_NOTFOUND, "an unknown product");
    c = (struct cost){"cap", 0, -1};
    is_int(night_do(do_cost, &c), E_INVALID, "a negative cost is refused");
    c = (struct cost){"c:p", 0, 1};
    is_int(night_do(do_add, &c), E_INVALID, "a code with a colon is refused");
    c = (struct cost){"hat", 0, 1};
    is_int(night_do(do_cost, &c), E_NOTFOUND, "a cost of nothing is refused");
    struct product *list;
    size_t n;
    is_int(product_list(&fix, &list, &n), OK, "the list");
    is_int((int64_t)n, 2, "has cap and shirt");
    is_int(list[0].unit_cost, 350, "with present costs");
}

int
main(void)
{
    place_make();
    night_open(place("product.db"));
    rules();
    products();
    fix_close();
    return place_done();
}
