/* An outbox job for each telling. Not for: sending (job/tell.c). */
#include "queue/tell.h"

#include "queue/outbox.h"

enum err
tell_add(struct ctx *ctx, struct tx *tx, const char *topic, struct str object, int64_t turn)
{
    struct str what = str_of(arena_printf(ctx->arena, "%s %.*s", topic, STR_ARG(object)));
    struct str key =
        str_of(arena_printf(ctx->arena, "%.*s %lld", STR_ARG(what), (long long)turn));

    return outbox_add(ctx, tx, STR("tell"), key, what, ctx_now(ctx));
}
