/* Messages about tips and songs. See tidings_dj.h. */
#include "bot/tidings_dj.h"

#include "base/conf.h"
#include "dj/dj.h"
#include "dj/request.h"
#include "dj/tip.h"

enum { NEXT = 5, SONG_SIGNS = 60, MESSAGE_SIGNS = 140 };
static const int64_t HOUR_MS = 3600000;

static struct str
song_words(struct ctx *ctx, const struct request *r)
{
    struct str title = message_text(ctx, r->title, SONG_SIGNS);

    if (!r->artist.n)
        return str_of(arena_printf(ctx->arena, "**%.*s**", STR_ARG(title)));
    return str_of(arena_printf(ctx->arena, "**%.*s** by %.*s", STR_ARG(title),
                               STR_ARG(message_text(ctx, r->artist, SONG_SIGNS))));
}

static void
add_song(struct ctx *ctx, struct message *m, const struct request *r, bool desk)
{
    struct str from = message_name(ctx, r->from), words = song_words(ctx, r);

    if (desk)
        message_line(m, "%lld. %.*s, for %.*s, %.*s (request %lld)", (long long)r->position,
                     STR_ARG(words), STR_ARG(from), STR_ARG(message_money(ctx, r->amount)),
                     (long long)r->id);
    else
        message_line(m, "%lld. %.*s, for %.*s", (long long)r->position, STR_ARG(words),
                     STR_ARG(from));
}

enum err
tidings_dj_queue(struct ctx *ctx, int64_t dj_id, bool desk, struct message *m)
{
    const struct request *playing = NULL, *next = NULL;
    struct request *q;
    struct dj d;
    size_t n, shown = 0;
    enum err e;

    if ((e = dj_get(ctx, dj_id, &d)) || (e = request_queue(ctx, dj_id, 1000, &q, &n)))
        return e;
    message_embed(m, d.on_air ? MESSAGE_RACE : MESSAGE_MONEY, "DJ %.*s: %s%s",
                  STR_ARG(message_name(ctx, d.name)), d.on_air ? "on air" : "off air",
                  d.paused ? ", no songs at the moment" : "");
    if (n && str_eq_text(q[0].state, "playing"))
        playing = &q[0];
    message_line(m, "Now playing: %.*s",
                 STR_ARG(playing ? song_words(ctx, playing) : STR("nothing from the queue")));
    for (size_t i = playing != NULL; i < n && shown < NEXT; i++, shown++) {
        next = next ? next : &q[i];
        add_song(ctx, m, &q[i], desk);
    }
    if (n - (playing != NULL) > shown)
        message_line(m, "and %zu more", n - (playing != NULL) - shown);
    if (!n)
        message_line(m, "The queue is empty; yours would play next.");
    if (desk && next) {
        message_button(m, MESSAGE_GREEN, "Next", "djnext");
        message_button(m, MESSAGE_PLAIN, "Skip", "djskip:%lld", (long long)next->id);
        message_button(m, MESSAGE_RED, "Refund", "djrefund:%lld", (long long)next->id);
    }
    if (desk)
        message_link(m, "Your desk", "/me/dj");
    else
        message_link(m, "Tip DJ", "/dj/%lld", (long long)dj_id);
    return OK;
}

enum err
tidings_dj_tip(struct ctx *ctx, int64_t tip_id, int64_t *ret_dj, struct message *m)
{
    struct request r;
    struct tip t;
    enum err e = tip_get(ctx, tip_id, &t);

    if (e)
        return e;
    if (!t.dj_id || t.returned == t.amount)
        return ctx_fail(ctx, E_NOTFOUND, "that tip is for nobody");
    *ret_dj = t.dj_id;
    message_embed(m, MESSAGE_MONEY, "%.*s from %.*s", STR_ARG(message_money(ctx, t.amount)),
                  STR_ARG(message_name(ctx, t.from)));
    message_line(m, "You get %.*s.", STR_ARG(message_money(ctx, t.amount - t.fee)));
    if (t.message.n)
        message_line(m, "%.*s", STR_ARG(message_text(ctx, t.message, MESSAGE_SIGNS)));
    else if (t.hidden)
        message_line(m, "The message was hidden by the word filter.");
    if (t.request_id) {
        if ((e = request_get(ctx, t.request_id, &r)))
            return e;
        message_line(m, "Song: %.*s", STR_ARG(song_words(ctx, &r)));
    }
    message_footer(m, "Turn these messages off with /notify");
    message_link(m, "Your desk", "/me/dj");
    return OK;
}

enum err
tidings_dj_song(struct ctx *ctx, int64_t song_id, int64_t *ret_dj, struct message *m)
{
    int64_t hours = ctx->conf ? ctx->conf->tip.answer_h : 48;
    struct request r;
    enum err e = request_get(ctx, song_id, &r);

    if (e)
        return e;
    if (!str_eq_text(r.state, "offered"))
        return ctx_fail(ctx, E_NOTFOUND, "that song is settled");
    *ret_dj = r.dj_id;
    message_embed(m, MESSAGE_PROBLEM, "A song was not played in time");
    message_line(m, "%.*s, for %.*s, %.*s.", STR_ARG(song_words(ctx, &r)),
                 STR_ARG(message_name(ctx, r.from)), STR_ARG(message_money(ctx, r.amount)));
    message_line(m,
                 "Refund it or keep it as a tip on your desk; without your word it is "
                 "refunded %.*s.",
                 STR_ARG(message_time(ctx, r.offered_at + hours * HOUR_MS, 'R')));
    message_footer(m, "Turn these messages off with /notify");
    message_link(m, "Your desk", "/me/dj");
    return OK;
}

enum err
tidings_dj_button(struct ctx *ctx, struct message *m)
{
    struct dj d;
    enum err e = dj_on_air(ctx, &d);

    if (e == E_NOTFOUND) {
        ctx_clear(ctx);
        return OK;
    }
    if (!e)
        message_link(m, "Tip DJ", "/dj/%lld", (long long)d.member_id);
    return e;
}
