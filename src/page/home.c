/* The front page: the race of this moment. Not for: a race's whole story (race.c). */
#include "db/db.h"
#include "page/card.h"
#include "page/routes.h"
#include "queue/live.h"

enum { HOME_SALES = 8, HOME_RACES = 6 };

/* Other races that are on at the same time. */
static enum err
add_others(struct ctx *ctx, struct view *v, int64_t shown)
{
    struct view *list = view_list(v, "others");
    int64_t id[HOME_RACES];
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    size_t n;
    enum err e = race_list(ctx, true, 0, HOME_RACES, id, &n);

    for (size_t i = 0; e == OK && i < n; i++) {
        if (id[i] == shown)
            continue;
        e = race_get(ctx, id[i], r);
        if (e == OK)
            card_brief(ctx, view_add(list), r);
    }
    view_flag(v, "has_others", view_count(list) > 0);
    return e;
}

static enum err
add_race(struct ctx *ctx, struct view *v, int64_t id)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    struct view *race = view_object(v, "race");
    struct str chart, channel = layout_printf(ctx, "race/%lld", (long long)id);
    int64_t seq;
    enum err e = race_get(ctx, id, r);

    if (e == OK)
        e = live_seq(ctx, channel, &seq);
    if (e == OK)
        e = card_sales(ctx, race, id, HOME_SALES);
    if (e == OK)
        e = card_curve(ctx, r, CARD_HALF,
                       arena_printf(ctx->arena, "/race/%lld#sale-", (long long)id), &chart);
    if (e != OK)
        return e;
    card_race(ctx, race, r);
    view_raw(race, "chart", chart);
    layout_live(v, channel, seq, id, true);
    layout_share(ctx, v, "race", layout_printf(ctx, "%lld", (long long)id), r->name,
                 layout_printf(ctx, "Race %lld on the live page.", (long long)id), STR("/"));
    return OK;
}

static enum err
read_home(struct ctx *ctx, struct view *v)
{
    int64_t id;
    enum err e = race_current(ctx, &id);

    if (e != OK)
        return e;
    if (id) {
        e = add_race(ctx, v, id);
    } else {
        view_flag(v, "race", false);
        layout_share(ctx, v, "default", STR("default"), layout_site(ctx),
                     STR("Whoever drives shares in every sale of the race, to the cent, live."),
                     STR("/"));
        layout_live(v, STR(""), 0, 0, true);
    }
    return e == OK ? add_others(ctx, v, id) : e;
}

enum err
home_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    enum err e = db_snapshot_begin(ctx);

    if (e != OK)
        return e;
    struct view *v = layout_view(ctx, req, "home");

    e = read_home(ctx, v);
    db_snapshot_end(ctx);
    if (e != OK)
        return e;
    res_cache(res, RES_SHORT);
    return res_page(res, req, "home", v);
}
