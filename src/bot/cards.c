/* Cards of races by state, and which message belongs to which topic. Not for: the lines of
 * topics (tidings.c). */
#include "bot/cards.h"

#include "bot/paynews.h"
#include "bot/tidings.h"
#include "bot/tidings_dj.h"
#include "race/report.h"

enum { NAME_SIGNS = 60, LIST_BYTES = 4000 };

static bool
has_places(const struct race *r)
{
    for (size_t i = 0; i < r->n_seats; i++)
        if (r->seat[i].place || r->seat[i].dnf)
            return true;
    return false;
}

static const char *
place_words(struct ctx *ctx, const struct race_seat *s)
{
    static const char *const word[] = {"1st", "2nd", "3rd"};

    if (s->dnf)
        return "DNF";
    if (s->place < 1)
        return "no report";
    return s->place <= 3 ? word[s->place - 1]
                         : arena_printf(ctx->arena, "%lldth", (long long)s->place);
}

/* Seats in order of place; those without one keep their order behind. */
static size_t
in_order(const struct race *r, size_t order[RACE_SEATS_MAX])
{
    size_t n = 0;

    for (int64_t place = 1; place <= RACE_SEATS_MAX; place++)
        for (size_t i = 0; i < r->n_seats; i++)
            if (!r->seat[i].dnf && r->seat[i].place == place)
                order[n++] = i;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < r->n_seats; i++)
            if (r->seat[i].dnf == (pass == 1) && (r->seat[i].dnf || !r->seat[i].place))
                order[n++] = i;
    return n;
}

static void
begin(struct ctx *ctx, struct message *m, const struct race *r, enum message_colour colour,
      const char *what)
{
    struct str name = message_text(ctx, r->name, NAME_SIGNS);
    const char *number = arena_printf(ctx->arena, "Race %lld", (long long)r->id);

    if (name.n == 0 || str_eq_text(r->name, number))
        message_embed(m, colour, "%s, %s", number, what);
    else
        message_embed(m, colour, "%s: %.*s, %s", number, STR_ARG(name), what);
}

static void
finish(struct ctx *ctx, struct message *m, const struct race *r, int64_t at)
{
    if (r->season_id)
        message_field(m, "Season", true, "%.*s",
                      STR_ARG(message_text(ctx, r->season_name, NAME_SIGNS)));
    if (at)
        message_field(m, "When", true, "%.*s", STR_ARG(message_time(ctx, at, 'f')));
    message_footer(m, "Race %lld, %.*s", (long long)r->id, STR_ARG(race_state_word(r->state)));
}

/* "1 Nova" a line. */
static void
seat_lines(struct ctx *ctx, struct message *m, const struct race *r)
{
    for (size_t i = 0; i < r->n_seats; i++)
        if (!r->seat[i].left_at)
            message_line(m, "%lld  %.*s", (long long)r->seat[i].no,
                         STR_ARG(message_name(ctx, r->seat[i].name)));
}

static int64_t
taken(const struct race *r)
{
    int64_t n = 0;

    for (size_t i = 0; i < r->n_seats; i++)
        n += !r->seat[i].left_at;
    return n;
}

static void
lobby_card(struct ctx *ctx, struct message *m, const struct race *r)
{
    int64_t n = taken(r);

    begin(ctx, m, r, MESSAGE_RACE, "open");
    message_line(m, "Seats %lld/%lld, %lld %s. Host: %.*s.", (long long)n, (long long)r->seats,
                 (long long)r->rounds, r->rounds == 1 ? "round" : "rounds",
                 STR_ARG(message_name(ctx, r->host_name)));
    seat_lines(ctx, m, r);
    message_field(m, "How orders are split", false, "%.*s",
                  STR_ARG(race_rule_words(ctx, &r->rule)));
    finish(ctx, m, r, r->created_at);
    message_button(m, MESSAGE_GREEN, n < r->seats ? "Join" : "Join the wait list", "join:%lld",
                   (long long)r->id);
    message_button(m, MESSAGE_PLAIN, "Leave", "leave:%lld", (long long)r->id);
    message_link(m, "Page", "/race/%lld", (long long)r->id);
}

