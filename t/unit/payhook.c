/* Notices of those who pay for us: PayPal's signature and facts, Stripe's of connected
 * accounts. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/json.h"
#include "lib/tap.h"
#include "provider/paypal.h"
#include "provider/registry.h"
#include "provider/stripe_connect.h"

static struct ctx ctx;
static struct conf conf = {
    .mode = CONF_TEST,
    .paypal = {.api = STR_INIT("http://127.0.0.1:9")},
};
static int64_t now;

static int64_t
now_ms(void *arg)
{
    (void)arg;
    return now;
}

static const struct json *
vectors(void)
{
    const char *dir = getenv("SRCDIR");
    const char *file =
        arena_printf(ctx.arena, "%s/t/data/signature-vectors.json", dir ? dir : "..");
    char *p = arena_alloc(ctx.arena, 64 * 1024);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, p, 64 * 1024);
    const struct json *v = NULL;

    if (fd >= 0)
        close(fd);
    ok(n > 0 && json_parse(&ctx, (struct str){.p = p, .n = (size_t)n}, &v) == OK,
       "the vectors are read");
    return json_get(v, "paypal");
}

/* Headers in the order of wants. */
enum { AT_SIG, AT_ID, AT_TIME, AT_URL, AT_ALGO };

static struct provider_notice
notice(const struct json *v)
{
    struct provider_notice n = {.body = json_str(json_get(v, "body"))};

    n.header[AT_SIG] = json_str(json_get(v, "signature_base64"));
    n.header[AT_ID] = json_str(json_get(v, "transmission_id"));
    n.header[AT_TIME] = json_str(json_get(v, "transmission_time"));
    n.header[AT_URL] = STR("https://api.paypal.com/v1/notifications/certs/CERT-1");
    n.header[AT_ALGO] = STR("SHA256withRSA");
    return n;
}

static enum err
verify(const struct provider_notice *n, const struct json *v)
{
    const struct str secrets[] = {json_str(json_get(v, "webhook_id")),
                                  json_str(json_get(v, "public_key_pem"))};

    ctx_clear(&ctx);
    return paypal_provider.verify(&ctx, n, secrets, 2);
}

static void
test_signature(const struct json *v)
{
    struct provider_notice n = notice(v);
    struct str secrets[] = {STR("other"), json_str(json_get(v, "public_key_pem"))};
    int64_t at = now;

    ok(verify(&n, v) == OK, "a notice of PayPal is believed");
    n.body = str_sub(n.body, 0, n.body.n - 1);
    ok(verify(&n, v) == E_AUTH, "not with another body");
    n = notice(v);
    n.header[AT_ID] = STR("tid-2");
    ok(verify(&n, v) == E_AUTH, "nor under another id");
    n = notice(v);
    ok(paypal_provider.verify(&ctx, &n, secrets, 2) == E_AUTH, "nor for another webhook");
    ok(paypal_provider.verify(&ctx, &n, secrets, 1) == E_BUSY, "nor without a certificate");
    n.header[AT_ALGO] = STR("SHA1withRSA");
    ok(verify(&n, v) == E_INVALID, "nor signed in a weaker way");
    n = notice(v);
    n.header[AT_SIG] = STR("not base64");
    ok(verify(&n, v) == E_INVALID, "nor with nonsense");
    n = notice(v);
    now = at - 301 * 1000;
    ok(verify(&n, v) == E_INVALID, "nor from the future");
    now = at + 71 * 3600 * 1000;
    ok(verify(&n, v) == OK, "what we refused is sent again for three days");
    now = at + 73 * 3600 * 1000;
    ok(verify(&n, v) == E_INVALID, "not longer");
    now = at;
    for (int i = 0; i < 5; i++) {
        n = notice(v);
        n.header[i] = STR("");
        if (i != AT_URL && !ok(verify(&n, v) == E_INVALID, "without header %d", i))
            return;
    }
}

static void
test_urls(void)
{
    static const char *const good[] = {
        "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-1d93a270",
        "https://api-m.sandbox.paypal.com/v1/notifications/certs/x"};
    static const char *const bad[] = {
        "",
        "https://api.paypal.com",
        "https://api.paypal.com.example.org/v1/notifications/certs/x",
        "https://example.org/v1/notifications/certs/x",
        "http://api.paypal.com/v1/notifications/certs/x",
        "https://api.paypal.com@example.org/v1/notifications/certs/x",
        "https://api.paypal.com:444/v1/notifications/certs/x",
        "https://api.paypal.com/v1/notifications/certs/../../x",
        "https://api.paypal.com/v1/notifications/certs/x?y",
        "https://api.paypal.com/v1/other/x",
        "https://API.PAYPAL.COM/v1/notifications/certs/x",
        "http://127.0.0.1:99/v1/notifications/certs/x",
    };
    struct provider_notice n = {.body = STR("")};
    struct str url;
    bool all = true;

    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        n.header[AT_URL] = str_of(good[i]);
        all = all && paypal_cert_url(&ctx, &n, &url) == OK && str_eq(url, n.header[AT_URL]);
    }
    ok(all, "certificates lie at PayPal");
    all = true;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        n.header[AT_URL] = str_of(bad[i]);
        if (paypal_cert_url(&ctx, &n, &url) != E_INVALID) {
            printf("# %s\n", bad[i]);
            all = false;
        }
    }
    ok(all, "and nowhere else");
    n.header[AT_URL] = STR("http://127.0.0.1:9/v1/notifications/certs/x");
    ok(paypal_cert_url(&ctx, &n, &url) == OK, "or where a test has its own");
    conf.mode = CONF_LIVE;
    ok(paypal_cert_url(&ctx, &n, &url) == E_INVALID, "which is nothing where money is real");
    conf.mode = CONF_TEST;
    ok(!paypal_cert_fits(&ctx, STR("http://127.0.0.1:9/v1/notifications/certs/x"), STR("x")),
       "what is no certificate does not become one");
}

