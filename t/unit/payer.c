/* Orders to those who pay for us, and the meaning of their answers. */
#include "provider/payer.h"

#include <stdlib.h>

#include "base/conf.h"
#include "base/ctx.h"
#include "lib/tap.h"
#include "provider/payer_paypal.h"

static struct ctx ctx;
static struct conf conf = {
    .site = {.name = STR_INIT("Cozy-Kart")},
    .money = {.currency = STR_INIT("USD")},
};
static const struct payer_way way = {.base = STR_INIT("https://pay.example"),
                                     .token = STR_INIT("sk_test_1"),
                                     .account = STR_INIT("")};
static const struct payer_way whop_way = {.base = STR_INIT("https://pay.example/v1"),
                                          .token = STR_INIT("key-1"),
                                          .account = STR_INIT("biz_1")};
static struct remote_ask ask;
static struct httpc_answer got;
static struct pay_answer a;

static struct pay_order
order(const char *to, const char *ref)
{
    return (struct pay_order){.id = 7,
                              .key = STR("ck-payout-7"),
                              .to = str_of(to),
                              .amount = 5005,
                              .currency = "USD",
                              .ref = str_of(ref),
                              .first_at = 1790000000000};
}

static bool
has(struct str text, const char *part)
{
    return str_find(text, str_of(part), 0) != SIZE_MAX;
}

static bool
has_header(const char *line)
{
    for (size_t i = 0; i < HTTPC_HEADERS_MAX && ask.http.header[i]; i++)
        if (!strcmp(ask.http.header[i], line))
            return true;
    return false;
}

/* What an answer to an order means. */
static enum pay_what
sent(const struct payer *p, const struct pay_order *o, int status, const char *body)
{
    ctx_clear(&ctx);
    BUG_IF(p->send(&ctx, p == &payer_whop ? &whop_way : &way, o, &ask));
    got = (struct httpc_answer){.status = status, .body = str_of(body)};
    p->sent(&ctx, o, &ask, OK, &got, &a);
    return a.what;
}

static enum pay_what
lost(const struct payer *p, const struct pay_order *o, enum err e)
{
    BUG_IF(p->send(&ctx, p == &payer_whop ? &whop_way : &way, o, &ask));
    e = ctx_fail(&ctx, e, "cut");
    p->sent(&ctx, o, &ask, e, NULL, &a);
    return a.what;
}

static enum pay_what
seen(const struct payer *p, const struct pay_order *o, int status, const char *body)
{
    ctx_clear(&ctx);
    BUG_IF(p->look(&ctx, p == &payer_whop ? &whop_way : &way, o, &ask));
    got = (struct httpc_answer){.status = status, .body = str_of(body)};
    p->seen(&ctx, o, &ask, OK, &got, &a);
    return a.what;
}

static enum pay_what
unseen(const struct payer *p, const struct pay_order *o, enum err e)
{
    BUG_IF(p->look(&ctx, p == &payer_whop ? &whop_way : &way, o, &ask));
    e = ctx_fail(&ctx, e, "cut");
    p->seen(&ctx, o, &ask, e, NULL, &a);
    return a.what;
}

static void
test_find(void)
{
    ok(payer_find(STR("stripe")) == &payer_stripe &&
           payer_find(STR("paypal")) == &payer_paypal &&
           payer_find(STR("whop")) == &payer_whop && !payer_find(STR("gift_card")) &&
           !payer_find(STR("")),
       "each payer is found by its method");
    ok(payer_stripe.fits(STR("acct_1A")) && !payer_stripe.fits(STR("acct_")) &&
           !payer_stripe.fits(STR("acct_1/..")) && !payer_stripe.fits(STR("user_1")),
       "accounts of Stripe");
    ok(payer_paypal.fits(STR("nova+kart@mail.example.org")) &&
           !payer_paypal.fits(STR("nova")) && !payer_paypal.fits(STR("@example.org")) &&
           !payer_paypal.fits(STR("a b@example.org")) &&
           !payer_paypal.fits(STR("a@b@example.org")) && !payer_paypal.fits(STR("a@example")) &&
           !payer_paypal.fits(STR("a@.example.org")) &&
           !payer_paypal.fits(STR("a@example.org.")) &&
           !payer_paypal.fits(STR("a@exa\"mple.org")) && !payer_paypal.fits(STR("a@b..org")),
       "addresses for PayPal");
    ok(payer_whop.fits(STR("user_1aB")) && !payer_whop.fits(STR("user_")) &&
           !payer_whop.fits(STR("biz_1")) && !payer_whop.fits(STR("user_1?x")),
       "users of Whop");
}

