/* What all cards are made of: the ground, texts that fit their room, avatars, badges. Colours
 * are those of static/app.css, written out, since a picture has no style sheet. Not for: what a
 * card says (sheet_*.c). */
#pragma once

#include "base/buf.h"
#include "base/ctx.h"

#define INK_NIGHT   "#0B1020"
#define INK_ASPHALT "#131A2E"
#define INK_KERB    "#1C2540"
#define INK_RAIL    "#27325A"
#define INK_LINE    "#66749F"
#define INK_INK     "#EEF2FF"
#define INK_MIST    "#B4BFDD"
#define INK_FOG     "#8E9BC0"
#define INK_GOLD    "#FFC94D"
#define INK_CYAN    "#4FD8EB"
#define INK_LIME    "#8BE36B"
#define INK_ROSE    "#FF8A9A"
#define INK_AMBER   "#FFAB5E"

enum { INK_WIDE = 1200, INK_HIGH = 630, INK_EDGE = 56 };
enum ink_anchor { INK_LEFT, INK_MIDDLE, INK_RIGHT };

struct ink_pen { /* how a text looks */
    int64_t size;
    const char *fill;
    enum ink_anchor anchor;
    int64_t room; /* units; longer texts are cut with "…"; 0: no limit */
};

/* The document up to what the card says: title for readers, ground, track, mark, site name. */
void ink_open(struct ctx *ctx, struct buf *b, struct str title);
void ink_close(struct buf *b);

/* One line at its base line. Tricky signs and stacked marks are dropped. */
void ink_text(struct buf *b, int64_t x, int64_t y, const struct ink_pen *p, struct str s);
void ink_printf(struct buf *b, int64_t x, int64_t y, const struct ink_pen *p, const char *fmt,
                ...) PRINTF_LIKE(5, 6);
/* The text as it may stand in a picture, escaped: at most max signs and room units at that
 * size (0: no limit). Emoji are left out where letters remain. */
void ink_add(struct buf *b, struct str s, size_t max, int64_t size, int64_t room);
/* About how wide it becomes; never less than it is, for the letters of the fonts we name. */
int64_t ink_width(struct str s, int64_t size);

/* Tenths of a unit as "12.5"; and as an attribute. */
void ink_tenths(struct buf *b, int64_t tenths);
void ink_attr(struct buf *b, const char *name, int64_t tenths);
void ink_box(struct buf *b, int64_t x, int64_t y, int64_t w, int64_t h, int64_t radius,
             const char *fill);
/* Initials in a ring whose colour comes from the id. */
void ink_face(struct buf *b, int64_t x, int64_t y, int64_t radius, int64_t id, struct str name);
/* A word in a capsule that begins at x; the shape before it: live, wait, done, void. */
void ink_badge(struct buf *b, int64_t x, int64_t y, const char *shape, struct str word);
/* An amount in segment digits with its sign before them, from x on or (right) up to x; gives
 * where it begins. */
int64_t ink_digits(struct ctx *ctx, struct buf *b, int64_t x, int64_t y, int64_t size,
                   bool right, int64_t minor);

/* Who pays for this place, labelled, at the lower right; nothing when nobody does. */
enum err ink_sponsor(struct ctx *ctx, struct buf *b, const char *place,
                     int64_t season) MUST_USE;

/* "$1,234.50" in the house's currency. */
struct str ink_money(struct ctx *ctx, int64_t minor);
/* "1st" … "8th"; "DNF" for 0. */
const char *ink_place(int64_t place);
/* "21 Nov 2026" */
struct str ink_day(struct ctx *ctx, int64_t ms);
/* Colour of a place's metal: gold, silver, bronze, else that of borders. */
const char *ink_metal(int64_t place);
