/* Shopify's signature, and orders as facts. See shopify.h. */
#include "provider/shopify.h"

#include "base/conf.h"
#include "base/crypt.h"
#include "base/enc.h"
#include "provider/field.h"
#include "provider/shopify_redact.h"

enum { MAC, TOPIC, SHOP, KEY, API, HEADERS };
enum { TOPIC_MAX = 100, ORDERS_MAX = 1000 };
/* An order that changes later than this and that we do not know was paid before we listened. */
static const int64_t NEWS_MS = 72 * 3600000LL;

static enum err
check_shop(struct ctx *ctx, const struct provider_notice *n)
{
    struct str ours = ctx->conf ? ctx->conf->shopify.shop : STR("");

    for (size_t i = MAC; i < HEADERS; i++)
        if (!n->header[i].n)
            return ctx_fail(ctx, E_INVALID, "the header %s is missing",
                            shopify_provider.wants[i]);
    if (!ours.n || !str_ieq(n->header[SHOP], ours))
        return ctx_fail(ctx, E_INVALID, "the notice is of another shop than shopify.shop");
    return OK;
}

static enum err
verify(struct ctx *ctx, const struct provider_notice *n, const struct str *secrets,
       size_t n_secrets)
{
    bool good = false;

    for (size_t i = 0; i < n_secrets; i++) {
        struct str secret = str_trim(secrets[i]);
        if (!secret.n)
            continue;
        struct sha256 mac = crypt_hmac(secret, n->body);
        /* All are compared, so that time does not tell which one fits. */
        good |= crypt_same(enc_base64(ctx->arena, mac.b, sizeof mac.b), n->header[MAC]);
    }
    if (!good)
        return ctx_fail(ctx, E_AUTH, "the signature does not fit");
    return check_shop(ctx, n);
}

static struct fact *
fact_add(struct provider_parsed *ret, enum fact_kind kind, struct str payment, int64_t at_ms)
{
    struct fact *f = &ret->fact[ret->n++];

    *f = (struct fact){.kind = kind,
                       .provider = STR("shopify"),
                       .type = ret->type,
                       .payment = payment,
                       .at_ms = at_ms};
    return f;
}

/* In the shop's currency, though the buyer paid in another one: the shop's figure where both
 * stand. */
static int64_t
shop_money(const struct json *o, const char *plain, const char *set, struct str currency)
{
    const struct json *both = json_at(json_get(o, set), "shop_money");

    if (json_get(both, "amount"))
        return str_eq(json_str(json_get(both, "currency_code")), currency)
                   ? field_money(json_get(both, "amount"), currency)
                   : -1;
    return field_money(json_get(o, plain), currency);
}

/* Adds to *sum; what cannot be read makes it -1 for good. */
static void
add(int64_t *sum, int64_t part)
{
    if (*sum < 0 || part < 0 || part > MINOR_MAX - *sum)
        *sum = -1;
    else
        *sum += part;
}

/* What buyers paid for shipping, after discounts and without the tax in it. */
static int64_t
shipping(const struct json *o, struct str currency)
{
    const struct json *lines = field_list(o, "shipping_lines");
    bool taxed = json_bool(json_get(o, "taxes_included"), false);
    int64_t sum = 0;

    for (size_t i = 0; i < json_count(lines); i++) {
        const struct json *line = json_item(lines, i), *taxes = field_list(line, "tax_lines");
        bool cut = json_get(line, "discounted_price") != NULL;
        int64_t tax = 0,
                paid = shop_money(line, cut ? "discounted_price" : "price",
                                  cut ? "discounted_price_set" : "price_set", currency);

        if (json_bool(json_get(line, "is_removed"), false))
            continue;
        for (size_t k = 0; taxed && k < json_count(taxes); k++)
            add(&tax, shop_money(json_item(taxes, k), "price", "price_set", currency));
        add(&sum, tax < 0 || paid < tax ? -1 : paid - tax);
    }
    return sum;
}

