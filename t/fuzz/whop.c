/* Any bytes as a notice of Whop, and any bytes as its signature. */
#include "provider/whop.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/ctx.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct arena *a;
    static struct conf conf = {.whop = {.key_mode = STR_INIT("raw")}};
    struct str bytes = {.p = (const char *)p, .n = n}, secret = STR("ws_of_nobody");
    struct provider_notice notice = {
        .body = STR("{}"), .header = {bytes, STR("msg")}
    };
    struct provider_parsed parsed;
    struct ctx ctx;

    if (!a)
        a = arena_new(64 << 20);
    arena_reset(a);
    ctx_init(&ctx, a, world_real());
    ctx.conf = &conf;
    notice.header[2] = str_of(arena_printf(a, "%lld", (long long)(ctx_now(&ctx) / 1000)));
    BUG_IF(whop_provider.verify(&ctx, &notice, &secret, 1) != E_AUTH && n > 0);
    notice = (struct provider_notice){.body = bytes, .key = STR("msg"), .type = STR("x")};
    if (whop_provider.parse(&ctx, &notice, &parsed) != OK) {
        BUG_IF(ctx.fail != E_INVALID);
        return 0;
    }
    BUG_IF(!parsed.key.n || !parsed.type.n || parsed.n > PROVIDER_FACTS_MAX);
    for (size_t i = 0; i < parsed.n; i++)
        BUG_IF(parsed.fact[i].kind == FACT_NONE || parsed.fact[i].n_items > FACT_ITEMS_MAX);
    return 0;
}
