/* The front page: the race of this moment. Not for: a race's whole story (race.c). */
#include "db/db.h"
#include "page/card.h"
#include "page/djpage.h"
#include "page/person.h"
#include "page/routes.h"
#include "page/shoppage.h"
#include "page/sponsorpage.h"
#include "page/standrows.h"
#include "queue/live.h"

enum { HOME_SALES = 8, HOME_RACES = 6, HOME_TOP = 5 };

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
    if ((e = shoppage_link(ctx, race, r)) || (e = djpage_on_air(ctx, race)))
        return e;
    view_raw(race, "chart", chart);
    layout_live(v, channel, seq, id, true);
    layout_share(ctx, v, "race", layout_printf(ctx, "%lld", (long long)id), r->name,
                 layout_printf(ctx, "Race %lld on the live page.", (long long)id), STR("/"));
    return OK;
}

/* The first five of the season that is on. */
static enum err
add_season(struct ctx *ctx, struct view *v)
{
    struct standing_table *t = ARENA_NEW(ctx->arena, struct standing_table);
    struct view *o, *rows;
    struct season s;
    enum err e = season_shown(ctx, &s);

    if (e == OK)
        e = standing_read(ctx, s.id, 0, 0, t);
    if (e != OK || t->n == 0) {
        view_flag(v, "season", false);
        if (e == E_NOTFOUND)
            ctx_clear(ctx), e = OK;
        return e;
    }
    o = view_object(v, "season");
    rows = view_list(o, "top");
    view_text(o, "season_name", s.name);
    view_url(o, "season_url", layout_printf(ctx, "/season/%.*s", STR_ARG(s.slug)));
    for (size_t i = 0; i < t->n && i < HOME_TOP; i++) {
        struct view *row = view_add(rows);

        person_add(ctx, row, t->row[i].member_id, t->row[i].name, t->row[i].avatar,
                   t->row[i].hidden);
        view_i64(row, "rank", t->row[i].rank);
        view_text(row, "points_words", standrows_count(ctx, t->row[i].points, "point"));
    }
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
        layout_share(ctx, v, "default", STR(""), layout_site(ctx),
                     STR("Whoever drives shares in every sale of the race, to the cent, live."),
                     STR("/"));
        layout_live(v, STR(""), 0, 0, true);
        e = djpage_on_air(ctx, v);
    }
    if (e == OK)
        e = sponsorpage_add(ctx, v, "race_card", 0);
    if (e == OK)
        e = add_season(ctx, v);
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
