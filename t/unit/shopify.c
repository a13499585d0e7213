/* Shopify's signature, its orders as facts, and its notices without their buyers. */
#include "provider/shopify.h"

#include "lib/facts.h"

#define SHOP "cozy-merch.myshopify.com"

static const struct {
    const char *name, *topic;
} cases[] = {
    {"created-unpaid",          "orders/create"         },
    {"created-paid",            "orders/create"         },
    {"paid",                    "orders/paid"           },
    {"paid-offset",             "orders/paid"           },
    {"paid-tax-within",         "orders/paid"           },
    {"paid-two-currencies",     "orders/paid"           },
    {"paid-yen",                "orders/paid"           },
    {"paid-test",               "orders/paid"           },
    {"paid-free",               "orders/paid"           },
    {"paid-odd",                "orders/paid"           },
    {"paid-many",               "orders/paid"           },
    {"paid-cancelled",          "orders/paid"           },
    {"tag-note",                "orders/paid"           },
    {"tag-code",                "orders/paid"           },
    {"tag-landing",             "orders/paid"           },
    {"tag-none",                "orders/paid"           },
    {"cancelled-unpaid",        "orders/cancelled"      },
    {"cancelled-kept",          "orders/cancelled"      },
    {"cancelled-refunded",      "orders/cancelled"      },
    {"updated-partly-refunded", "orders/updated"        },
    {"updated-old",             "orders/updated"        },
    {"paid-old",                "orders/paid"           },
    {"updated-bad-refund",      "orders/updated"        },
    {"refund",                  "refunds/create"        },
    {"refund-goods",            "refunds/create"        },
    {"refund-pending",          "refunds/create"        },
    {"refund-no-order",         "refunds/create"        },
    {"data-request",            "customers/data_request"},
    {"redact",                  "customers/redact"      },
    {"shop-redact",             "shop/redact"           },
    {"uninstalled",             "app/uninstalled"       },
    {"edited",                  "orders/edited"         },
    {"unknown",                 "products/update"       },
    {"no-id",                   "orders/paid"           },
    {"not-json",                "orders/paid"           },
    {"array",                   "orders/paid"           },
};

static struct provider_notice
notice(struct str body, const char *mac, const char *topic, const char *shop)
{
    return (struct provider_notice){
        .body = body,
        .header = {str_of(mac), str_of(topic), str_of(shop), STR("w1"), STR("2026-04")}
    };
}

static void
vector(const char *name, const char *topic)
{
    struct str body = facts_file(arena_printf(life, "shopify/%s.json", name));
    struct provider_notice n = notice(body, "", topic, SHOP);
    struct str got = facts_show(&shopify_provider, &n);
    struct provider_parsed p;

    is_str(got, facts_file(arena_printf(life, "shopify/%s.expect", name)), name);
    ctx_clear(&ctx);
    if (shopify_provider.parse(&ctx, &n, &p))
        return;
    struct provider_notice again = {.body = body, .key = p.key, .type = p.type};
    is_str(facts_show(&shopify_provider, &again), got, "… and so out of the inbox");
    is_int(shopify_provider.redact(&ctx, &again, &again.body), OK, "… its buyer is taken out");
    is_str(facts_show(&shopify_provider, &again), got, "… which changes no fact");
    struct str once = again.body;
    is_int(shopify_provider.redact(&ctx, &again, &again.body), OK, "… and again");
    is_str(again.body, once, "… is the same");
    static const char *const private[] = {"buyer", "Buyer", "Lane", "555",
                                          "192.0", "wrap",  "4242", "gift"};
    for (size_t i = 0; i < ARRAY_SIZE(private); i++)
        if (str_find(once, str_of(private[i]), 0) != SIZE_MAX)
            ok(false, "%s: \"%s\" is still there", name, private[i]);
}

static void
signature(struct str body, const char *mac, const char *topic, const char *shop,
          const char *secret, enum err want, const char *name)
{
    struct provider_notice n = notice(body, mac, topic, shop);
    struct str s = str_of(secret);

    ctx_clear(&ctx);
    is_int(shopify_provider.verify(&ctx, &n, &s, 1), want, name);
}

static void
signatures(void)
{
    const struct json *v = facts_vector("shopify_webhook");
    const char *secret = str_text(life, json_str(json_get(v, "secret")));
    const char *mac = str_text(life, json_str(json_get(v, "hmac_base64")));
    struct str body = json_str(json_get(v, "body"));
    struct provider_notice n = notice(body, mac, "orders/create", SHOP);
    struct str two[2] = {STR("shpss_old"), str_of(secret)};

    signature(body, mac, "orders/create", SHOP, secret, OK, "the published signature fits");
    signature(body, mac, "orders/create", "Cozy-Merch.MyShopify.com", secret, OK,
              "whatever the case of the shop's name");
    signature(body, mac, "orders/create", SHOP, "shpss_other", E_AUTH, "another secret");
    signature(str_sub(body, 0, body.n - 1), mac, "orders/create", SHOP, secret, E_AUTH,
              "a byte too few");
    signature(body, "", "orders/create", SHOP, secret, E_AUTH, "no signature");
    signature(body, str_text(life, str_sub(str_of(mac), 0, 43)), "orders/create", SHOP, secret,
              E_AUTH, "a sign too few");
    signature(body, mac, "orders/create", "other.myshopify.com", secret, E_INVALID,
              "another shop");
    signature(body, mac, "", SHOP, secret, E_INVALID, "no topic");
    signature(body, mac, "orders/create", "", secret, E_INVALID, "no shop");
    signature(body, mac, "orders/create", SHOP, " ", E_AUTH, "a blank secret fits nothing");
    is_int(shopify_provider.verify(&ctx, &n, two, 2), OK, "one of several secrets fits");
    is_int(shopify_provider.verify(&ctx, &n, two, 1), E_AUTH, "the old one alone does not");
    for (size_t i = 3; i < 5; i++) {
        n = notice(body, mac, "orders/create", SHOP);
        n.header[i] = STR("");
        is_int(shopify_provider.verify(&ctx, &n, two, 2), E_INVALID, "a header is missing");
    }
    n = notice(body, mac, "orders/create", SHOP);
    conf.shopify.shop = STR("");
    is_int(shopify_provider.verify(&ctx, &n, two, 2), E_INVALID, "no shop is ours");
    conf.shopify.shop = STR(SHOP);
}

int
main(void)
{
    facts_start();
    conf.shopify.shop = STR(SHOP);
    now = INT64_C(1790000000000);
    signatures();
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        vector(cases[i].name, cases[i].topic);
    arena_free(life);
    return done();
}
