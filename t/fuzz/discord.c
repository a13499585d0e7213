/* Any bytes as an interaction, and any bytes as its signature. */
#include "provider/discord.h"

#include "base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct arena *a;
    struct str bytes = {.p = (const char *)p, .n = n};
    struct discord_ask ask;
    struct ctx ctx;

    if (!a)
        a = arena_new(64 << 20);
    arena_reset(a);
    ctx_init(&ctx, a, world_real());
    BUG_IF(discord_verify(&ctx, STR("0123456789abcdef0123456789abcdef"), bytes, STR("0"),
                          bytes) == OK);
    ctx_clear(&ctx);
    if (discord_parse(&ctx, bytes, &ask) != OK) {
        BUG_IF(ctx.fail != E_INVALID);
        return 0;
    }
    BUG_IF(ask.n > DISCORD_OPTIONS_MAX || ask.n_values > DISCORD_VALUES_MAX);
    BUG_IF(ask.kind != DISCORD_PING && (!ask.user.id.n || !ask.token.n));
    return 0;
}
