/* Charts of a season and of a racer, drawn twice: for screens with room and for phones; the
 * style sheet shows one. Coordinates are tenths of a unit, so that no fraction is needed. Not
 * for: the pot (page/chart.h). */
#include "draw/lines.h"

#include "base/clock.h"
#include "draw/draw.h"
#include "draw/ink.h"

enum {
    LINES_BYTES = 256 * 1024,
    LINES_WIDE = 1120,
    LINES_PHONE = 340,
    LINES_RANKS = 20, /* deeper ranks stand at the edge */
    LINES_SERIES = 8, /* looks of lines in the style sheet */
    LINES_RACES = 30, /* newest ones that are drawn */
    LINES_DOTS = 40
};

struct lines_area { /* in tenths */
    const char *size;
    int64_t width, height;
    int64_t left, right, top, bottom;
    bool phone;
};

static struct lines_area
area(bool phone, int64_t height, int64_t left, int64_t right)
{
    int64_t width = phone ? LINES_PHONE : LINES_WIDE;

    return (struct lines_area){.size = phone ? "phone" : "page",
                               .width = width,
                               .height = height,
                               .left = left * 10,
                               .right = (width - right) * 10,
                               .top = 160,
                               .bottom = (height - 30) * 10,
                               .phone = phone};
}

static void
put_text(struct buf *b, int64_t x, int64_t y, const char *anchor, const char *cls)
{
    buf_printf(b, "<text class=\"%s\" text-anchor=\"%s\"", cls, anchor);
    ink_attr(b, "x", x);
    ink_attr(b, "y", y);
    buf_add_char(b, '>');
}

/* what: "ranks"; makes ids that are one of a kind on a page. */
static void
put_open(struct buf *b, const struct lines_area *a, const char *what, const char *title,
         struct str desc)
{
    buf_printf(b,
               "<svg class=\"chart chart--%s\" viewBox=\"0 0 %lld %lld\" role=\"group\" "
               "aria-labelledby=\"%s-%s %s-%s-is\"><title id=\"%s-%s\">%s</title>"
               "<desc id=\"%s-%s-is\">",
               a->size, (long long)a->width, (long long)a->height, what, a->size, what, a->size,
               what, a->size, title, what, a->size);
    buf_add_html(b, desc);
    buf_add_text(b, "</desc>");
}

static void
put_level(struct buf *b, const struct lines_area *a, int64_t y, const char *cls)
{
    buf_printf(b, "<line class=\"%s\"", cls);
    ink_attr(b, "x1", a->left);
    ink_attr(b, "x2", a->right);
    ink_attr(b, "y1", y);
    ink_attr(b, "y2", y);
    buf_add_text(b, "/>");
}

/* Level v of 1 … n, the first at the top. */
static int64_t
level(const struct lines_area *a, int64_t v, int64_t n)
{
    v = v > n ? n : v;
    return n < 2 ? a->top : a->top + (v - 1) * (a->bottom - a->top) / (n - 1);
}

static int64_t
column(const struct lines_area *a, size_t k, size_t n)
{
    return n < 2 ? (a->left + a->right) / 2
                 : a->left + (int64_t)k * (a->right - a->left) / (int64_t)(n - 1);
}

/* ---- ranks over races ---- */

struct lines_span { /* which races are drawn, and how deep */
    size_t from, n;
    int64_t deep;
};

static int64_t
rank_at(const struct standing_lines *l, size_t i, size_t k)
{
    return l->rank[i * l->races + k];
}

static struct lines_span
span_of(const struct standing_lines *l)
{
    struct lines_span s = {.from = l->races > LINES_RACES ? l->races - LINES_RACES : 0};

    s.n = l->races - s.from;
    s.deep = (int64_t)l->n;
    for (size_t i = 0; i < l->n; i++)
        for (size_t k = s.from; k < l->races; k++)
            s.deep = rank_at(l, i, k) > s.deep ? rank_at(l, i, k) : s.deep;
    s.deep = s.deep > LINES_RANKS ? LINES_RANKS : s.deep;
    return s;
}

static void
put_rank_line(struct buf *b, const struct lines_area *a, const struct standing_lines *l,
              const struct lines_span *s, size_t i)
{
    bool down = true; /* the pen has to be set down */
    int64_t same = 0, last = 0;

    buf_printf(b, "<path class=\"lines__s lines__s%zu\" d=\"", i % LINES_SERIES);
    for (size_t k = 0; k < s->n; k++) {
        int64_t rank = rank_at(l, i, s->from + k);

        last = rank ? rank : last;
        if (!rank) {
            down = true;
            continue;
        }
        /* Where a line goes on level it has no corner. */
        if (!down && k + 1 < s->n && rank == rank_at(l, i, s->from + k - 1) &&
            rank == rank_at(l, i, s->from + k + 1))
            continue;
        buf_add_char(b, down ? 'M' : 'L');
        ink_tenths(b, column(a, k, s->n));
        buf_add_char(b, ' ');
        ink_tenths(b, level(a, rank, s->deep));
        down = false;
    }
    buf_add_text(b, "\"/>");
    if (!last)
        return;
    for (size_t j = 0; j < i; j++)
        same += s->n && rank_at(l, j, l->races - 1) == last;
    buf_printf(b, "<circle class=\"lines__dot%zu\" r=\"5\"", i % LINES_SERIES);
    ink_attr(b, "cx", column(a, s->n - 1, s->n));
    ink_attr(b, "cy", level(a, last, s->deep));
    buf_add_text(b, "/>");
    put_text(b, column(a, s->n - 1, s->n) + 100, level(a, last, s->deep) + 45 + same * 150,
             "start", "chart__name");
    buf_printf(b, "%lld ", (long long)last);
    ink_add(b, l->row[i].name, 32, 14, a->phone ? 80 : 135);
    buf_add_text(b, "</text>");
}

