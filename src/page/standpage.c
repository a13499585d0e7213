/* The table of a season with everything that explains it, and the list of seasons. Not for: who
 * has how many points; league/ has reckoned that. */
#include "base/clock.h"
#include "db/db.h"
#include "draw/ink.h"
#include "draw/lines.h"
#include "http/form.h"
#include "page/laurel.h"
#include "page/person.h"
#include "page/prizerow.h"
#include "page/routes.h"
#include "page/sponsorpage.h"
#include "page/standrows.h"
#include "queue/live.h"

enum {
    STANDPAGE_LINES = 8, /* of the chart of ranks */
    STANDPAGE_BARS = 12, /* of the chart of points */
    STANDPAGE_NOTES = 100,
    STANDPAGE_SEASONS = 50,
    STANDPAGE_PICKER = 6,
    DAY_MS = 86400000
};

static const struct form_field AT[] = {
    {.name = "at", .kind = FORM_TIME}
};

static struct str
season_path(struct ctx *ctx, const struct season *s)
{
    return layout_printf(ctx, "/season/%.*s", STR_ARG(s->slug));
}

static void
add_rules(struct ctx *ctx, struct view *v, const struct season *s)
{
    struct view *list = view_list(v, "points_table");

    for (int64_t p = 1; p <= RACE_SEATS_MAX; p++) {
        struct view *row = view_add(list);

        view_textz(row, "place", ink_place(p));
        view_i64(row, "points", s->points.place[p - 1]);
    }
    view_i64(v, "dnf_points", s->points.dnf);
    view_text(v, "points_name",
              layout_printf(ctx, "%.*s, version %lld", STR_ARG(s->points.name),
                            (long long)s->points.version));
    view_text(
        v, "drops_words",
        s->drops == 0
            ? STR("No result is dropped: every race counts.")
            : layout_printf(ctx,
                            "The %s of each racer %s dropped once %lld races were driven. "
                            "They stay visible, struck through.",
                            s->drops == 1 ? "worst result"
                                          : arena_printf(ctx->arena, "%lld worst results",
                                                         (long long)s->drops),
                            s->drops == 1 ? "is" : "are", (long long)s->drop_from));
}

static enum err
add_notes(struct ctx *ctx, struct view *v, int64_t season)
{
    struct season_note *note;
    struct season_penalty *penalty;
    size_t n, n_penalties;
    enum err e = season_notes(ctx, season, STANDPAGE_NOTES, &note, &n);

    if (e == OK)
        e = season_penalties(ctx, season, STANDPAGE_NOTES, &penalty, &n_penalties);
    if (e != OK)
        return e;
    struct view *notes = view_list(v, "notes"), *list = view_list(v, "penalties");

    for (size_t i = 0; i < n; i++) {
        struct view *row = view_add(notes);

        layout_time(row, "at", note[i].at);
        view_text(row, "text", note[i].text);
        if (note[i].race_id)
            view_i64(row, "race", note[i].race_id);
        else
            view_flag(row, "race", false);
    }
    for (size_t i = 0; i < n_penalties; i++) {
        struct view *row = view_add(list);

        layout_time(row, "at", penalty[i].at);
        layout_time(row, "lifted_at", penalty[i].lifted_at);
        view_i64(row, "race", penalty[i].race_id);
        view_text(row, "name", penalty[i].name);
        view_i64(row, "points", penalty[i].points);
        view_text(row, "incident", penalty[i].incident);
        view_text(row, "reason", penalty[i].reason);
    }
    view_flag(v, "has_notes", n > 0);
    view_flag(v, "has_penalties", n_penalties > 0);
    return OK;
}

