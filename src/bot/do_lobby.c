/* A race from Discord until its flag: open, join, leave, show, start, finish, kick. Not for:
 * substitutes (do_sub.c), results (do_result.c). */
#include "base/clock.h"
#include "base/conf.h"
#include "base/point.h"
#include "bot/cards.h"
#include "bot/do.h"
#include "bot/told.h"
#include "db/stmt.h"
#include "league/season.h"
#include "race/lobby.h"
#include "user/identity.h"

enum { SIGNS = 90, SUGGESTED = 25, REASON_SIGNS = 300 };
static const int64_t DAY_MS = 24 * 3600 * 1000LL;

#define IN(state) (1U << (state))
static const unsigned ANY = IN(RACE_LOBBY) | IN(RACE_RUNNING) | IN(RACE_FINISHED) |
                            IN(RACE_FINAL) | IN(RACE_SETTLED) | IN(RACE_VOID) |
                            IN(RACE_CANCELLED);

/* The race's card becomes the answer. */
static enum err
show_card(struct bot *b, int64_t id)
{
    struct race *r = ARENA_NEW(b->ctx->arena, struct race);
    enum err e = race_get(b->ctx, id, r);

    return e ? e : cards_race(b->ctx, r, &b->m);
}

static struct str
object_of(struct bot *b, int64_t race)
{
    return str_of(arena_printf(b->ctx->arena, "race:%lld", (long long)race));
}

enum err
do_lobby_open(struct bot *b)
{
    struct lobby_new n = {
        .host_id = b->member.id,
        .name = bot_text(b, "name"),
        .seats = bot_number(b, "seats", RACE_SEATS_MAX),
        .rounds = bot_number(b, "rounds", 4),
        .rule = STR(""),
    };
    int64_t id;
    enum err e;

    if ((e = season_choose(b->ctx, bot_text(b, "season"), &n)) ||
        (e = lobby_open(b->ctx, b->tx, &n, b->actor, &id)) ||
        (e = told_card(b, object_of(b, id))) ||
        (e = told_here(b, "race.opened", object_of(b, id))) ||
        (e = bot_log(b, object_of(b, id), n.name)))
        return e;
    return show_card(b, id);
}

/* "Seat 4 is yours.", and the rules for who has not read them yet. */
static enum err
seated(struct bot *b, int64_t race, int64_t seat)
{
    int64_t rules_at = 0;
    enum err e = identity_rules_at(b->ctx, b->member.id, &rules_at);

    if (e)
        return e;
    message_embed(b->m, MESSAGE_GOOD, "Race %lld", (long long)race);
    if (seat)
        message_line(b->m, "Seat %lld is yours.", (long long)seat);
    else
        message_line(b->m, "All seats are taken. You are on the wait list and move up by "
                           "yourself when somebody leaves.");
    if (!rules_at) {
        message_line(b->m, "Please read and accept the rules before the start.");
        message_link(b->m, "Rules", "/me/welcome");
    }
    message_link(b->m, "Page", "/race/%lld", (long long)race);
    return OK;
}

enum err
do_lobby_join(struct bot *b)
{
    struct race r;
    int64_t seat;
    enum err e;

    if ((e = bot_race(b, IN(RACE_LOBBY), &r)) ||
        (e = lobby_join(b->ctx, b->tx, r.id, b->member.id, b->actor, &seat)) ||
        (e = bot_log(b, object_of(b, r.id), b->member.name)))
        return e;
    return seated(b, r.id, seat);
}

enum err
do_lobby_leave(struct bot *b)
{
    struct race r;
    enum err e;

    if ((e = bot_race(b, IN(RACE_LOBBY) | IN(RACE_RUNNING), &r)) ||
        (e = lobby_leave(b->ctx, b->tx, r.id, b->member.id, b->actor)) ||
        (e = bot_log(b, object_of(b, r.id), b->member.name)))
        return e;
    message_embed(b->m, MESSAGE_RACE, "Race %lld", (long long)r.id);
    message_line(
        b->m, "%s",
        r.state == RACE_LOBBY
            ? "Your seat is free again."
            : "You left the race: DNF. Orders from now on no longer count for your seat.");
    return OK;
}

enum err
do_lobby_show(struct bot *b)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(b->ctx, SQL_bot_waiting);
    struct race r;
    struct buf names = buf_new(b->ctx->arena, 4096);
    enum err e;

    if ((e = bot_race(b, ANY, &r)) || (e = cards_race(b->ctx, &r, &b->m)))
        return e;
    stmt_i64(&s, ":race", r.id);
    while ((e = stmt_row(&s)) == OK) {
        buf_add_text(&names, names.n ? ", " : "");
        buf_add(&names, message_name(b->ctx, stmt_col_str(&s, "name")));
    }
    if (e != E_NOTFOUND)
        return e;
    if (names.n)
        message_field(b->m, "Wait list", false, "%.*s", STR_ARG(buf_str(&names)));
    return OK;
}

