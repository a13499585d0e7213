/* Tips and the queue of songs in conversations: /tip, /queue, /dj and the DJ's buttons. Not
 * for: limits and states (dj/), the message to the DJ (tidings_dj.c). */
#include "base/conf.h"
#include "bot/do.h"
#include "bot/tidings_dj.h"
#include "bot/told.h"
#include "dj/dj.h"
#include "dj/request.h"
#include "dj/tip.h"
#include "ledger/account.h"

enum { TITLE_SIGNS = 60, SUGGESTED = 25, REASON_SIGNS = 140 };

static struct str
object_of(struct bot *b, const char *kind, int64_t id)
{
    return str_of(arena_printf(b->ctx->arena, "%s:%lld", kind, (long long)id));
}

/* The one that is named, else who is on air. */
static enum err
find_dj(struct bot *b, struct dj *ret)
{
    if (bot_has(b, "dj"))
        return dj_find(b->ctx, bot_text(b, "dj"), ret);
    enum err e = dj_on_air(b->ctx, ret);
    return e == E_NOTFOUND
               ? ctx_fail(b->ctx, e, "no DJ is on air: say which one with the option dj")
               : e;
}

enum err
do_dj_names(struct bot *b)
{
    struct str typed = STR("");
    struct dj *d;
    size_t n;
    enum err e = dj_list(b->ctx, SUGGESTED, &d, &n);

    for (size_t i = 0; i < b->ask->n; i++)
        if (b->ask->option[i].focused)
            typed = str_lower(b->ctx->arena, str_trim(b->ask->option[i].text));
    for (size_t i = 0; !e && i < n; i++)
        if (!typed.n || str_find(str_lower(b->ctx->arena, d[i].name), typed, 0) != SIZE_MAX)
            bot_choice(b, d[i].name,
                       str_of(arena_printf(b->ctx->arena, "%lld", (long long)d[i].member_id)));
    return e;
}

static enum err
read_amount(struct bot *b, const struct dj *d, int64_t *ret)
{
    struct str text = str_trim(bot_text(b, "amount"));
    struct money m = {0};

    *ret = d->min;
    if (!text.n)
        return OK;
    if (str_starts(text, STR("$")))
        text = str_sub(text, 1, text.n);
    if (money_parse(text, account_house_currency(b->ctx), &m))
        return ctx_fail(b->ctx, E_INVALID, "%.*s is no amount: write it like 5.00",
                        STR_ARG(str_sub(text, 0, 20)));
    *ret = m.minor;
    return OK;
}

enum err
do_dj_tip(struct bot *b)
{
    struct tip_new n = {.message = STR(""), .link = STR("")};
    int64_t fee, rest;
    struct str token;
    struct dj d;
    enum err e = find_dj(b, &d);

    if (e || (e = read_amount(b, &d, &n.amount)))
        return e;
    n.dj_id = d.member_id;
    n.member_id = b->member.id;
    n.from = b->member.shown;
    n.title = bot_text(b, "song");
    n.artist = bot_text(b, "artist");
    n.fan = object_of(b, "member", b->member.id);
    if ((e = tip_ask(b->ctx, b->tx, &n, &token)) ||
        (e = bot_log(b, object_of(b, "dj", d.member_id), STR(""))))
        return e;
    tip_cut(b->ctx, n.amount, &fee, &rest);
    b->secret = true;
    message_embed(b->m, MESSAGE_MONEY, "%s for DJ %.*s", n.title.n ? "A song" : "A tip",
                  STR_ARG(message_name(b->ctx, d.name)));
    if (n.title.n)
        message_line(b->m, "**%.*s** %.*s", STR_ARG(message_text(b->ctx, n.title, TITLE_SIGNS)),
                     STR_ARG(message_text(b->ctx, n.artist, TITLE_SIGNS)));
    message_line(b->m, "%.*s: DJ gets %.*s, the fee is %.*s.",
                 STR_ARG(message_money(b->ctx, n.amount)), STR_ARG(message_money(b->ctx, rest)),
                 STR_ARG(message_money(b->ctx, fee)));
    message_line(b->m, "You pay on Stripe's own page, within an hour.");
    message_link(b->m, "Pay", "/pay/%.*s", STR_ARG(token));
    message_link(b->m, "What becomes of it", "/tip/%.*s", STR_ARG(token));
    return OK;
}