/* Who won a closed season, and what else was given. */
static enum err
add_champion(struct ctx *ctx, struct view *v, const struct standing_table *t)
{
    struct view *list = view_list(v, "champions"), *shelf = view_list(v, "awards");
    bool closed = t->season.closed_at > 0 && t->at == 0;
    struct trophy *trophy;
    size_t n = 0;
    enum err e =
        closed ? trophy_of_season(ctx, t->season.id, STANDPAGE_NOTES, &trophy, &n) : OK;

    if (e != OK)
        return e;
    for (size_t i = 0; closed && i < t->n && t->row[i].rank == 1; i++) {
        struct view *c = view_add(list);

        person_add(ctx, c, t->row[i].member_id, t->row[i].name, t->row[i].avatar,
                   t->row[i].hidden);
        view_text(c, "points_words", standrows_count(ctx, t->row[i].points, "point"));
    }
    for (size_t i = 0; i < n; i++) {
        struct view *a = view_add(shelf);

        e = person_read(ctx, a, trophy[i].member_id);
        if (e != OK)
            return e;
        laurel_add(ctx, a, &trophy[i]);
    }
    view_flag(v, "has_champion", closed && t->n > 0);
    return OK;
}

/* What is promised, and whether the money is with us. */
static enum err
add_prizes(struct ctx *ctx, struct view *v, int64_t season)
{
    struct view *list = view_list(v, "prizes");
    bool funded = true;
    struct prize *p;
    size_t n = 0;
    enum err e = prize_list(ctx, season, &p, &n);

    for (size_t i = 0; e == OK && i < n; i++) {
        struct view *row = view_add(list), *to = view_object(row, "to");

        funded &= p[i].funded_at > 0;
        prizerow_add(ctx, row, &p[i]);
        if (p[i].member_id)
            e = person_read(ctx, to, p[i].member_id);
        else
            view_flag(row, "to", false);
    }
    view_flag(v, "has_prizes", n > 0);
    view_flag(v, "season_funded", n > 0 && funded);
    return e;
}

static enum err
add_charts(struct ctx *ctx, struct view *v, const struct standing_table *t)
{
    struct standing_lines l;
    enum err e = standing_lines(ctx, t, STANDPAGE_LINES, &l);

    if (e != OK)
        return e;
    view_raw(v, "ranks", lines_ranks(ctx, &l));
    view_raw(v, "bars", lines_points(ctx, t, STANDPAGE_BARS));
    return OK;
}

static void
add_season(struct ctx *ctx, struct view *v, const struct season *s)
{
    bool closed = s->closed_at > 0, begun = s->starts_at <= ctx_now(ctx);

    view_text(v, "season", s->name);
    view_text(v, "slug", s->slug);
    view_url(v, "url", season_path(ctx, s));
    layout_time(v, "starts_at", s->starts_at);
    layout_time(v, "ends_at", s->ends_at);
    layout_time(v, "closed_at", s->closed_at);
    view_flag(v, "begun", begun);
    layout_badge(v,
                 closed  ? "done"
                 : begun ? "live"
                         : "wait",
                 closed  ? STR("closed")
                 : begun ? STR("running")
                         : STR("to come"));
}

static enum err
add_picker(struct ctx *ctx, struct view *v, int64_t shown)
{
    struct view *list = view_list(v, "picker");
    struct season *s;
    size_t n;
    enum err e = season_list(ctx, STANDPAGE_PICKER, &s, &n);

    if (e != OK)
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *p = view_add(list);

        view_text(p, "name", s[i].name);
        view_url(p, "url", season_path(ctx, &s[i]));
        view_flag(p, "current", s[i].id == shown);
    }
    view_flag(v, "has_picker", n > 1);
    return OK;
}

/* Everything that page and document have in common. */
static enum err
fill(struct ctx *ctx, struct view *v, const struct season *s, int64_t at, int64_t viewer,
     struct standing_table *t)
{
    enum err e = standing_read(ctx, s->id, at, viewer, t);

