/* /admin-fix and /void: what they would do, privately, then the button that does it. Not for:
 * what they do (league/fix.h, race/lobby.h). */
#include "bot/cards.h"
#include "bot/do.h"
#include "bot/told.h"
#include "bot/words.h"
#include "league/draft.h"
#include "race/lobby.h"
#include "race/report.h"

enum { LINES_MAX = 12, REASON_SIGNS = 300 };

static const struct str VOID_WORD = STR_INIT("void");

static const char *
rank_words(struct bot *b, int64_t rank)
{
    return rank ? arena_printf(b->ctx->arena, "rank %lld", (long long)rank) : "no rank";
}

/* "Nova: 2nd → 1st, 12 → 15 points, rank 3 → 1, $1.00 → $2.00" */
static void
fix_line(struct bot *b, const struct fix_row *r)
{
    struct ctx *ctx = b->ctx;
    struct buf t = buf_new(ctx->arena, 2048);
    const char *to = " \xe2\x86\x92 ";

    buf_printf(&t, "**%.*s**:", STR_ARG(message_name(ctx, r->name)));
    if (r->place[0] != r->place[1])
        buf_printf(&t, " %s%s%s,", words_place(ctx, r->place[0]), to,
                   words_place(ctx, r->place[1]));
    if (r->points[0] != r->points[1])
        buf_printf(&t, " %lld%s%lld points,", (long long)r->points[0], to,
                   (long long)r->points[1]);
    if (r->rank[0] != r->rank[1])
        buf_printf(&t, " %s%s%s,", rank_words(b, r->rank[0]), to, rank_words(b, r->rank[1]));
    if (r->cents[0] != r->cents[1]) {
        buf_printf(&t, " %.*s", STR_ARG(message_money(ctx, r->cents[0])));
        buf_printf(&t, "%s%.*s,", to, STR_ARG(message_money(ctx, r->cents[1])));
    }
    if (!str_eq(r->trophies[0], r->trophies[1]))
        buf_printf(&t, " trophies: %.*s%s%.*s,",
                   STR_ARG(r->trophies[0].n ? r->trophies[0] : STR("none")), to,
                   STR_ARG(r->trophies[1].n ? r->trophies[1] : STR("none")));
    struct str line = buf_str(&t);
    message_line(b->m, "%.*s", STR_ARG(str_sub(line, 0, line.n - 1)));
}

static void
fix_lines(struct bot *b, const struct fix_preview *p, struct str reason)
{
    for (size_t i = 0; i < p->n && i < LINES_MAX; i++)
        fix_line(b, &p->row[i]);
    if (p->n > LINES_MAX)
        message_line(b->m, "And %zu more whose rank moves.", p->n - LINES_MAX);
    if (p->moved)
        message_line(b->m, "%.*s change hands.", STR_ARG(message_money(b->ctx, p->moved)));
    message_line(b->m, "Reason: %.*s", STR_ARG(message_text(b->ctx, reason, REASON_SIGNS)));
}

enum err
do_fix_look(struct bot *b)
{
    struct fix_preview *p = ARENA_NEW(b->ctx->arena, struct fix_preview);
    struct fix_ask ask = {
        .reason = bot_text(b, "reason"), .by = b->member.id, .actor = b->actor};
    int64_t place, seat, id;
    struct member who;
    struct race r;
    enum err e;

    if ((e = words_place_asked(b, &place)) ||
        (e = bot_race(b, 1U << RACE_FINISHED | 1U << RACE_FINAL | 1U << RACE_SETTLED, &r)) ||
        (e = bot_user(b, "user", &who)))
        return e;
    if ((e = report_seat_of(b->ctx, r.id, who.id, &seat)))
        return e == E_NOTFOUND ? ctx_fail(b->ctx, e, "%.*s has no seat in race %lld",
                                          STR_ARG(who.shown), (long long)r.id)
                               : e;
    ask.race_id = r.id;
    draft_move(&r, seat, place, ask.place);
    if ((e = fix_look(b->ctx, b->tx, &ask, p)) ||
        (e = draft_add(b->ctx, b->tx, &ask, p->hash, &id)))
        return e;
    message_embed(b->m, MESSAGE_PROBLEM, "Race %lld: what this correction changes",
                  (long long)r.id);
    fix_lines(b, p, str_trim(ask.reason));
    message_line(b->m, "Nothing of it is saved yet.");
    message_button(b->m, MESSAGE_RED, "Apply", "fixgo:%lld", (long long)id);
    message_button(b->m, MESSAGE_PLAIN, "Cancel", "fixno:%lld", (long long)id);
    message_link(b->m, "Details", "/race/%lld", (long long)r.id);
    return OK;
}

