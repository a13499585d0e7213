/* A racer for everybody: figures, trophy case, history. Whoever hides the profile has none;
 * sums of money stand here only for those whom the racer lets see them. Not for: settings (me).
 */
#include "base/conf.h"
#include "db/db.h"
#include "draw/ink.h"
#include "draw/lines.h"
#include "draw/months.h"
#include "http/form.h"
#include "ledger/split.h"
#include "page/laurel.h"
#include "page/person.h"
#include "page/routes.h"
#include "race/place.h"
#include "user/identity.h"

enum {
    RACERPAGE_RESULTS = 400,
    RACERPAGE_LIST = 25,
    RACERPAGE_TROPHIES = 400,
    RACERPAGE_SHELF = 12 /* of one season; more of them are counted */
};

static const struct form_field PAGING[] = {
    {.name = "before", .kind = FORM_ID}
};

struct racer {
    struct member who;
    bool money; /* the viewer may see what was earned */
    bool own;   /* the viewer looks at himself */
    int64_t before;
    size_t n_results, n_trophies;
    struct result_row *result; /* newest first */
    struct trophy *trophy;
    int64_t earned;
    struct months months;
    struct standing row; /* rank 0: not in the season that is on */
    struct season season;
};

/* One answer for whoever hides and for whoever is nobody: a name alone tells nothing. */
static enum err
not_public(struct ctx *ctx)
{
    ctx_clear(ctx);
    return ctx_fail(ctx, E_NOTFOUND, "this profile is not public");
}

static enum err
find(struct ctx *ctx, struct str which, int64_t viewer, struct racer *r)
{
    struct identity_privacy privacy;
    enum err e = member_find(ctx, which, &r->who);

    if (e == E_NOTFOUND || e == E_INVALID)
        return not_public(ctx);
    if (e == OK)
        e = identity_privacy_get(ctx, r->who.id, &privacy);
    if (e == OK)
        e = identity_earnings_seen(ctx, r->who.id, viewer, &r->money);
    r->own = viewer == r->who.id;
    if (e == OK && privacy.hidden && r->own)
        return ctx_fail(ctx, E_NOTFOUND, "your profile is hidden: nobody sees this page");
    return e == OK && privacy.hidden ? not_public(ctx) : e;
}

static enum err
read_season(struct ctx *ctx, struct racer *r)
{
    struct standing_table *t = ARENA_NEW(ctx->arena, struct standing_table);
    enum err e = season_shown(ctx, &r->season);

    if (e == E_NOTFOUND) {
        ctx_clear(ctx);
        return OK;
    }
    if (e == OK)
        e = standing_read(ctx, r->season.id, 0, 0, t);
    for (size_t i = 0; e == OK && i < t->n; i++)
        if (t->row[i].member_id == r->who.id)
            r->row = t->row[i];
    return e;
}

/* What a race gave this driver: his rounds' part of the seat, cut as the settlement cuts it. */
static enum err
share_of(const struct race *race, const struct result_row *row, int64_t *ret)
{
    int64_t rounds[4], paid[4];
    enum err e = OK;

    *ret = 0;
    for (size_t i = 0; e == OK && i < race->n_seats; i++) {
        const struct race_seat *s = &race->seat[i];

        if (s->no != row->seat_no || s->n_stints < 1 || s->n_stints > 4)
            continue;
        place_rounds(s, race->rounds, rounds);
        e = split_largest(s->share, rounds, (size_t)s->n_stints, paid);
        for (int64_t k = 0; e == OK && k < s->n_stints; k++)
            if (s->stint[k].member_id == row->member_id)
                *ret += paid[k];
    }
    return e;
}

static void
add_result(struct ctx *ctx, struct view *v, const struct racer *r, const struct result_row *row,
           const struct race *race, int64_t share)
{
    view_i64(v, "race", row->race_id);
    view_text(v, "race_name", race->name);
    layout_time(v, "at", row->raced_at);
    view_textz(v, "place_words", ink_place(row->place));
    view_flag(v, "podium", row->start && row->place >= 1 && row->place <= 3);
    view_i64(v, "place", row->place);
    view_flag(v, "substituted", !row->start);
    view_flag(v, "in_season", row->season_id > 0);
    view_i64(v, "points", row->points);
    view_text(v, "stint_words",
              row->rounds >= race->rounds
                  ? STR("all rounds")
                  : layout_printf(ctx, "%lld of %lld rounds", (long long)row->rounds,
                                  (long long)race->rounds));
    view_i64(v, "sales", race->sales);
    if (r->money)
        layout_money(ctx, v, "share", share);
    else
        view_flag(v, "share", false);
}

