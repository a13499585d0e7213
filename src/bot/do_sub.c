/* A substitute is asked for by the host, and accepts. Not for: rules of the change (lobby_sub).
 */
#include "bot/do.h"
#include "race/offer.h"
#include "race/seat.h"
#include "user/identity.h"

static struct str
object_of(struct bot *b, int64_t race)
{
    return str_of(arena_printf(b->ctx->arena, "race:%lld", (long long)race));
}

/* The driver who goes, as the host named him, must sit there. */
static enum err
check_out(struct bot *b, const struct race *r, int64_t seat)
{
    struct member out;
    enum err e;

    if (!bot_has(b, "out"))
        return OK;
    if ((e = bot_user(b, "out", &out)))
        return e;
    for (size_t i = 0; i < r->n_seats; i++)
        if (r->seat[i].no == seat && r->seat[i].member_id == out.id)
            return OK;
    return ctx_fail(b->ctx, E_INVALID, "%.*s does not drive seat %lld: look at /lobby",
                    STR_ARG(out.shown), (long long)seat);
}

/* Who drives already is not asked at all; whom we do not know yet drives nowhere. */
static enum err
check_in(struct bot *b, const struct discord_option *in)
{
    struct member m;
    enum err e;

    if (!in || !in->user)
        return ctx_fail(b->ctx, E_INVALID, "choose who comes in from the list");
    if (in->user->bot)
        return ctx_fail(b->ctx, E_INVALID, "a bot cannot drive: choose a person");
    e = identity_find(b->ctx, STR("discord"), in->user->id, &m);
    if (e == E_NOTFOUND)
        return ctx_clear(b->ctx), OK;
    return e ? e : seat_check_idle(b->ctx, &m);
}

enum err
do_sub_ask(struct bot *b)
{
    const struct discord_option *in = discord_option(b->ask, "in");
    int64_t seat = bot_number(b, "seat", 0), round = bot_number(b, "round", 0);
    struct offer o;
    struct race r;
    enum err e;

    if ((e = bot_race(b, 1U << RACE_RUNNING, &r)) || (e = bot_need_host(b, &r)) ||
        (e = check_out(b, &r, seat)) || (e = check_in(b, in)))
        return e;
    if ((e = offer_add(b->ctx, b->tx, r.id, seat, round, in->user->id, b->actor, &o)) ||
        (e = bot_log(b, object_of(b, r.id), in->user->name)))
        return e;
    message_content(b->m, "<@%.*s>", STR_ARG(in->user->id));
    message_ping(b->m, in->user->id);
    message_embed(b->m, MESSAGE_RACE, "Race %lld: substitute for seat %lld", (long long)r.id,
                  (long long)seat);
    message_line(b->m, "<@%.*s> is asked to drive from round %lld of %lld.",
                 STR_ARG(in->user->id), (long long)round, (long long)r.rounds);
    message_line(b->m, "The seat's share is cut by rounds driven when the race settles.");
    message_field(b->m, "Open until", true, "%.*s",
                  STR_ARG(message_time(b->ctx, o.expires_at, 't')));
    message_button(b->m, MESSAGE_GREEN, "Accept", "subok:%lld", (long long)o.id);
    return OK;
}

enum err
do_sub_accept(struct bot *b)
{
    struct offer o;
    enum err e;

    if ((e = offer_accept(b->ctx, b->tx, b->arg[0], b->ask->user.id, b->member.id, b->actor,
                          &o)) ||
        (e = bot_log(b, object_of(b, o.race_id), b->member.name)))
        return e;
    message_embed(b->m, MESSAGE_GOOD, "Race %lld: seat %lld", (long long)o.race_id,
                  (long long)o.seat_no);
    message_line(b->m, "%.*s drives from round %lld on.",
                 STR_ARG(message_name(b->ctx, b->member.shown)), (long long)o.round);
    message_link(b->m, "Page", "/race/%lld", (long long)o.race_id);
    return OK;
}
