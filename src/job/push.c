/* Base files by rename, messages by POST to the live nginx. Not for: what the states mean. */
#include "job/push.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/notify.h"
#include "dj/booth.h"
#include "dj/dj.h"
#include "league/standing.h"
#include "provider/httpc.h"
#include "queue/live.h"
#include "race/race.h"

enum {
    CHANNELS_MAX = 64,
    CHANNEL_BYTES = 40,
    WAITING_MAX = 8,
    MESSAGE_MAX = 8192,
    LIST_MAX = 200,
    AGAIN_MAX = 1000, /* messages told again after a start: the last runner may have died */
    GAP_MS = 100,     /* between two base files of a channel */
    PUBLISH_MS = 1000,
    RACES_MAX = 32,
    SEASONS_MAX = 100,
    DJS_MAX = 32
};

/* One message as it goes out but for prev. */
struct waiting {
    int64_t seq, at;
    char type[40];
    char data[4097];
};

struct channel {
    char name[CHANNEL_BYTES]; /* "" free */
    int64_t told;             /* seq of the message published last */
    int64_t wrote;            /* tick of the last base file */
    bool dirty;
    size_t n;
    struct waiting waiting[WAITING_MAX];
};

struct push {
    struct httpc *http;
    const char *socket;
    int64_t seen;
    int64_t mute;
    struct channel channel[CHANNELS_MAX];
};

static int64_t
tick(const struct ctx *ctx)
{
    return ctx->world->tick_ms(ctx->world->arg);
}

enum err
push_open(struct ctx *ctx, struct arena *process, struct push **ret)
{
    struct push *p = ARENA_NEW(process, struct push);
    enum err e;

    p->socket = arena_printf(process, "%.*s/pub/live-pub.sock", STR_ARG(ctx->conf->path.run));
    if ((e = httpc_open(ctx, process, &p->http)))
        return e;
    *ret = p;
    return OK;
}

void
push_close(struct push *p)
{
    httpc_close(p->http);
}

int64_t
push_seen(const struct push *p)
{
    return p->seen;
}

int64_t
push_mute(const struct push *p)
{
    return p->mute;
}

