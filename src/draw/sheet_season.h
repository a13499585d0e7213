/* The card of a season: who leads, and its table. Not for: what all cards share (ink.h). */
#pragma once

#include "base/ctx.h"

/* key: the slug. Makes the card and says it in words. */
enum err sheet_season_draw(struct ctx *ctx, struct str key, struct str *ret_svg) MUST_USE;