static enum err
running_card(struct ctx *ctx, struct message *m, const struct race *r)
{
    begin(ctx, m, r, MESSAGE_RACE, "running");
    message_line(m, "Window open since %.*s. %.*s.",
                 STR_ARG(message_time(ctx, r->opened_at, 't')),
                 STR_ARG(race_rule_words(ctx, &r->rule)));
    seat_lines(ctx, m, r);
    message_field(m, "Pot", true, "%.*s", STR_ARG(message_money(ctx, r->pot)));
    message_field(m, "Orders counted", true, "%lld", (long long)r->sales);
    finish(ctx, m, r, r->opened_at);
    message_link(m, "Shop", "/shop?race=%lld", (long long)r->id);
    message_link(m, "Watch", "/race/%lld", (long long)r->id);
    return tidings_dj_button(ctx, m);
}

/* Which seats a message speaks of: "Nova, Piston". */
static const char *
names_of(struct ctx *ctx, const struct race *r, unsigned seats)
{
    struct buf b = buf_new(ctx->arena, LIST_BYTES);

    for (size_t i = 0; i < r->n_seats; i++) {
        if (!(seats >> (r->seat[i].no - 1) & 1))
            continue;
        if (b.n)
            buf_add_text(&b, ", ");
        buf_add(&b, message_name(ctx, r->seat[i].name));
    }
    return str_text(ctx->arena, buf_str(&b));
}

static void
waits_line(struct ctx *ctx, struct message *m, const struct race *r,
           const struct report_wait *w)
{
    switch (w->kind) {
    case REPORT_SEATS:
        message_line(m, "No place yet from %s.", names_of(ctx, r, w->seats));
        break;
    case REPORT_CONTESTED:
        message_line(m, "Contested: %s. The host decides.", names_of(ctx, r, w->seats));
        break;
    case REPORT_DISPUTE:
        message_line(m, "Under review: a dispute is open, staff decides.");
        break;
    case REPORT_TIME:
        message_line(m, "Final %.*s unless somebody objects with /dispute.",
                     STR_ARG(message_time(ctx, w->until_at, 'R')));
        break;
    case REPORT_NOTHING:
    default:
        break;
    }
}

static enum err
place_lines(struct ctx *ctx, struct message *m, const struct race *r)
{
    size_t order[RACE_SEATS_MAX], seats = in_order(r, order);
    int64_t of_seat[RACE_SEATS_MAX];
    enum err e = tidings_points(ctx, r->id, of_seat);

    for (size_t i = 0; !e && i < seats; i++) {
        const struct race_seat *s = &r->seat[order[i]];
        int64_t points = of_seat[s->no - 1];

        message_line(
            m, "**%s**  %.*s%s%s%s%s", place_words(ctx, s), STR_ARG(message_name(ctx, s->name)),
            points >= 0 ? arena_printf(ctx->arena, ", %lld points", (long long)points) : "",
            s->share ? ", " : "", s->share ? message_money(ctx, s->share).p : "",
            s->left_at ? " (left)" : "");
    }
    return e;
}

static enum err
flag_card(struct ctx *ctx, struct message *m, const struct race *r)
{
    struct report_wait wait = {0};
    int64_t until = r->closed_at + 1000 * r->grace_s;
    enum err e = report_waits(ctx, r, &wait);

    if (e)
        return e;
    begin(ctx, m, r, MESSAGE_RACE, "finished");
    message_line(m, "Flag at %.*s. Orders count until %.*s.",
                 STR_ARG(message_time(ctx, r->closed_at, 'T')),
                 STR_ARG(message_time(ctx, until, 'T')));
    if (has_places(r) && (e = place_lines(ctx, m, r)))
        return e;
    waits_line(ctx, m, r, &wait);
    message_field(m, "Pot", true, "%.*s", STR_ARG(message_money(ctx, r->pot)));
    finish(ctx, m, r, r->closed_at);
    message_button(m, MESSAGE_PRIMARY, "Report place", "report:%lld", (long long)r->id);
    message_link(m, "Details", "/race/%lld", (long long)r->id);
    return OK;
}

