/* Places from Discord: reported, contested, decided, shown. Not for: rules of reports
 * (race/report.h), disputes (do_dispute.c), corrections (do_fix.c). */
#include "bot/cards.h"
#include "bot/do.h"
#include "bot/told.h"
#include "bot/words.h"
#include "league/result.h"
#include "race/report.h"
#include "user/identity.h"

enum { ROWS_MAX = 4 * RACE_SEATS_MAX };

static const unsigned FLAGGED = 1U << RACE_FINISHED;
static const unsigned SHOWN = 1U << RACE_LOBBY | 1U << RACE_RUNNING | 1U << RACE_FINISHED |
                              1U << RACE_FINAL | 1U << RACE_SETTLED | 1U << RACE_VOID |
                              1U << RACE_CANCELLED;

static const struct race_seat *
find_seat(const struct race *r, int64_t no)
{
    for (size_t i = 0; i < r->n_seats; i++)
        if (r->seat[i].no == no)
            return &r->seat[i];
    return NULL;
}

/* "12 points (provisional)", as the places stand; empty without a season. */
static enum err
points_words(struct bot *b, const struct race *r, int64_t seat, const char **ret)
{
    struct result_row row[ROWS_MAX];
    struct season z;
    size_t n;
    enum err e;

    *ret = "";
    if (!r->season_id)
        return OK;
    if ((e = season_get(b->ctx, r->season_id, &z)))
        return e;
    result_reckon(r, &z.points, row, &n);
    for (size_t i = 0; i < n; i++)
        if (row[i].seat_no == seat && row[i].start)
            *ret = arena_printf(b->ctx->arena, ", %lld point%s (provisional)",
                                (long long)row[i].points, row[i].points == 1 ? "" : "s");
    return OK;
}

/* The host is pinged when they are known there. */
static enum err
ping_host(struct bot *b, const struct race *r)
{
    struct identity who;
    enum err e = identity_of(b->ctx, STR("discord"), r->host_id, &who);

    if (e == E_NOTFOUND) {
        ctx_clear(b->ctx);
        return OK;
    }
    if (e)
        return e;
    message_content(b->m, "<@%.*s>", STR_ARG(who.subject));
    message_ping(b->m, who.subject);
    return OK;
}

/* Both are named; the host decides. */
static enum err
contested_lines(struct bot *b, const struct race *r, int64_t place)
{
    struct buf names = buf_new(b->ctx->arena, 2048);

    for (size_t i = 0; i < r->n_seats; i++)
        if (r->seat[i].place == place) {
            buf_add_text(&names, names.n ? ", " : "");
            buf_add(&names, message_name(b->ctx, r->seat[i].name));
        }
    message_line(b->m, "Contested: %.*s report the same place, %s. The host decides.",
                 STR_ARG(buf_str(&names)), words_place(b->ctx, place));
    message_button(b->m, MESSAGE_PRIMARY, "Host decides", "decide:%lld", (long long)r->id);
    return ping_host(b, r);
}

static enum err
wait_line(struct bot *b, const struct race *r)
{
    struct report_wait w;
    enum err e = report_waits(b->ctx, r, &w);

    if (e)
        return e;
    if (w.kind == REPORT_TIME)
        message_line(b->m, "Final %.*s unless somebody objects with /dispute.",
                     STR_ARG(message_time(b->ctx, w.until_at, 'R')));
    return OK;
}

/* The place is written, and the line that everybody reads. */
static enum err
report(struct bot *b, int64_t race, int64_t seat, int64_t place, enum report_source source)
{
    struct report rep = {
        .race_id = race,
        .seat_no = seat,
        .place = place,
        .source = source,
        .actor = b->actor,
        .note = STR(""),
    };
    struct race *r = ARENA_NEW(b->ctx->arena, struct race);
    const char *points;
    enum err e;

    if ((e = report_add(b->ctx, b->tx, &rep)) || (e = race_get(b->ctx, race, r)) ||
        (e = bot_log(b, words_race(b->ctx, race),
                     str_of(arena_printf(b->ctx->arena, "seat %lld place %lld", (long long)seat,
                                         (long long)place)))) ||
        (e = points_words(b, r, seat, &points)))
        return e;
    const struct race_seat *s = find_seat(r, seat);
    BUG_IF(!s);
    bool contested = report_contested(r) & 1U << (seat - 1);
    message_embed(b->m, contested ? MESSAGE_PROBLEM : MESSAGE_RACE, "Race %lld",
                  (long long)race);
    message_line(b->m, "%.*s: %s%s", STR_ARG(message_name(b->ctx, s->name)),
                 words_place(b->ctx, place), contested ? "" : points);
    message_footer(b->m, "Race %lld", (long long)race);
    return contested ? contested_lines(b, r, place) : wait_line(b, r);
}

static enum err
seat_of(struct bot *b, const struct race *r, const struct member *who, int64_t *ret)
{
    enum err e = report_seat_of(b->ctx, r->id, who->id, ret);

    if (e != E_NOTFOUND || who->id == b->member.id)
        return e;
    return ctx_fail(b->ctx, e, "%.*s has no seat to report for in race %lld",
                    STR_ARG(who->shown), (long long)r->id);
}

enum err
do_result_report(struct bot *b)
{
    enum report_source source = REPORT_DRIVER;
    struct member who = b->member;
    int64_t place, seat;
    struct race r;
    enum err e;

    if ((e = words_place_asked(b, &place)) || (e = bot_race(b, FLAGGED, &r)))
        return e;
    if (bot_has(b, "user")) {
        if ((e = bot_need_host(b, &r)) || (e = bot_user(b, "user", &who)))
            return e;
        source = b->member.id == r.host_id ? REPORT_HOST : REPORT_STAFF;
    }
    if ((e = seat_of(b, &r, &who, &seat)))
        return e;
    return report(b, r.id, seat, place, source);
}

