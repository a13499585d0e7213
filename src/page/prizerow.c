/* One prize in words. See prizerow.h. */
#include "page/prizerow.h"

#include "draw/ink.h"

void
prizerow_add(struct ctx *ctx, struct view *row, const struct prize *p)
{
    view_textz(row, "place", ink_place(p->place));
    view_text(row, "label", p->label);
    layout_money(ctx, row, "amount", p->amount);
    layout_badge(row,
                 p->paid_at     ? "done"
                 : p->funded_at ? "fund"
                                : "wait",
                 p->paid_at     ? STR("paid out")
                 : p->funded_at ? STR("funded")
                                : STR("not paid in yet"));
}
