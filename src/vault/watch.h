/* What time alone shows to be wrong, and the day's seal: alerts that rise and go by themselves.
 * Not for: steps of contests (race/lobby.h), what outsiders say they hold (books.h). */
#pragma once

#include "base/ctx.h"

struct tx;

/* With every tick of the clock. */
enum err watch_tick(struct ctx *ctx, struct tx *tx) MUST_USE;
