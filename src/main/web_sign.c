/* part.alive, once a minute. Not for: what a gap means (upkeep/outage.h). */
#include "main/web_sign.h"

enum { SIGN_MS = 60 * 1000, AGAIN_MS = 5000, PATIENCE_MS = 300, ARENA = 1024 * 1024 };

void
web_sign_init(struct web_sign *s, struct arena *process, struct str run)
{
    *s = (struct web_sign){.arena = arena_new(ARENA)};
    call_init(&s->vault, arena_printf(process, "%.*s/vault-web.sock", STR_ARG(run)));
    s->vault.timeout_ms = PATIENCE_MS;
}

/* No connection stays open: workers that are started would inherit it. */
static enum err
tell(struct web_sign *s, const struct world *world, bool ending)
{
    struct msg m, answer;
    struct ctx ctx;
    enum err e;

    arena_reset(s->arena);
    ctx_init(&ctx, s->arena, world);
    msg_init(&m, STR("part.alive"));
    msg_add_i64(&m, "ending", ending);
    msg_add_str(&m, "trace", str_of(ctx.trace));
    e = call_ask(&ctx, &s->vault, &m, &answer);
    call_done(&s->vault);
    return e;
}

void
web_sign_turn(struct web_sign *s, const struct world *world)
{
    int64_t now = world->tick_ms(world->arg);

    if (now >= s->next)
        s->next = now + (tell(s, world, false) == OK ? SIGN_MS : AGAIN_MS);
}

/* A vault that is away has nobody to tell. */
void
web_sign_end(struct web_sign *s, const struct world *world)
{
    (void)!tell(s, world, true);
}
