/* A trophy as pages show it. Not for: who has it (league/trophy.h). */
#include "page/laurel.h"

#include "draw/trophy_art.h"

enum { LAUREL_BYTES = 16 * 1024 };

void
laurel_add(struct ctx *ctx, struct view *v, const struct trophy *t)
{
    struct buf b = buf_new(ctx->arena, LAUREL_BYTES);

    trophy_art(&b, t->kind, trophy_art_place(t), false, false);
    view_raw(v, "art", buf_str(&b));
    view_text(v, "title", t->title);
    view_text(v, "words", t->words);
    layout_time(v, "at", t->at);
    if (t->race_id)
        view_i64(v, "race", t->race_id);
    else
        view_flag(v, "race", false);
}

void
laurel_locked(struct ctx *ctx, struct view *v, enum trophy_kind kind)
{
    struct buf b = buf_new(ctx->arena, LAUREL_BYTES);

    trophy_art(&b, kind, 0, true, false);
    view_raw(v, "art", buf_str(&b));
    view_text(v, "title", trophy_title(kind));
    view_text(v, "words", trophy_condition(kind));
}
