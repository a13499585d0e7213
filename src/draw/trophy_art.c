/* Trophies as drawings. Every shape is cut from three layers: metal, accent, and lines over
 * both, so that it reads in one colour as well. Not for: who has them. */
#include "draw/trophy_art.h"

#include "draw/ink.h"

struct art {
    const char *metal, *shade, *accent, *line;
    int64_t x, y, size; /* of the place inside; size 0: none */
    int64_t as;         /* metal when there is no place: 1 gold, 2 silver, 3 bronze */
    bool bare;          /* the place stands on the ground, not on metal */
};

/* Two leaves of a wreath, left and right of the middle. */
#define LEAF(x, y, turn)                                                                       \
    "<path d=\"M0 0c6-3 7-11 1-16-6 5-7 12-1 16z\" transform=\"translate(" x " " y             \
    ") rotate(" turn ")\"/><path d=\"M0 0c6-3 7-11 1-16-6 5-7 12-1 16z\" "                     \
    "transform=\"translate(64 0) scale(-1 1) translate(" x " " y ") rotate(" turn ")\"/>"

/* By hand: the formatter would put each shape on one line. */
/* clang-format off */
static const struct art ART[TROPHY_KINDS] = {
    [TROPHY_WIN] = {
        .metal = "<path d=\"M17 6h30v16c0 11-6 18-15 18s-15-7-15-18z\"/><path d=\"M17 "
                "10H7v6c0 9 6 15 13 16l1-5c-5-1-9-5-9-11v-1h5z\"/><path d=\"M47 "
                "10h10v6c0 9-6 15-13 16l-1-5c5-1 9-5 9-11v-1h-5z\"/><path d=\"M28 "
                "39h8v9h-8z\"/>",
        .shade = "<path d=\"M36 6h11v16c0 11-6 18-15 18 5-4 7-11 7-18V6z\"/>",
        .accent = "<path d=\"M19 48h26l4 10H15z\"/>",
        .x = 31, .y = 28, .size = 20,
        .as = 1},
    [TROPHY_PODIUM] = {
        .metal = "<path d=\"M22 22h20v36H22z\"/><path d=\"M3 34h17v24H3z\"/><path "
                "d=\"M44 40h17v18H44z\"/>",
        .shade = "<path d=\"M36 22h6v36h-6zM15 34h5v24h-5zM56 40h5v18h-5z\"/>",
        .accent = "<path d=\"M32 2l2.7 5.6 6.1.8-4.5 4.2 1.1 6.1L32 15.8l-5.4 2.9 "
                 "1.1-6.1-4.5-4.2 6.1-.8z\"/>",
        .x = 31, .y = 48, .size = 20,
        .as = 2},
    [TROPHY_CHAMPION] = {
        .metal = LEAF("27", "58", "-62")
                LEAF("17", "53", "-42")
                LEAF("10", "44", "-18")
                LEAF("8", "32", "4")
                LEAF("11", "20", "30"),
        .accent = "<path d=\"M18 12l6 6 8-12 8 12 6-6-3 16H21z\"/>",
        .x = 32, .y = 48, .size = 22,
        .as = 1, .bare = true},
    [TROPHY_RUNNER_UP] = {
        .metal = "<path d=\"M9 8c9 2 17 0 23-4 6 4 14 6 23 4v22c0 15-9 25-23 31C18 55 9 "
                "45 9 30z\"/>",
        .shade = "<path d=\"M32 4c6 4 14 6 23 4v22c0 15-9 25-23 31z\"/>",
        .accent = "<path d=\"M14 13h6v6h-6zM26 13h6v6h-6zM38 13h6v6h-6zM20 19h6v6h-6zM32 "
                 "19h6v6h-6zM44 19h6v6h-6z\"/>",
        .x = 32, .y = 48, .size = 22,
        .as = 2},
    [TROPHY_THIRD] = {
        .metal = "<path d=\"M32 22l6 4 7-1 3 6 6 3v7l4 6-5 5-1 7-7 1-6 4-7-2-7 "
                "2-6-4-7-1-1-7-5-5 4-6v-7l6-3 3-6 7 1z\" transform=\"translate(6 6) "
                "scale(.82)\"/>",
        .accent = "<path d=\"M12 3h14l8 20-9 3z\"/><path d=\"M52 3H38l-8 20 9 3z\"/>",
        .line = "<circle cx=\"32\" cy=\"41\" r=\"13\"/>",
        .x = 32, .y = 47, .size = 18,
        .as = 3},
    [TROPHY_MOST_WINS] = {
        .metal = "<path d=\"M14 8a4 4 0 0 1 4-4h28a4 4 0 0 1 4 4v24H14z\"/><path "
                "d=\"M27 32h10l3 14H24z\"/><path fill-rule=\"evenodd\" d=\"M32 41a10 "
                "10 0 1 1 0 20 10 10 0 0 1 0-20zm0 5.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 "
                "0-9z\"/>",
        .shade = "<path d=\"M40 4h6a4 4 0 0 1 4 4v24H40z\"/>",
        .accent = "<path d=\"M14 10h36v4H14zM14 17h36v4H14z\"/>",
        .line = "<circle cx=\"32\" cy=\"27\" r=\"3\"/>",
        .as = 1},
    [TROPHY_MOST_STARTS] = {
        .metal = "<path fill-rule=\"evenodd\" d=\"M32 3a29 29 0 1 1 0 58 29 29 0 0 1 "
                "0-58zm0 9a20 20 0 1 0 0 40 20 20 0 0 0 0-40z\"/>",
        .shade = "<path fill-rule=\"evenodd\" d=\"M32 3a29 29 0 0 1 0 58v-9a20 20 0 0 0 "
                "0-40z\"/>",
        .accent = "<path d=\"M29 14h6l1 13 12-5 2 6-12 4 9 10-5 4-10-10-9 10-5-4 "
                 "9-11-12-4 2-6 12 6z\"/>",
        .line = "<circle cx=\"32\" cy=\"32\" r=\"4\"/>",
        .as = 2},
    [TROPHY_BIGGEST_POT] = {
        .metal = "<rect x=\"4\" y=\"48\" width=\"28\" height=\"11\" rx=\"4\"/><rect "
                "x=\"6\" y=\"35\" width=\"28\" height=\"11\" rx=\"4\"/><rect x=\"34\" "
                "y=\"48\" width=\"27\" height=\"11\" rx=\"4\"/><circle cx=\"40\" "
                "cy=\"20\" r=\"16\"/>",
        .shade = "<path d=\"M40 4a16 16 0 0 1 0 32 20 20 0 0 0 0-32z\"/>",
        .accent = "<path d=\"M40 10l3 6.5 7 .8-5.2 4.7 1.5 7L40 25.5 33.7 "
                 "29l1.5-7-5.2-4.7 7-.8z\"/>",
        .line = "<path d=\"M11 52v3M18 52v3M25 52v3M41 52v3M48 52v3M55 52v3M13 39v3M20 "
               "39v3\"/>",
        .as = 1},
    [TROPHY_CLEAN_SEASON] = {
        .metal = "<path fill-rule=\"evenodd\" d=\"M32 13a24 24 0 1 1 0 48 24 24 0 0 1 "
                "0-48zm0 6a18 18 0 1 0 0 36 18 18 0 0 0 0-36z\"/><path d=\"M26 "
                "3h12v6H26zM29 8h6v6h-6zM50 11l6 6-4 4-6-6z\"/>",
        .shade = "<path d=\"M32 13a24 24 0 0 1 0 48v-6a18 18 0 0 0 0-36z\"/>",
        .accent = "<path d=\"M20 37l5-5 5 5 10-11 5 5-15 16z\"/>",
        .as = 2},
    [TROPHY_GIANT_SLAYER] = {
        .metal = "<path d=\"M2 59l24-36 9 13 7-9 20 32z\"/>",
        .shade = "<path d=\"M26 23l9 13-6 23H2l16-12 3-12z\"/>",
        .accent = "<path d=\"M25 2h3v22h-3z\"/><path d=\"M28 3l17 6-17 6z\"/>",
        .line = "<path d=\"M20 33l4 3 3-3 4 4M40 31l4 3 3-3\"/>",
        .as = 1},
    [TROPHY_IRON_SUBSTITUTE] = {
        .metal = "<path d=\"M4 36C4 18 17 7 34 7c16 0 26 11 26 25 0 4 0 8-2 11H41l-5 "
                "13H13c-6-4-9-12-9-20z\"/>",
        .shade = "<path d=\"M4 36c0-4 1-8 2-11 1 12 8 22 22 31H13c-6-4-9-12-9-20z\"/>",
        .accent = "<path d=\"M33 22h25c1 3 2 6 2 10v4H38c-5 0-8-3-8-7s1-5 3-7z\"/>",
        .line = "<path d=\"M14 49h22\"/>",
        .as = 3}};