static void
put_ranks(struct buf *b, const struct standing_lines *l, bool phone, struct str desc)
{
    struct lines_span s = span_of(l);
    struct lines_area a =
        area(phone, 50 + (s.deep > 3 ? s.deep : 3) * (phone ? 24 : 34), 28, phone ? 100 : 160);
    size_t step = s.n / (phone ? 4 : 10) + 1;

    put_open(b, &a, "ranks", "Rank after each race", desc);
    for (int64_t v = 1; v <= s.deep; v += s.deep > 10 ? 3 : 1) {
        put_level(b, &a, level(&a, v, s.deep), "chart__grid");
        put_text(b, a.left - 100, level(&a, v, s.deep) + 45, "end", "chart__text");
        buf_printf(b, "%lld</text>", (long long)v);
    }
    for (size_t k = 0; k < s.n; k += step) {
        put_text(b, column(&a, k, s.n), a.bottom + 260, "middle", "chart__text");
        buf_printf(b, "%lld</text>", (long long)l->race_id[s.from + k]);
    }
    /* The leader is drawn last and lies on top. */
    for (size_t i = l->n; i-- > 0;)
        put_rank_line(b, &a, l, &s, i);
    buf_add_text(b, "</svg>");
}

static void
put_ranks_table(struct buf *b, const struct standing_lines *l)
{
    struct lines_span s = span_of(l);

    buf_add_text(b,
                 "<details><summary>Show numbers</summary><div class=\"scroll\" "
                 "tabindex=\"0\" role=\"group\" aria-label=\"Rank after each race\"><table "
                 "class=\"plain figures\"><thead><tr><th scope=\"col\">Rank after race</th>");
    for (size_t k = s.from; k < l->races; k++)
        buf_printf(b, "<th scope=\"col\">%lld</th>", (long long)l->race_id[k]);
    buf_add_text(b, "</tr></thead><tbody>");
    for (size_t i = 0; i < l->n; i++) {
        buf_add_text(b, "<tr><th scope=\"row\">");
        draw_text(b, l->row[i].name, 32);
        buf_add_text(b, "</th>");
        for (size_t k = s.from; k < l->races; k++)
            if (rank_at(l, i, k))
                buf_printf(b, "<td>%lld</td>", (long long)rank_at(l, i, k));
            else
                buf_add_text(b, "<td>–</td>");
        buf_add_text(b, "</tr>");
    }
    buf_add_text(b, "</tbody></table></div></details>");
}

struct str
lines_ranks(struct ctx *ctx, const struct standing_lines *l)
{
    struct buf b = buf_new(ctx->arena, LINES_BYTES), desc = buf_new(ctx->arena, 1024);

    if (l->n == 0 || l->races == 0)
        return STR("");
    draw_text(&desc, l->row[0].name, 32);
    buf_printf(&desc, " leads after %zu race%s.", l->races, l->races == 1 ? "" : "s");
    put_ranks(&b, l, false, buf_str(&desc));
    put_ranks(&b, l, true, buf_str(&desc));
    put_ranks_table(&b, l);
    BUG_IF(buf_err(&b) != OK);
    return buf_str(&b);
}

/* ---- points as bars ---- */

static void
put_bars(struct buf *b, const struct standing_table *t, size_t n, bool phone, struct str desc)
{
    int64_t high = phone ? 30 : 36, most = 1;
    struct lines_area a =
        area(phone, 16 + (int64_t)n * high, phone ? 96 : 170, phone ? 50 : 70);

    for (size_t i = 0; i < n; i++)
        most = t->row[i].points > most ? t->row[i].points : most;
    put_open(b, &a, "points", "Points", desc);
    for (size_t i = 0; i < n; i++) {
        int64_t y = (8 + (int64_t)i * high) * 10, points = t->row[i].points;
        int64_t wide = points > 0 ? points * (a.right - a.left) / most : 0;

        put_text(b, a.left - 120, y + (high / 2 + 4) * 10, "end", "chart__name");
        ink_add(b, t->row[i].name, 32, 14, phone ? 80 : 150);
        buf_printf(b, "</text><rect class=\"lines__bar%s\" rx=\"4\"",
                   t->row[i].rank == 1 ? " lines__bar--first" : "");
        ink_attr(b, "x", a.left);
        ink_attr(b, "y", y + 50);
        ink_attr(b, "width", wide > 20 ? wide : 20);
        ink_attr(b, "height", (high - 10) * 10);
        buf_add_text(b, "/>");
        put_text(b, a.left + (wide > 20 ? wide : 20) + 80, y + (high / 2 + 5) * 10, "start",
                 "chart__end");
        buf_printf(b, "%lld</text>", (long long)points);
    }
    buf_add_text(b, "</svg>");
}