static enum err
add_history(struct ctx *ctx, struct view *v, struct racer *r)
{
    struct race *race = ARENA_NEW(ctx->arena, struct race);
    struct view *list = view_list(v, "results");
    size_t shown = 0;
    int64_t last = 0;
    bool more = false;
    enum err e = OK;

    for (size_t i = 0; e == OK && i < r->n_results; i++) {
        const struct result_row *row = &r->result[i];
        bool here = (!r->before || row->race_id < r->before) && shown < RACERPAGE_LIST;
        int64_t share = 0;

        more |= shown == RACERPAGE_LIST;
        if (!here && !r->money)
            continue;
        e = race_get(ctx, row->race_id, race);
        if (e == OK)
            e = share_of(race, row, &share);
        r->earned += share;
        if (e == OK)
            months_add(ctx, &r->months, row->raced_at, share);
        if (e != OK || !here)
            continue;
        add_result(ctx, view_add(list), r, row, race, share);
        last = row->race_id;
        shown++;
    }
    view_flag(v, "has_results", r->n_results > 0);
    if (more)
        view_url(
            v, "older_url",
            layout_printf(ctx, "/r/%lld?before=%lld", (long long)r->who.id, (long long)last));
    else
        view_flag(v, "older_url", false);
    return e;
}

static void
add_figures(struct ctx *ctx, struct view *v, const struct racer *r)
{
    int64_t starts = 0, wins = 0, podiums = 0;

    for (size_t i = 0; i < r->n_results; i++) {
        const struct result_row *row = &r->result[i];

        starts += row->start;
        wins += row->start && row->place == 1;
        podiums += row->start && row->place >= 1 && row->place <= 3;
    }
    view_i64(v, "starts", starts);
    view_i64(v, "wins", wins);
    view_i64(v, "podiums", podiums);
    view_text(v, "podium_rate",
              starts ? layout_printf(ctx, "%lld %%", (long long)(podiums * 100 / starts))
                     : STR("–"));
    view_flag(v, "ranked", r->row.rank > 0);
    view_i64(v, "rank", r->row.rank);
    view_i64(v, "points", r->row.points);
    view_text(v, "season", r->season.name);
    if (r->season.slug.n)
        view_url(v, "season_url", layout_printf(ctx, "/season/%.*s", STR_ARG(r->season.slug)));
    else
        view_flag(v, "season_url", false);
    if (r->money)
        layout_money(ctx, v, "earned", r->earned);
    else
        view_flag(v, "earned", false);
}

/* The trophies of one season from i on; gives where the next one begins. */
static size_t
add_shelf(struct ctx *ctx, struct view *v, const struct racer *r, size_t i)
{
    const struct trophy *first = &r->trophy[i];
    struct view *list = view_list(v, "trophies");
    size_t n = 0;

    view_text(v, "season", first->season.n ? first->season : STR("Friendly races"));
    for (; i < r->n_trophies && r->trophy[i].season_id == first->season_id; i++, n++)
        if (n < RACERPAGE_SHELF)
            laurel_add(ctx, view_add(list), &r->trophy[i]);
    view_text(v, "more_words",
              n > RACERPAGE_SHELF ? layout_printf(ctx, "and %zu more", n - RACERPAGE_SHELF)
                                  : STR(""));
    return i;
}