    if (e != OK)
        return e;
    add_season(ctx, v, s);
    view_i64(v, "races_final", t->races);
    view_text(v, "races_final_words", standrows_count(ctx, t->races, "final race"));
    layout_time(v, "as_of", at);
    standrows_add(ctx, v, t);
    add_rules(ctx, v, s);
    e = add_notes(ctx, v, s->id);
    if (e == OK)
        e = add_prizes(ctx, v, s->id);
    return e == OK ? add_champion(ctx, v, t) : e;
}

static void
share(struct ctx *ctx, struct view *v, const struct standing_table *t)
{
    const struct season *s = &t->season;
    struct str words = STR("No race is final yet.");

    if (t->n)
        words = layout_printf(ctx, "%.*s leads with %lld points after %lld race%s.",
                              STR_ARG(t->row[0].name), (long long)t->row[0].points,
                              (long long)t->races, t->races == 1 ? "" : "s");
    if (t->n && s->closed_at)
        words = layout_printf(ctx, "%.*s is champion with %lld points.",
                              STR_ARG(t->row[0].name), (long long)t->row[0].points);
    layout_share(ctx, v, "season", s->slug,
                 layout_printf(ctx, "Standings: %.*s", STR_ARG(s->name)), words,
                 season_path(ctx, s));
}

/* A day alone means its end. */
static enum err
read_at(struct ctx *ctx, const struct req *req, int64_t *ret)
{
    struct form f;
    enum err e = form_query(ctx, req, AT, ARRAY_SIZE(AT), &f);

    if (e != OK)
        return e;
    *ret = form_i64(&f, "at", 0);
    if (*ret && form_text(&f, "at").n == 10)
        *ret += DAY_MS - 1;
    return OK;
}

static enum err
show(struct ctx *ctx, const struct req *req, const struct season *s, struct res *res)
{
    struct standing_table *t = ARENA_NEW(ctx->arena, struct standing_table);
    struct str channel = layout_printf(ctx, "season/%lld", (long long)s->id);
    int64_t at = 0, seq = 0;
    enum err e = read_at(ctx, req, &at);

    if (e != OK)
        return e;
    if (req_is_machine(req)) {
        struct view *json = view_new(ctx->arena);

        e = fill(ctx, json, s, at, 0, t);
        return e == OK ? res_json(res, json) : e;
    }
    struct view *v = layout_view(ctx, req, "standings");
    struct view *o = view_object(v, "table");

    e = fill(ctx, o, s, at, req->session.user_id, t);
    if (e == OK)
        e = add_charts(ctx, o, t);
    if (e == OK)
        e = add_picker(ctx, o, s->id);
    if (e == OK)
        e = sponsorpage_add(ctx, o, "standings_head", s->id);
    if (e == OK && !s->closed_at && !at)
        e = live_seq(ctx, channel, &seq);
    if (e != OK)
        return e;
    if (!s->closed_at && !at)
        layout_live(v, channel, seq, 0, false);
    share(ctx, v, t);
    return res_page(res, req, "season/show", v);
}

static enum err
show_none(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v =
        req_is_machine(req) ? view_new(ctx->arena) : layout_view(ctx, req, "standings");

    view_flag(v, "table", false);
    return req_is_machine(req) ? res_json(res, v) : res_page(res, req, "season/show", v);
}

/* slug NULL: the season that is shown without being asked for. */
static enum err
run(struct ctx *ctx, const struct req *req, const struct str *slug, struct res *res)
{
    struct season s;
    enum err e = db_snapshot_begin(ctx);

    if (e != OK)
        return e;
    e = slug ? season_find(ctx, *slug, &s) : season_shown(ctx, &s);
    if (e == E_NOTFOUND && !slug) {
        ctx_clear(ctx);
        e = show_none(ctx, req, res);
    } else if (e == OK) {
        e = show(ctx, req, &s, res);
    }
    db_snapshot_end(ctx);
    res_cache(res, RES_SHORT);
    return e;
}

enum err
standpage_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    return run(ctx, req, NULL, res);
}

enum err
standpage_season(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct str slug = req_arg(req, "slug");

    return run(ctx, req, &slug, res);
}
