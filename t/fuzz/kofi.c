/* Any bytes as a form of Ko-fi, as the JSON within, and as the end of its address. */
#include "provider/kofi.h"
#include "base/arena.h"
#include "base/ctx.h"
#include "base/enc.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
one(struct ctx *ctx, struct str body)
{
    struct provider_notice notice = {.body = body};
    struct provider_parsed parsed;

    if (kofi_provider.parse(ctx, &notice, &parsed) != OK) {
        BUG_IF(ctx->fail != E_INVALID);
        return;
    }
    BUG_IF(!parsed.key.n || !parsed.type.n || parsed.n > 1);
    BUG_IF(parsed.n && parsed.fact[0].n_items > FACT_ITEMS_MAX);
    BUG_IF(parsed.n && parsed.fact[0].amount < -1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct arena *a;
    struct str bytes = {.p = (const char *)p, .n = n};
    const struct str secrets[] = {STR("path of-nobody-at-all"), STR("token of-nobody-at-all")};
    struct provider_notice notice = {.body = bytes, .header = {STR("of-nobody-at-all")}};
    struct ctx ctx;

    if (!a)
        a = arena_new(64 << 20);
    arena_reset(a);
    ctx_init(&ctx, a, world_real());
    enum err e = kofi_provider.verify(&ctx, &notice, secrets, 2);
    BUG_IF(e == OK && str_find(bytes, STR("nobody"), 0) == SIZE_MAX &&
           str_find(bytes, STR("%"), 0) == SIZE_MAX);
    one(&ctx, bytes);
    one(&ctx, str_of(arena_printf(a, "data=%.*s", STR_ARG(enc_percent(a, bytes)))));
    return 0;
}
