/* Live messages and tellings of a race. See news.h. */
#include "race/news.h"

#include "base/buf.h"
#include "queue/live.h"
#include "queue/tell.h"

/* "race/12" */
static struct str
channel(struct ctx *ctx, int64_t race)
{
    return str_of(arena_printf(ctx->arena, "race/%lld", (long long)race));
}

struct str
news_object(struct ctx *ctx, int64_t race)
{
    return str_of(arena_printf(ctx->arena, "race:%lld", (long long)race));
}

enum err
news_tell(struct ctx *ctx, struct tx *tx, int64_t race, const char *topic)
{
    int64_t seq;
    enum err e = live_seq(ctx, channel(ctx, race), &seq);

    return e ? e : tell_add(ctx, tx, topic, news_object(ctx, race), seq);
}

enum err
news_add(struct ctx *ctx, struct tx *tx, int64_t race, const char *type, struct str data)
{
    enum err e = live_add(ctx, tx, channel(ctx, race), str_of(type), data);

    return e ? e : news_tell(ctx, tx, race, "race.card");
}

enum err
news_state(struct ctx *ctx, struct tx *tx, int64_t race, const char *type, const char *state,
           int64_t closed_at)
{
    struct buf b = buf_new(ctx->arena, 512);
    enum err e;

    buf_printf(&b, "{\"race\":%lld,\"state\":\"%s\"", (long long)race, state);
    if (closed_at)
        buf_printf(&b, ",\"closed_at\":%lld", (long long)closed_at);
    buf_add_char(&b, '}');
    if ((e = news_add(ctx, tx, race, type, buf_str(&b))))
        return e;
    return live_add(ctx, tx, STR("home"), str_of(type), buf_str(&b));
}
