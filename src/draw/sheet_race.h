/* The card of a race: podium or pot, and its table. Not for: what all cards share (ink.h). */
#pragma once

#include "base/ctx.h"

/* key: the number. Makes the card and says it in words. */
enum err sheet_race_draw(struct ctx *ctx, struct str key, struct str *ret_svg) MUST_USE;