static void
add_trophies(struct ctx *ctx, struct view *v, const struct racer *r)
{
    struct view *shelves = view_list(v, "shelves"), *titles = view_list(v, "titles");
    struct view *locked = view_list(v, "locked");
    bool has[TROPHY_KINDS] = {false};

    for (size_t i = 0; i < r->n_trophies; i++) {
        const struct trophy *t = &r->trophy[i];

        has[t->kind] = true;
        if (t->kind == TROPHY_CHAMPION)
            view_text(view_add(titles), "title",
                      layout_printf(ctx, "Champion of %.*s", STR_ARG(t->season)));
    }
    for (size_t i = 0; i < r->n_trophies;)
        i = add_shelf(ctx, view_add(shelves), r, i);
    for (int k = 0; k < TROPHY_KINDS; k++)
        if (!has[k])
            laurel_locked(ctx, view_add(locked), (enum trophy_kind)k);
    view_flag(v, "has_trophies", r->n_trophies > 0);
    view_flag(v, "has_locked", view_count(locked) > 0);
}

static struct str
places(struct ctx *ctx, const struct racer *r)
{
    struct standing_race *race =
        ARENA_ARRAY(ctx->arena, r->n_results ? r->n_results : 1, struct standing_race);

    for (size_t i = 0; i < r->n_results; i++) {
        const struct result_row *row = &r->result[r->n_results - 1 - i];

        race[i] = (struct standing_race){.race_id = row->race_id,
                                         .place = row->place,
                                         .points = row->points,
                                         .raced_at = row->raced_at,
                                         .start = row->start};
        for (size_t k = 0; k < r->row.n_races; k++)
            if (r->row.race[k].race_id == row->race_id)
                race[i].dropped = r->row.race[k].dropped;
    }
    return lines_places(ctx, race, r->n_results);
}

static enum err
fill(struct ctx *ctx, struct view *v, struct racer *r)
{
    enum err e = read_season(ctx, r);

    if (e == OK)
        e = result_by_member(ctx, r->who.id, 0, RACERPAGE_RESULTS, &r->result, &r->n_results);
    if (e == OK)
        e = trophy_of(ctx, r->who.id, RACERPAGE_TROPHIES, &r->trophy, &r->n_trophies);
    if (e == OK)
        e = person_read(ctx, v, r->who.id);
    if (e == OK)
        e = add_history(ctx, v, r);
    if (e != OK)
        return e;
    add_figures(ctx, v, r);
    add_trophies(ctx, v, r);
    return OK;
}

static enum err
answer(struct ctx *ctx, const struct req *req, struct racer *r, struct res *res)
{
    if (req_is_machine(req)) {
        struct view *json = view_new(ctx->arena);
        enum err e = fill(ctx, json, r);

        return e == OK ? res_json(res, json) : e;
    }
    struct view *v = layout_view(ctx, req, "");
    struct view *o = view_object(v, "racer");
    enum err e = fill(ctx, o, r);

    if (e != OK)
        return e;
    view_raw(o, "places", places(ctx, r));
    view_flag(o, "has_months", r->own && r->months.n > 0);
    view_raw(o, "months", r->own ? months_draw(ctx, &r->months) : STR(""));
    view_url(o, "json_url", layout_printf(ctx, "/r/%lld.json", (long long)r->who.id));
    layout_share(ctx, v, "racer", layout_printf(ctx, "%lld", (long long)r->who.id), r->who.name,
                 r->row.rank ? layout_printf(ctx, "Rank %lld with %lld points in %.*s.",
                                             (long long)r->row.rank, (long long)r->row.points,
                                             STR_ARG(r->season.name))
                             : layout_printf(ctx, "%zu final race%s, %zu troph%s.",
                                             r->n_results, r->n_results == 1 ? "" : "s",
                                             r->n_trophies, r->n_trophies == 1 ? "y" : "ies"),
                 person_path(ctx, r->who.id, r->who.name));
    return res_page(res, req, "racer/show", v);
}

enum err
racerpage_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct racer *r = ARENA_NEW(ctx->arena, struct racer);
    struct form f;
    enum err e = form_query(ctx, req, PAGING, ARRAY_SIZE(PAGING), &f);

    if (e == OK)
        e = db_snapshot_begin(ctx);
    if (e != OK)
        return e;
    r->before = form_i64(&f, "before", 0);
    e = find(ctx, req_arg(req, "name_any"), req->session.user_id, r);
    if (e == OK)
        e = answer(ctx, req, r, res);
    db_snapshot_end(ctx);
    res_cache(res, RES_SHORT);
    return e;
}