static struct provider_parsed got;

static enum err
parse(const struct provider *p, const char *body)
{
    struct provider_notice n = {.body = str_of(body)};

    ctx_clear(&ctx);
    got = (struct provider_parsed){.n = 99};
    return p->parse(&ctx, &n, &got);
}

static void
test_paypal(void)
{
    ok(parse(&paypal_provider,
             "{\"id\":\"WH-1\",\"create_time\":\"2026-11-21T08:00:00Z\",\"event_type\":"
             "\"PAYMENT.PAYOUTS-ITEM.SUCCEEDED\",\"resource\":{\"payout_item_id\":\"8A\","
             "\"payout_batch_id\":\"5U\",\"transaction_status\":\"SUCCESS\",\"payout_item\":{"
             "\"sender_item_id\":\"ck-7\"}}}") == OK &&
           got.n == 1 && got.fact[0].kind == FACT_PAYOUT &&
           str_eq_text(got.fact[0].provider, "paypal") &&
           str_eq_text(got.fact[0].object, "5U") && str_eq_text(got.fact[0].payment, "ck-7") &&
           !got.live && str_eq_text(got.key, "WH-1"),
       "an item names its batch and our key");
    ok(parse(&paypal_provider,
             "{\"id\":\"WH-2\",\"event_type\":\"PAYMENT.PAYOUTSBATCH.DENIED\",\"resource\":{"
             "\"batch_header\":{\"payout_batch_id\":\"5U\",\"sender_batch_header\":{"
             "\"sender_batch_id\":\"ck-7\"}}}}") == OK &&
           got.n == 1 && str_eq_text(got.fact[0].object, "5U") &&
           str_eq_text(got.fact[0].payment, "ck-7"),
       "so does a batch");
    ok(parse(&paypal_provider, "{\"id\":\"WH-3\",\"event_type\":\"X\",\"resource\":{}}") ==
               OK &&
           got.n == 0 &&
           parse(&paypal_provider, "{\"id\":\"WH-3\",\"event_type\":"
                                   "\"PAYMENT.PAYOUTS-ITEM.FAILED\"}") == OK &&
           got.n == 0,
       "others are stored");
    ok(parse(&paypal_provider, "{\"event_type\":\"X\"}") == E_INVALID &&
           parse(&paypal_provider, "{\"id\":\"WH\"}") == E_INVALID &&
           parse(&paypal_provider, "[]") == E_INVALID &&
           parse(&paypal_provider, "x") == E_INVALID,
       "what has no id or type is none");
}

#define EVENT(type, account, object)                                                           \
    "{\"id\":\"evt_1\",\"type\":\"" type "\",\"livemode\":false,\"created\":1790000000,"       \
    "\"account\":\"" account "\",\"data\":{\"object\":" object "}}"

static void
test_connect(void)
{
    const struct provider *p = &stripe_connect_provider;

    ok(registry_find(STR("stripe_connect")) == p && str_eq_text(p->place, "stripe"),
       "connected accounts have an endpoint of their own");
    ok(parse(p, EVENT("account.updated", "acct_1", "{\"id\":\"acct_1\"}")) == OK &&
           got.n == 1 && got.fact[0].kind == FACT_ACCOUNT &&
           str_eq_text(got.fact[0].object, "acct_1") &&
           str_eq_text(got.fact[0].provider, "stripe") &&
           parse(p, EVENT("account.application.deauthorized", "acct_1", "{\"id\":\"ca_1\"}")) ==
               OK &&
           got.n == 1 && got.fact[0].kind == FACT_ACCOUNT &&
           str_eq_text(got.fact[0].object, "acct_1"),
       "an account is looked at");
    ok(parse(p, EVENT("payout.paid", "acct_1", "{\"id\":\"po_1\",\"status\":\"paid\"}")) ==
               OK &&
           got.n == 1 && got.fact[0].kind == FACT_BANK &&
           str_eq_text(got.fact[0].message, "at your bank"),
       "its money is at the bank");
    ok(parse(p, EVENT("payout.failed", "acct_1",
                      "{\"status\":\"failed\",\"failure_message\":\"The bank account has been "
                      "closed.\"}")) == OK &&
           got.n == 1 &&
           str_eq_text(got.fact[0].message,
                       "your bank did not take it: The bank account has been closed."),
       "or came back, and why");
    ok(parse(p, EVENT("payout.paid", "nobody", "{\"status\":\"paid\"}")) == OK && got.n == 0 &&
           parse(p, EVENT("payout.paid", "acct_1", "{\"status\":\"new word\"}")) == OK &&
           got.n == 0 && parse(p, EVENT("capability.updated", "acct_1", "{}")) == OK &&
           got.n == 0,
       "others are stored");
    ok(parse(p, "{\"id\":\"evt_1\",\"type\":\"account.updated\"}") == E_INVALID &&
           parse(p, "{}") == E_INVALID && parse(p, "") == E_INVALID,
       "what does not say whether it is live is none");
}

int
main(void)
{
    struct arena *arena CLEANUP(arena_freep) = arena_new(64 << 20);
    struct world world = *world_real();
    const struct json *v;

    world.now_ms = now_ms;
    ctx_init(&ctx, arena, &world);
    ctx.conf = &conf;
    now = 1795248000000; /* 2026-11-21T08:00:00Z */
    v = vectors();
    test_signature(v);
    test_urls();
    test_paypal();
    test_connect();
    return done();
}
