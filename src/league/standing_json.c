/* The snapshot of a season. See standing_json.h. */
#include "league/standing_json.h"

#include "base/buf.h"
#include "base/clock.h"
#include "queue/live.h"

enum { JSON_MAX = 8 << 20 };

static void
add_text(struct buf *b, const char *name, struct str s)
{
    buf_printf(b, ",\"%s\":", name);
    buf_add_json(b, s);
}

static void
add_races(struct buf *b, const struct standing *r)
{
    buf_add_text(b, ",\"races\":[");
    for (size_t i = 0; i < r->n_races; i++) {
        const struct standing_race *x = &r->race[i];

        buf_printf(b,
                   "%s{\"race\":%lld,\"place\":%lld,\"points\":%lld,\"start\":%s,"
                   "\"dropped\":%s}",
                   i ? "," : "", (long long)x->race_id, (long long)x->place,
                   (long long)x->points, x->start ? "true" : "false",
                   x->dropped ? "true" : "false");
    }
    buf_add_char(b, ']');
}

static void
add_row(struct buf *b, const struct standing *r)
{
    buf_printf(b, "{\"rank\":%lld,\"member\":%lld", (long long)r->rank,
               (long long)r->member_id);
    add_text(b, "name", r->name);
    buf_printf(b,
               ",\"hidden\":%s,\"points\":%lld,\"penalty\":%lld,\"starts\":%lld,"
               "\"wins\":%lld,\"podiums\":%lld,\"dnfs\":%lld,\"substituted\":%lld,"
               "\"average\":%lld,\"change\":%lld,\"new\":%s",
               r->hidden ? "true" : "false", (long long)r->points, (long long)r->penalty,
               (long long)r->starts, (long long)r->wins, (long long)r->podiums,
               (long long)r->dnfs, (long long)r->substituted, (long long)r->average_100,
               (long long)r->change, r->is_new ? "true" : "false");
    if (r->avatar.n)
        add_text(b, "avatar", r->avatar);
    if (r->earned >= 0)
        buf_printf(b, ",\"earned\":%lld", (long long)r->earned);
    add_text(b, "reason", r->reason);
    add_races(b, r);
    buf_add_char(b, '}');
}

enum err
standing_json_make(struct ctx *ctx, int64_t season, struct str *ret)
{
    struct buf b = buf_new(ctx->arena, JSON_MAX);
    struct str channel = str_of(arena_printf(ctx->arena, "season/%lld", (long long)season));
    struct standing_table t;
    char now[CLOCK_TEXT];
    int64_t seq;
    enum err e;

    /* The number first: a message between the readings makes the state newer, never older. */
    if ((e = live_seq(ctx, channel, &seq)) || (e = standing_read(ctx, season, 0, 0, &t)))
        return e;
    buf_printf(&b, "{\"v\":1,\"ch\":\"%.*s\",\"seq\":%lld", STR_ARG(channel), (long long)seq);
    add_text(&b, "at", str_of(clock_rfc3339(ctx_now(ctx), now)));
    buf_printf(&b, ",\"state\":{\"season\":{\"id\":%lld", (long long)season);
    add_text(&b, "slug", t.season.slug);
    add_text(&b, "name", t.season.name);
    add_text(&b, "state", t.season.state);
    buf_printf(&b, "},\"races\":%lld,\"rows\":[", (long long)t.races);
    for (size_t i = 0; i < t.n; i++) {
        if (i)
            buf_add_char(&b, ',');
        add_row(&b, &t.row[i]);
    }
    buf_add_text(&b, "]}}");
    if (buf_err(&b))
        return ctx_fail(ctx, E_INTERNAL, "a season's snapshot is too long");
    *ret = buf_str(&b);
    return OK;
}