struct str
lines_points(struct ctx *ctx, const struct standing_table *t, size_t max)
{
    struct buf b = buf_new(ctx->arena, LINES_BYTES), desc = buf_new(ctx->arena, 1024);
    size_t n = t->n < max ? t->n : max;

    if (n == 0)
        return STR("");
    draw_text(&desc, t->row[0].name, 32);
    buf_printf(&desc, " has most with %lld.", (long long)t->row[0].points);
    put_bars(&b, t, n, false, buf_str(&desc));
    put_bars(&b, t, n, true, buf_str(&desc));
    buf_add_text(&b,
                 "<details><summary>Show numbers</summary><table class=\"plain\"><thead><tr>"
                 "<th scope=\"col\">Racer</th><th scope=\"col\" class=\"num\">Points</th>"
                 "</tr></thead><tbody>");
    for (size_t i = 0; i < n; i++) {
        buf_add_text(&b, "<tr><td>");
        draw_text(&b, t->row[i].name, 32);
        buf_printf(&b, "</td><td class=\"num\">%lld</td></tr>", (long long)t->row[i].points);
    }
    buf_add_text(&b, "</tbody></table></details>");
    BUG_IF(buf_err(&b) != OK);
    return buf_str(&b);
}

/* ---- places of one racer ---- */

/* "race 12: 2nd, 12 points" */
static void
put_place_words(struct buf *b, const struct standing_race *r)
{
    char text[CLOCK_TEXT];

    buf_printf(b, "Race %lld, %s: %s", (long long)r->race_id, clock_date(r->raced_at, text),
               ink_place(r->place));
    if (!r->start)
        buf_add_text(b, ", substituted");
    else
        buf_printf(b, ", %lld point%s", (long long)r->points, r->points == 1 ? "" : "s");
    if (r->dropped)
        buf_add_text(b, ", dropped");
}

static void
put_places(struct buf *b, const struct standing_race *race, size_t n, bool phone,
           struct str desc)
{
    enum { DEEP = RACE_SEATS_MAX + 1 }; /* DNF lies below the axis */
    struct lines_area a = area(phone, phone ? 220 : 270, 48, 24);

    put_open(b, &a, "places", "Place in each race", desc);
    for (int64_t v = 1; v <= DEEP; v += v == 1 || v == DEEP - 1 ? 1 : 2) {
        put_level(b, &a, level(&a, v, DEEP), v == DEEP - 1 ? "chart__axis" : "chart__grid");
        put_text(b, a.left - 140, level(&a, v, DEEP) + 45, "end", "chart__text");
        buf_add_text(b, v == DEEP ? "DNF" : ink_place(v));
        buf_add_text(b, "</text>");
    }
    for (size_t k = 0; k < n; k++) {
        const struct standing_race *r = &race[k];

        buf_printf(b, "<a href=\"/race/%lld\"><title>", (long long)r->race_id);
        put_place_words(b, r);
        buf_printf(b, "</title><circle class=\"chart__hit\" r=\"12\"");
        ink_attr(b, "cx", column(&a, k, n));
        ink_attr(b, "cy", level(&a, r->place ? r->place : DEEP, DEEP));
        buf_printf(b, "/><circle class=\"lines__place lines__place--%lld%s\" r=\"%s\"",
                   (long long)(r->place <= 3 ? r->place : 4),
                   r->start && !r->dropped ? "" : " lines__place--out", phone ? "5" : "7");
        ink_attr(b, "cx", column(&a, k, n));
        ink_attr(b, "cy", level(&a, r->place ? r->place : DEEP, DEEP));
        buf_add_text(b, "/></a>");
    }
    buf_add_text(b, "</svg>");
}

struct str
lines_places(struct ctx *ctx, const struct standing_race *race, size_t n)
{
    struct buf b = buf_new(ctx->arena, LINES_BYTES), desc = buf_new(ctx->arena, 1024);
    size_t from = n > LINES_DOTS ? n - LINES_DOTS : 0, podiums = 0;

    if (n == 0)
        return STR("");
    for (size_t i = from; i < n; i++)
        podiums += race[i].place >= 1 && race[i].place <= 3;
    buf_printf(&desc, "On the podium in %zu of %zu race%s.", podiums, n - from,
               n - from == 1 ? "" : "s");
    put_places(&b, race + from, n - from, false, buf_str(&desc));
    put_places(&b, race + from, n - from, true, buf_str(&desc));
    buf_add_text(&b, "<details><summary>Show numbers</summary><ol class=\"small\">");
    for (size_t i = from; i < n; i++) {
        buf_add_text(&b, "<li>");
        put_place_words(&b, &race[i]);
        buf_add_text(&b, "</li>");
    }
    buf_add_text(&b, "</ol></details>");
    BUG_IF(buf_err(&b) != OK);
    return buf_str(&b);
}
