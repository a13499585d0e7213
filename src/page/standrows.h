/* The rows of a season's table as pages show them: rank and its change, racer, figures, the
 * reason of a tie, races. Not for: ranks and points (league/standing.h). */
#pragma once

#include "league/standing.h"
#include "page/layout.h"

/* rows, has_rows, any_earned, more_words. */
void standrows_add(struct ctx *ctx, struct view *v, const struct standing_table *t);
/* "1 race", "3 races" */
struct str standrows_count(struct ctx *ctx, int64_t n, const char *word);