/* What cannot be read becomes a line of quantity 0, which is set aside. */
static void
items(struct ctx *ctx, const struct json *o, struct fact *f)
{
    const struct json *lines = field_list(o, "line_items");

    f->items = ARENA_ARRAY(ctx->arena, FACT_ITEMS_MAX, struct fact_item);
    for (size_t i = 0; i < json_count(lines) && i < FACT_ITEMS_MAX; i++) {
        const struct json *line = json_item(lines, i);
        struct fact_item *it = &f->items[f->n_items++];

        it->sku = field_text(json_get(line, "sku"), FIELD_SKU_MAX);
        if (!it->sku.n)
            it->sku = str_sub(field_id(json_get(line, "variant_id")), 0, FIELD_SKU_MAX);
        it->title = field_title(json_get(line, "title"));
        it->price = shop_money(line, "price", "price_set", f->currency);
        if (it->price < 0 || !json_i64(json_get(line, "quantity"), &it->quantity) ||
            it->quantity < 1)
            *it = (struct fact_item){.quantity = 0};
    }
    if (json_count(lines) > FACT_ITEMS_MAX)
        f->items[FACT_ITEMS_MAX - 1].quantity = 0;
}

/* Lines that fit into what was paid at the checkout; what is added stands behind them. */
static size_t
first_items(const struct json *o, const struct fact *f)
{
    bool taxed = json_bool(json_get(o, "taxes_included"), false);
    int64_t cut = shop_money(o, "total_discounts", "total_discounts_set", f->currency),
            room = f->amount - f->shipping - (taxed ? 0 : f->tax) + (cut > 0 ? cut : 0);
    size_t n = 0;

    while (n < f->n_items && room > 0) {
        room -= f->items[n].price * f->items[n].quantity;
        n++;
    }
    return n;
}

static struct str
race_of(const struct json *o)
{
    const struct json *list = field_list(o, "note_attributes");
    struct str race, query = json_str(json_get(o, "landing_site")), one;

    for (size_t i = 0; i < json_count(list); i++) {
        struct str name = json_str(json_get(json_item(list, i), "name"));
        race = field_race(json_str(json_get(json_item(list, i), "value")));
        if (race.n && (str_eq_text(name, "race") || str_eq_text(name, "ck_race")))
            return race;
    }
    list = field_list(o, "discount_codes");
    for (size_t i = 0; i < json_count(list); i++) {
        struct str code = json_str(json_get(json_item(list, i), "code"));
        race = field_race(code);
        if (race.n && str_ieq(str_sub(code, 0, 4), STR("race")))
            return race;
    }
    size_t from = str_find(query, STR("?"), 0);
    query = from == SIZE_MAX ? STR("") : str_sub(query, from + 1, query.n);
    query = str_sub(query, 0, str_find(query, STR("#"), 0));
    while (str_split(&query, '&', &one))
        if (str_starts(one, STR("race=")) && (race = field_race(str_sub(one, 5, one.n))).n)
            return race;
    return STR("");
}

/* Money that really went back, of one refund. */
static int64_t
refunded(const struct json *refund, struct str currency, struct str *ret_currency)
{
    const struct json *all = field_list(refund, "transactions");
    int64_t sum = 0;

    *ret_currency = currency;
    for (size_t i = 0; i < json_count(all); i++) {
        const struct json *one = json_item(all, i);
        if (!str_eq_text(json_str(json_get(one, "kind")), "refund") ||
            !str_eq_text(json_str(json_get(one, "status")), "success"))
            continue;
        const struct json *shop = json_at(one, "amount_set.shop_money");
        struct str told =
            json_str(shop ? json_get(shop, "currency_code") : json_get(one, "currency"));
        if (!ret_currency->n)
            *ret_currency = told;
        add(&sum, told.n && !str_eq(told, *ret_currency)
                      ? -1
                      : shop_money(one, "amount", "amount_set", *ret_currency));
    }
    return sum;
}

static int64_t
refund_time(const struct json *refund)
{
    int64_t at = field_time(json_get(refund, "processed_at"));

    return at >= 0 ? at : field_time(json_get(refund, "created_at"));
}

