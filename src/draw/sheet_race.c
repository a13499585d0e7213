/* The card of a race: before the flag the pot is the largest thing, with places it is the
 * podium. Not for: what all cards share (ink.h). */
#include "draw/sheet_race.h"

#include "draw/draw.h"
#include "draw/podium.h"
#include "league/result.h"
#include "race/dispute.h"

enum { ROW_TOP = 206, ROW_HIGH = 46, TABLE_LEFT = 612, DISPUTES = 64 };

struct sheet_race {
    struct race r;
    bool final;                     /* points are written */
    bool places;                    /* somebody has one */
    bool review;                    /* a dispute is open */
    int64_t points[RACE_SEATS_MAX]; /* by seat number - 1 */
    int64_t season_id;              /* 0: friendly, or not final yet */
    struct str season;
    size_t order[RACE_SEATS_MAX]; /* seats in order of place */
};

static int64_t
rank(const struct race_seat *s)
{
    return s->dnf ? 200 + s->no : s->place ? s->place : 100 + s->no;
}

static enum err
read_points(struct ctx *ctx, struct sheet_race *s)
{
    struct result_row *row;
    size_t n;
    enum err e = result_of(ctx, s->r.id, &row, &n);

    if (e == E_NOTFOUND) {
        ctx_clear(ctx);
        return OK;
    }
    if (e != OK)
        return e;
    for (size_t i = 0; i < n; i++)
        if (row[i].seat_no >= 1 && row[i].seat_no <= RACE_SEATS_MAX)
            s->points[row[i].seat_no - 1] += row[i].points;
    s->final = n > 0;
    return OK;
}

static enum err
read_season(struct ctx *ctx, struct sheet_race *s)
{
    struct season season;
    enum err e = s->r.season_id ? season_get(ctx, s->r.season_id, &season) : OK;

    if (e == OK && s->r.season_id)
        s->season = season.name;
    return e;
}

/* One that is open is told on every surface. */
static enum err
read_disputes(struct ctx *ctx, struct sheet_race *s)
{
    struct dispute *d;
    size_t n = 0;
    enum err e =
        s->r.state == RACE_FINISHED ? dispute_list(ctx, s->r.id, DISPUTES, &d, &n) : OK;

    for (size_t i = 0; e == OK && i < n; i++)
        s->review |= d[i].closed_at == 0;
    return e;
}

static struct str
state_word(const struct sheet_race *s)
{
    return s->review ? STR("under review") : race_state_word(s->r.state);
}

static enum err
read_race(struct ctx *ctx, struct str key, struct sheet_race *s)
{
    int64_t id;

    if (!str_i64(key, 1, MINOR_MAX, &id))
        return ctx_fail(ctx, E_NOTFOUND, "there is no such race");
    enum err e = race_get(ctx, id, &s->r);

    if (e == OK)
        e = read_points(ctx, s);
    if (e == OK)
        e = read_season(ctx, s);
    if (e == OK)
        e = read_disputes(ctx, s);
    if (e != OK)
        return e;
    for (size_t i = 0; i < s->r.n_seats; i++) {
        size_t k = i;

        s->places |= s->r.seat[i].place || s->r.seat[i].dnf;
        for (; k > 0 && rank(&s->r.seat[i]) < rank(&s->r.seat[s->order[k - 1]]); k--)
            s->order[k] = s->order[k - 1];
        s->order[k] = i;
    }
    return OK;
}

static void
put_head(struct ctx *ctx, struct buf *b, const struct sheet_race *s)
{
    const struct race *r = &s->r;
    struct ink_pen title = {.size = 54, .fill = INK_INK, .room = 740};
    struct ink_pen meta = {.size = 26, .fill = INK_MIST, .room = 740};
    struct ink_pen label = {.size = 22, .fill = INK_MIST, .anchor = INK_RIGHT};
    struct str word = state_word(s), day = ink_day(ctx, r->created_at);
    struct str number = str_of(arena_printf(ctx->arena, "Race %lld", (long long)r->id));
    bool named = !str_eq(number, r->name);

    ink_badge(b, 1144 - 62 - ink_width(word, 24), 36, race_state_shape(r->state), word);
    ink_text(b, INK_EDGE, 146, &title, r->name);
    ink_printf(b, INK_EDGE, 186, &meta, "%.*s%s%.*s%s%.*s", named ? (int)number.n : 0, number.p,
               named ? "  ·  " : "", STR_ARG(day), s->season.n ? "  ·  " : "",
               STR_ARG(s->season));
    if (s->places)
        ink_text(b, ink_digits(ctx, b, 1144, 168, 60, true, r->pot) - 16, 168, &label,
                 STR("POT"));
}

static void
put_row(struct ctx *ctx, struct buf *b, const struct sheet_race *s, size_t i)
{
    const struct race_seat *seat = &s->r.seat[s->order[i]];
    int64_t y = ROW_TOP + 38 + (int64_t)i * ROW_HIGH;
    bool podium = s->places && seat->place >= 1 && seat->place <= 3 && !seat->dnf;
    struct ink_pen name = {.size = 26, .fill = INK_INK, .room = s->final ? 232 : 310};
    struct ink_pen figure = {.size = 26, .fill = INK_GOLD, .anchor = INK_RIGHT};
    struct ink_pen plate = {
        .size = 23, .fill = podium ? INK_NIGHT : INK_INK, .anchor = INK_MIDDLE};

    if (i % 2 == 0)
        ink_box(b, TABLE_LEFT, y - 34, 1144 - TABLE_LEFT, ROW_HIGH, 8, INK_ASPHALT);
    ink_box(b, TABLE_LEFT + 10, y - 27, 56, 32, 16, podium ? ink_metal(seat->place) : INK_KERB);
    if (seat->dnf)
        ink_text(b, TABLE_LEFT + 38, y - 3, &plate, STR("DNF"));
    else
        ink_printf(b, TABLE_LEFT + 38, y - 3, &plate, "%lld",
                   (long long)(s->places && seat->place ? seat->place : seat->no));
    ink_text(b, TABLE_LEFT + 84, y, &name, seat->name);
    ink_text(b, 1134, y, &figure, ink_money(ctx, seat->share));
    if (s->final) {
        figure.fill = INK_INK;
        ink_printf(b, 998, y, &figure, "%lld", (long long)s->points[seat->no - 1]);
    }
}

