/* Requests of ours to Stripe and the meaning of its answers. */
#include "provider/stripe_books.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/conf.h"
#include "lib/tap.h"

static struct ctx ctx;
static struct conf conf = {
    .money = {.currency = STR_INIT("USD")},
    .stripe = { .api = STR_INIT("https://api.stripe.example"),  .country = STR_INIT("US")},
};
static const struct payer_way way = {.base = STR_INIT("https://api.stripe.example"),
                                     .token = STR_INIT("sk_test_1"),
                                     .account = STR_INIT("")};
static struct remote_ask ask;

static bool
has(const char *text, const char *part)
{
    return text && strstr(text, part);
}

static bool
form_has(const char *name, const char *value)
{
    struct str want =
        httpc_form(&ctx, STR(""), str_text(ctx.arena, str_of(name)), str_of(value));
    size_t at = str_find(ask.http.body, want, 0);

    return at != SIZE_MAX && (at == 0 || ask.http.body.p[at - 1] == '&') &&
           (at + want.n == ask.http.body.n || ask.http.body.p[at + want.n] == '&');
}

static void
test_heads(void)
{
    struct payer_way other = way;

    ok(stripe_api_get(&ctx, &way, "/v1/balance", &ask) == OK && ask.http.method == HTTPC_GET &&
           !strcmp(ask.http.url, "https://api.stripe.example/v1/balance") && !ask.http.type &&
           !ask.money,
       "a question");
    is_str(ask.http.base, conf.stripe.api, "at the address of the settings");
    ok(!strcmp(ask.http.header[0], "Authorization: Bearer sk_test_1") &&
           has(ask.http.header[1], "Stripe-Version: 20") &&
           has(ask.http.header[2], "User-Agent: Cozy-Kart/") && !ask.http.header[3],
       "with key and version");
    ok(stripe_api_post(&ctx, &way, "/v1/x", STR("a-1"), STR("b=c"), true, &ask) == OK &&
           ask.http.method == HTTPC_POST && ask.money &&
           !strcmp(ask.http.header[3], "Idempotency-Key: a-1") &&
           !strcmp(ask.http.type, "application/x-www-form-urlencoded") &&
           str_eq_text(ask.http.body, "b=c"),
       "an order is a form and carries its key");
    other.account = STR("acct_9");
    ok(stripe_api_post(&ctx, &other, "/v1/x", STR("a-1"), STR("b=c"), true, &ask) == OK &&
           !strcmp(ask.http.header[3], "Stripe-Account: acct_9") &&
           !strcmp(ask.http.header[4], "Idempotency-Key: a-1") && !ask.http.header[5],
       "for a connected account");
    ok(stripe_api_post(&ctx, &way, "/v1/x", STR(""), STR(""), true, &ask) == E_INVALID &&
           stripe_api_post(&ctx, &way, "/v1/x", STR("a\r\nX: y"), STR(""), true, &ask) ==
               E_INVALID,
       "never without a key, nor with what is none");
    other.token = STR("sk_test\r\nX: y");
    ok(stripe_api_get(&ctx, &other, "/v1/x", &ask) == E_INVALID, "no broken secret key");
    other = way;
    other.account = STR("acct_/..");
    ok(stripe_api_get(&ctx, &other, "/v1/x", &ask) == E_INVALID, "no broken account");
}

static void
test_ids(void)
{
    static const char *const bad[] = {"",        "cs_",     "pi_",     "cs_1/expire", "cs_1?x",
                                      "cs_..",   "pi_1/x",  "pi_1&a",  "cs_1 ",       "cs_1\n",
                                      "../cs_1", "pi_1%20", "acct_1.", "1",           "cs-1"};
    bool refused = true;

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        struct str s = str_of(bad[i]);

        refused = refused && stripe_books_payment(&ctx, &way, s, &ask) == E_INVALID &&
                  stripe_books_refund(&ctx, &way, s, 5, STR("k"), &ask) == E_INVALID &&
                  stripe_books_refunds(&ctx, &way, s, &ask) == E_INVALID &&
                  (!s.n || stripe_books_moves(&ctx, &way, 0, s, &ask) == E_INVALID);
    }
    ok(refused, "what is no id of theirs comes into no address");
}

