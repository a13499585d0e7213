/* Which card is drawn, and the text that may stand in any picture. Not for: what a card says
 * (sheet_*.c). */
#include "draw/draw.h"

#include "base/conf.h"
#include "draw/ink.h"
#include "draw/sheet_race.h"
#include "draw/sheet_racer.h"
#include "draw/sheet_season.h"
#include "draw/trophy_art.h"

void
draw_text(struct buf *b, struct str s, size_t max)
{
    ink_add(b, s, max, 1, 0);
}

/* For pages that are about nothing in particular. */
static enum err
draw_default(struct ctx *ctx, struct str key UNUSED, struct str *ret_svg)
{
    struct ink_pen title = {.size = 92, .fill = INK_INK, .room = 1088};
    struct ink_pen lead = {.size = 38, .fill = INK_MIST, .room = 860};
    struct buf b = buf_new(ctx->arena, DRAW_BYTES);
    struct str name = ctx->conf ? ctx->conf->site.name : STR("Cozy-Kart");

    ink_open(
        ctx, &b,
        str_of(arena_printf(ctx->arena, "%.*s: kart races with a live pot.", STR_ARG(name))));
    ink_text(&b, INK_EDGE, 286, &title, STR("Race for the pot"));
    ink_text(&b, INK_EDGE, 362, &lead, STR("Whoever drives shares in every sale"));
    ink_text(&b, INK_EDGE, 408, &lead, STR("of the race, to the cent, live."));
    buf_add_text(&b, "<g transform=\"translate(846 146) scale(4.6)\">");
    trophy_art(&b, TROPHY_WIN, 1, false, true);
    buf_add_text(&b, "</g>");
    ink_close(&b);
    *ret_svg = buf_str(&b);
    return buf_err(&b);
}

enum err
draw_card(struct ctx *ctx, struct str kind, struct str key, struct str *ret_svg)
{
    static const struct {
        const char *kind;
        enum err (*make)(struct ctx *ctx, struct str key, struct str *ret_svg);
    } KIND[] = {
        {"race",    sheet_race_draw  },
        {"racer",   sheet_racer_draw },
        {"season",  sheet_season_draw},
        {"default", draw_default     }
    };

    for (size_t i = 0; i < ARRAY_SIZE(KIND); i++)
        if (str_eq_text(kind, KIND[i].kind))
            return KIND[i].make(ctx, key, ret_svg);
    return ctx_fail(ctx, E_NOTFOUND, "there is no such picture");
}
