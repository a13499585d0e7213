/* One race as the pages show it. Not for: rules about money or time; race/ has decided those.
 */
#include "page/card.h"

#include "page/chart.h"
#include "page/person.h"
#include "race/trail.h"

int64_t
card_counts_until(const struct race *r)
{
    return r->closed_at ? r->closed_at + r->grace_s * 1000 : 0;
}

int64_t
card_paid(const struct race_line *l)
{
    return l->delta < 0 && l->amount > 0 ? -l->amount : l->amount;
}

static struct str
place_words(struct ctx *ctx, const struct race_seat *s)
{
    static const char *const ORDINAL[] = {"",    "1st", "2nd", "3rd", "4th",
                                          "5th", "6th", "7th", "8th"};

    if (s->dnf)
        return STR("DNF");
    if (s->place > 0 && s->place <= RACE_SEATS_MAX)
        return str_of(ORDINAL[s->place]);
    return s->left_at ? layout_printf(ctx, "left") : STR("");
}

static void
add_seats(struct ctx *ctx, struct view *v, const struct race *r)
{
    struct view *list = view_list(v, "seats");
    bool taken[RACE_SEATS_MAX + 1] = {false};
    size_t next = 0;

    for (size_t i = 0; i < r->n_seats; i++)
        if (r->seat[i].no <= RACE_SEATS_MAX)
            taken[r->seat[i].no] = true;
    for (int64_t no = 1; no <= RACE_SEATS_MAX; no++) {
        if (!taken[no] && (no > r->seats || r->state != RACE_LOBBY))
            continue;
        struct view *s = view_add(list);
        const struct race_seat *seat = taken[no] ? &r->seat[next++] : NULL;

        view_i64(s, "no", no);
        view_i64(s, "hue", no - 1);
        view_flag(s, "free", !seat);
        view_text(s, "name", seat ? seat->name : STR("free seat"));
        view_text(s, "initials", seat ? person_initials(ctx, seat->name) : STR("–"));
        layout_money(ctx, s, "share", seat ? seat->share : 0);
        view_text(s, "place_words", seat ? place_words(ctx, seat) : STR(""));
        if (seat && seat->place >= 1 && seat->place <= 3 && !seat->dnf)
            view_i64(s, "podium", seat->place);
        else
            view_flag(s, "podium", false);
    }
}

static void
add_gate(struct ctx *ctx, struct view *v, const struct race *r)
{
    int64_t until = card_counts_until(r), now = ctx_now(ctx);
    const char *gate = "none", *words = "The window opens with the start: no order counts yet",
               *tail = "";

    if (r->state == RACE_RUNNING) {
        gate = "open";
        words = "Every order placed now counts for this race";
    } else if (r->state == RACE_FINISHED && now <= until) {
        gate = "grace";
        words = "Orders count until";
        tail = "(the flag is down; checkouts that were open still get through)";
    } else if (r->state == RACE_VOID || r->state == RACE_CANCELLED) {
        gate = "closed";
        words = "This race does not count: no order gives a share";
    } else if (r->opened_at) {
        gate = "closed";
        words = "The window is closed. Orders counted until";
    }
    view_textz(v, "gate", gate);
    view_textz(v, "gate_words", words);
    view_textz(v, "gate_tail", tail);
    view_flag(v, "gate_grace", str_eq_text(str_of(gate), "grace"));
    layout_time(v, "counts_until",
                r->state == RACE_VOID || r->state == RACE_CANCELLED ? 0 : until);
}

/* "$1,234.50" as a sign and digits for the segments, which have neither comma nor currency. */
static void
add_pot(struct ctx *ctx, struct view *v, const struct race *r)
{
    struct str text = layout_house(ctx, r->pot);
    struct buf digits = buf_new(ctx->arena, 64), ghost = buf_new(ctx->arena, 64);
    size_t from = 0;

    while (from < text.n && (text.p[from] < '0' || text.p[from] > '9'))
        from++;
    for (size_t i = from; i < text.n; i++) {
        if (text.p[i] == ',')
            continue;
        buf_add_char(&digits, text.p[i]);
        buf_add_char(&ghost, text.p[i] == '.' ? '.' : '8');
    }
    layout_money(ctx, v, "pot", r->pot);
    view_text(v, "pot_sign", str_trim(str_sub(text, 0, from)));
    view_text(v, "pot_digits", buf_str(&digits));
    view_text(v, "pot_ghost", buf_str(&ghost));
    view_text(v, "counted_words",
              r->sales == 0 ? STR("No sale counted yet")
                            : layout_printf(ctx, "%lld sale%s counted", (long long)r->sales,
                                            r->sales == 1 ? "" : "s"));
    struct str waiting = layout_house(ctx, r->waiting);

    view_text(v, "waiting_words",
              r->waiting
                  ? layout_printf(ctx, "of it %.*s decided by the result", STR_ARG(waiting))
                  : STR(""));
}