/* What fails before anything happened, and what nobody can know: for all of them alike. */
static void
test_all(const struct payer *p, const char *to, const char *ref)
{
    struct pay_order o = order(to, ""), known = order(to, ref);
    const char *n = str_text(ctx.arena, p->name);

    ok(lost(p, &o, E_REMOTE) == PAY_WAIT, "%s: no connection: nothing happened", n);
    ok(lost(p, &o, E_UNCERTAIN) == PAY_UNKNOWN && a.why.n,
       "%s: an answer that is lost: nobody knows", n);
    ok(lost(p, &o, E_INTERNAL) == PAY_WAIT, "%s: what we could not send waits", n);
    ok(sent(p, &o, 500, "{}") == PAY_UNKNOWN && sent(p, &o, 502, "<html>") == PAY_UNKNOWN &&
           sent(p, &o, 409, "{}") == PAY_UNKNOWN && sent(p, &o, 503, "") == PAY_UNKNOWN,
       "%s: 5xx and 409: nobody knows", n);
    ok(sent(p, &o, 429, "{}") == PAY_WAIT, "%s: 429: nothing happened", n);
    ok(sent(p, &o, 200, "<html>welcome") == PAY_UNKNOWN &&
           sent(p, &o, 200, "{}") == PAY_UNKNOWN && sent(p, &o, 200, "[1]") == PAY_UNKNOWN &&
           sent(p, &o, 200, "") == PAY_UNKNOWN && sent(p, &o, 302, "") == PAY_UNKNOWN,
       "%s: a good status without the proof: nobody knows", n);
    ok(sent(p, &o, 400, "<html>proxy") == PAY_UNKNOWN && sent(p, &o, 404, "x") == PAY_UNKNOWN,
       "%s: a refusal by somebody in between: nobody knows", n);
    ok(sent(p, &o, 401, "{}") == PAY_WAIT && sent(p, &o, 403, "{\"error\":{}}") == PAY_WAIT,
       "%s: a key that is not accepted can be put right", n);
    ok(unseen(p, &known, E_UNCERTAIN) == PAY_WAIT && unseen(p, &known, E_REMOTE) == PAY_WAIT &&
           seen(p, &known, 500, "{}") == PAY_WAIT && seen(p, &known, 200, "{}") != PAY_PAID &&
           seen(p, &known, 200, "{}") != PAY_ABSENT && seen(p, &known, 429, "{}") == PAY_WAIT,
       "%s: a look that fails tells nothing", n);
    ok(seen(p, &known, 404, "{}") == PAY_UNKNOWN,
       "%s: that they do not know their own number does not mean it is not there", n);
    o.to = STR("x\r\ny: z");
    ok(p->send(&ctx, p == &payer_whop ? &whop_way : &way, &o, &ask) == E_INVALID,
       "%s: what is no destination is not asked for", n);
    known.ref = STR("../x");
    ok(p->look(&ctx, p == &payer_whop ? &whop_way : &way, &known, &ask) == E_INVALID,
       "%s: what is no id comes into no address", n);
}

#define TRANSFER(id, amount, more)                                                             \
    "{\"id\":\"" id "\",\"object\":\"transfer\",\"amount\":" amount                            \
    ",\"currency\":\"usd\",\"destination\":\"acct_1A\",\"transfer_group\":\"ck-payout-"        \
    "7\"," more "}"
#define KEPT "\"amount_reversed\":0,\"reversed\":false"
#define STRIPE_LIST(more, items)                                                               \
    "{\"object\":\"list\",\"has_more\":" more ",\"data\":[" items "]}"