static void
test_open(void)
{
    struct stripe_api_checkout c = {
        .id = 12,
        .reference = STR_INIT("checkout-12-ab"),
        .key = STR_INIT("checkout-12-ab"),
        .kind = STR_INIT("sale"),
        .title = STR_INIT("Hoodie & cap"),
        .items = STR_INIT("hoodie:2:4500,cap:1:500"),
        .tag = STR_INIT("128"),
        .back = STR_INIT("https://kart.example/shop/thanks/tok"),
        .cancel = STR_INIT("https://kart.example/shop/thanks/tok?left=1"),
        .shipping = 700,
        .expires_at = INT64_C(1790003600999),
        .line = {{.name = STR_INIT("Hoodie"), .price = 4500, .quantity = 2},
                 {.name = STR_INIT("Cap"), .price = 500, .quantity = 1}},
        .n_lines = 2,
    };

    ok(stripe_api_open(&ctx, &way, &c, &ask) == OK &&
           has(ask.http.url, "/v1/checkout/sessions") &&
           !strcmp(ask.http.header[3], "Idempotency-Key: checkout-12-ab"),
       "a checkout");
    ok(form_has("mode", "payment") && form_has("success_url", c.back.p) &&
           form_has("cancel_url", c.cancel.p) &&
           form_has("client_reference_id", "checkout-12-ab") &&
           form_has("expires_at", "1790003600") &&
           form_has("adaptive_pricing[enabled]", "false"),
       "where it leads back, until when, in our currency");
    ok(form_has("shipping_address_collection[allowed_countries][0]", "US"),
       "goods need an address");
    ok(form_has("line_items[0][price_data][currency]", "usd") &&
           form_has("line_items[0][price_data][unit_amount]", "4500") &&
           form_has("line_items[0][price_data][product_data][name]", "Hoodie") &&
           form_has("line_items[0][quantity]", "2") &&
           form_has("line_items[1][price_data][unit_amount]", "500") &&
           form_has("line_items[2][price_data][product_data][name]", "Shipping") &&
           form_has("line_items[2][price_data][unit_amount]", "700") &&
           form_has("line_items[2][quantity]", "1"),
       "its lines, and shipping as one");
    ok(form_has("metadata[ck_kind]", "sale") && form_has("metadata[ck_checkout]", "12") &&
           form_has("metadata[ck_race]", "128") && form_has("metadata[ck_items]", c.items.p) &&
           form_has("metadata[ck_title]", c.title.p) &&
           form_has("metadata[ck_shipping]", "700") &&
           form_has("payment_intent_data[metadata][ck_kind]", "sale") &&
           form_has("payment_intent_data[metadata][ck_checkout]", "12") &&
           form_has("payment_intent_data[metadata][ck_race]", "128") &&
           form_has("payment_intent_data[metadata][ck_items]", c.items.p),
       "what it is, on the session and on its payment");
    ok(str_find(ask.http.body, STR("payment_method_types"), 0) == SIZE_MAX &&
           str_find(ask.http.body, STR("ck_at"), 0) == SIZE_MAX,
       "what newer versions refuse, and what would fix the order time, is left out");
    c = (struct stripe_api_checkout){
        .id = 13,
        .key = STR_INIT("checkout-13"),
        .kind = STR_INIT("tip"),
        .title = STR_INIT("Tip for DJ Nova"),
        .line = {{.name = STR_INIT("Tip for DJ Nova"), .price = 500, .quantity = 1}},
        .n_lines = 1,
    };
    ok(stripe_api_open(&ctx, &way, &c, &ask) == OK && form_has("metadata[ck_kind]", "tip") &&
           str_find(ask.http.body, STR("ck_race"), 0) == SIZE_MAX &&
           str_find(ask.http.body, STR("ck_items"), 0) == SIZE_MAX &&
           str_find(ask.http.body, STR("Shipping"), 0) == SIZE_MAX,
       "a tip is one line without a race");
}

static struct remote_answer
answer_to(bool money, int64_t status, const char *body, const char *again)
{
    const struct httpc_answer a = {
        .status = status, .body = str_of(body), .header = {str_of(again)}};
    struct remote_answer r;

    BUG_IF(stripe_api_post(&ctx, &way, "/v1/x", STR("k"), STR(""), money, &ask) != OK);
    stripe_api_read(&ctx, &ask, OK, &a, &r);
    return r;
}

#define ERROR(type, code)                                                                      \
    "{\"error\":{\"type\":\"" type "\",\"code\":\"" code "\",\"message\":\"No.\"}}"

