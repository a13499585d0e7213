/* Our own checkouts: what stands on the shelf, orders of it, what becomes of them. */
#include "shop/checkout.h"

#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "shop/shelf.h"

static struct shelf_item item;
static struct checkout_new order;
static struct checkout got;
static struct str words;
static size_t ticked;
static const char *text;

static enum err
with(enum err (*fn)(void *arg), const char *what)
{
    text = what;
    return night_do(fn, NULL);
}

static enum err
do_put(void *arg)
{
    (void)arg;
    return shelf_put(&fix, &fix_tx, &item, STR("people:0"));
}

static enum err
do_end(void *arg)
{
    (void)arg;
    return shelf_end(&fix, &fix_tx, str_of(text));
}

static enum err
do_picture(void *arg)
{
    (void)arg;
    return shelf_picture(&fix, &fix_tx, STR("shirt"), str_of(text));
}

static enum err
do_cap(void *arg)
{
    (void)arg;
    return product_add(&fix, &fix_tx, STR("cap"), STR("Cap"), 300, STR("people:0"));
}

static enum err
do_order(void *arg)
{
    (void)arg;
    return checkout_add(&fix, &fix_tx, &order, &got);
}

static enum err
do_open(void *arg)
{
    return checkout_opened(&fix, &fix_tx, *(int64_t *)arg, STR("cs_1"), STR("https://s/c"));
}

static enum err
do_fail(void *arg)
{
    return checkout_failed(&fix, &fix_tx, *(int64_t *)arg, STR("no money"));
}

static enum err
do_paid(void *arg)
{
    return checkout_paid(&fix, &fix_tx, *(int64_t *)arg, words);
}

static enum err
do_tick(void *arg)
{
    (void)arg;
    return checkout_tick(&fix, &fix_tx, 10, &ticked);
}

static bool
put(const char *sku, int64_t price, int64_t shipping, const char *shopify)
{
    item = (struct shelf_item){.sku = str_of(sku),
                               .text = STR("Warm"),
                               .shopify = str_of(shopify),
                               .kofi = STR(""),
                               .price = price,
                               .shipping = shipping,
                               .rank = 5};
    return night_do(do_put, NULL) == OK;
}

static void
shelf(void)
{
    struct shelf_item *list, one;
    size_t n;

    is_int(shelf_get(&fix, STR("shirt"), &one), E_NOTFOUND, "a product alone is not on sale");
    ok(put("shirt", 2500, 400, "41234"), "put on the shelf");
    is_int(night_do(do_cap, NULL), OK, "a second product");
    ok(put("cap", 500, 700, ""), "on the shelf");
    ok(!put("shirt", 0, 0, "") && !put("shirt", 100, -1, "") && !put("shirt", 100, 0, "12a") &&
           !put("hat", 100, 0, ""),
       "no price, shipping below nothing, a strange variant, no product: refused");
    item.price = 2500;
    item.kofi = STR("a/b");
    is_int(night_do(do_put, NULL), E_INVALID, "nor a code that leads elsewhere");
    is_int(with(do_picture, "GIF89a"), E_INVALID, "a picture is PNG or SVG");
    is_int(with(do_picture, "<svg xmlns='http://www.w3.org/2000/svg'/>"), OK, "a picture");
    is_int(fix_number("SELECT count(*) FROM outbox WHERE kind = 'logo'"), 1, "to be cleaned");
    ok(shelf_list(&fix, false, &list, &n) == OK && n == 2 && !list[0].picture.n,
       "nobody sees it before");
    ok(fix_sql("UPDATE logo SET ready_at = 5") && shelf_get(&fix, STR("shirt"), &one) == OK &&
           one.picture.n == 64 && one.price == 2500,
       "then it is seen");
    ok(put("shirt", 2600, 400, "") && shelf_get(&fix, STR("shirt"), &one) == OK &&
           one.picture.n == 64 && one.price == 2600,
       "a new price keeps the picture");
    ok(put("shirt", 2500, 400, "41234"), "the old price again");
    is_int(with(do_end, "cap"), OK, "ended");
    is_int(with(do_end, "cap"), E_NOTFOUND, "once");
    ok(shelf_list(&fix, false, &list, &n) == OK && n == 1 &&
           shelf_list(&fix, true, &list, &n) == OK && n == 2,
       "it is not sold any more");
    order = (struct checkout_new){.kind = "sale"};
    is_int(shelf_order(&fix, STR("cap:1"), &order), E_INVALID, "nor ordered");
    ok(put("cap", 500, 700, ""), "on the shelf again");
}