static void
test_stripe_orders(void)
{
    struct pay_order o = order("acct_1A", "");

    ok(payer_stripe.send(&ctx, &way, &o, &ask) == OK && ask.money &&
           ask.http.method == HTTPC_POST &&
           !strcmp(ask.http.url, "https://pay.example/v1/transfers") &&
           has_header("Idempotency-Key: ck-payout-7"),
       "stripe: a transfer under the key");
    is_str(ask.http.body,
           STR("amount=5005&currency=usd&destination=acct_1A&transfer_group=ck-payout-7&"
               "metadata[ck_payout]=7"),
           "stripe: amount, destination and our name for it");
    ok(payer_stripe.look(&ctx, &way, &o, &ask) == OK && !ask.money &&
           ask.http.method == HTTPC_GET && !ask.http.header[3] &&
           !strcmp(ask.http.url, "https://pay.example/v1/transfers?transfer_group=ck-payout-7&"
                                 "destination=acct_1A&limit=100"),
       "stripe: it is looked for by our name");
    o.ref = STR("tr_9");
    ok(payer_stripe.look(&ctx, &way, &o, &ask) == OK &&
           !strcmp(ask.http.url, "https://pay.example/v1/transfers/tr_9"),
       "stripe: or by its own");
}

static void
test_stripe(void)
{
    struct pay_order o = order("acct_1A", ""), known = order("acct_1A", "tr_9");

    ok(sent(&payer_stripe, &o, 200, TRANSFER("tr_9", "5005", KEPT)) == PAY_PAID &&
           str_eq_text(a.ref, "tr_9"),
       "stripe: a transfer is the proof");
    ok(sent(&payer_stripe, &o, 200, TRANSFER("tr_9", "5004", KEPT)) == PAY_UNKNOWN && a.why.n &&
           sent(&payer_stripe, &o, 200, TRANSFER("po_9", "5005", KEPT)) == PAY_UNKNOWN,
       "stripe: another amount or thing is none");
    ok(sent(&payer_stripe, &o, 400,
            "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"balance_insufficient\","
            "\"message\":\"x\"}}") == PAY_WAIT &&
           has(a.why, "balance") && a.lacks && a.spent,
       "stripe: an empty balance waits and says so: its key is spent");
    ok(sent(&payer_stripe, &o, 400,
            "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"account_invalid\"}}") ==
               PAY_FAILED &&
           a.why.n &&
           sent(&payer_stripe, &o, 400,
                "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"resource_missing\","
                "\"param\":\"destination\"}}") == PAY_FAILED,
       "stripe: an account that cannot be paid ends it");
    ok(sent(&payer_stripe, &o, 400,
            "{\"error\":{\"type\":\"idempotency_error\",\"message\":\"x\"}}") == PAY_UNKNOWN &&
           sent(&payer_stripe, &o, 409, "{\"error\":{\"code\":\"idempotency_key_in_use\"}}") ==
               PAY_UNKNOWN,
       "stripe: a key that stands for something is looked up");
    ok(seen(&payer_stripe, &o, 200, STRIPE_LIST("false", "")) == PAY_ABSENT,
       "stripe: an empty list: never heard of");
    ok(seen(&payer_stripe, &o, 200, STRIPE_LIST("false", TRANSFER("tr_9", "5005", KEPT))) ==
               PAY_PAID &&
           str_eq_text(a.ref, "tr_9"),
       "stripe: found by our name");
    ok(seen(&payer_stripe, &o, 200, STRIPE_LIST("true", "")) == PAY_UNKNOWN &&
           seen(&payer_stripe, &o, 200,
                STRIPE_LIST("false", TRANSFER("tr_9", "5005", KEPT) "," TRANSFER(
                                         "tr_8", "5005", KEPT))) == PAY_UNKNOWN,
       "stripe: more than one is for a person");
    ok(seen(&payer_stripe, &known, 200, TRANSFER("tr_9", "5005", "\"reversed\":true")) ==
               PAY_FAILED &&
           seen(&payer_stripe, &known, 200,
                TRANSFER("tr_9", "5005", "\"amount_reversed\":5,\"reversed\":false")) ==
               PAY_UNKNOWN,
       "stripe: taken back, or a part of it");
}

#define BATCH(status, items)                                                                   \
    "{\"batch_header\":{\"payout_batch_id\":\"5UXD2E8A7EBQJ\",\"batch_status\":\"" status      \
    "\",\"sender_batch_header\":{\"sender_batch_id\":\"ck-payout-7\"}},\"items\":[" items "]}"
