/* Any bytes as a notice of Stripe, and any bytes as its signature header. */
#include "provider/stripe.h"
#include "base/arena.h"
#include "base/ctx.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct arena *a;
    struct str bytes = {.p = (const char *)p, .n = n}, secret = STR("whsec_of_nobody");
    struct provider_notice notice = {.body = STR("{}"), .header = {bytes}};
    struct provider_parsed parsed;
    struct ctx ctx;

    if (!a)
        a = arena_new(64 << 20);
    arena_reset(a);
    ctx_init(&ctx, a, world_real());
    BUG_IF(stripe_provider.verify(&ctx, &notice, &secret, 1) == OK);
    notice = (struct provider_notice){.body = bytes};
    if (stripe_provider.parse(&ctx, &notice, &parsed) != OK) {
        BUG_IF(ctx.fail != E_INVALID);
        return 0;
    }
    BUG_IF(!parsed.key.n || !parsed.type.n || parsed.n > PROVIDER_FACTS_MAX);
    for (size_t i = 0; i < parsed.n; i++)
        BUG_IF(parsed.fact[i].kind == FACT_NONE || parsed.fact[i].n_items > FACT_ITEMS_MAX);
    return 0;
}