static enum err
result_card(struct ctx *ctx, struct message *m, const struct race *r)
{
    size_t order[RACE_SEATS_MAX], seats = in_order(r, order);
    const struct race_seat *first = seats ? &r->seat[order[0]] : NULL;
    enum err e;

    begin(ctx, m, r, MESSAGE_GOOD, "final");
    if ((e = place_lines(ctx, m, r)))
        return e;
    message_field(m, "Pot", true, "%.*s", STR_ARG(message_money(ctx, r->pot)));
    finish(ctx, m, r, r->final_at);
    message_picture(m, "race", str_of(arena_printf(ctx->arena, "%lld", (long long)r->id)),
                    "Result of race %lld: %s %.*s, pot %.*s.", (long long)r->id,
                    first && first->place == 1 ? "won by" : "no winner, led by",
                    STR_ARG(first ? message_name(ctx, first->name) : STR("nobody")),
                    STR_ARG(message_money(ctx, r->pot)));
    message_link(m, "Details", "/race/%lld", (long long)r->id);
    return OK;
}

static void
void_card(struct ctx *ctx, struct message *m, const struct race *r)
{
    bool cancelled = r->state == RACE_CANCELLED;

    begin(ctx, m, r, MESSAGE_PROBLEM, cancelled ? "cancelled" : "void");
    if (r->end_reason.n)
        message_line(m, "Reason: %.*s.", STR_ARG(message_text(ctx, r->end_reason, 300)));
    message_line(m, "%s",
                 cancelled ? "It did not start."
                           : "Its results do not count and its shares went back.");
    finish(ctx, m, r, r->created_at);
    message_link(m, "Details", "/race/%lld", (long long)r->id);
}

enum err
cards_race(struct ctx *ctx, const struct race *r, struct message **ret)
{
    struct message *m = message_new(ctx);
    enum err e = OK;

    switch (r->state) {
    case RACE_LOBBY:
        lobby_card(ctx, m, r);
        break;
    case RACE_RUNNING:
        e = running_card(ctx, m, r);
        break;
    case RACE_FINISHED:
        e = flag_card(ctx, m, r);
        break;
    case RACE_FINAL:
    case RACE_SETTLED:
        e = result_card(ctx, m, r);
        break;
    case RACE_VOID:
    case RACE_CANCELLED:
        void_card(ctx, m, r);
        break;
    }
    *ret = m;
    return e;
}

enum err
cards_topic(struct ctx *ctx, struct str topic, struct str object, struct message **ret)
{
    struct str rest = object, kind;
    struct race r;
    int64_t id;
    enum err e;

    if (!str_split(&rest, ':', &kind) || !str_i64(rest, 1, MINOR_MAX, &id))
        return ctx_fail(ctx, E_NOTFOUND, "%.*s is nothing to tell", STR_ARG(object));
    if (!str_eq_text(kind, "race"))
        return tidings_other(ctx, topic, kind, id, ret);
    if ((e = race_get(ctx, id, &r)))
        return e;
    if (str_eq_text(topic, "race.opened") || str_eq_text(topic, "race.card"))
        return cards_race(ctx, &r, ret);
    if (str_eq_text(topic, "race.final") && (r.state == RACE_FINAL || r.state == RACE_SETTLED))
        return cards_race(ctx, &r, ret);
    return tidings_race(ctx, topic, &r, ret);
}

enum err
cards_direct(struct ctx *ctx, struct str topic, struct str object, struct str *ret_subject,
             struct message **ret)
{
    if (str_eq_text(topic, "member.method") || str_eq_text(topic, "payout.state"))
        return paynews_direct(ctx, topic, object, ret_subject, ret);
    return tidings_direct(ctx, topic, object, ret_subject, ret);
}
