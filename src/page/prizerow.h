/* A grand prize as pages show it: place, label, amount, and whether the money is with us. Not
 * for: paying it (league/prize.h). */
#pragma once

#include "league/prize.h"
#include "page/layout.h"

/* place, label, amount, a badge: paid out, funded, or not paid in yet. */
void prizerow_add(struct ctx *ctx, struct view *row, const struct prize *p);
