/* JSON of a DJ's channel. See booth.h. */
#include "dj/booth.h"

#include "base/point.h"
#include "db/tx.h"
#include "dj/dj.h"
#include "dj/request.h"
#include "dj/tip.h"
#include "queue/live.h"
#include "queue/tell.h"

enum {
    DATA_MAX = 4096,
    STATE_MAX = 65536,
    SNAPSHOT_MAX = 66000,
    NAME_SIGNS = 16,
    SONG_SIGNS = 40,
    NEXT = 3,
    QUEUE_MAX = 50,
    TIPS_MAX = 20
};

static struct str
channel(struct ctx *ctx, int64_t dj_id)
{
    return str_of(arena_printf(ctx->arena, "dj/%lld", (long long)dj_id));
}

static void
add_text(struct ctx *ctx, struct buf *b, const char *key, struct str text, size_t signs)
{
    buf_printf(b, ",\"%s\":", key);
    buf_add_json(b, point_clean(ctx->arena, text, signs));
}

static void
add_song(struct ctx *ctx, struct buf *b, const struct request *r)
{
    buf_printf(b, "{\"id\":%lld,\"tip\":%lld,\"state\":\"%.*s\",\"position\":%lld,\"at\":%lld",
               (long long)r->id, (long long)r->tip_id, STR_ARG(r->state),
               (long long)r->position, (long long)r->at);
    buf_printf(b, ",\"amount\":%lld", (long long)r->amount);
    add_text(ctx, b, "title", r->title, SONG_SIGNS);
    add_text(ctx, b, "artist", r->artist, SONG_SIGNS);
    add_text(ctx, b, "from", r->from, NAME_SIGNS);
    buf_add_char(b, '}');
}

/* "playing":…,"next":[…],"waiting":n */
static enum err
add_queue(struct ctx *ctx, struct buf *b, int64_t dj_id, size_t show)
{
    struct request *q;
    size_t n, shown = 0, waiting = 0;
    enum err e = request_queue(ctx, dj_id, 1000, &q, &n);

    if (e)
        return e;
    buf_add_text(b, "\"playing\":");
    if (n && str_eq_text(q[0].state, "playing"))
        add_song(ctx, b, &q[0]);
    else
        buf_add_text(b, "null");
    buf_add_text(b, ",\"next\":[");
    for (size_t i = 0; i < n; i++) {
        if (!str_eq_text(q[i].state, "waiting"))
            continue;
        waiting++;
        if (shown == show)
            continue;
        buf_add_text(b, shown++ ? "," : "");
        add_song(ctx, b, &q[i]);
    }
    buf_printf(b, "],\"waiting\":%zu", waiting);
    return OK;
}

static void
add_dj(struct ctx *ctx, struct buf *b, const struct dj *d)
{
    buf_printf(b, "\"dj\":%lld", (long long)d->member_id);
    add_text(ctx, b, "name", d->name, 64);
    buf_printf(b, ",\"on_air\":%s,\"paused\":%s,\"min\":%lld", d->on_air ? "true" : "false",
               d->paused ? "true" : "false", (long long)d->min);
}

/* The song that came with the tip; empty when none did. */
static enum err
song_of(struct ctx *ctx, const struct tip *t, struct request *ret)
{
    *ret = (struct request){.title = STR(""), .artist = STR("")};
    return t->request_id ? request_get(ctx, t->request_id, ret) : OK;
}

static enum err
add_tip(struct ctx *ctx, struct buf *b, const struct tip *t)
{
    struct request r;
    enum err e = song_of(ctx, t, &r);

    if (e)
        return e;
    buf_printf(b,
               "{\"tip\":%lld,\"at\":%lld,\"amount\":%lld,\"returned\":%lld,\"request\":%lld",
               (long long)t->id, (long long)t->at, (long long)t->amount, (long long)t->returned,
               (long long)t->request_id);
    add_text(ctx, b, "from", t->from, NAME_SIGNS);
    add_text(ctx, b, "message", t->message, TIP_MESSAGE_MAX);
    add_text(ctx, b, "title", r.title, SONG_SIGNS);
    add_text(ctx, b, "artist", r.artist, SONG_SIGNS);
    buf_add_char(b, '}');
    return OK;
}

