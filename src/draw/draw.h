/* Cards as SVG documents of 1200 x 630: what Open Graph, Discord and pages show is drawn here
 * once. Own drawings only; text through draw_text, so that any name is harmless. Not for:
 * turning them into PNG (job/picture.c). */
#pragma once

#include "base/buf.h"
#include "base/ctx.h"

enum { DRAW_BYTES = 256 * 1024 };

/* kind: "race" (key: its number), "racer" (member id), "season" (slug), "default" (""). The
 * card of the present state; its title says it in words, for those who do not see it.
 * E_NOTFOUND: no such thing, or hidden. */
enum err draw_card(struct ctx *ctx, struct str kind, struct str key,
                   struct str *ret_svg) MUST_USE;

/* One line of text: escaped, tricky signs and stacked marks dropped, cut to max signs with "…".
 */
void draw_text(struct buf *b, struct str s, size_t max);