#define ITEM(status, more)                                                                     \
    "{\"payout_item_id\":\"8AELMXH8UB2P8\",\"transaction_status\":\"" status                   \
    "\",\"payout_batch_id\":\"5UXD2E8A7EBQJ\"," more                                           \
    "\"payout_item\":{\"amount\":{\"value\":\"50.05\",\"currency\":\"USD\"},"                  \
    "\"sender_item_id\":\"ck-payout-7\",\"receiver\":\"nova@example.org\"}}"
#define FEE "\"payout_item_fee\":{\"currency\":\"USD\",\"value\":\"0.25\"},"

static void
test_paypal_orders(void)
{
    struct pay_order o = order("nova@example.org", "");
    struct str token = STR("");
    int64_t until = 0;

    ok(payer_paypal.send(&ctx, &way, &o, &ask) == OK && ask.money &&
           !strcmp(ask.http.url, "https://pay.example/v1/payments/payouts") &&
           has_header("PayPal-Request-Id: ck-payout-7") &&
           has_header("Authorization: Bearer sk_test_1"),
       "paypal: an order under the key");
    is_str(ask.http.body,
           STR("{\"sender_batch_header\":{\"sender_batch_id\":\"ck-payout-7\","
               "\"email_subject\":\"Your payout from Cozy-Kart\"},\"items\":[{"
               "\"recipient_type\":\"EMAIL\",\"receiver\":\"nova@example.org\","
               "\"amount\":{\"value\":\"50.05\",\"currency\":\"USD\"},"
               "\"sender_item_id\":\"ck-payout-7\",\"note\":\"Payout 7\"}]}"),
           "paypal: one item a batch, both by our name");
    ok(payer_paypal.look(&ctx, &way, &o, &ask) == E_NOTFOUND,
       "paypal: nothing is found by our name");
    ok(payer_paypal_token(&ctx, way.base, STR("id"), STR("secret"), &ask) == OK &&
           has_header("Authorization: Basic aWQ6c2VjcmV0") && !ask.money &&
           str_eq_text(ask.http.body, "grant_type=client_credentials"),
       "paypal: a token is asked for");
    got = (struct httpc_answer){
        .status = 200,
        .body = STR(
            "{\"access_token\":\"A21.x-y\",\"token_type\":\"Bearer\",\"expires_in\":3600}")};
    ok(payer_paypal_given(&ctx, &ask, OK, &got, &token, &until) == OK &&
           str_eq_text(token, "A21.x-y") && until > ctx_now(&ctx) + 3500 * 1000 &&
           until <= ctx_now(&ctx) + 3540 * 1000,
       "paypal: and used until a minute before its end");
    got.status = 401;
    ok(payer_paypal_given(&ctx, &ask, OK, &got, &token, &until) == E_REMOTE &&
           has(ctx_why(&ctx), "client id"),
       "paypal: wrong credentials are called so");
    ctx_clear(&ctx);
}