static void
put_table(struct ctx *ctx, struct buf *b, const struct sheet_race *s)
{
    struct ink_pen head = {.size = 20, .fill = INK_FOG};
    struct ink_pen right = {.size = 20, .fill = INK_FOG, .anchor = INK_RIGHT};

    ink_text(b, TABLE_LEFT + 10, ROW_TOP - 6, &head, s->places ? STR("PLACE") : STR("SEAT"));
    ink_text(b, 1134, ROW_TOP - 6, &right, STR("SHARE"));
    if (s->final)
        ink_text(b, 998, ROW_TOP - 6, &right, STR("POINTS"));
    for (size_t i = 0; i < s->r.n_seats; i++)
        put_row(ctx, b, s, i);
}

static void
put_winners(struct ctx *ctx, struct buf *b, const struct sheet_race *s)
{
    struct podium p = {.n = 3};
    size_t at = 0;

    for (size_t i = 0; i < s->r.n_seats && at < 3; i++) {
        const struct race_seat *seat = &s->r.seat[s->order[i]];

        if (seat->dnf || seat->place < 1 || seat->place > 3)
            continue;
        int64_t points = s->points[seat->no - 1];

        p.step[at++] = (struct podium_step){
            .place = seat->place,
            .id = seat->member_id,
            .name = seat->name,
            .words = s->final ? str_of(arena_printf(ctx->arena, "%lld point%s",
                                                    (long long)points, points == 1 ? "" : "s"))
                              : STR("not final")};
    }
    podium_draw(b, &p);
}

/* Before there are places: the pot and what an order gives. */
static void
put_pot(struct ctx *ctx, struct buf *b, const struct sheet_race *s)
{
    const struct race *r = &s->r;
    struct ink_pen label = {.size = 30, .fill = INK_MIST};
    struct ink_pen words = {.size = 26, .fill = INK_INK, .room = 500};
    bool gone = r->state == RACE_VOID || r->state == RACE_CANCELLED;
    struct str rule = race_rule_words(ctx, &r->rule), part;

    ink_text(b, INK_EDGE, 268, &label, gone ? STR("THIS RACE DOES NOT COUNT") : STR("POT"));
    if (gone) {
        words.fill = INK_ROSE;
        ink_text(b, INK_EDGE, 320, &words, r->end_reason);
        return;
    }
    ink_digits(ctx, b, INK_EDGE, 392, 104, false, r->pot);
    ink_printf(b, INK_EDGE, 452, &words, "%lld sale%s counted", (long long)r->sales,
               r->sales == 1 ? "" : "s");
    words.fill = INK_MIST;
    words.size = 23;
    for (int64_t y = 500; y <= 570 && str_split(&rule, ',', &part); y += 34)
        ink_text(b, INK_EDGE, y, &words, str_trim(part));
}

static struct str
say(struct ctx *ctx, const struct sheet_race *s)
{
    struct buf b = buf_new(ctx->arena, 4096);
    struct str pot = ink_money(ctx, s->r.pot), state = state_word(s);

    buf_printf(&b, "Race %lld, ", (long long)s->r.id);
    buf_add(&b, s->r.name);
    buf_printf(&b, ": %.*s, pot %.*s after %lld sale%s.", STR_ARG(state), STR_ARG(pot),
               (long long)s->r.sales, s->r.sales == 1 ? "" : "s");
    for (size_t i = 0; i < s->r.n_seats; i++) {
        const struct race_seat *seat = &s->r.seat[s->order[i]];
        struct str share = ink_money(ctx, seat->share);

        if (s->places && (seat->dnf || seat->place))
            buf_printf(&b, " %s ", ink_place(seat->dnf ? 0 : seat->place));
        else
            buf_printf(&b, " Seat %lld ", (long long)seat->no);
        buf_add(&b, seat->name);
        if (s->final)
            buf_printf(&b, ", %lld points", (long long)s->points[seat->no - 1]);
        buf_printf(&b, ", %.*s.", STR_ARG(share));
    }
    return buf_str(&b);
}

enum err
sheet_race_draw(struct ctx *ctx, struct str key, struct str *ret_svg)
{
    struct sheet_race *s = ARENA_NEW(ctx->arena, struct sheet_race);
    struct buf b = buf_new(ctx->arena, DRAW_BYTES);
    enum err e = read_race(ctx, key, s);

    if (e != OK)
        return e;
    ink_open(ctx, &b, say(ctx, s));
    put_head(ctx, &b, s);
    if (s->places)
        put_winners(ctx, &b, s);
    else
        put_pot(ctx, &b, s);
    put_table(ctx, &b, s);
    e = ink_sponsor(ctx, &b, "race_card", s->r.season_id);
    ink_close(&b);
    *ret_svg = buf_str(&b);
    return e != OK ? e : buf_err(&b);
}
