/* Small regular questions to the vault. Not for: deciding what time does (race/lobby.c). */
#include "job/beat.h"

static enum err
ask(struct ctx *ctx, struct call *vault, struct msg *m)
{
    struct msg *answer = ARENA_NEW(ctx->arena, struct msg);

    msg_add_str(m, "trace", str_of(ctx->trace));
    return call_ask(ctx, vault, m, answer);
}

static struct msg *
start(struct ctx *ctx, struct str name)
{
    struct msg *m = ARENA_NEW(ctx->arena, struct msg);

    msg_init(m, name);
    return m;
}

enum err
beat_clock(struct ctx *ctx, struct call *vault)
{
    return ask(ctx, vault, start(ctx, STR("clock.tick")));
}

enum err
beat_end(struct ctx *ctx, struct call *vault)
{
    struct msg *m = start(ctx, STR("part.alive"));

    msg_add_i64(m, "ending", 1);
    return ask(ctx, vault, m);
}

enum err
beat_replay(struct ctx *ctx, struct call *vault)
{
    struct msg *m = start(ctx, STR("inbox.replay"));

    msg_add_i64(m, "id", 0);
    return ask(ctx, vault, m);
}

enum err
beat_prune(struct ctx *ctx, struct call *vault, int64_t upto)
{
    struct msg *m = start(ctx, STR("live.prune"));

    msg_add_i64(m, "upto", upto);
    return ask(ctx, vault, m);
}

enum err
beat_alert(struct ctx *ctx, struct call *vault, bool raise, struct str kind, struct str text)
{
    struct msg *m = start(ctx, raise ? STR("alert.raise") : STR("alert.resolve"));

    msg_add_str(m, "kind", kind);
    msg_add_str(m, "key", STR("house"));
    if (raise) {
        msg_add_str(m, "severity", STR("error"));
        msg_add_str(m, "who", STR("us"));
        msg_add_str(m, "text", text);
    }
    return ask(ctx, vault, m);
}