/* clang-format off */
static const struct {
    int64_t status;
    const char *body, *again;
    enum remote_how plain, money;
    const char *code;
} errors[] = {
    {400, ERROR("invalid_request_error", "balance_insufficient"), NULL,
     REMOTE_REFUSED, REMOTE_REFUSED, "balance_insufficient"},
    {400, ERROR("invalid_request_error", "charge_already_refunded"), NULL,
     REMOTE_REFUSED, REMOTE_REFUSED, "charge_already_refunded"},
    {409, ERROR("idempotency_error", "idempotency_key_in_use"), "true",
     REMOTE_WAIT, REMOTE_UNKNOWN, "idempotency_key_in_use"},
    {429, ERROR("invalid_request_error", "lock_timeout"), NULL,
     REMOTE_WAIT, REMOTE_WAIT, "lock_timeout"},
    {400, ERROR("invalid_request_error", "rate_limit"), NULL,
     REMOTE_WAIT, REMOTE_WAIT, "rate_limit"},
    {400, "{\"error\":{\"type\":\"idempotency_error\"}}", NULL,
     REMOTE_REFUSED, REMOTE_REFUSED, "idempotency_error"},
    {401, "{\"error\":{\"type\":\"invalid_request_error\"}}", NULL,
     REMOTE_WAIT, REMOTE_WAIT, "invalid_request_error"},
    {402, ERROR("card_error", "card_declined"), NULL,
     REMOTE_REFUSED, REMOTE_REFUSED, "card_declined"},
    {404, ERROR("invalid_request_error", "resource_missing"), NULL,
     REMOTE_REFUSED, REMOTE_REFUSED, "resource_missing"},
    {424, ERROR("api_error", "x"), NULL, REMOTE_WAIT, REMOTE_UNKNOWN, "x"},
    {400, ERROR("invalid_request_error", "odd"), "true", REMOTE_WAIT, REMOTE_WAIT, "odd"},
    {500, ERROR("api_error", "y"), "true", REMOTE_WAIT, REMOTE_UNKNOWN, "y"},
    {500, "", NULL, REMOTE_WAIT, REMOTE_UNKNOWN, ""},
    {400, "{\"error\":\"text\"}", NULL, REMOTE_REFUSED, REMOTE_REFUSED, ""},
};
/* clang-format on */

static void
test_errors(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
        const char *what =
            arena_printf(ctx.arena, "%d %s", (int)errors[i].status, errors[i].code);
        struct remote_answer r =
            answer_to(true, errors[i].status, errors[i].body, errors[i].again);

        ok(r.how == errors[i].money && str_eq_text(r.code, errors[i].code) && r.why.n > 0,
           "%s, of money", what);
        is_int(answer_to(false, errors[i].status, errors[i].body, errors[i].again).how,
               errors[i].plain, what);
    }
    ok(has(str_text(ctx.arena, answer_to(true, 400,
                                         "{\"error\":{\"type\":\"idempotency_error\","
                                         "\"message\":\"Keys for …\"}}",
                                         NULL)
                                   .why),
           "a person must look"),
       "another request under the same key needs a person");
    ok(has(str_text(ctx.arena,
                    answer_to(true, 400, ERROR("invalid_request_error", "odd"), NULL).why),
           "Stripe says: No."),
       "what we have no words for is told in theirs");
}

static struct remote_answer
done_with(const char *body)
{
    struct remote_answer r = answer_to(false, 200, body, NULL);

    BUG_IF(r.how != REMOTE_DONE);
    return r;
}