enum err
do_dj_queue(struct bot *b)
{
    struct dj d;
    enum err e = find_dj(b, &d);

    if (e || (e = tidings_dj_queue(b->ctx, d.member_id, false, b->m)))
        return e;
    return told_card(b, object_of(b, "dj", d.member_id));
}

/* The DJ's own view of the queue, with buttons. */
static enum err
desk(struct bot *b)
{
    return tidings_dj_queue(b->ctx, b->member.id, true, b->m);
}

static enum err
log_song(struct bot *b, int64_t song, struct str detail)
{
    return bot_log(b, object_of(b, "song", song), detail);
}

static enum err
air(struct bot *b, bool on)
{
    enum err e = dj_air(b->ctx, b->tx, b->member.id, on);

    if (e || (e = bot_log(b, object_of(b, "dj", b->member.id), on ? STR("on") : STR("off"))))
        return e;
    return desk(b);
}

enum err
do_dj_on(struct bot *b)
{
    return air(b, true);
}

enum err
do_dj_off(struct bot *b)
{
    return air(b, false);
}

/* Once more turns it off again. */
enum err
do_dj_pause(struct bot *b)
{
    struct dj d;
    enum err e = dj_get(b->ctx, b->member.id, &d);

    if (e || (e = dj_pause(b->ctx, b->tx, b->member.id, !d.paused)) ||
        (e = bot_log(b, object_of(b, "dj", b->member.id),
                     d.paused ? STR("resume") : STR("pause"))))
        return e;
    return desk(b);
}

enum err
do_dj_play(struct bot *b)
{
    int64_t song = bot_number(b, "request", 0);
    enum err e = song ? request_play(b->ctx, b->tx, song, b->member.id)
                      : request_next(b->ctx, b->tx, b->member.id, &song);

    return e || (e = log_song(b, song, STR("play"))) ? e : desk(b);
}

/* The song that is named, else what plays, else the next. */
static enum err
which(struct bot *b, bool playing, int64_t *ret)
{
    struct request *q;
    size_t n;
    enum err e;

    *ret = bot_number(b, "request", 0);
    if (*ret)
        return OK;
    if ((e = request_queue(b->ctx, b->member.id, 2, &q, &n)))
        return e;
    for (size_t i = 0; !*ret && i < n; i++)
        if (playing || str_eq_text(q[i].state, "waiting"))
            *ret = q[i].id;
    return *ret ? OK : ctx_fail(b->ctx, E_NOTFOUND, "the queue is empty");
}

enum err
do_dj_skip(struct bot *b)
{
    int64_t song;
    enum err e = which(b, true, &song);

    if (e || (e = request_skip(b->ctx, b->tx, song, b->member.id, bot_text(b, "reason"))) ||
        (e = log_song(b, song, STR("skip"))))
        return e;
    return desk(b);
}

enum err
do_dj_refund(struct bot *b)
{
    int64_t song;
    enum err e = which(b, false, &song);

    if (e || (e = request_refund(b->ctx, b->tx, song, b->member.id, bot_text(b, "reason"))) ||
        (e = log_song(b, song, STR("refund"))))
        return e;
    return desk(b);
}

enum err
do_dj_next(struct bot *b)
{
    return do_dj_play(b);
}

/* The reason, which the fan reads. */
static enum err
ask_reason(struct bot *b, const char *title, const char *word)
{
    struct request r;
    enum err e = request_get(b->ctx, b->arg[0], &r);

    if (e)
        return e;
    if (r.dj_id != b->member.id)
        return ctx_fail(b->ctx, E_NOTFOUND, "that song is not in your queue");
    bot_modal(b, title, "%s:%lld", word, (long long)r.id);
    bot_input(b, "reason", "Reason, which the fan reads", false, true, 1, REASON_SIGNS);
    return OK;
}

enum err
do_dj_ask_skip(struct bot *b)
{
    return ask_reason(b, "Skip the song, keep the tip", "djskipped");
}

enum err
do_dj_ask_refund(struct bot *b)
{
    return ask_reason(b, "Refund the whole tip", "djback");
}

enum err
do_dj_skipped(struct bot *b)
{
    enum err e = request_skip(b->ctx, b->tx, b->arg[0], b->member.id, bot_text(b, "reason"));

    return e || (e = log_song(b, b->arg[0], STR("skip"))) ? e : desk(b);
}

enum err
do_dj_back(struct bot *b)
{
    enum err e = request_refund(b->ctx, b->tx, b->arg[0], b->member.id, bot_text(b, "reason"));

    return e || (e = log_song(b, b->arg[0], STR("refund"))) ? e : desk(b);
}