static void
test_paypal(void)
{
    struct pay_order o = order("nova@example.org", ""),
                     known = order("nova@example.org", "5UXD2E8A7EBQJ");

    ok(sent(&payer_paypal, &o, 201, BATCH("PENDING", "")) == PAY_SENT &&
           str_eq_text(a.ref, "5UXD2E8A7EBQJ"),
       "paypal: a batch is not yet a payment");
    ok(sent(&payer_paypal, &o, 400,
            "{\"name\":\"USER_BUSINESS_ERROR\",\"message\":\"User business error.\","
            "\"details\":[{\"field\":\"SENDER_BATCH_ID\",\"issue\":\"exists\"}],\"links\":[{"
            "\"href\":\"https://api.paypal.com/v1/payments/payouts/5UXD2E8A7EBQJ\","
            "\"rel\":\"self\"}]}") == PAY_SENT &&
           str_eq_text(a.ref, "5UXD2E8A7EBQJ"),
       "paypal: the first batch of that name is adopted");
    ok(sent(&payer_paypal, &o, 400,
            "{\"name\":\"VALIDATION_ERROR\",\"message\":\"x\",\"links\":[{\"href\":"
            "\"https://api.paypal.com/v1/payments/payouts/../x\"}]}") == PAY_FAILED &&
           sent(&payer_paypal, &o, 422,
                "{\"name\":\"UNPROCESSABLE_ENTITY\",\"details\":[{\"issue\":\"no good\"}]}") ==
               PAY_FAILED &&
           has(a.why, "no good"),
       "paypal: what is wrong with the order ends it, with the reason");
    ok(sent(&payer_paypal, &o, 422, "{\"name\":\"INSUFFICIENT_FUNDS\"}") == PAY_WAIT &&
           has(a.why, "balance") && a.lacks && !a.spent,
       "paypal: an empty balance waits and says so, under the same key");
    ok(sent(&payer_paypal, &o, 400, "{\"name\":\"USER_BUSINESS_ERROR\"}") == PAY_WAIT,
       "paypal: what is wrong with our account waits");
    ok(seen(&payer_paypal, &known, 200, BATCH("SUCCESS", ITEM("SUCCESS", FEE))) == PAY_PAID &&
           a.fee == 25 && str_eq(a.ref, known.ref),
       "paypal: the item's success is the proof, with its fee");
    ok(seen(&payer_paypal, &known, 200, BATCH("SUCCESS", ITEM("SUCCESS", ""))) == PAY_PAID &&
           a.fee == -1,
       "paypal: a fee that is not said is not guessed");
    ok(seen(&payer_paypal, &known, 200, BATCH("PROCESSING", "")) == PAY_SENT &&
           seen(&payer_paypal, &known, 200, BATCH("SUCCESS", "")) == PAY_SENT &&
           seen(&payer_paypal, &known, 200, BATCH("SUCCESS", ITEM("PENDING", ""))) ==
               PAY_SENT &&
           seen(&payer_paypal, &known, 200, BATCH("SUCCESS", ITEM("ONHOLD", ""))) == PAY_SENT &&
           seen(&payer_paypal, &known, 200, BATCH("SUCCESS", ITEM("UNCLAIMED", ""))) ==
               PAY_SENT &&
           seen(&payer_paypal, &known, 200, BATCH("SUCCESS", ITEM("BRANDNEW", ""))) == PAY_SENT,
       "paypal: the batch's success alone is none, nor are words nobody knows");
    bool all = true;
    static const char *const ends[] = {BATCH("SUCCESS", ITEM("FAILED", "")),
                                       BATCH("SUCCESS", ITEM("BLOCKED", "")),
                                       BATCH("SUCCESS", ITEM("RETURNED", "")),
                                       BATCH("SUCCESS", ITEM("REFUNDED", "")),
                                       BATCH("SUCCESS", ITEM("REVERSED", "")),
                                       BATCH("DENIED", ""),
                                       BATCH("CANCELED", "")};
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
        all = all && seen(&payer_paypal, &known, 200, ends[i]) == PAY_FAILED && a.why.n;
    ok(all, "paypal: each end without a payment gives the reason");
    ok(seen(&payer_paypal, &known, 200,
            BATCH("SUCCESS",
                  ITEM("FAILED", "\"errors\":{\"name\":\"RECEIVER_ACCOUNT_LOCKED\"},"))) ==
               PAY_FAILED &&
           has(a.why, "limited"),
       "paypal: in words for people");
    known.amount = 5006;
    ok(seen(&payer_paypal, &known, 200, BATCH("SUCCESS", ITEM("SUCCESS", FEE))) == PAY_UNKNOWN,
       "paypal: another amount is no proof");
    known.amount = 5005;
    known.key = STR("ck-payout-8");
    ok(seen(&payer_paypal, &known, 200, BATCH("SUCCESS", ITEM("SUCCESS", FEE))) == PAY_UNKNOWN,
       "paypal: nor is another name");
}

#define WHOP(amount, key)                                                                      \
    "{\"id\":\"ctt_9\",\"amount\":" amount                                                     \
    ",\"currency\":\"usd\",\"fee_amount\":0.5,\"metadata\":{\"ck_payout\":\"7\",\"ck_key\":"   \
    "\"" key "\"}}"
#define WHOP_LIST(more, items)                                                                 \
    "{\"data\":[" items "],\"page_info\":{\"has_next_page\":" more "}}"

