/* The table of a closed season as it was when it closed. Not for: closing (close.h). */
#pragma once

#include "league/standing.h"

struct tx;

enum err frozen_write(struct ctx *ctx, struct tx *tx, const struct standing_table *t) MUST_USE;
/* Ranks, sums and reasons of the frozen rows over the reckoned ones, in frozen order. */
enum err frozen_read(struct ctx *ctx, struct standing_table *t) MUST_USE;