static void
returned(const struct json *o, struct str id, struct str currency, struct provider_parsed *ret)
{
    const struct json *all = field_list(o, "refunds");
    int64_t sum = 0, at = 0;
    struct str told;

    for (size_t i = 0; i < json_count(all); i++) {
        int64_t when = refund_time(json_item(all, i));
        add(&sum, refunded(json_item(all, i), currency, &told));
        at = when > at ? when : at;
    }
    if (!sum)
        return;
    int64_t changed = field_time(json_get(o, "updated_at"));
    struct fact *f = fact_add(ret, FACT_REFUND_TOTAL, id, at ? at : changed);
    f->amount = sum;
    f->currency = currency;
    f->version_ms = changed;
}

/* All that came so far. Our own reading of the shop's list has the figure; a notice has no
 * such, but what the order comes to now less what is still to be paid is never more: money that
 * went back may have lowered it. */
static int64_t
received(const struct json *o, struct str currency)
{
    struct str open = json_str(json_get(o, "total_outstanding"));
    int64_t now, rest;

    if (json_get(o, "total_received"))
        return field_money(json_get(o, "total_received"), currency);
    now = shop_money(o, "current_total_price", "current_total_price_set", currency);
    /* Below zero: it is the buyer's. */
    rest = str_starts(open, STR("-")) ? 0
                                      : field_money(json_get(o, "total_outstanding"), currency);
    return now < 0 || rest < 0 || rest > now ? 0 : now - rest;
}

static int64_t
greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void
order(struct ctx *ctx, const struct json *o, struct provider_parsed *ret)
{
    struct str paid = json_str(json_get(o, "financial_status")), id = ret->about;
    struct str currency = field_currency(ctx, json_get(o, "currency"));
    int64_t amount = shop_money(o, "total_price", "total_price_set", currency);
    bool cancelled = json_str(json_get(o, "cancelled_at")).n > 0;

    if (!str_eq_text(paid, "paid") && !str_eq_text(paid, "partially_refunded") &&
        !str_eq_text(paid, "refunded"))
        return;
    if (!amount)
        return; /* given away: no money moved */
    /* Of an order that was cancelled and still holds its money only orders/paid can tell
     * whether the payment came first. */
    bool late = cancelled && str_eq_text(paid, "paid");
    int64_t made = field_time(json_get(o, "created_at"));
    int64_t changed = field_time(json_get(o, "updated_at"));
    bool news = str_eq_text(ret->type, "orders/paid") || (!late && changed - made <= NEWS_MS);
    int64_t all = received(o, currency);
    if (news || all > amount) {
        struct fact *f = fact_add(ret, FACT_SALE, id, made);
        f->known_only = !news;
        f->received = all;
        f->received_tax =
            greater(shop_money(o, "total_tax", "total_tax_set", currency),
                    shop_money(o, "current_total_tax", "current_total_tax_set", currency));
        f->currency = currency;
        f->amount = amount;
        f->tax = shop_money(o, "total_tax", "total_tax_set", currency);
        f->shipping = shipping(o, currency);
        f->tag = race_of(o);
        f->test = json_bool(json_get(o, "test"), false);
        f->cancelled = late;
        f->version_ms = changed;
        items(ctx, o, f);
        f->n_first = first_items(o, f);
    }
    returned(o, id, currency, ret);
}

/* Refunds are also made of goods alone; only money is a fact. */
static void
refund(const struct json *o, struct provider_parsed *ret)
{
    struct str currency;
    int64_t amount = refunded(o, STR(""), &currency);

    if (!amount)
        return;
    struct fact *f = fact_add(ret, FACT_REFUND, ret->about, refund_time(o));
    f->object = field_id(json_get(o, "id"));
    f->amount = amount;
    f->currency = currency;
}