static void
orders(void)
{
    static const char *const bad[] = {"",       "shirt",    "shirt:0",           "shirt:-1",
                                      "hat:1",  "shirt:21", "shirt:1,shirt:1",   "shirt:1:5",
                                      "shirt:", ":1",       "shirt:99999999999", "shirt: 1"};
    bool refused = true;

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        refused = refused && shelf_order(&fix, str_of(bad[i]), &order) == E_INVALID;
    ok(refused, "nonsense is no order");
    order = (struct checkout_new){.kind = "sale", .back = STR_INIT("/shop/thanks/")};
    is_int(shelf_order(&fix, STR("shirt:2,cap:1"), &order), OK, "two shirts and a cap");
    is_int(order.amount, 6200, "prices, and shipping once: the highest");
    is_int(order.shipping, 700, "which is told apart");
    is_str(order.items, STR("shirt:2:2500,cap:1:500"), "with prices of now");
    is_str(order.title, STR("Shirt"), "called by the first");
}

static void
life(void)
{
    struct checkout c;
    struct checkout_line *line;
    int64_t id;
    size_t n;

    is_int(night_do(do_order, NULL), E_BUSY, "without Stripe nothing can be paid");
    night_conf.stripe.api_key_file = STR("/key");
    is_int(night_do(do_order, NULL), OK, "a checkout");
    id = got.id;
    ok(got.token.n == CHECKOUT_TOKEN && str_eq_text(got.state, "new") && !got.url.n,
       "it has an address here, and none at Stripe yet");
    is_int(fix_number("SELECT count(*) FROM outbox WHERE kind = 'checkout' AND payload = '%d'",
                      (int)id),
           1, "a job opens it");
    ok(checkout_find(&fix, got.token, &c) == OK && c.id == id && c.amount == 6200 &&
           str_ends(c.back, got.token) && str_starts(c.key, STR("checkout-1-")),
       "found by its token");
    is_int(checkout_find(&fix, STR("0123456789012345678901234567890123456789012"), &c),
           E_NOTFOUND, "by no other");
    ok(checkout_lines(&fix, &got, &line, &n) == OK && n == 2 && line[0].quantity == 2 &&
           line[1].price == 500 && str_eq_text(line[1].title, "Cap"),
       "its lines");
    is_int(night_do(do_fail, &id), OK, "Stripe refuses");
    ok(checkout_get(&fix, id, &c) == OK && str_eq_text(c.state, "failed") &&
           str_eq_text(c.why, "no money"),
       "it says why");
    is_int(fix_number("SELECT count(*) FROM alert WHERE kind = 'checkout' AND resolved_at IS "
                      "NULL"),
           1, "and a person is told");
    is_int(night_do(do_open, &id), OK, "tried again, it is open");
    ok(checkout_get(&fix, id, &c) == OK && str_eq_text(c.state, "open") &&
           str_eq_text(c.url, "https://s/c") && str_eq_text(c.session, "cs_1"),
       "and leads there");
    is_int(fix_number("SELECT count(*) FROM alert WHERE kind = 'checkout' AND resolved_at IS "
                      "NULL"),
           0, "the alert is gone");
    is_int(night_do(do_tick, NULL), OK, "time");
    is_int((int64_t)ticked, 0, "has not run out");
    fix_now += CHECKOUT_LIVES_MS;
    is_int(night_do(do_tick, NULL), OK, "time");
    ok(ticked == 1 && checkout_get(&fix, id, &c) == OK && str_eq_text(c.state, "gone"),
       "ran out");
    words = STR("sale:77");
    is_int(night_do(do_paid, &id), OK, "yet it was paid, as a late notice says");
    words = STR("sale:78");
    is_int(night_do(do_paid, &id), OK, "twice does no harm");
    is_int(night_do(do_open, &id), OK, "nor does a late word of the job");
    is_int(night_do(do_fail, &id), OK, "whatever it is");
    ok(checkout_get(&fix, id, &c) == OK && str_eq_text(c.state, "paid") &&
           str_eq_text(c.ref, "sale:77"),
       "paid stays paid");
}

static void
bounds(void)
{
    order = (struct checkout_new){
        .kind = "tip", .amount = 49, .title = STR_INIT("Tip"), .back = STR_INIT("/tip/")};
    is_int(night_do(do_order, NULL), E_INVALID, "Stripe takes no 49 cents");
    order.amount = 100000000;
    is_int(night_do(do_order, NULL), E_INVALID, "nor a million");
    order.amount = 500;
    order.shipping = 501;
    is_int(night_do(do_order, NULL), E_INVALID, "no more shipping than there is");
    order.shipping = 0;
    order.title = STR("");
    is_int(night_do(do_order, NULL), E_INVALID, "nothing without a name");
    order.title = STR("Tip for DJ Nova");
    struct checkout_line *line;
    size_t n;
    ok(night_do(do_order, NULL) == OK && checkout_lines(&fix, &got, &line, &n) == OK &&
           n == 1 && line[0].price == 500 && str_eq_text(line[0].title, "Tip for DJ Nova"),
       "a tip is one line");
}

int
main(void)
{
    place_make();
    night_open(place("checkout.db"));
    shelf();
    orders();
    life();
    bounds();
    fix_close();
    return place_done();
}