void
card_brief(struct ctx *ctx, struct view *v, const struct race *r)
{
    view_i64(v, "race", r->id);
    view_i64(v, "number", r->id);
    view_text(v, "name", r->name);
    view_url(v, "url", layout_printf(ctx, "/race/%lld", (long long)r->id));
    view_text(v, "state", race_state_name(r->state));
    layout_badge(v, race_state_shape(r->state), race_state_word(r->state));
    layout_time(v, "opened_at", r->opened_at);
    view_i64(v, "sales", r->sales);
    layout_money(ctx, v, "pot", r->pot);
    struct str winner = STR("");

    for (size_t i = 0; i < r->n_seats; i++)
        if (r->seat[i].place == 1 && !r->seat[i].dnf)
            winner = r->seat[i].name;
    view_text(v, "winner", winner);
}

void
card_race(struct ctx *ctx, struct view *v, const struct race *r)
{
    card_brief(ctx, v, r);
    view_text(v, "host", r->host_name);
    view_text(v, "rule_words", race_rule_words(ctx, &r->rule));
    view_flag(v, "whole", false);
    add_pot(ctx, v, r);
    add_gate(ctx, v, r);
    add_seats(ctx, v, r);
}

enum err
card_sales(struct ctx *ctx, struct view *v, int64_t race, size_t max)
{
    struct race_line *line;
    size_t n;
    enum err e = race_lines(ctx, race, 0, max, &line, &n);

    if (e != OK)
        return e;
    struct view *list = view_list(v, "last");

    view_flag(v, "has_last", n > 0);
    for (size_t i = 0; i < n; i++) {
        struct view *s = view_add(list);

        view_i64(s, "seq", line[i].seq);
        view_text(s, "title",
                  line[i].delta < 0 ? layout_printf(ctx, "Refund: %.*s", STR_ARG(line[i].title))
                                    : line[i].title);
        layout_money(ctx, s, "amount", card_paid(&line[i]));
        view_text(s, "delta_text", layout_delta(ctx, line[i].delta));
        view_flag(s, "is_down", line[i].delta < 0);
        view_text(s, "words",
                  str_eq_text(line[i].type, "void") ? STR("race void") : line[i].words);
        layout_time(s, "at", line[i].at);
    }
    return OK;
}

enum err
card_curve(struct ctx *ctx, const struct race *r, enum card_size size, const char *link,
           struct str *ret)
{
    struct race_line *line;
    size_t n;
    enum err e = trail_curve(ctx, r->id, size == CARD_SPARK ? 100 : 400, &line, &n);

    if (e != OK)
        return e;
    struct chart c = {.line = line,
                      .n = n,
                      .opened_at = r->opened_at,
                      .closed_at = r->closed_at,
                      .grace_s = r->grace_s,
                      .now = ctx_now(ctx),
                      .currency = layout_currency(ctx),
                      .link = str_of(link)};

    *ret = size == CARD_SPARK ? chart_spark(ctx, &c)
                              : chart_pot(ctx, &c, size == CARD_WIDE ? 1120 : 560);
    return OK;
}

struct str
card_seats(struct ctx *ctx, unsigned set)
{
    struct buf b = buf_new(ctx->arena, 128);

    for (int from = 0; from < RACE_SEATS_MAX; from++) {
        int to = from;

        if (!(set & 1U << from))
            continue;
        while (to + 1 < RACE_SEATS_MAX && set & 1U << (to + 1))
            to++;
        buf_printf(&b, "%s%d", b.n ? ", " : "", from + 1);
        if (to > from)
            buf_printf(&b, "%s%d", to == from + 1 ? ", " : "–", to + 1);
        from = to;
    }
    return buf_str(&b);
}
