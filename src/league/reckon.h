/* A season's table from its result rows: sums, drops, penalties, ranks. Pure. Not for: reading
 * rows (standing.c), names (face.h).
 *
 * Drops: a racer with at least drop_from starts loses the season's drops worst results, of
 * equal ones the older. Starts, wins and places count dropped results too. A penalty counts
 * when its race has rows. Sums may be below zero. */
#pragma once

#include "league/standing.h"

/* Rows of newest versions, in any order. */
struct reckon_in {
    const struct season *season;
    const struct result_row *row;
    size_t n_rows;
    const struct season_penalty *penalty;
    size_t n_penalties;
};

void reckon_table(struct ctx *ctx, const struct reckon_in *in, struct standing_table *ret);
/* The same without change and is_new, at half the price. */
void reckon_ranks(struct ctx *ctx, const struct reckon_in *in, struct standing_table *ret);
