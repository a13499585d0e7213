/* Charts of a season and of a racer: ranks over races, points as bars, places as dots. SVG with
 * title, description, and the numbers as a table. Not for: the pot (page/chart.h). */
#pragma once

#include "league/standing.h"

/* Rank lines of the top rows, labelled at their ends, each also different by its dashes. */
struct str lines_ranks(struct ctx *ctx, const struct standing_lines *l);
struct str lines_points(struct ctx *ctx, const struct standing_table *t, size_t max);
/* Places of one racer, 1 at the top, oldest first; DNF below the axis. */
struct str lines_places(struct ctx *ctx, const struct standing_race *race, size_t n);