static void
test_sessions(void)
{
    struct stripe_api_opened o;
    struct remote_answer r =
        done_with("{\"id\":\"cs_test_1\",\"url\":\"https://checkout.example/c\","
                  "\"status\":\"open\",\"expires_at\":1790003600}");

    ok(stripe_api_opened(&ctx, &r, &o) == OK && str_eq_text(o.id, "cs_test_1") &&
           str_eq_text(o.url, "https://checkout.example/c") && str_eq_text(o.state, "open") &&
           o.expires_at == INT64_C(1790003600000),
       "what a checkout is");
    r = done_with("{\"id\":\"cs_test_1\",\"url\":null,\"status\":\"complete\"}");
    ok(stripe_api_opened(&ctx, &r, &o) == OK && o.url.n == 0, "a closed one has no address");
    ok(stripe_api_sessions(&ctx, &way, INT64_C(1790000000999), &ask) == OK &&
           has(ask.http.url, "/v1/checkout/sessions?limit=100&created%5Bgte%5D=1790000000"),
       "looking for one whose answer was lost");
    r = done_with("{\"data\":[{\"id\":\"cs_1\",\"client_reference_id\":null},{\"id\":\"cs_2\","
                  "\"client_reference_id\":\"k\",\"url\":\"https://u\",\"status\":\"open\"}]}");
    ok(stripe_api_found(&ctx, &r, STR("k"), &o) == OK && str_eq_text(o.id, "cs_2"),
       "it is found by our name of it");
    is_int(stripe_api_found(&ctx, &r, STR("j"), &o), E_NOTFOUND, "or not");
    r = done_with("{\"id\":\"pi_1\",\"status\":\"open\"}");
    is_int(stripe_api_opened(&ctx, &r, &o), E_REMOTE, "something else is none");
    r = done_with("");
    is_int(stripe_api_opened(&ctx, &r, &o), E_REMOTE, "nothing is none");
}

static void
test_refunds(void)
{
    struct stripe_books_refunded f;
    struct remote_answer r;

    ok(stripe_books_refund(&ctx, &way, STR("pi_1"), 500, STR("back-1"), &ask) == OK &&
           ask.money && form_has("payment_intent", "pi_1") && form_has("amount", "500") &&
           form_has("metadata[ck_giveback]", "back-1") &&
           !strcmp(ask.http.header[3], "Idempotency-Key: back-1"),
       "a refund carries its key twice: theirs is forgotten after a day");
    ok(stripe_books_refunds(&ctx, &way, STR("pi_1"), &ask) == OK && !ask.money &&
           has(ask.http.url, "/v1/refunds?payment_intent=pi_1&limit=100"),
       "looking for it");
    r = done_with("{\"id\":\"re_1\",\"object\":\"refund\",\"status\":\"succeeded\"}");
    ok(stripe_books_refunded(&ctx, &r, STR("back-1"), &f) == OK && str_eq_text(f.id, "re_1") &&
           str_eq_text(f.state, "succeeded"),
       "made");
    r = done_with("{\"data\":[{\"id\":\"re_0\",\"status\":\"succeeded\",\"metadata\":{}},"
                  "{\"id\":\"re_2\",\"status\":\"failed\",\"failure_reason\":\"lost_card\","
                  "\"metadata\":{\"ck_giveback\":\"back-1\"}}]}");
    ok(stripe_books_refunded(&ctx, &r, STR("back-1"), &f) == OK && str_eq_text(f.id, "re_2") &&
           str_eq_text(f.state, "failed") && str_eq_text(f.why, "lost_card"),
       "found by its key among others");
    is_int(stripe_books_refunded(&ctx, &r, STR("back-9"), &f), E_NOTFOUND, "it is not there");
    r = done_with("{\"data\":[]}");
    is_int(stripe_books_refunded(&ctx, &r, STR("back-1"), &f), E_NOTFOUND, "there is none");
}

static void
test_fees(void)
{
    struct stripe_books_fee f;
    struct remote_answer r;

    ok(stripe_books_payment(&ctx, &way, STR("pi_1"), &ask) == OK &&
           has(ask.http.url, "/v1/payment_intents/pi_1?expand%5B0%5D=latest_charge.balance_"
                             "transaction"),
       "a payment with what it cost");
    r = done_with(
        "{\"id\":\"pi_1\",\"latest_charge\":{\"id\":\"ch_1\",\"balance_transaction\":"
        "{\"id\":\"txn_1\",\"fee\":103,\"currency\":\"usd\",\"created\":1790000001}}}");
    ok(stripe_books_fee(&ctx, &r, &f) == OK && f.fee == 103 && str_eq_text(f.id, "txn_1") &&
           str_eq_text(f.currency, "USD") && f.at == INT64_C(1790000001000),
       "its fee");
    r = done_with("{\"id\":\"pi_1\",\"latest_charge\":{\"balance_transaction\":null}}");
    is_int(stripe_books_fee(&ctx, &r, &f), E_NOTFOUND, "not known yet");
    r = done_with("{\"id\":\"pi_1\",\"latest_charge\":null}");
    is_int(stripe_books_fee(&ctx, &r, &f), E_NOTFOUND, "not charged yet");
    r = done_with(
        "{\"latest_charge\":{\"balance_transaction\":"
        "{\"id\":\"txn_1\",\"fee\":-3,\"currency\":\"usd\",\"created\":1790000001}}}");
    is_int(stripe_books_fee(&ctx, &r, &f), E_REMOTE, "no fee below nothing");
    r = done_with(
        "{\"latest_charge\":{\"balance_transaction\":"
        "{\"id\":\"txn_1\",\"fee\":1.5,\"currency\":\"usd\",\"created\":1790000001}}}");
    is_int(stripe_books_fee(&ctx, &r, &f), E_REMOTE, "no parts of a cent");
}

