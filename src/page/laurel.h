/* A trophy as pages show it: drawing, title, reason, date. Not for: who has it. */
#pragma once

#include "league/trophy.h"
#include "page/layout.h"

/* art (raw), title, words, at, race (false: of a whole season). */
void laurel_add(struct ctx *ctx, struct view *v, const struct trophy *t);
/* One that nobody has yet: art as an outline, title, words (its condition). */
void laurel_locked(struct ctx *ctx, struct view *v, enum trophy_kind kind);