static enum err
write_all(struct ctx *ctx, int fd, struct str s, const char *path)
{
    while (s.n) {
        ssize_t n = write(fd, s.p, s.n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ctx_fail(ctx, errno == ENOSPC ? E_FULL : E_INTERNAL, "cannot write %s: %s",
                            path, err_system(errno));
        s = str_sub(s, (size_t)n, s.n);
    }
    return OK;
}

/* Under another name, then renamed: nobody ever reads half of it. Not synced: it is made anew
 * at each start. */
static enum err
write_file(struct ctx *ctx, struct str channel, struct str text)
{
    struct str live = ctx->conf->path.live;
    const char *path =
        arena_printf(ctx->arena, "%.*s/%.*s.json", STR_ARG(live), STR_ARG(channel));
    const char *temp = arena_printf(ctx->arena, "%s.new", path);
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    enum err e;

    if (fd < 0 && errno == ENOENT) {
        size_t slash = str_find(channel, STR("/"), 0);

        (void)mkdir(arena_printf(ctx->arena, "%.*s/%.*s", STR_ARG(live),
                                 STR_ARG(str_sub(channel, 0, slash))),
                    0755);
        fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    }
    if (fd < 0)
        return ctx_fail(ctx, errno == ENOSPC ? E_FULL : E_INTERNAL, "cannot write %s: %s", temp,
                        err_system(errno));
    e = fchmod(fd, 0644) == 0 ? OK
                              : ctx_fail(ctx, E_INTERNAL, "cannot give %s its rights", temp);
    if (!e)
        e = write_all(ctx, fd, text, temp);
    if (close(fd) != 0 && !e)
        e = ctx_fail(ctx, E_INTERNAL, "cannot write %s: %s", temp, err_system(errno));
    if (!e && rename(temp, path) != 0)
        e = ctx_fail(ctx, E_INTERNAL, "cannot rename %s: %s", temp, strerror(errno));
    return e;
}

static enum err
home_snapshot(struct ctx *ctx, struct str *ret)
{
    struct buf b = buf_new(ctx->arena, MESSAGE_MAX);
    struct dj air = {0};
    int64_t race, seq;
    enum err e;

    /* The number first: a message between the two readings makes the state newer, never older.
     */
    if ((e = live_seq(ctx, STR("home"), &seq)) || (e = race_current(ctx, &race)))
        return e;
    if ((e = dj_on_air(ctx, &air)) == E_NOTFOUND)
        ctx_clear(ctx);
    else if (e)
        return e;
    buf_printf(&b,
               "{\"v\":1,\"ch\":\"home\",\"seq\":%lld,\"at\":%lld,\"state\":{\"race\":%lld,"
               "\"dj\":%lld}}",
               (long long)seq, (long long)ctx_now(ctx), (long long)race,
               (long long)air.member_id);
    *ret = buf_str(&b);
    return buf_err(&b);
}

/* "race/12" for the head "race/". */
static bool
number_of(struct str channel, struct str head, int64_t *ret)
{
    return str_starts(channel, head) &&
           str_i64(str_sub(channel, head.n, channel.n), 1, INT64_MAX, ret);
}

enum err
push_base(struct ctx *ctx, struct push *p, struct str channel)
{
    struct str text;
    int64_t id;
    enum err e;

    (void)p;
    if (str_eq_text(channel, "home"))
        e = home_snapshot(ctx, &text);
    else if (number_of(channel, STR("race/"), &id))
        e = race_snapshot(ctx, id, &text);
    else if (number_of(channel, STR("season/"), &id))
        e = standing_snapshot(ctx, id, &text);
    else if (number_of(channel, STR("dj/"), &id))
        e = booth_snapshot(ctx, id, &text);
    else
        return ctx_fail(ctx, E_NOTFOUND, "there is no channel %.*s", STR_ARG(channel));
    return e ? e : write_file(ctx, channel, text);
}

/* A failure is no reason to stop: pages have the base files. */
static void
publish(struct ctx *ctx, struct push *p, const char *channel, struct str text)
{
    struct httpc_ask ask = {
        .method = HTTPC_POST,
        .url = arena_printf(ctx->arena, "http://localhost/pub/%s", channel),
        .socket = p->socket,
        .body = text,
        .type = "application/json",
        .timeout_ms = PUBLISH_MS,
        .answer_max = MESSAGE_MAX,
    };
    struct httpc_answer answer = {0};
    enum err e = httpc_do(ctx, p->http, &ask, &answer);

    /* Many seconds in a row, when the live nginx hangs: that is not our end. */
    notify_alive(tick(ctx));
    if (!e && answer.status >= 200 && answer.status < 300) {
        p->mute = 0;
        return;
    }
    if (p->mute++ % 100 == 0)
        log_line(LOG_WARNING, "event=publish channel=%s status=%lld why=\"%s\"", channel,
                 (long long)answer.status, e ? ctx->fail_text : "");
}

static struct channel *
find_channel(struct push *p, struct str name)
{
    struct channel *oldest = NULL;

    for (size_t i = 0; i < CHANNELS_MAX; i++)
        if (str_eq_text(name, p->channel[i].name))
            return &p->channel[i];
    for (size_t i = 0; i < CHANNELS_MAX; i++) {
        struct channel *c = &p->channel[i];

        if (!c->name[0])
            return c;
        if (!c->dirty && (!oldest || c->wrote < oldest->wrote))
            oldest = c;
    }
    if (oldest)
        oldest->name[0] = '\0';
    return oldest;
}

/* When there are more than can wait, the oldest of the same type goes: data is absolute, so
 * that only the newest of a type counts. */
static void
drop_one(struct channel *c, const char *type)
{
    size_t at = 0;

    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->waiting[i].type, type) == 0) {
            at = i;
            break;
        }
    memmove(&c->waiting[at], &c->waiting[at + 1], (c->n - at - 1) * sizeof c->waiting[0]);
    c->n--;
}

