/* The console's list of copies, drills and checks, with what they said. Not for: the public's
 * words about them (status.c). */
#include "base/clock.h"
#include "page/layout.h"
#include "page/routes.h"
#include "upkeep/upkeep.h"

enum { RUNS_MAX = 200 };

static struct str
size(struct ctx *ctx, int64_t bytes)
{
    return bytes ? layout_printf(ctx, "%lld.%lld MB", (long long)(bytes / 1000000),
                                 (long long)(bytes % 1000000 / 100000))
                 : STR("");
}

enum err
opsupkeep_list(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = layout_view(ctx, req, "");
    struct view *list = view_list(v, "runs");
    struct upkeep *u = NULL;
    char span[CLOCK_TEXT];
    size_t n = 0;
    enum err e = upkeep_list(ctx, RUNS_MAX, &u, &n);

    for (size_t i = 0; !e && i < n; i++) {
        struct view *row = view_add(list);

        layout_badge(row, u[i].good ? "done" : "void", u[i].good ? STR("good") : STR("failed"));
        view_text(row, "kind", u[i].kind);
        layout_time(row, "at", u[i].ended_at);
        view_text(row, "took",
                  layout_printf(ctx, "%s", clock_span(u[i].ended_at - u[i].began_at, span)));
        view_text(row, "words", u[i].words);
        view_i64(row, "seq", u[i].seq);
        view_text(row, "size", size(ctx, u[i].bytes));
    }
    view_flag(v, "has_runs", n > 0);
    return e ? e : res_page(res, req, "ops/upkeep", v);
}
