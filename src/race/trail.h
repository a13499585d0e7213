/* All lines of a race's pot added up: the curve, how many there are, who got the odd cents.
 * Lines are never changed, so a process that is asked again reads only those that came since: a
 * page costs the same however long the race was. Not for: what a single line says (race.h). */
#pragma once

#include "race/race.h"

struct trail {
    int64_t lines;                    /* changes of the pot so far */
    int64_t leftover[RACE_SEATS_MAX]; /* odd cents by seat number - 1 */
};

/* Zeroes for a race without lines, also for none. */
enum err trail_sums(struct ctx *ctx, int64_t race, struct trail *ret) MUST_USE;
/* In the order of time, thinned to at most max points (extremes kept); of a line only seq, at,
 * delta and the pot are filled. */
enum err trail_curve(struct ctx *ctx, int64_t race, size_t max, struct race_line **ret,
                     size_t *ret_n) MUST_USE;