static void
note(struct push *p, const struct live_msg *m)
{
    struct channel *c = m->channel.n < CHANNEL_BYTES ? find_channel(p, m->channel) : NULL;
    struct waiting *w;
    char type[sizeof w->type];

    if (!c || m->type.n >= sizeof w->type || m->data.n >= sizeof w->data)
        return;
    snprintf(type, sizeof type, "%.*s", STR_ARG(m->type));
    if (!c->name[0]) {
        memset(c, 0, sizeof *c);
        c->told = m->seq - 1;
        snprintf(c->name, sizeof c->name, "%.*s", STR_ARG(m->channel));
    }
    if (c->n == WAITING_MAX)
        drop_one(c, type);
    w = &c->waiting[c->n++];
    w->seq = m->seq;
    w->at = m->at;
    memcpy(w->type, type, sizeof type);
    snprintf(w->data, sizeof w->data, "%.*s", STR_ARG(m->data));
    c->dirty = true;
}

/* Base file first: who fetches it because of the message must find the new state. */
static enum err
tell(struct ctx *ctx, struct push *p, struct channel *c)
{
    enum err e = push_base(ctx, p, str_of(c->name));

    if (e)
        return e;
    c->wrote = tick(ctx);
    for (size_t i = 0; i < c->n; i++) {
        const struct waiting *w = &c->waiting[i];
        struct buf b = buf_new(ctx->arena, MESSAGE_MAX);

        buf_printf(&b,
                   "{\"v\":1,\"ch\":\"%s\",\"seq\":%lld,\"prev\":%lld,\"at\":%lld,\"type\":",
                   c->name, (long long)w->seq, (long long)c->told, (long long)w->at);
        buf_add_json(&b, str_of(w->type));
        buf_printf(&b, ",\"data\":%s}", w->data);
        if (buf_err(&b) == OK)
            publish(ctx, p, c->name, buf_str(&b));
        c->told = w->seq;
    }
    c->n = 0;
    c->dirty = false;
    return OK;
}

static enum err
read_news(struct ctx *ctx, struct push *p)
{
    struct live_msg *m;
    size_t n;
    enum err e;

    do {
        struct arena_mark mark = arena_mark(ctx->arena);

        if ((e = live_list(ctx, p->seen, LIST_MAX, &m, &n)))
            return e;
        for (size_t i = 0; i < n; i++) {
            note(p, &m[i]);
            p->seen = m[i].id;
        }
        arena_release(ctx->arena, mark);
    } while (n == LIST_MAX);
    return OK;
}

enum err
push_news(struct ctx *ctx, struct push *p, int64_t *ret_ms)
{
    enum err e = read_news(ctx, p), first = e;

    *ret_ms = -1;
    for (size_t i = 0; i < CHANNELS_MAX; i++) {
        struct channel *c = &p->channel[i];
        int64_t left = c->wrote + GAP_MS - tick(ctx);

        if (!c->dirty)
            continue;
        /* What fails stays dirty and is tried again. */
        if (left <= 0 && (e = tell(ctx, p, c))) {
            first = first ? first : e;
            c->wrote = tick(ctx);
            left = GAP_MS;
        }
        if (c->dirty && (*ret_ms < 0 || left < *ret_ms))
            *ret_ms = left;
    }
    return first;
}

/* The table of each season: closed ones too, since nothing else would write it again. */
static enum err
start_seasons(struct ctx *ctx, struct push *p)
{
    struct season *z;
    size_t n;
    enum err e = season_list(ctx, SEASONS_MAX, &z, &n);

    for (size_t i = 0; !e && i < n; i++) {
        struct arena_mark mark = arena_mark(ctx->arena);

        e = push_base(ctx, p,
                      str_of(arena_printf(ctx->arena, "season/%lld", (long long)z[i].id)));
        arena_release(ctx->arena, mark);
    }
    return e;
}