/* Requests about a buyer's data, and about all of a shop's. */
static void
privacy(struct ctx *ctx, const struct json *o, struct provider_parsed *ret)
{
    const struct json *list = field_list(o, "orders_to_redact");
    struct fact *f = fact_add(ret, FACT_REDACT, STR(""), 0);

    f->remove = !str_eq_text(ret->type, "customers/data_request");
    if (!list)
        list = field_list(o, "orders_requested");
    if (!str_eq_text(ret->type, "shop/redact"))
        f->object = field_id(json_at(o, "customer.id"));
    f->payments = ARENA_ARRAY(ctx->arena, ORDERS_MAX, struct str);
    for (size_t i = 0; i < json_count(list) && f->n_payments < ORDERS_MAX; i++) {
        struct str id = field_id(json_item(list, i));
        if (id.n)
            f->payments[f->n_payments++] = id;
    }
}

/* The topics whose bytes are the whole order; others (orders/edited, …) have shapes of their
 * own and tell nothing that these do not. */
static bool
tells_order(struct str topic)
{
    return str_eq_text(topic, "orders/create") || str_eq_text(topic, "orders/paid") ||
           str_eq_text(topic, "orders/updated") || str_eq_text(topic, "orders/cancelled");
}

static enum err
parse(struct ctx *ctx, const struct provider_notice *n, struct provider_parsed *ret)
{
    const struct json *o;
    enum err e = json_parse(ctx, n->body, &o);

    if (e)
        return e;
    *ret = (struct provider_parsed){
        .key = n->key.n ? n->key : n->header[KEY],
        .type = n->key.n ? n->type : n->header[TOPIC],
        /* A shop has no test mode; its test orders say so one by one. */
        .live = ctx->conf && ctx->conf->mode == CONF_LIVE,
        .about = STR(""),
    };
    if (!ret->key.n || ret->key.n > FIELD_ID_MAX || !str_is_text(ret->key, ""))
        return ctx_fail(ctx, E_INVALID, "the notice has no id");
    if (!ret->type.n || ret->type.n > TOPIC_MAX || !str_is_text(ret->type, ""))
        return ctx_fail(ctx, E_INVALID, "the notice has no topic");
    if (json_type(o) != JSON_OBJECT)
        return ctx_fail(ctx, E_INVALID, "the notice is no object");
    bool is_order = tells_order(ret->type),
         is_refund = str_eq_text(ret->type, "refunds/create");

    if (is_order || is_refund) {
        ret->about = field_id(json_get(o, is_order ? "id" : "order_id"));
        if (!ret->about.n)
            return ctx_fail(ctx, E_INVALID, "the notice names no order");
        if (is_order)
            order(ctx, o, ret);
        else
            refund(o, ret);
    } else if (str_starts(ret->type, STR("customers/")) ||
               str_eq_text(ret->type, "shop/redact")) {
        privacy(ctx, o, ret);
        if (ret->fact[0].object.n)
            ret->about =
                str_of(arena_printf(ctx->arena, "customer:%.*s", STR_ARG(ret->fact[0].object)));
    } else if (str_eq_text(ret->type, "app/uninstalled")) {
        fact_add(ret, FACT_CLOSED, STR(""), 0);
    }
    return OK;
}

static enum err
redact(struct ctx *ctx, const struct provider_notice *n, struct str *ret)
{
    const struct json *o;
    enum err e = json_parse(ctx, n->body, &o);

    if (e)
        return e;
    bool asks = str_starts(n->type, STR("customers/"));
    struct str buyer = asks ? field_id(json_at(o, "customer.id")) : STR("");
    *ret = shopify_redact_body(ctx, o, asks ? STR("") : race_of(o), buyer, n->body.n);
    return OK;
}

const struct provider shopify_provider = {
    .name = STR_INIT("shopify"),
    .place = STR_INIT("shopify"),
    .wants = {"x-shopify-hmac-sha256", "x-shopify-topic", "x-shopify-shop-domain",
              "x-shopify-webhook-id", "x-shopify-api-version"},
    .unauthorized = true,
    .verify = verify,
    .parse = parse,
    .redact = redact,
};
