/* The curve of a pot as SVG. Coordinates are tenths of a unit, so that no fraction is needed.
 * Not for: reading the ledger. */
#include "page/chart.h"

#include "base/buf.h"
#include "base/clock.h"
#include "draw/ink.h"
#include "page/layout.h"

enum {
    CHART_MARKS_MAX = 60,
    CHART_BYTES = 512 * 1024,
    CHART_HEIGHT = 300,
    CHART_PHONE = 340,
    CHART_PHONE_HEIGHT = 200,
    DAY_MS = 24 * 3600 * 1000
};

struct chart_area { /* where the plot lies, in tenths; and what it spans */
    int64_t left, right, top, bottom;
    int64_t from, to, max;
};

static int64_t
clamp(int64_t v, int64_t lo, int64_t hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

static int64_t
x_of(const struct chart_area *a, int64_t at)
{
    BUG_IF(a->to <= a->from);
    at = clamp(at, a->from, a->to);
    return a->left + (at - a->from) * (a->right - a->left) / (a->to - a->from);
}

static int64_t
y_of(const struct chart_area *a, int64_t minor)
{
    minor = clamp(minor, 0, a->max);
    /* Large pots would overflow the product: both shrink alike. */
    int64_t max = a->max;

    while (max > INT64_C(1) << 40) {
        max >>= 1;
        minor >>= 1;
    }
    return a->bottom - minor * (a->bottom - a->top) / max;
}

/* Smallest of 1, 2, 5 times a power of ten that gives at most five lines. */
static int64_t
grid_step(int64_t max)
{
    int64_t step = 1;

    for (int i = 0; max / step > 4; i++)
        step = i % 3 == 1 ? step / 2 * 5 : step * 2;
    return step;
}

static struct chart_area
plan(const struct chart *c, int64_t width, int64_t height)
{
    struct chart_area a = {
        .left = 640, .right = width * 10 - 700, .top = 160, .bottom = height * 10 - 280};
    int64_t last = c->n ? c->line[c->n - 1].at : 0, end = last > c->now ? last : c->now;
    int64_t max = 100;

    a.from = c->opened_at ? c->opened_at : c->n ? c->line[0].at : c->now;
    if (c->closed_at) {
        end = c->closed_at + c->grace_s * 1000;
        /* Refunds may come days later: those stand at the edge. */
        end += clamp(last - end, 0, (end - a.from) / 4);
    }
    a.to = end > a.from + 10000 ? end : a.from + 10000;
    for (size_t i = 0; i < c->n; i++)
        max = c->line[i].pot > max ? c->line[i].pot : max;
    int64_t step = grid_step(max);

    a.max = (max + step - 1) / step * step;
    return a;
}

/* Nothing in place of an empty line: the step line from zero to the last change, to the edge.
 */
static void
put_steps(struct buf *b, const struct chart *c, const struct chart_area *a, bool closed)
{
    int64_t pot = c->n ? c->line[0].pot - c->line[0].delta : 0, edge = x_of(a, c->now);

    /* Grace may still run: nothing is drawn ahead of time; a shop's clock may be ahead of ours.
     */
    if (c->n && x_of(a, c->line[c->n - 1].at) > edge)
        edge = x_of(a, c->line[c->n - 1].at);

    buf_add_text(b, "M");
    ink_tenths(b, x_of(a, a->from));
    buf_add_char(b, ' ');
    ink_tenths(b, y_of(a, pot));
    for (size_t i = 0; i < c->n; i++) {
        buf_add_text(b, "H");
        ink_tenths(b, x_of(a, c->line[i].at));
        buf_add_text(b, "V");
        ink_tenths(b, y_of(a, c->line[i].pot));
    }
    buf_add_text(b, "H");
    ink_tenths(b, edge);
    if (closed) {
        buf_add_text(b, "V");
        ink_tenths(b, a->bottom);
        buf_add_text(b, "H");
        ink_tenths(b, a->left);
        buf_add_text(b, "z");
    }
}

static void
put_grid(struct ctx *ctx, struct buf *b, const struct chart *c, const struct chart_area *a)
{
    int64_t step = grid_step(a->max);

    for (int64_t v = 0; v <= a->max; v += step) {
        buf_printf(b, "<line class=\"%s\"", v ? "chart__grid" : "chart__axis");
        ink_attr(b, "x1", a->left);
        ink_attr(b, "x2", a->right);
        ink_attr(b, "y1", y_of(a, v));
        ink_attr(b, "y2", y_of(a, v));
        buf_add_text(b, "/><text class=\"chart__text\" text-anchor=\"end\"");
        ink_attr(b, "x", a->left - 80);
        ink_attr(b, "y", y_of(a, v) + 40);
        buf_add_char(b, '>');
        buf_add_html(b, layout_amount(ctx, v, c->currency));
        buf_add_text(b, "</text>");
    }
}

static void
put_times(struct buf *b, const struct chart_area *a, int64_t most)
{
    static const int64_t STEPS[] = {10,   30,   60,    120,   300,   600,    900,    1800,
                                    3600, 7200, 21600, 43200, 86400, 604800, 2592000};
    int64_t step = STEPS[ARRAY_SIZE(STEPS) - 1] * 1000;
    char text[CLOCK_TEXT];

    for (size_t i = ARRAY_SIZE(STEPS); i-- > 0;)
        if ((a->to - a->from) / (STEPS[i] * 1000) < most)
            step = STEPS[i] * 1000;
    for (int64_t at = (a->from + step - 1) / step * step, n = 0; at <= a->to && n < 7;
         at += step, n++) {
        buf_add_text(b, "<text class=\"chart__text\" text-anchor=\"middle\"");
        ink_attr(b, "x", x_of(a, at));
        ink_attr(b, "y", a->bottom + 200);
        struct str t = str_of(clock_time(at, text));

        if (step >= DAY_MS) { /* "21 Nov" */
            t = str_of(clock_human(at, text));
            t = str_sub(t, 0, str_find(t, STR(" "), str_find(t, STR(" "), 0) + 1));
        } else if (step >= 60000) {
            t = str_sub(t, 0, 5);
        }
        buf_add_char(b, '>');
        buf_add_html(b, t);
        buf_add_text(b, "</text>");
    }
}

static void
put_band(struct buf *b, const struct chart_area *a, int64_t from, int64_t to, const char *cls,
         const char *what)
{
    buf_printf(b, "<rect class=\"%s\"", cls);
    ink_attr(b, "x", x_of(a, from));
    ink_attr(b, "y", a->top);
    ink_attr(b, "width", x_of(a, to) - x_of(a, from));
    ink_attr(b, "height", a->bottom - a->top);
    buf_printf(b, "><title>%s</title></rect>", what);
}

static void
put_bands(struct buf *b, const struct chart *c, const struct chart_area *a)
{
    if (!c->opened_at)
        return;
    put_band(b, a, c->opened_at, c->closed_at ? c->closed_at : c->now, "chart__window",
             "the window is open");
    if (!c->closed_at)
        return;
    if (c->grace_s)
        put_band(b, a, c->closed_at, c->closed_at + c->grace_s * 1000, "chart__grace", "grace");
    buf_add_text(b, "<line class=\"chart__flag\"");
    ink_attr(b, "x1", x_of(a, c->closed_at));
    ink_attr(b, "x2", x_of(a, c->closed_at));
    ink_attr(b, "y1", a->top);
    ink_attr(b, "y2", a->bottom);
    buf_add_text(b, "/><text class=\"chart__text\" text-anchor=\"middle\"");
    ink_attr(b, "x", x_of(a, c->closed_at));
    ink_attr(b, "y", a->top - 50);
    buf_add_text(b, ">flag</text>");
}

/* "19:02:11 UTC: Hoodie, $25.00, pot +$5.00" */
static struct str
mark_title(struct ctx *ctx, const struct chart *c, const struct race_line *l)
{
    char text[CLOCK_TEXT];

    if (c->wallet) {
        struct str change = layout_delta(ctx, l->delta), all = layout_house(ctx, l->pot);

        return layout_printf(ctx, "%s UTC: %.*s, %.*s, balance %.*s", clock_human(l->at, text),
                             STR_ARG(l->title), STR_ARG(change), STR_ARG(all));
    }
    struct str amount = layout_amount(ctx, l->amount, c->currency);
    struct str delta = layout_amount(ctx, l->delta, c->currency);

    return layout_printf(ctx, "%s UTC: %s%.*s, %.*s, pot %s%.*s", clock_time(l->at, text),
                         l->delta < 0 ? "refund of " : "", STR_ARG(l->title), STR_ARG(amount),
                         l->delta > 0 ? "+" : "", STR_ARG(delta));
}

static void
put_marks(struct ctx *ctx, struct buf *b, const struct chart *c, const struct chart_area *a)
{
    size_t shown = 0;

    for (size_t i = 0; i < c->n && shown < CHART_MARKS_MAX; i++) {
        const struct race_line *l = &c->line[i];

        if (c->n > CHART_MARKS_MAX && l->delta >= 0)
            continue; /* too many to tell apart: refunds keep theirs */
        shown++;
        buf_add_text(b, "<a href=\"");
        buf_add_html(b, c->link);
        buf_printf(b, "%lld\"><title>", (long long)l->seq);
        buf_add_html(b, mark_title(ctx, c, l));
        buf_add_text(b, "</title><circle class=\"chart__hit\" r=\"12\"");
        ink_attr(b, "cx", x_of(a, l->at));
        ink_attr(b, "cy", y_of(a, l->pot));
        buf_printf(b, "/><circle class=\"%s\" r=\"5\"",
                   l->delta < 0 ? "chart__mark chart__mark--down" : "chart__mark");
        ink_attr(b, "cx", x_of(a, l->at));
        ink_attr(b, "cy", y_of(a, l->pot));
        buf_add_text(b, "/></a>");
    }
}

static void
put_table(struct ctx *ctx, struct buf *b, const struct chart *c)
{
    char text[CLOCK_TEXT];

    if (c->n == 0)
        return;
    buf_add_text(
        b, "<details><summary>Show numbers</summary><table class=\"plain\"><thead><tr><th "
           "scope=\"col\">Time (UTC)</th><th scope=\"col\">What</th><th scope=\"col\" "
           "class=\"num\">Change</th><th scope=\"col\" class=\"num\">");
    buf_printf(b, "%s</th></tr></thead><tbody>", c->wallet ? "Balance" : "Pot");
    for (size_t i = 0; i < c->n; i++) {
        const struct race_line *l = &c->line[i];

        buf_printf(b, "<tr><td>%s</td><td>",
                   c->wallet ? clock_human(l->at, text) : clock_time(l->at, text));
        if (l->delta < 0 && !c->wallet)
            buf_add_text(b, "refund of ");
        buf_add_html(b, l->title);
        buf_printf(b, "</td><td class=\"num\">%s", l->delta > 0 ? "+" : "");
        buf_add_html(b, layout_amount(ctx, l->delta, c->currency));
        buf_add_text(b, "</td><td class=\"num\">");
        buf_add_html(b, layout_amount(ctx, l->pot, c->currency));
        buf_add_text(b, "</td></tr>");
    }
    buf_add_text(b, "</tbody></table></details>");
}

static void
put_line(struct ctx *ctx, struct buf *b, const struct chart *c, const struct chart_area *a)
{
    buf_add_text(b, "<path class=\"chart__area\" d=\"");
    put_steps(b, c, a, true);
    buf_add_text(b, "\"/><path class=\"chart__line\" d=\"");
    put_steps(b, c, a, false);
    buf_add_text(b, "\"/>");
    put_marks(ctx, b, c, a);
    buf_add_text(b, "<text class=\"chart__end\"");
    ink_attr(b, "x", a->right + 80);
    ink_attr(b, "y", y_of(a, c->line[c->n - 1].pot) + 50);
    buf_add_char(b, '>');
    buf_add_html(b, layout_amount(ctx, c->line[c->n - 1].pot, c->currency));
    buf_add_text(b, "</text>");
}

/* name tells the two drawings of one chart apart: as class and in ids. */
static void
put_drawing(struct ctx *ctx, struct buf *b, const struct chart *c, const char *name,
            int64_t width, int64_t height)
{
    struct chart_area a = plan(c, width, height);

    buf_printf(
        b,
        "<svg class=\"chart chart--%s\" viewBox=\"0 0 %lld %lld\" role=\"group\" "
        "aria-labelledby=\"chart-%s chart-%s-is\"><title id=\"chart-%s\">%s over time</title>"
        "<desc id=\"chart-%s-is\">",
        name, (long long)width, (long long)height, name, name, name,
        c->wallet ? "Balance" : "Pot", name);
    if (c->n) {
        struct str pot = layout_amount(ctx, c->line[c->n - 1].pot, c->currency);

        buf_printf(b, "The %s stands at %.*s after %zu change%s.",
                   c->wallet ? "balance" : "pot", STR_ARG(pot), c->n, c->n == 1 ? "" : "s");
    } else {
        buf_add_text(b, "No sale yet.");
    }
    buf_add_text(b, "</desc>");
    put_bands(b, c, &a);
    put_grid(ctx, b, c, &a);
    put_times(b, &a, width < 400 ? 3 : 6);
    if (c->n) {
        put_line(ctx, b, c, &a);
    } else {
        buf_add_text(b, "<text class=\"chart__text\" text-anchor=\"middle\"");
        ink_attr(b, "x", (a.left + a.right) / 2);
        ink_attr(b, "y", (a.top + a.bottom) / 2);
        buf_add_text(b, ">No sale yet</text>");
    }
    buf_add_text(b, "</svg>");
}

struct str
chart_pot(struct ctx *ctx, const struct chart *c, int64_t width)
{
    struct buf b = buf_new(ctx->arena, CHART_BYTES);

    put_drawing(ctx, &b, c, "page", width, CHART_HEIGHT);
    put_drawing(ctx, &b, c, "phone", CHART_PHONE, CHART_PHONE_HEIGHT);
    put_table(ctx, &b, c);
    BUG_IF(buf_err(&b) != OK);
    return buf_str(&b);
}

struct str
chart_spark(struct ctx *ctx, const struct chart *c)
{
    struct buf b = buf_new(ctx->arena, CHART_BYTES);
    struct chart_area a = plan(c, 200, 40);

    a.left = 0;
    a.right = 2000;
    a.top = 30;
    a.bottom = 390;
    buf_add_text(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 200 40\" "
                     "preserveAspectRatio=\"none\"><path class=\"chart__area\" d=\"");
    put_steps(&b, c, &a, true);
    buf_add_text(&b, "\"/><path class=\"chart__line\" d=\"");
    put_steps(&b, c, &a, false);
    buf_add_text(&b, "\"/></svg>");
    BUG_IF(buf_err(&b) != OK);
    return buf_str(&b);
}

struct str
chart_bar(struct ctx *ctx, int64_t a, int64_t p, int64_t h)
{
    static const char *const CLASS[] = {"bar__a", "bar__p", "bar__h"};
    int64_t part[] = {a > 0 ? a : 0, p > 0 ? p : 0, h > 0 ? h : 0}, at = 0;
    int64_t sum = part[0] + part[1] + part[2];
    struct buf b = buf_new(ctx->arena, 4096);

    while (sum > INT64_C(1) << 40) {
        part[0] /= 2;
        part[1] /= 2;
        part[2] /= 2;
        sum = part[0] + part[1] + part[2];
    }
    buf_add_text(&b, "<svg viewBox=\"0 0 1000 14\" preserveAspectRatio=\"none\"><rect "
                     "class=\"bar__0\" width=\"1000\" height=\"14\"/>");
    for (size_t i = 0; i < ARRAY_SIZE(part) && sum > 0; i++) {
        int64_t width = part[i] * 1000 / sum;

        buf_printf(&b, "<rect class=\"%s\" x=\"%lld\" width=\"%lld\" height=\"14\"/>", CLASS[i],
                   (long long)at, (long long)width);
        at += width;
    }
    buf_add_text(&b, "</svg>");
    return buf_str(&b);
}
