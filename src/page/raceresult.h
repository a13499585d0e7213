/* The result of a race as its page shows it: places, drivers, points, shares; reports, disputes
 * and corrections with their reasons. Not for: the pot (racepage.c). */
#pragma once

#include "page/layout.h"
#include "race/race.h"

/* leftovers: odd cents by seat number - 1. */
enum err raceresult_add(struct ctx *ctx, struct view *v, const struct race *r,
                        const int64_t *leftovers) MUST_USE;
