/* One race as the pages show it: the pot, the gate in words, seats, last sales, curve. Reading
 * only. Not for: rules about money or time. */
#pragma once

#include "page/layout.h"
#include "race/race.h"

/* What race/hero and race/seats need, and the fields that lists show. */
void card_race(struct ctx *ctx, struct view *v, const struct race *r);
/* number, url, name, badge, pot, sales: a row of a list. */
void card_brief(struct ctx *ctx, struct view *v, const struct race *r);
/* The last sales: lists last, has_last. */
enum err card_sales(struct ctx *ctx, struct view *v, int64_t race, size_t max) MUST_USE;
/* How much room the curve has: half a page, a whole one, the corner of an overlay. */
enum card_size { CARD_HALF, CARD_WIDE, CARD_SPARK };
/* The curve as markup. link: "/race/12#sale-" */
enum err card_curve(struct ctx *ctx, const struct race *r, enum card_size size,
                    const char *link, struct str *ret) MUST_USE;
/* What the buyer paid, negative when he got it back. */
int64_t card_paid(const struct race_line *l);
/* "1–4, 6": the seats of a bit set, bit 0 is seat 1. */
struct str card_seats(struct ctx *ctx, unsigned set);
/* End of grace; 0 while the window is open or never was. */
int64_t card_counts_until(const struct race *r);