static enum err
send(struct ctx *ctx, struct tx *tx, int64_t dj_id, const char *type, struct buf *b)
{
    if (buf_err(b))
        return ctx_fail(ctx, E_INTERNAL, "a live message is too long");
    return live_add(ctx, tx, channel(ctx, dj_id), str_of(type), buf_str(b));
}

enum err
booth_changed(struct ctx *ctx, struct tx *tx, int64_t dj_id)
{
    struct buf b = buf_new(ctx->arena, DATA_MAX);
    struct dj d;
    enum err e = dj_get(ctx, dj_id, &d);

    if (e)
        return e;
    buf_add_char(&b, '{');
    add_dj(ctx, &b, &d);
    buf_add_char(&b, '}');
    if ((e = send(ctx, tx, dj_id, "dj.changed", &b)))
        return e;
    return live_add(ctx, tx, STR("home"), STR("dj.changed"), buf_str(&b));
}

enum err
booth_tip(struct ctx *ctx, struct tx *tx, int64_t tip_id, const char *type)
{
    struct buf b = buf_new(ctx->arena, DATA_MAX);
    bool added = str_eq_text(str_of(type), "tip.added");
    struct tip t;
    enum err e = tip_get(ctx, tip_id, &t);

    if (e || !t.dj_id)
        return e;
    if ((e = add_tip(ctx, &b, &t)) || (e = send(ctx, tx, t.dj_id, type, &b)) || !added)
        return e;
    return tell_add(ctx, tx, "member.tip",
                    str_of(arena_printf(ctx->arena, "tip:%lld", (long long)tip_id)), 0);
}

enum err
booth_queue(struct ctx *ctx, struct tx *tx, int64_t dj_id, int64_t request_id)
{
    struct buf b = buf_new(ctx->arena, DATA_MAX);
    struct str ch = channel(ctx, dj_id);
    int64_t seq;
    enum err e;

    buf_printf(&b, "{\"request\":%lld,", (long long)request_id);
    if ((e = add_queue(ctx, &b, dj_id, NEXT)))
        return e;
    buf_add_char(&b, '}');
    if ((e = send(ctx, tx, dj_id, "request.changed", &b)) || (e = live_seq(ctx, ch, &seq)))
        return e;
    return tell_add(ctx, tx, "dj.queue",
                    str_of(arena_printf(ctx->arena, "dj:%lld", (long long)dj_id)), seq);
}

enum err
booth_state(struct ctx *ctx, int64_t dj_id, struct buf *b)
{
    struct tip *t;
    struct dj d;
    size_t n;
    enum err e;

    if ((e = dj_get(ctx, dj_id, &d)) || (e = tip_list(ctx, dj_id, 0, TIPS_MAX, &t, &n)))
        return e;
    buf_add_char(b, '{');
    add_dj(ctx, b, &d);
    buf_add_char(b, ',');
    if ((e = add_queue(ctx, b, dj_id, QUEUE_MAX)))
        return e;
    buf_add_text(b, ",\"tips\":[");
    for (size_t i = 0; !e && i < n; i++) {
        buf_add_text(b, i ? "," : "");
        e = add_tip(ctx, b, &t[i]);
    }
    buf_add_text(b, "]}");
    return e ? e : buf_err(b);
}

enum err
booth_snapshot(struct ctx *ctx, int64_t dj_id, struct str *ret)
{
    struct buf b = buf_new(ctx->arena, SNAPSHOT_MAX);
    struct str ch = channel(ctx, dj_id);
    int64_t seq;
    enum err e = live_seq(ctx, ch, &seq);

    if (e)
        return e;
    buf_printf(&b, "{\"v\":1,\"ch\":\"%.*s\",\"seq\":%lld,\"at\":%lld,\"state\":", STR_ARG(ch),
               (long long)seq, (long long)ctx_now(ctx));
    if ((e = booth_state(ctx, dj_id, &b)))
        return e;
    buf_add_char(&b, '}');
    *ret = buf_str(&b);
    return buf_err(&b);
}
