/* Accounts at Stripe that people are paid by: what is asked, and what an account says of
 * itself.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/ctx.h"
#include "lib/tap.h"
#include "provider/stripe_account.h"

static struct ctx ctx;
static struct conf conf = {.mode = CONF_TEST};
static const struct payer_way way = {.base = STR_INIT("https://api.stripe.example"),
                                     .token = STR_INIT("sk_test_1"),
                                     .account = STR_INIT("")};
static struct remote_ask ask;

static void
test_asks(void)
{
    ok(stripe_account_make(&ctx, &way, 12, 1777, STR("US"), &ask) == OK &&
           !strcmp(ask.http.url, "https://api.stripe.example/v1/accounts") &&
           !strcmp(ask.http.header[3], "Idempotency-Key: method-12-1777"),
       "an account is made once a method");
    is_str(ask.http.body,
           STR("controller[stripe_dashboard][type]=express&controller[fees][payer]=application&"
               "controller[losses][payments]=application&controller[requirement_collection]="
               "stripe&capabilities[transfers][requested]=true&business_type=individual&"
               "country=US&metadata[ck_method]=12"),
           "by its controller, not by an old type");
    ok(stripe_account_link(&ctx, &way, STR("acct_1"), STR("https://kart.example/wallet/payout"),
                           STR("k1"), &ask) == OK,
       "a link to set it up");
    is_str(ask.http.body,
           STR("account=acct_1&type=account_onboarding&refresh_url=https%3A%2F%2Fkart.example"
               "%2Fwallet%2Fpayout&return_url=https%3A%2F%2Fkart.example%2Fwallet%2Fpayout"),
           "that leads back to us either way");
    ok(stripe_account_get(&ctx, &way, STR("acct_1/x"), &ask) == E_INVALID &&
           stripe_account_link(&ctx, &way, STR("user_1"), STR("x"), STR("k"), &ask) ==
               E_INVALID,
       "what is no account is not asked about");
}

static struct stripe_account got;

static enum err
said(struct str body)
{
    struct httpc_answer a = {.status = 200, .body = body};
    struct remote_answer r;

    ctx_clear(&ctx);
    BUG_IF(stripe_account_get(&ctx, &way, STR("acct_1"), &ask));
    stripe_api_read(&ctx, &ask, OK, &a, &r);
    return stripe_account_read(&ctx, &r, &got);
}

static void
test_reads(void)
{
    ok(said(STR("{\"id\":\"acct_1\",\"details_submitted\":true,\"capabilities\":{\"transfers\":"
                "\"active\"},\"requirements\":{\"currently_due\":[]}}")) == OK &&
           got.ready && !got.open && !got.why.n,
       "an account that can be paid");
    ok(said(
           STR("{\"id\":\"acct_1\",\"details_submitted\":false,\"capabilities\":{\"transfers\":"
               "\"inactive\"}}")) == OK &&
           !got.ready && got.open && got.why.n,
       "one that nobody filled in yet");
    ok(said(STR("{\"id\":\"acct_1\",\"details_submitted\":true,\"capabilities\":{\"transfers\":"
                "\"pending\"},\"requirements\":{\"currently_due\":[],\"past_due\":[],"
                "\"pending_verification\":[\"x\"]}}")) == OK &&
           !got.ready && !got.open && got.why.n,
       "one that Stripe looks at: a link is of no use");
    ok(said(STR("{\"id\":\"acct_1\",\"details_submitted\":true,\"requirements\":{"
                "\"disabled_reason\":\"rejected.fraud\",\"currently_due\":[\"x\"]}}")) == OK &&
           !got.ready && !got.open && got.why.n,
       "one that Stripe does not want");
    ok(said(STR("{\"id\":\"acct_1\"}")) == OK && !got.ready && got.open,
       "what says nothing is not ready");
    ok(said(STR("{}")) == E_REMOTE && said(STR("{\"id\":\"cus_1\"}")) == E_REMOTE,
       "what is no account is none");
}

static void
test_url(void)
{
    static const struct {
        const char *body;
        bool good;
    } links[] = {
        {"{\"url\":\"https://connect.stripe.com/setup/e/acct_1/x\"}", true },
        {"{\"url\":\"http://127.0.0.1/setup\"}",                      true },
        {"{\"url\":\"javascript:alert(1)\"}",                         false},
        {"{\"url\":\"\"}",                                            false},
        {"{}",                                                        false},
    };
    struct str url;

    for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
        struct httpc_answer a = {.status = 200, .body = str_of(links[i].body)};
        struct remote_answer r;

        ctx_clear(&ctx);
        stripe_api_read(&ctx, &ask, OK, &a, &r);
        ok((stripe_account_url(&ctx, &r, &url) == OK) == links[i].good, "%s: %s", links[i].body,
           links[i].good ? "an address" : "none");
    }
}

/* One of Stripe's own sample objects, where the papers are at hand. */
static void
test_sample(void)
{
    const char *shared = getenv("COZYKART_SHARED"), *dir = getenv("SRCDIR");
    const char *name = shared
                           ? arena_printf(ctx.arena, "%s/specs/stripe-fixtures.json", shared)
                           : arena_printf(ctx.arena, "%s/../shared/specs/stripe-fixtures.json",
                                          dir ? dir : "..");
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    char *p = arena_alloc(ctx.arena, 4 << 20);
    ssize_t n = fd < 0 ? -1 : read(fd, p, 4 << 20);
    struct remote_answer r = {.how = REMOTE_DONE};
    const struct json *v = NULL;

    if (fd >= 0)
        close(fd);
    if (n <= 0) {
        skip("a sample account of Stripe's", "stripe-fixtures.json is not here");
        return;
    }
    ctx_clear(&ctx);
    ok(json_parse(&ctx, (struct str){.p = p, .n = (size_t)n}, &v) == OK,
       "the samples are read");
    r.body = json_get(json_get(v, "resources"), "account");
    ok(stripe_account_read(&ctx, &r, &got) == OK && got.ready,
       "a sample account of Stripe's says what we ask it");
}

int
main(void)
{
    struct arena *arena CLEANUP(arena_freep) = arena_new(128 << 20);

    ctx_init(&ctx, arena, world_real());
    ctx.conf = &conf;
    test_asks();
    test_reads();
    test_url();
    test_sample();
    return done();
}