enum err
do_lobby_start(struct bot *b)
{
    struct race r;
    enum err e;

    if ((e = bot_race(b, IN(RACE_LOBBY), &r)) || (e = bot_need_host(b, &r)) ||
        (e = lobby_start(b->ctx, b->tx, r.id, b->actor)) ||
        (e = told_here(b, "race.started", object_of(b, r.id))) ||
        (e = bot_log(b, object_of(b, r.id), STR(""))))
        return e;
    return cards_topic(b->ctx, STR("race.started"), object_of(b, r.id), &b->m);
}

/* "21:40" today, or yesterday when that lies ahead; UTC. */
static enum err
read_time(struct bot *b, struct str text, int64_t *ret)
{
    int64_t hour, minute, now = ctx_now(b->ctx);
    struct str rest = str_trim(text), part;

    if (!str_split(&rest, ':', &part) || part.n != 2 || rest.n != 2 ||
        !str_i64(part.p[0] == '0' ? str_sub(part, 1, 1) : part, 0, 23, &hour) ||
        !str_i64(rest.p[0] == '0' ? str_sub(rest, 1, 1) : rest, 0, 59, &minute))
        return ctx_fail(b->ctx, E_INVALID, "a time is written HH:MM in UTC, like 21:40");
    *ret = now / DAY_MS * DAY_MS + (hour * 60 + minute) * 60 * 1000;
    if (*ret > now)
        *ret -= DAY_MS;
    return OK;
}

enum err
do_lobby_finish(struct bot *b)
{
    struct race r;
    int64_t at = 0;
    enum err e;

    if ((e = bot_race(b, IN(RACE_RUNNING), &r)) || (e = bot_need_host(b, &r)) ||
        (bot_has(b, "at") && (e = read_time(b, bot_text(b, "at"), &at))) ||
        (e = lobby_finish(b->ctx, b->tx, r.id, at, str_trim(bot_text(b, "reason")),
                          b->actor)) ||
        (e = told_card(b, object_of(b, r.id))) ||
        (e = told_here(b, "race.finished", object_of(b, r.id))) ||
        (e = bot_log(b, object_of(b, r.id), bot_text(b, "reason"))))
        return e;
    return show_card(b, r.id);
}

enum err
do_lobby_kick(struct bot *b)
{
    struct str reason = str_trim(bot_text(b, "reason"));
    struct member who;
    struct race r;
    enum err e;

    if ((e = bot_user(b, "user", &who)) || (e = bot_race(b, IN(RACE_LOBBY), &r)) ||
        (e = bot_need_host(b, &r)) ||
        (e = lobby_kick(b->ctx, b->tx, r.id, who.id, reason, b->actor)) ||
        (e = bot_log(b, object_of(b, r.id),
                     str_of(arena_printf(b->ctx->arena, "%.*s: %.*s", STR_ARG(who.name),
                                         STR_ARG(reason))))))
        return e;
    message_embed(b->m, MESSAGE_RACE, "Race %lld", (long long)r.id);
    message_line(b->m, "%.*s was taken out of the lobby by the host: %.*s.",
                 STR_ARG(message_name(b->ctx, who.shown)),
                 STR_ARG(message_text(b->ctx, reason, REASON_SIGNS)));
    return OK;
}

/* Races by number or name, as far as typed. */
enum err
do_lobby_races(struct bot *b)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(b->ctx, SQL_bot_races);
    struct str typed = STR("");
    enum err e;

    for (size_t i = 0; i < b->ask->n; i++)
        if (b->ask->option[i].focused)
            typed = str_lower(b->ctx->arena, str_trim(b->ask->option[i].text));
    stmt_i64(&s, ":member", b->member.id);
    stmt_i64(&s, ":max", SUGGESTED);
    while ((e = stmt_row(&s)) == OK) {
        struct str name = stmt_col_str(&s, "name");
        struct str state = str_lower(b->ctx->arena, stmt_col_str(&s, "state"));
        struct str id =
            str_of(arena_printf(b->ctx->arena, "%lld", (long long)stmt_col_i64(&s, "id")));
        struct str all = str_of(arena_printf(
            b->ctx->arena, "%.*s · %.*s (%.*s)", STR_ARG(id),
            STR_ARG(point_clean(b->ctx->arena, name, SIGNS - 30)), STR_ARG(state)));

        if (!typed.n || str_starts(id, typed) ||
            str_find(str_lower(b->ctx->arena, name), typed, 0) != SIZE_MAX)
            bot_choice(b, all, id);
    }
    return e == E_NOTFOUND ? OK : e;
}

enum err
do_lobby_seasons(struct bot *b)
{
    struct season *s;
    struct str typed = STR("");
    size_t n;
    enum err e = season_list(b->ctx, SUGGESTED, &s, &n);

    if (e)
        return e;
    for (size_t i = 0; i < b->ask->n; i++)
        if (b->ask->option[i].focused)
            typed = str_lower(b->ctx->arena, str_trim(b->ask->option[i].text));
    for (size_t i = 0; i < n; i++)
        if (!typed.n || str_starts(s[i].slug, typed) ||
            str_find(str_lower(b->ctx->arena, s[i].name), typed, 0) != SIZE_MAX)
            bot_choice(b, s[i].name, s[i].slug);
    return OK;
}