/* One file a DJ; those who were taken off the list have theirs still. */
static enum err
start_djs(struct ctx *ctx, struct push *p)
{
    struct dj *d;
    size_t n;
    enum err e = dj_list(ctx, DJS_MAX, &d, &n);

    for (size_t i = 0; !e && i < n; i++) {
        struct arena_mark mark = arena_mark(ctx->arena);

        e = push_base(ctx, p,
                      str_of(arena_printf(ctx->arena, "dj/%lld", (long long)d[i].member_id)));
        arena_release(ctx->arena, mark);
    }
    return e;
}

enum err
push_start(struct ctx *ctx, struct push *p)
{
    int64_t id[RACES_MAX], current;
    size_t n = 0;
    enum err e;

    if ((e = live_last(ctx, &p->seen)) || (e = race_list(ctx, true, 0, RACES_MAX, id, &n)) ||
        (e = race_current(ctx, &current)))
        return e;
    for (size_t i = 0; i < n; i++)
        if ((e = push_base(ctx, p,
                           str_of(arena_printf(ctx->arena, "race/%lld", (long long)id[i])))))
            return e;
    if (current &&
        (e = push_base(ctx, p,
                       str_of(arena_printf(ctx->arena, "race/%lld", (long long)current)))))
        return e;
    if ((e = start_seasons(ctx, p)) || (e = start_djs(ctx, p)))
        return e;
    return push_base(ctx, p, STR("home"));
}

static enum err
tick_channel(struct ctx *ctx, struct push *p, const char *channel)
{
    int64_t seq;
    enum err e = live_seq(ctx, str_of(channel), &seq);

    if (e)
        return e;
    publish(ctx, p, channel,
            str_of(arena_printf(ctx->arena,
                                "{\"v\":1,\"ch\":\"%s\",\"seq\":%lld,\"at\":%lld,"
                                "\"type\":\"tick\"}",
                                channel, (long long)seq, (long long)ctx_now(ctx))));
    return OK;
}

enum err
push_heartbeat(struct ctx *ctx, struct push *p)
{
    int64_t id[RACES_MAX];
    struct season *z;
    struct dj *d;
    size_t n = 0, seasons, djs;
    enum err e;

    if ((e = tick_channel(ctx, p, "home")) ||
        (e = race_list(ctx, true, 0, RACES_MAX, id, &n)) ||
        (e = season_list(ctx, SEASONS_MAX, &z, &seasons)) ||
        (e = dj_list(ctx, DJS_MAX, &d, &djs)))
        return e;
    for (size_t i = 0; i < djs; i++)
        if ((e = tick_channel(ctx, p,
                              arena_printf(ctx->arena, "dj/%lld", (long long)d[i].member_id))))
            return e;
    for (size_t i = 0; i < seasons; i++)
        if (str_eq_text(z[i].state, "OPEN") &&
            (e = tick_channel(ctx, p,
                              arena_printf(ctx->arena, "season/%lld", (long long)z[i].id))))
            return e;
    for (size_t i = 0; i < n; i++)
        if ((e = tick_channel(ctx, p, arena_printf(ctx->arena, "race/%lld", (long long)id[i]))))
            return e;
    return OK;
}

enum err
push_canary(struct ctx *ctx, struct push *p)
{
    struct str text = str_of(arena_printf(
        ctx->arena, "{\"v\":1,\"ch\":\"canary\",\"seq\":%lld,\"at\":%lld,\"type\":\"tick\"}",
        (long long)ctx_now(ctx), (long long)ctx_now(ctx)));

    publish(ctx, p, "canary", text);
    return write_file(ctx, STR("canary"), text);
}
