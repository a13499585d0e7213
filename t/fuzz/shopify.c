/* Any bytes as a notice of Shopify under each topic, as its signature, and without its buyer.
 */
#include "provider/shopify.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/ctx.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
one(struct ctx *ctx, const char *topic, struct str bytes)
{
    struct provider_notice notice = {.body = bytes, .key = STR("w1"), .type = str_of(topic)};
    struct provider_parsed parsed, again;

    if (shopify_provider.parse(ctx, &notice, &parsed) != OK) {
        BUG_IF(ctx->fail != E_INVALID);
        return;
    }
    BUG_IF(parsed.n > PROVIDER_FACTS_MAX);
    for (size_t i = 0; i < parsed.n; i++)
        BUG_IF(parsed.fact[i].kind == FACT_NONE || parsed.fact[i].n_items > FACT_ITEMS_MAX);
    BUG_IF(shopify_provider.redact(ctx, &notice, &notice.body) != OK);
    BUG_IF(shopify_provider.parse(ctx, &notice, &again) != OK || again.n != parsed.n ||
           !str_eq(again.about, parsed.about));
    for (size_t i = 0; i < parsed.n; i++) {
        const struct fact *a = &parsed.fact[i], *b = &again.fact[i];
        BUG_IF(a->kind != b->kind || a->amount != b->amount || a->at_ms != b->at_ms ||
               a->tax != b->tax || a->shipping != b->shipping || a->n_items != b->n_items ||
               a->test != b->test || !str_eq(a->tag, b->tag) || !str_eq(a->object, b->object) ||
               a->n_payments != b->n_payments);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct arena *a;
    static struct conf conf = {.shopify = {.shop = STR_INIT("cozy.myshopify.com")}};
    static const char *const topics[] = {"orders/paid", "refunds/create", "customers/redact",
                                         "app/uninstalled"};
    struct str bytes = {.p = (const char *)p, .n = n}, secret = STR("shpss_of_nobody");
    struct provider_notice notice = {
        .body = STR("{}"),
        .header = {bytes, STR("orders/paid"), STR("cozy.myshopify.com"), STR("w"), STR("v")}
    };
    struct ctx ctx;

    if (!a)
        a = arena_new(64 << 20);
    arena_reset(a);
    ctx_init(&ctx, a, world_real());
    ctx.conf = &conf;
    BUG_IF(shopify_provider.verify(&ctx, &notice, &secret, 1) == OK);
    for (size_t i = 0; i < ARRAY_SIZE(topics); i++)
        one(&ctx, topics[i], bytes);
    return 0;
}