/* clang-format on */

static void
put_layer(struct buf *b, const char *cls, const char *look, const char *shapes, bool standalone)
{
    if (!shapes)
        return;
    if (standalone)
        buf_printf(b, "<g %s>%s</g>", look, shapes);
    else
        buf_printf(b, "<g class=\"trophy__%s\">%s</g>", cls, shapes);
}

static void
put_place(struct buf *b, const struct art *a, int64_t place, const char *fill, bool standalone)
{
    if (place < 1 || a->size == 0)
        return;
    if (standalone)
        buf_printf(b, "<text fill=\"%s\" font-weight=\"700\"", fill);
    else
        buf_printf(b, "<text class=\"trophy__place%s\"", a->bare ? " trophy__place--bare" : "");
    buf_printf(b,
               " x=\"%lld\" y=\"%lld\" font-size=\"%lld\" text-anchor=\"middle\">%lld</text>",
               (long long)a->x, (long long)a->y, (long long)a->size, (long long)place);
}

void
trophy_art(struct buf *b, enum trophy_kind kind, int64_t place, bool locked, bool standalone)
{
    const struct art *a = &ART[kind];
    int64_t metal = place >= 1 && place <= 3 ? place : a->as;
    const char *outline = "fill=\"none\" stroke=\"" INK_LINE "\" stroke-width=\"2\"";
    struct str title = trophy_title(kind);

    BUG_IF(kind < 0 || kind >= TROPHY_KINDS);
    if (standalone)
        buf_add_text(b, "<svg viewBox=\"0 0 64 64\" width=\"64\" height=\"64\">");
    else
        buf_printf(b,
                   "<svg class=\"trophy trophy--%lld%s\" viewBox=\"0 0 64 64\" role=\"img\">",
                   (long long)metal, locked ? " trophy--locked" : "");
    buf_add_text(b, "<title>");
    buf_add_html(b, title);
    if (place >= 1 && place <= 8 && a->size)
        buf_printf(b, ", %s place", ink_place(place));
    buf_add_text(b, locked ? ", not won yet</title>" : "</title>");
    const char *colour = locked ? INK_LINE : ink_metal(metal);

    put_layer(b, "metal", locked ? outline : arena_printf(b->a, "fill=\"%s\"", colour),
              a->metal, standalone);
    if (!locked)
        put_layer(b, "shade", "fill=\"" INK_NIGHT "\" fill-opacity=\"0.2\"", a->shade,
                  standalone);
    put_layer(b, "accent", locked ? outline : "fill=\"" INK_CYAN "\"", a->accent, standalone);
    put_layer(b, "line",
              locked ? outline
                     : "fill=\"none\" stroke=\"" INK_NIGHT
                       "\" stroke-width=\"2\" stroke-linecap=\"round\"",
              a->line, standalone);
    put_place(b, a, place, locked || a->bare ? colour : INK_NIGHT, standalone);
    buf_add_text(b, "</svg>");
}

int64_t
trophy_art_place(const struct trophy *t)
{
    if (t->kind == TROPHY_WIN || t->kind == TROPHY_CHAMPION)
        return 1;
    if (t->kind == TROPHY_RUNNER_UP || t->kind == TROPHY_THIRD)
        return t->kind == TROPHY_THIRD ? 3 : 2;
    for (int64_t p = 1; p <= 3 && t->kind == TROPHY_PODIUM; p++)
        if (str_starts(t->words, str_of(ink_place(p))))
            return p;
    return 0;
}
