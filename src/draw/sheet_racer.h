/* The card of a racer: figures, places, trophies. E_NOTFOUND when the profile is hidden. Not
 * for: what all cards share (ink.h). */
#pragma once

#include "base/ctx.h"

/* key: the member's number. Makes the card and says it in words. */
enum err sheet_racer_draw(struct ctx *ctx, struct str key, struct str *ret_svg) MUST_USE;
