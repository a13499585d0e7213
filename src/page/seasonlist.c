/* All seasons, newest first. Not for: one season's table (standpage.c). */
#include "db/db.h"
#include "league/season.h"
#include "page/layout.h"
#include "page/routes.h"

enum { SEASONLIST_MAX = 100 };

static enum err
fill(struct ctx *ctx, struct view *v)
{
    struct view *list = view_list(v, "seasons");
    struct season *s;
    size_t n;
    enum err e = db_snapshot_begin(ctx);

    if (e != OK)
        return e;
    e = season_list(ctx, SEASONLIST_MAX, &s, &n);
    db_snapshot_end(ctx);
    if (e != OK)
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *row = view_add(list);
        bool closed = s[i].closed_at > 0, begun = s[i].starts_at <= ctx_now(ctx);

        view_text(row, "name", s[i].name);
        view_text(row, "slug", s[i].slug);
        view_url(row, "url", layout_printf(ctx, "/season/%.*s", STR_ARG(s[i].slug)));
        layout_time(row, "starts_at", s[i].starts_at);
        layout_time(row, "ends_at", s[i].closed_at ? s[i].closed_at : s[i].ends_at);
        layout_badge(row,
                     closed  ? "done"
                     : begun ? "live"
                             : "wait",
                     closed  ? STR("closed")
                     : begun ? STR("running")
                             : STR("to come"));
    }
    view_flag(v, "has_seasons", n > 0);
    return OK;
}

enum err
seasonlist_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    bool json = req_is_machine(req);
    struct view *v = json ? view_new(ctx->arena) : layout_view(ctx, req, "standings");
    enum err e = fill(ctx, v);

    if (e != OK)
        return e;
    res_cache(res, RES_SHORT);
    if (!json)
        layout_share(ctx, v, "default", STR(""), STR("Seasons"),
                     STR("Every season with its table, its champion and its trophies."),
                     STR("/seasons"));
    return json ? res_json(res, v) : res_page(res, req, "season/list", v);
}
