/* The last 90 days as people and machines read them. Not for: finding them out (past.h). */
#pragma once

#include "page/past.h"
#include "view/view.h"

/* One part's days. numbers: every day as such; else a drawing, and a sentence for who does not
 * see it. */
void pastview_show(struct ctx *ctx, struct view *v, const struct past *p, size_t part,
                   struct str name, bool numbers);
/* What happened, the newest. names: of the parts. */
void pastview_list(struct ctx *ctx, struct view *list, const struct past *p,
                   const struct str *names);
