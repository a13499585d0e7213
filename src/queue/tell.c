/* An outbox job for each telling, and for the picture that changed with it. Not for: sending
 * (job/herald.c), drawing (job/paint.c). */
#include "queue/tell.h"

#include "queue/outbox.h"

/* Both read the state when they run: while the same one waits a second would do nothing. */
static enum err
add_once(struct ctx *ctx, struct tx *tx, struct str kind, struct str key, struct str payload)
{
    bool waits = false;
    enum err e = outbox_is_due(ctx, kind, payload, &waits);

    return e || waits ? e : outbox_add(ctx, tx, kind, key, payload, ctx_now(ctx));
}

/* A race's card shows its state: seats alone change it too often. */
static enum err
draw(struct ctx *ctx, struct tx *tx, const char *topic, struct str object, struct str key)
{
    struct str rest = object, kind;

    if (!str_split(&rest, ':', &kind) || str_eq_text(str_of(topic), "race.card") ||
        (!str_eq_text(kind, "race") && !str_eq_text(kind, "season")))
        return OK;
    return add_once(
        ctx, tx, STR("card"), key,
        str_of(arena_printf(ctx->arena, "%.*s %.*s", STR_ARG(kind), STR_ARG(rest))));
}

enum err
tell_add(struct ctx *ctx, struct tx *tx, const char *topic, struct str object, int64_t turn)
{
    struct str what = str_of(arena_printf(ctx->arena, "%s %.*s", topic, STR_ARG(object)));
    struct str key =
        str_of(arena_printf(ctx->arena, "%.*s %lld", STR_ARG(what), (long long)turn));
    enum err e = draw(ctx, tx, topic, object, key);

    if (e)
        return e;
    if (str_eq_text(str_of(topic), "race.card") || str_eq_text(str_of(topic), "dj.queue"))
        return add_once(ctx, tx, STR("tell"), key, what);
    return outbox_add(ctx, tx, STR("tell"), key, what, ctx_now(ctx));
}