static void
test_lists(void)
{
    struct stripe_books_move *m;
    struct remote_answer r;
    int64_t held = 0;
    size_t n = 0;
    bool more = false;

    ok(stripe_books_balance(&ctx, &way, &ask) == OK && has(ask.http.url, "/v1/balance"),
       "the balance");
    r = done_with("{\"available\":[{\"amount\":1000,\"currency\":\"usd\"},"
                  "{\"amount\":7,\"currency\":\"eur\"}],"
                  "\"pending\":[{\"amount\":-200,\"currency\":\"usd\"}]}");
    ok(stripe_books_held(&r, STR("USD"), &held) && held == 800,
       "what they hold in one currency");
    r = done_with("{\"available\":[{\"amount\":\"x\",\"currency\":\"usd\"}],\"pending\":[]}");
    ok(!stripe_books_held(&r, STR("USD"), &held), "what cannot be read is no balance");
    r = done_with("{}");
    ok(!stripe_books_held(&r, STR("USD"), &held), "nor is nothing");
    ok(stripe_books_moves(&ctx, &way, 1790000000, STR("txn_5"), &ask) == OK &&
           has(ask.http.url, "/v1/balance_transactions?limit=100&expand%5B0%5D=data.source"
                             "&created%5Bgte%5D=1790000000&starting_after=txn_5"),
       "a page of movements");
    r = done_with("{\"data\":[{\"id\":\"txn_1\",\"type\":\"charge\",\"source\":\"ch_1\","
                  "\"currency\":\"usd\",\"amount\":2500,\"fee\":103,\"net\":2397,\"created\":"
                  "1790000000},{\"id\":\"txn_2\",\"type\":\"refund\",\"source\":{\"id\":"
                  "\"re_1\"},\"currency\":\"usd\",\"amount\":-500,\"fee\":0,\"net\":-500,"
                  "\"created\":1790000009}],\"has_more\":true}");
    ok(stripe_books_moved(&ctx, &r, &m, &n, &more) == OK && n == 2 && more &&
           str_eq_text(m[0].source, "ch_1") && m[0].net == 2397 &&
           str_eq_text(m[1].source, "re_1") && m[1].amount == -500 &&
           m[1].at == INT64_C(1790000009000),
       "its lines");
    r = done_with("{\"data\":[{\"id\":\"txn_1\",\"amount\":2500}]}");
    is_int(stripe_books_moved(&ctx, &r, &m, &n, &more), E_REMOTE,
           "a line that cannot be read spoils the page");
}

static void
test_way(void)
{
    char name[] = "/tmp/cozykart-key-XXXXXX";
    int fd = mkstemp(name);
    struct payer_way w;

    ok(stripe_api_way(&ctx, &w) == E_BUSY, "without a key there is no Stripe");
    BUG_IF(fd < 0 || write(fd, "sk_test_77\n", 11) != 11);
    conf.stripe.api_key_file = str_of(name);
    ok(stripe_api_way(&ctx, &w) == OK && str_eq_text(w.token, "sk_test_77") &&
           str_eq(w.base, conf.stripe.api),
       "key and address of the settings");
    conf.mode = CONF_LIVE;
    ok(stripe_api_way(&ctx, &w) == E_INVALID, "a test key moves no real money");
    conf.mode = CONF_TEST;
    close(fd);
    unlink(name);
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(16 << 20);

    ctx_init(&ctx, a, world_real());
    ctx.conf = &conf;
    test_heads();
    test_ids();
    test_open();
    test_errors();
    test_sessions();
    test_refunds();
    test_fees();
    test_lists();
    test_way();
    return done();
}
