/* What all cards are made of. Widths are estimated, since nobody measures fonts here: letters
 * count a little wider than they are, so that a text rather ends early than runs out of its
 * room. Not for: what a card says (sheet_*.c). */
#include "draw/ink.h"

#include <stdarg.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/money.h"
#include "base/point.h"
#include "league/sponsor.h"

enum { INK_LINE_BYTES = 1024 };

struct ink_range {
    uint32_t from, to;
};

/* Pictures that the fonts of cards do not have: left out where letters remain. */
static const struct ink_range PICTURES[] = {
    {0x2600,  0x27BF },
    {0x2B00,  0x2BFF },
    {0x1F000, 0x1FAFF}
};

static bool
is_picture(uint32_t c)
{
    for (size_t i = 0; i < ARRAY_SIZE(PICTURES); i++)
        if (c >= PICTURES[i].from && c <= PICTURES[i].to)
            return true;
    return false;
}

/* Hundredths of the font's size. */
static int64_t
sign_width(uint32_t c)
{
    if (point_is_mark(c))
        return 0;
    if (c == ' ')
        return 32;
    if (c < 0x80 && str_has(STR("iIjl.,:;'|!"), (char)c))
        return 34;
    if (c < 0x80 && str_has(STR("mwMW@%"), (char)c))
        return 98;
    if (c >= 'A' && c <= 'Z')
        return 70;
    if (c < 0x250)
        return 60;
    if (c >= 0x590 && c <= 0x7FF)
        return 60; /* joined letters are narrow */
    if (c >= 0xFDF0 && c <= 0xFDFF)
        return 300; /* whole words in one sign */
    return c < 0x1100 ? 76 : 124;
}

static bool
has_letters(struct str s)
{
    for (size_t at = 0; at < s.n;) {
        uint32_t c = point_next(s, &at);

        if (c != ' ' && !point_is_tricky(c) && !point_is_mark(c) && !is_picture(c))
            return true;
    }
    return false;
}

void
ink_add(struct buf *b, struct str s, size_t max, int64_t size, int64_t room)
{
    struct str clean = point_clean(b->a, s, SIZE_MAX);
    bool letters = has_letters(clean);
    size_t signs = 0, end = b->n;
    int64_t wide = 0, limit = room ? room * 100 : INT64_MAX / 2, dots = 100 * size;

    for (size_t at = 0, from = 0; at < clean.n; from = at) {
        uint32_t c = point_next(clean, &at);

        if ((letters && is_picture(c)) || (c == ' ' && signs == 0))
            continue;
        if (!point_is_mark(c)) {
            wide += sign_width(c) * size;
            if (++signs > max || wide > limit) {
                /* Back to where "…" still fits. */
                b->n = end;
                buf_add_text(b, "…");
                return;
            }
        }
        buf_add_html(b, str_sub(clean, from, at - from));
        if (signs < max && wide + dots <= limit)
            end = b->n;
    }
}

int64_t
ink_width(struct str s, int64_t size)
{
    int64_t wide = 0;

    for (size_t at = 0; at < s.n;)
        wide += sign_width(point_next(s, &at)) * size;
    return wide / 100;
}

void
ink_text(struct buf *b, int64_t x, int64_t y, const struct ink_pen *p, struct str s)
{
    static const char *const ANCHOR[] = {"start", "middle", "end"};

    buf_printf(b,
               "<text x=\"%lld\" y=\"%lld\" font-size=\"%lld\" fill=\"%s\" "
               "text-anchor=\"%s\">",
               (long long)x, (long long)y, (long long)p->size, p->fill, ANCHOR[p->anchor]);
    ink_add(b, s, 80, p->size, p->room);
    buf_add_text(b, "</text>");
}