enum err
do_fix_apply(struct bot *b)
{
    struct fix_preview *p = ARENA_NEW(b->ctx->arena, struct fix_preview);
    struct fix_ask ask;
    struct str hash;
    enum err e;

    if ((e = draft_get(b->ctx, b->arg[0], b->member.id, &ask, &hash)))
        return e;
    ask.actor = b->actor;
    if ((e = fix_apply(b->ctx, b->tx, &ask, hash, p)) ||
        (e = draft_drop(b->ctx, b->tx, b->arg[0])))
        return e;
    message_embed(b->m, MESSAGE_PROBLEM, "Race %lld: the result was corrected",
                  (long long)ask.race_id);
    fix_lines(b, p, ask.reason);
    message_footer(b->m, "Race %lld", (long long)ask.race_id);
    message_link(b->m, "Details", "/race/%lld", (long long)ask.race_id);
    return OK;
}

enum err
do_fix_cancel(struct bot *b)
{
    struct fix_ask ask;
    struct str hash;
    enum err e;

    if ((e = draft_get(b->ctx, b->arg[0], b->member.id, &ask, &hash)) ||
        (e = draft_drop(b->ctx, b->tx, b->arg[0])))
        return e;
    message_embed(b->m, MESSAGE_RACE, "Race %lld", (long long)ask.race_id);
    message_line(b->m, "Nothing was changed.");
    return OK;
}

/* The reason waits in a draft without places. */
enum err
do_fix_void(struct bot *b)
{
    struct fix_ask ask = {.reason = str_trim(bot_text(b, "reason")), .by = b->member.id};
    struct race r;
    int64_t id;
    enum err e;

    if ((e = bot_race(b, 1U << RACE_LOBBY | 1U << RACE_RUNNING | 1U << RACE_FINISHED, &r)) ||
        (e = bot_need_host(b, &r)))
        return e;
    if (!ask.reason.n || !str_is_text(ask.reason, ""))
        return ctx_fail(b->ctx, E_INVALID, "say why, everybody reads it");
    ask.race_id = r.id;
    for (int64_t no = 0; no <= RACE_SEATS_MAX; no++)
        ask.place[no] = -1;
    if ((e = draft_add(b->ctx, b->tx, &ask, VOID_WORD, &id)))
        return e;
    message_embed(b->m, MESSAGE_PROBLEM, "Declare race %lld void?", (long long)r.id);
    if (r.state == RACE_LOBBY)
        message_line(b->m, "The lobby is closed; nothing has happened in it yet.");
    else
        message_line(
            b->m,
            "%lld counted order%s stay%s with the house: %.*s of shares go back to it. "
            "There are no places and no points. This cannot be undone.",
            (long long)r.sales, r.sales == 1 ? "" : "s", r.sales == 1 ? "s" : "",
            STR_ARG(message_money(b->ctx, r.pot)));
    message_line(b->m, "Reason: %.*s", STR_ARG(message_text(b->ctx, ask.reason, REASON_SIGNS)));
    message_button(b->m, MESSAGE_RED, "Void race", "voidgo:%lld", (long long)id);
    message_button(b->m, MESSAGE_PLAIN, "Cancel", "fixno:%lld", (long long)id);
    return OK;
}

enum err
do_fix_gone(struct bot *b)
{
    struct fix_ask ask;
    struct str what;
    struct race r;
    enum err e;

    if ((e = draft_get(b->ctx, b->arg[0], b->member.id, &ask, &what)))
        return e;
    if (!str_eq(what, VOID_WORD))
        return ctx_fail(b->ctx, E_INVALID, "this button is about a correction: use /void");
    if ((e = race_get(b->ctx, ask.race_id, &r)) || (e = bot_need_host(b, &r)) ||
        (e = lobby_void(b->ctx, b->tx, r.id, ask.reason, b->actor)) ||
        (e = draft_drop(b->ctx, b->tx, b->arg[0])) ||
        (e = told_here(b, "race.void", words_race(b->ctx, r.id))) ||
        (e = bot_log(b, words_race(b->ctx, r.id), ask.reason)))
        return e;
    return cards_topic(b->ctx, STR("race.void"), words_race(b->ctx, r.id), &b->m);
}
