/* Whop's signature, and its events as facts. */
#include "provider/whop.h"

#include "lib/facts.h"

static const char *const cases[] = {
    "payment",         "payment-sku",       "payment-exact", "payment-thousandth",
    "payment-power",   "payment-text",      "payment-other", "payment-renewal",
    "payment-open",    "payment-unpaid-at", "payment-yen",   "refund",
    "refund-pending",  "refund-failed",     "refund-orphan", "dispute",
    "dispute-warning", "dispute-won",       "dispute-lost",  "dispute-closed",
    "withdrawal",      "no-type",           "array",         "not-json",
};

static void
vector(const char *name)
{
    struct provider_notice n = {
        .body = facts_file(arena_printf(life, "whop/%s.json", name)),
        .header = {STR(""), STR("msg_1"), STR("")}
    };

    is_str(facts_show(&whop_provider, &n),
           facts_file(arena_printf(life, "whop/%s.expect", name)), name);
    n.header[1] = STR("");
    n.key = STR("msg_1");
    is_str(facts_show(&whop_provider, &n),
           facts_file(arena_printf(life, "whop/%s.expect", name)), "… out of the inbox too");
}

struct signed_by {
    const char *id, *time, *signature, *secret;
    struct str body;
    int64_t at_s;
};

static void
judge(struct signed_by s, enum err want, const char *name)
{
    struct provider_notice n = {
        .body = s.body, .header = {str_of(s.signature), str_of(s.id), str_of(s.time)}
    };
    struct str secret = str_of(s.secret);

    now = s.at_s * 1000;
    ctx_clear(&ctx);
    is_int(whop_provider.verify(&ctx, &n, &secret, 1), want, name);
}

static struct signed_by
published(const char *vector, const char *secret)
{
    const struct json *v = facts_vector(vector);
    struct signed_by s = {
        .id = str_text(life, json_str(json_get(v, "id"))),
        .signature = str_text(life, json_str(json_get(v, "signature"))),
        .secret = str_text(life, json_str(json_get(v, secret))),
        .body = json_str(json_get(v, "body")),
    };

    BUG_IF(!json_i64(json_get(v, "timestamp"), &s.at_s));
    s.time = arena_printf(life, "%lld", (long long)s.at_s);
    return s;
}

static void
signatures(void)
{
    const struct signed_by good = published("whop", "dashboard_secret");
    struct signed_by s = good;

    judge(s, OK, "the published signature fits the secret as it stands");
    s.at_s = good.at_s + 300;
    judge(s, OK, "300 s old");
    s.at_s++;
    judge(s, E_INVALID, "301 s old");
    s.at_s = good.at_s - 300;
    judge(s, OK, "300 s ahead");
    s.at_s--;
    judge(s, E_INVALID, "301 s ahead");
    s = good;
    s.secret = "ws_other";
    judge(s, E_AUTH, "another secret");
    s.secret = "  ";
    judge(s, E_AUTH, "a blank secret fits nothing");
    s = good;
    s.body = str_sub(good.body, 1, good.body.n);
    judge(s, E_AUTH, "a byte too few");
    s = good;
    s.id = "msg_other";
    judge(s, E_AUTH, "another id than was signed");
    s.id = "";
    judge(s, E_INVALID, "no id");
    s = good;
    s.time = arena_printf(life, "%lld", (long long)good.at_s + 1);
    judge(s, E_AUTH, "another time than was signed");
    s.time = arena_printf(life, "+%lld", (long long)good.at_s);
    judge(s, E_INVALID, "a time with a sign");
    s = good;
    s.signature = arena_printf(life, "v1,AAAA v1a,x %s", good.signature);
    judge(s, OK, "one of several signatures");
    s.signature = arena_printf(life, "v1a%s", good.signature + 2);
    judge(s, E_AUTH, "another scheme with the same sign");
    s.signature = good.signature + 3;
    judge(s, E_AUTH, "no scheme");
    s.signature = "";
    judge(s, E_INVALID, "no signature");
    s.signature =
        arena_printf(life, "v1,x v1,x v1,x v1,x v1,x v1,x v1,x v1,x %s", good.signature);
    judge(s, E_AUTH, "a ninth signature is not looked at");

    s = published("standard_webhooks", "secret");
    judge(s, E_AUTH, "a secret behind whsec_ is not taken as it stands");
    conf.whop.key_mode = STR("whsec");
    judge(s, OK, "but decoded where the settings say so");
    s.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS";
    judge(s, E_AUTH, "a secret that is no base64");
    s.secret = "whsec_AAAA";
    judge(s, E_AUTH, "a key of three bytes");
    judge(good, E_AUTH, "the dashboard's form does not fit then");
    conf.whop.key_mode = STR("raw");
}

int
main(void)
{
    facts_start();
    conf.whop.key_mode = STR("raw");
    signatures();
    now = INT64_C(1790000000000);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        vector(cases[i]);
    arena_free(life);
    return done();
}