void
ink_printf(struct buf *b, int64_t x, int64_t y, const struct ink_pen *p, const char *fmt, ...)
{
    struct buf line = buf_new(b->a, INK_LINE_BYTES);
    char text[512];
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    BUG_IF(n < 0);
    buf_add(&line, (struct str){text, n < (int)sizeof(text) ? (size_t)n : sizeof(text) - 1});
    ink_text(b, x, y, p, buf_str(&line));
}

void
ink_tenths(struct buf *b, int64_t tenths)
{
    buf_printf(b, "%lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10));
}

void
ink_attr(struct buf *b, const char *name, int64_t tenths)
{
    buf_printf(b, " %s=\"", name);
    ink_tenths(b, tenths);
    buf_add_char(b, '"');
}

void
ink_box(struct buf *b, int64_t x, int64_t y, int64_t w, int64_t h, int64_t radius,
        const char *fill)
{
    buf_printf(b,
               "<rect x=\"%lld\" y=\"%lld\" width=\"%lld\" height=\"%lld\" rx=\"%lld\" "
               "fill=\"%s\"/>",
               (long long)x, (long long)y, (long long)w, (long long)h, (long long)radius, fill);
}

void
ink_face(struct buf *b, int64_t x, int64_t y, int64_t radius, int64_t id, struct str name)
{
    static const char *const HUE[] = {INK_CYAN, INK_GOLD,  "#B9A3FF", INK_LIME,
                                      INK_ROSE, INK_AMBER, "#7CC4FF", INK_MIST};
    struct ink_pen pen = {.size = radius * 4 / 5, .fill = INK_INK, .anchor = INK_MIDDLE};
    struct str clean = point_clean(b->a, name, SIZE_MAX);
    struct buf two = buf_new(b->a, 256);
    size_t signs = 0;

    for (size_t at = 0, from = 0; at < clean.n && signs < 2; from = at) {
        uint32_t c = point_next(clean, &at);

        if (c == ' ' || point_is_mark(c) || (signs == 1 && sign_width(c) > 110))
            continue;
        buf_add(&two, str_sub(clean, from, at - from));
        signs += sign_width(c) > 110 ? 2 : 1; /* wide signs stand alone */
    }
    buf_printf(b,
               "<circle cx=\"%lld\" cy=\"%lld\" r=\"%lld\" fill=\"" INK_KERB
               "\" stroke=\"%s\" stroke-width=\"%lld\"/>",
               (long long)x, (long long)y, (long long)radius, HUE[(id + 7) % 8],
               (long long)(radius / 9 + 1));
    ink_text(b, x, y + radius * 7 / 25, &pen, buf_str(&two));
}

void
ink_badge(struct buf *b, int64_t x, int64_t y, const char *shape, struct str word)
{
    static const struct {
        const char *kind, *colour, *path;
    } SHAPE[] = {
        {"live", INK_LIME,  "M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1z"                        },
        {"wait", INK_AMBER, "M6 0a6 6 0 1 0 0 12A6 6 0 0 0 6 0zm0 2a4 4 0 0 1 0 8z"     },
        {"done", INK_CYAN,  "M1 6.5 4.5 10 11 2.5 9.6 1.3 4.4 7.4 2.3 5.2z"             },
        {"void", INK_ROSE,
         "M2.3 1 1 2.3 4.7 6 1 9.7 2.3 11 6 7.3 9.7 11 11 9.7 7.3 6 11 2.3 9.7 1 6 4.7z"}
    };
    struct ink_pen pen = {.size = 24, .fill = INK_INK};
    size_t i = 0;

    while (i + 1 < ARRAY_SIZE(SHAPE) && !str_eq_text(str_of(shape), SHAPE[i].kind))
        i++;
    buf_printf(b,
               "<rect x=\"%lld\" y=\"%lld\" width=\"%lld\" height=\"44\" rx=\"22\" "
               "fill=\"" INK_KERB "\" stroke=\"%s\" stroke-width=\"2\"/>"
               "<path transform=\"translate(%lld %lld) scale(1.5)\" fill=\"%s\" d=\"%s\"/>",
               (long long)x, (long long)y, (long long)(62 + ink_width(word, pen.size)),
               SHAPE[i].colour, (long long)(x + 16), (long long)(y + 13), SHAPE[i].colour,
               SHAPE[i].path);
    ink_text(b, x + 44, y + 31, &pen, word);
}

struct str
ink_money(struct ctx *ctx, int64_t minor)
{
    char text[MONEY_TEXT];
    struct money m;

    if (money_make(minor, ctx->conf ? ctx->conf->money.currency : STR("USD"), &m) != OK)
        return str_of(arena_printf(ctx->arena, "%lld", (long long)minor));
    return str_dup(ctx->arena, str_of(money_show(m, text)));
}

/* "$1,234.50" as a sign and digits for the segments, which have neither comma nor currency. */
static int64_t
split_digits(struct str text, struct buf *digits, struct buf *ghost, struct str *ret_sign)
{
    int64_t wide = 0;
    size_t from = 0;

    while (from < text.n && (text.p[from] < '0' || text.p[from] > '9'))
        from++;
    for (size_t i = from; i < text.n; i++) {
        if (text.p[i] == ',')
            continue;
        buf_add_char(digits, text.p[i]);
        buf_add_char(ghost, text.p[i] == '.' ? '.' : '8');
        wide += text.p[i] == '.' ? 0 : 82;
    }
    *ret_sign = str_trim(str_sub(text, 0, from));
    return wide;
}

int64_t
ink_digits(struct ctx *ctx, struct buf *b, int64_t x, int64_t y, int64_t size, bool right,
           int64_t minor)
{
    struct buf digits = buf_new(ctx->arena, 256), ghost = buf_new(ctx->arena, 256);
    const struct buf *part[] = {&ghost, &digits};
    struct ink_pen pen = {.size = size * 7 / 10, .fill = INK_GOLD};
    struct str sign;
    int64_t wide = split_digits(ink_money(ctx, minor), &digits, &ghost, &sign) * size / 100;
    int64_t room = ink_width(sign, pen.size) + size / 8;
    int64_t left = right ? x - wide - room : x;

    ink_text(b, left, y, &pen, sign);
    for (size_t i = 0; i < ARRAY_SIZE(part); i++)
        buf_printf(
            b,
            "<text x=\"%lld\" y=\"%lld\" font-family=\"DSEG7 Classic, Play, DejaVu Sans, "
            "sans-serif\" font-size=\"%lld\" fill=\"" INK_GOLD
            "\" fill-opacity=\"%s\">%.*s</text>",
            (long long)(left + room), (long long)y, (long long)size, i ? "1" : "0.08",
            STR_ARG(buf_str(part[i])));
    return left;
}

enum err
ink_sponsor(struct ctx *ctx, struct buf *b, const char *place, int64_t season)
{
    struct ink_pen pen = {.size = 22, .fill = INK_FOG, .anchor = INK_RIGHT};
    struct ink_pen name = {.size = 26, .fill = INK_INK, .anchor = INK_RIGHT, .room = 460};
    struct buf shown = buf_new(ctx->arena, 1024);
    struct sponsor *s;
    size_t n;
    enum err e = sponsor_shown(ctx, place, season, 1, &s, &n);

    if (e != OK || n == 0)
        return e;
    ink_add(&shown, s[0].name, 40, name.size, name.room);
    ink_text(b, 1144, 610, &name, s[0].name);
    ink_text(b, 1144 - ink_width(buf_str(&shown), name.size) - 16, 609, &pen, STR("SPONSOR"));
    return OK;
}

const char *
ink_place(int64_t place)
{
    static const char *const WORD[] = {"DNF", "1st", "2nd", "3rd", "4th",
                                       "5th", "6th", "7th", "8th"};

    return place >= 0 && place < (int64_t)ARRAY_SIZE(WORD) ? WORD[place] : "";
}

struct str
ink_day(struct ctx *ctx, int64_t ms)
{
    char text[CLOCK_TEXT];
    struct str s = str_of(clock_human(ms, text)), part;
    struct str rest = s;

    for (int i = 0; i < 3 && str_split(&rest, ' ', &part);)
        i++;
    return str_dup(ctx->arena, str_trim(str_sub(s, 0, s.n - rest.n)));
}

const char *
ink_metal(int64_t place)
{
    static const char *const METAL[] = {INK_LINE, "#D8A21A", "#C3CAD9", "#D08A55"};

    return METAL[place >= 1 && place <= 3 ? place : 0];
}

/* A bend of the track with kerbs, seen from above at night: quiet, behind everything. */
static void
put_track(struct buf *b)
{
    static const char BEND[] = "M-60 590C180 640 330 520 560 560S980 700 1280 420";

    buf_printf(b,
               "<g fill=\"none\" opacity=\"0.55\">"
               "<path d=\"%s\" stroke=\"" INK_KERB "\" stroke-width=\"150\"/>"
               "<path d=\"%s\" stroke=\"" INK_ASPHALT "\" stroke-width=\"134\"/>"
               "<path d=\"%s\" stroke=\"" INK_RAIL
               "\" stroke-width=\"3\" stroke-dasharray=\"36 30\"/></g>",
               BEND, BEND, BEND);
}

void
ink_open(struct ctx *ctx, struct buf *b, struct str title)
{
    struct ink_pen pen = {.size = 30, .fill = INK_INK, .room = 620};

    buf_add_text(b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1200\" height=\"630\" "
                    "viewBox=\"0 0 1200 630\" "
                    "font-family=\"Play, DejaVu Sans, Symbola, sans-serif\" "
                    "font-weight=\"700\"><title>");
    ink_add(b, title, 300, 1, 0);
    buf_add_text(
        b,
        "</title><defs><linearGradient id=\"sky\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\">"
        "<stop offset=\"0\" stop-color=\"#16203C\"/><stop offset=\"0.6\" "
        "stop-color=\"" INK_NIGHT "\"/></linearGradient>"
        "<radialGradient id=\"lamp\" cx=\"0.5\" cy=\"0.5\" r=\"0.5\">"
        "<stop offset=\"0\" stop-color=\"" INK_CYAN "\" stop-opacity=\"0.16\"/>"
        "<stop offset=\"1\" stop-color=\"" INK_CYAN "\" stop-opacity=\"0\"/></radialGradient>"
        "<pattern id=\"kerb\" width=\"48\" height=\"12\" patternUnits=\"userSpaceOnUse\">"
        "<rect width=\"24\" height=\"12\" fill=\"" INK_KERB "\"/>"
        "<rect x=\"24\" width=\"24\" height=\"12\" fill=\"" INK_CYAN "\"/></pattern></defs>"
        "<rect width=\"1200\" height=\"630\" fill=\"url(#sky)\"/>"
        "<ellipse cx=\"300\" cy=\"330\" rx=\"520\" ry=\"340\" fill=\"url(#lamp)\"/>");
    put_track(b);
    buf_add_text(b, "<rect width=\"1200\" height=\"10\" fill=\"url(#kerb)\"/>"
                    "<g transform=\"translate(56 36) scale(1.5)\"><rect width=\"32\" "
                    "height=\"32\" rx=\"8\" fill=\"" INK_GOLD "\"/><path fill=\"" INK_NIGHT
                    "\" d=\"M7 6h3v20H7zM12 7h5v4h-5zM22 7h4v4h-4zM17 11h5v4h-5zM12 15h5v4h-5z"
                    "M22 15h4v4h-4z\"/></g>");
    ink_text(b, 120, 71, &pen, ctx->conf ? ctx->conf->site.name : STR("Cozy-Kart"));
}

void
ink_close(struct buf *b)
{
    buf_add_text(b, "</svg>");
}