static void
test_whop(void)
{
    struct pay_order o = order("user_1", ""), known = order("user_1", "ctt_9");

    ok(payer_whop.send(&ctx, &whop_way, &o, &ask) == OK && ask.money &&
           !strcmp(ask.http.url, "https://pay.example/v1/transfers") &&
           has_header("Idempotency-Key: ck-payout-7") &&
           has(ask.http.body, "\"amount\":50.05,\"currency\":\"usd\"") &&
           has(ask.http.body, "\"idempotence_key\":\"ck-payout-7\"") &&
           has(ask.http.body, "\"origin_id\":\"biz_1\",\"destination_id\":\"user_1\""),
       "whop: a transfer under the key, to the cent");
    o.amount = 5000;
    ok(payer_whop.send(&ctx, &whop_way, &o, &ask) == OK &&
           has(ask.http.body, "\"amount\":50.00,"),
       "whop: always with two places");
    o.amount = 5005;
    ok(payer_whop.look(&ctx, &whop_way, &o, &ask) == OK &&
           has(str_of(ask.http.url), "origin_id=biz_1&destination_id=user_1&first=100") &&
           has(str_of(ask.http.url), "created_after=2026-09-21T"),
       "whop: it is looked for among those to that user since then");
    ok(sent(&payer_whop, &o, 200, WHOP("50.05", "ck-payout-7")) == PAY_PAID &&
           str_eq_text(a.ref, "ctt_9") && a.fee == 50,
       "whop: a transfer is the proof");
    o.amount = 5000;
    ok(sent(&payer_whop, &o, 200, WHOP("50", "ck-payout-7")) == PAY_PAID &&
           sent(&payer_whop, &o, 200, WHOP("50.0", "ck-payout-7")) == PAY_PAID &&
           sent(&payer_whop, &o, 200, WHOP("50.000", "ck-payout-7")) == PAY_PAID &&
           sent(&payer_whop, &o, 200, WHOP("50.001", "ck-payout-7")) == PAY_UNKNOWN &&
           sent(&payer_whop, &o, 200, WHOP("5e1", "ck-payout-7")) == PAY_UNKNOWN,
       "whop: however the number is spelt, to the cent");
    ok(sent(&payer_whop, &o, 400, "{\"error\":{\"message\":\"Insufficient balance\"}}") ==
               PAY_WAIT &&
           sent(&payer_whop, &o, 422, "{\"error\":{\"message\":\"No such user\"}}") ==
               PAY_FAILED &&
           has(a.why, "No such user"),
       "whop: an empty balance waits, a wrong receiver ends it");
    o.amount = 5005;
    ok(seen(&payer_whop, &o, 200, WHOP_LIST("false", WHOP("50.05", "ck-payout-6"))) ==
               PAY_ABSENT &&
           seen(&payer_whop, &o, 200,
                WHOP_LIST("false", WHOP("50.05", "ck-payout-6") "," WHOP(
                                       "50.05", "ck-payout-7"))) == PAY_PAID,
       "whop: others to the same user are not it");
    ok(seen(&payer_whop, &o, 200, WHOP_LIST("true", "")) == PAY_UNKNOWN,
       "whop: a list that goes on proves nothing");
    ok(seen(&payer_whop, &known, 200, WHOP("50.05", "ck-payout-7")) == PAY_PAID &&
           seen(&payer_whop, &known, 200, WHOP("50.05", "ck-payout-6")) == PAY_UNKNOWN &&
           seen(&payer_whop, &known, 200, WHOP("50.06", "ck-payout-7")) == PAY_UNKNOWN,
       "whop: found by its own name it must be ours");
}

int
main(void)
{
    struct arena *arena CLEANUP(arena_freep) = arena_new(64 << 20);

    ctx_init(&ctx, arena, world_real());
    ctx.conf = &conf;
    test_find();
    test_all(&payer_stripe, "acct_1A", "tr_9");
    test_all(&payer_paypal, "nova@example.org", "5UXD2E8A7EBQJ");
    test_all(&payer_whop, "user_1", "ctt_9");
    test_stripe_orders();
    test_stripe();
    test_paypal_orders();
    test_paypal();
    test_whop();
    return done();
}
