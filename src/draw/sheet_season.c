/* The card of a season: the first three on their steps, the first eight as a table. Not for:
 * what all cards share (ink.h). */
#include "draw/sheet_season.h"

#include "draw/draw.h"
#include "draw/podium.h"
#include "league/standing.h"

enum { ROW_TOP = 206, ROW_HIGH = 46, ROWS = 8, TABLE_LEFT = 612 };

static void
put_change(struct buf *b, int64_t x, int64_t y, const struct standing *r)
{
    struct ink_pen pen = {.size = 20, .fill = r->change > 0 ? INK_LIME : INK_ROSE};

    if (r->change == 0)
        return;
    buf_printf(b, "<path fill=\"%s\" d=\"M%lld %lldl8 %d h-16z\"/>", pen.fill,
               (long long)(x + 8), (long long)(r->change > 0 ? y - 15 : y - 2),
               r->change > 0 ? 13 : -13);
    ink_printf(b, x + 20, y - 1, &pen, "%lld",
               (long long)(r->change > 0 ? r->change : -r->change));
}

static void
put_row(struct buf *b, const struct standing *r, size_t i)
{
    int64_t y = ROW_TOP + 38 + (int64_t)i * ROW_HIGH;
    struct ink_pen name = {.size = 26, .fill = INK_INK, .room = 206};
    struct ink_pen points = {.size = 28, .fill = INK_GOLD, .anchor = INK_RIGHT};
    struct ink_pen wins = {.size = 26, .fill = INK_MIST, .anchor = INK_RIGHT};
    struct ink_pen plate = {
        .size = 23, .fill = r->rank <= 3 ? INK_NIGHT : INK_INK, .anchor = INK_MIDDLE};

    if (i % 2 == 0)
        ink_box(b, TABLE_LEFT, y - 34, 1144 - TABLE_LEFT, ROW_HIGH, 8, INK_ASPHALT);
    ink_box(b, TABLE_LEFT + 10, y - 27, 56, 32, 16,
            r->rank <= 3 ? ink_metal(r->rank) : INK_KERB);
    ink_printf(b, TABLE_LEFT + 38, y - 3, &plate, "%lld", (long long)r->rank);
    put_change(b, TABLE_LEFT + 78, y, r);
    ink_text(b, TABLE_LEFT + 134, y, &name, r->name);
    ink_printf(b, 1034, y, &points, "%lld", (long long)r->points);
    ink_printf(b, 1134, y, &wins, "%lld", (long long)r->wins);
}

static void
put_table(struct buf *b, const struct standing_table *t)
{
    struct ink_pen head = {.size = 20, .fill = INK_FOG};
    struct ink_pen right = {.size = 20, .fill = INK_FOG, .anchor = INK_RIGHT};

    ink_text(b, TABLE_LEFT + 10, ROW_TOP - 6, &head, STR("RANK"));
    ink_text(b, 1034, ROW_TOP - 6, &right, STR("POINTS"));
    ink_text(b, 1134, ROW_TOP - 6, &right, STR("WINS"));
    for (size_t i = 0; i < t->n && i < ROWS; i++)
        put_row(b, &t->row[i], i);
}

static void
put_leaders(struct ctx *ctx, struct buf *b, const struct standing_table *t)
{
    struct podium p = {.n = 3};

    for (size_t i = 0; i < t->n && i < 3 && t->row[i].rank <= 3; i++)
        p.step[i] = (struct podium_step){
            .place = t->row[i].rank,
            .id = t->row[i].member_id,
            .name = t->row[i].name,
            .words =
                str_of(arena_printf(ctx->arena, "%lld point%s", (long long)t->row[i].points,
                                    t->row[i].points == 1 ? "" : "s"))};
    podium_draw(b, &p);
}

static void
put_head(struct ctx *ctx, struct buf *b, const struct standing_table *t)
{
    const struct season *s = &t->season;
    bool closed = s->closed_at > 0;
    struct str word = closed ? STR("final table") : STR("standings");
    struct ink_pen title = {.size = 60, .fill = INK_INK, .room = 1088};
    struct ink_pen meta = {.size = 26, .fill = INK_MIST, .room = 540};
    struct str day = ink_day(ctx, s->starts_at);

    ink_badge(b, 1144 - 62 - ink_width(word, 24), 36, closed ? "done" : "live", word);
    ink_text(b, INK_EDGE, 146, &title, s->name);
    ink_printf(b, INK_EDGE, 186, &meta, "%lld race%s final  ·  since %.*s", (long long)t->races,
               t->races == 1 ? "" : "s", STR_ARG(day));
}

static struct str
say(struct ctx *ctx, const struct standing_table *t)
{
    struct buf b = buf_new(ctx->arena, 4096);

    buf_add_text(&b, "Season ");
    buf_add(&b, t->season.name);
    buf_printf(&b, ", %s after %lld race%s.", t->season.closed_at ? "final table" : "standings",
               (long long)t->races, t->races == 1 ? "" : "s");
    for (size_t i = 0; i < t->n && i < ROWS; i++) {
        buf_printf(&b, " %lld. ", (long long)t->row[i].rank);
        buf_add(&b, t->row[i].name);
        buf_printf(&b, ", %lld points.", (long long)t->row[i].points);
    }
    return buf_str(&b);
}

enum err
sheet_season_draw(struct ctx *ctx, struct str key, struct str *ret_svg)
{
    struct ink_pen empty = {.size = 34, .fill = INK_MIST, .room = 1000};
    struct buf b = buf_new(ctx->arena, DRAW_BYTES);
    struct standing_table *t = ARENA_NEW(ctx->arena, struct standing_table);
    struct season s;
    enum err e = season_find(ctx, key, &s);

    if (e == OK)
        e = standing_read(ctx, s.id, 0, 0, t);
    if (e != OK)
        return e;
    ink_open(ctx, &b, say(ctx, t));
    put_head(ctx, &b, t);
    if (t->n == 0) {
        ink_text(&b, INK_EDGE, 330, &empty, STR("No race is final yet."));
    } else {
        put_leaders(ctx, &b, t);
        put_table(&b, t);
    }
    e = ink_sponsor(ctx, &b, "standings_head", s.id);
    ink_close(&b);
    *ret_svg = buf_str(&b);
    return e != OK ? e : buf_err(&b);
}