/* "Report place" of a card. */
enum err
do_result_open(struct bot *b)
{
    struct race r;
    int64_t seat;
    enum err e;

    if ((e = bot_race(b, FLAGGED, &r)) ||
        (e = report_seat_of(b->ctx, r.id, b->member.id, &seat)))
        return e;
    message_embed(b->m, MESSAGE_RACE, "Race %lld", (long long)r.id);
    message_line(b->m, "Which place did you reach in seat %lld?", (long long)seat);
    message_select(b->m, "Your place", "place:%lld", (long long)r.id);
    for (int64_t place = 1; place <= r.seats; place++)
        message_choice(b->m, words_place(b->ctx, place), "%lld", (long long)place);
    message_choice(b->m, "DNF", "0");
    return OK;
}

enum err
do_result_pick(struct bot *b)
{
    struct race r;
    int64_t seat, place;
    enum err e;

    if (b->ask->n_values != 1 || !str_i64(b->ask->value[0], 0, RACE_SEATS_MAX, &place))
        return ctx_fail(b->ctx, E_INVALID, "choose one place from the list");
    if ((e = bot_race(b, FLAGGED, &r)) ||
        (e = report_seat_of(b->ctx, r.id, b->member.id, &seat)))
        return e;
    return report(b, r.id, seat, place, REPORT_DRIVER);
}

/* What a contested seat may get instead: DNF, or a place that nobody has. */
static bool
is_free(const struct race *r, const struct race_seat *s, int64_t place)
{
    for (size_t i = 0; place && i < r->n_seats; i++)
        if (r->seat[i].place == place && r->seat[i].no != s->no)
            return false;
    return true;
}

/* One choice a seat and place, "Nova: 1st". */
static void
decide_choices(struct bot *b, const struct race *r)
{
    unsigned seats = report_contested(r);

    for (size_t i = 0; i < r->n_seats; i++) {
        const struct race_seat *s = &r->seat[i];
        struct str name = message_name(b->ctx, s->name);

        if (!(seats & 1U << (s->no - 1)))
            continue;
        for (int64_t place = r->seats; place >= 0; place--)
            if (place != s->place && is_free(r, s, place))
                message_choice(b->m,
                               arena_printf(b->ctx->arena, "%.*s: %s", STR_ARG(name),
                                            words_place(b->ctx, place)),
                               "%lld:%lld", (long long)s->no, (long long)place);
    }
}

enum err
do_result_decide(struct bot *b)
{
    struct race r;
    enum err e;

    if ((e = bot_race(b, FLAGGED, &r)) || (e = bot_need_host(b, &r)))
        return e;
    if (!report_contested(&r))
        return ctx_fail(b->ctx, E_CONFLICT, "nothing is contested in race %lld any more",
                        (long long)r.id);
    message_embed(b->m, MESSAGE_RACE, "Race %lld: contested places", (long long)r.id);
    for (size_t i = 0; i < r.n_seats; i++)
        if (r.seat[i].contested)
            message_line(b->m, "Seat %lld, %.*s: %s", (long long)r.seat[i].no,
                         STR_ARG(message_name(b->ctx, r.seat[i].name)),
                         words_place(b->ctx, r.seat[i].place));
    message_line(b->m, "Choose who gets another place; who keeps theirs needs nothing.");
    message_select(b->m, "Who gets which place", "decided:%lld", (long long)r.id);
    decide_choices(b, &r);
    return OK;
}

enum err
do_result_decided(struct bot *b)
{
    struct str rest = b->ask->n_values == 1 ? b->ask->value[0] : STR(""), part;
    int64_t seat, place;
    struct race r;
    enum err e;

    if (!str_split(&rest, ':', &part) || !str_i64(part, 1, RACE_SEATS_MAX, &seat) ||
        !str_i64(rest, 0, RACE_SEATS_MAX, &place))
        return ctx_fail(b->ctx, E_INVALID, "choose one line from the list");
    if ((e = bot_race(b, FLAGGED, &r)) || (e = bot_need_host(b, &r)))
        return e;
    if (!(report_contested(&r) & 1U << (seat - 1)))
        return ctx_fail(b->ctx, E_CONFLICT,
                        "that place is decided already: use /result to change it");
    return report(b, r.id, seat, place, b->member.id == r.host_id ? REPORT_HOST : REPORT_STAFF);
}

/* The card with its picture, which takes a moment to draw. */
enum err
do_result_show(struct bot *b)
{
    struct race r;
    enum err e = bot_race(b, SHOWN, &r);

    if (e)
        return e;
    return bot_defer(b, "results",
                     str_of(arena_printf(b->ctx->arena, "%lld", (long long)r.id)));
}

enum err
do_result_later(struct ctx *ctx, struct str payload, struct message **ret)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    int64_t id;
    enum err e;

    if (!str_i64(payload, 1, INT64_MAX, &id))
        return ctx_fail(ctx, E_INVALID, "no race is named");
    if ((e = race_get(ctx, id, r)) || (e = cards_race(ctx, r, ret)))
        return e;
    if (r->state == RACE_FINISHED)
        message_picture(*ret, "race", payload, "Race %lld as it is reported so far, pot %.*s.",
                        (long long)id, STR_ARG(message_money(ctx, r->pot)));
    return OK;
}
