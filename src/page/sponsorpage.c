/* Sponsors for everybody, and a sponsor's own report. What a page or an overlay shows comes
 * from here as a view. Not for: what overlays tell (overlaynote.c). */
#include "page/sponsorpage.h"

#include "base/buf.h"
#include "base/json.h"
#include "db/db.h"
#include "http/form.h"
#include "http/res.h"
#include "league/onair.h"
#include "page/prizerow.h"
#include "page/routes.h"
#include "user/right.h"

enum {
    SPONSORPAGE_SHOWN = 6,
    SPONSORPAGE_LIST = 100,
    SPONSORPAGE_ROWS = 2000,
    SPONSORPAGE_DAYS = 31,
    SPONSORPAGE_CSV = 512 * 1024
};

static const char *const PLACES[] = {"standings_head", "overlay_corner", "overlay_break",
                                     "race_card", "season_prize"};

/* What one sponsor looks like: name, text, logo, link. */
static void
add_one(struct ctx *ctx, struct view *v, const struct sponsor *s, const char *place)
{
    view_i64(v, "id", s->id);
    view_text(v, "name", s->name);
    view_text(v, "text", s->text);
    view_textz(v, "place", place);
    if (s->logo.n)
        view_url(v, "logo_url", layout_printf(ctx, "/media/logo/%.*s.png", STR_ARG(s->logo)));
    else
        view_flag(v, "logo_url", false);
    if (s->url.n)
        view_url(v, "go_url",
                 layout_printf(ctx, "/sponsors/%lld/go?place=%s", (long long)s->id, place));
    else
        view_flag(v, "go_url", false);
}

enum err
sponsorpage_add(struct ctx *ctx, struct view *v, const char *place, int64_t season)
{
    struct view *list = view_list(v, "sponsors");
    struct sponsor *s;
    size_t n;
    enum err e = sponsor_shown(ctx, place, season, SPONSORPAGE_SHOWN, &s, &n);

    if (e != OK)
        return e;
    for (size_t i = 0; i < n; i++)
        add_one(ctx, view_add(list), &s[i], place);
    view_flag(v, "has_sponsors", n > 0);
    return OK;
}

static enum err
read_places(struct ctx *ctx, struct view *v)
{
    struct view *places = view_object(v, "places");
    enum err e = OK;

    for (size_t i = 0; e == OK && i < ARRAY_SIZE(PLACES); i++)
        e = sponsorpage_add(ctx, view_object(places, PLACES[i]), PLACES[i], 0);
    return e;
}

enum err
sponsorpage_json(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = view_new(ctx->arena);
    enum err e = db_snapshot_begin(ctx);

    (void)req;
    if (e != OK)
        return e;
    e = read_places(ctx, v);
    db_snapshot_end(ctx);
    if (e != OK)
        return e;
    res_cache(res, RES_SHORT);
    return res_json(res, v);
}

/* What of the season's prizes a sponsor gives. */
static void
add_prizes(struct ctx *ctx, struct view *row, int64_t sponsor, const struct prize *p, size_t n)
{
    struct view *list = view_list(row, "prizes");

    for (size_t i = 0; i < n; i++)
        if (p[i].sponsor_id == sponsor)
            prizerow_add(ctx, view_add(list), &p[i]);
}

/* Each sponsor once, with the places where it is shown now. */
static enum err
read_list(struct ctx *ctx, struct view *v)
{
    struct view *list = view_list(v, "sponsors");
    struct sponsor *all, *shown;
    struct season season;
    struct prize *prize = NULL;
    size_t n = 0, m, n_prizes = 0;
    bool any = false;
    enum err e = season_shown(ctx, &season);

    if (e == OK)
        e = prize_list(ctx, season.id, &prize, &n_prizes);
    else if (e == E_NOTFOUND)
        ctx_clear(ctx), e = OK;
    view_text(v, "season", n_prizes ? season.name : STR(""));
    if (e == OK)
        e = sponsor_list(ctx, SPONSORPAGE_LIST, &all, &n);

    for (size_t i = 0; e == OK && i < n; i++) {
        struct buf words = buf_new(ctx->arena, 1024);

        for (size_t k = 0; e == OK && k < ARRAY_SIZE(PLACES); k++) {
            e = sponsor_shown(ctx, PLACES[k], 0, SPONSORPAGE_SHOWN, &shown, &m);
            for (size_t j = 0; e == OK && j < m; j++)
                if (shown[j].id == all[i].id) {
                    buf_add_text(&words, words.n ? ", " : "");
                    buf_add(&words, sponsor_place_words(str_of(PLACES[k])));
                }
        }
        if (e != OK || !words.n)
            continue;
        struct view *row = view_add(list);

        any = true;
        add_one(ctx, row, &all[i], "standings_head");
        view_text(row, "where_words", buf_str(&words));
        add_prizes(ctx, row, all[i].id, prize, n_prizes);
    }
    view_flag(v, "has_sponsors", any);
    return e;
}

enum err
sponsorpage_list(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = layout_view(ctx, req, "");
    enum err e = db_snapshot_begin(ctx);

    if (e != OK)
        return e;
    e = read_list(ctx, v);
    db_snapshot_end(ctx);
    if (e != OK)
        return e;
    res_cache(res, RES_SHORT);
    return res_page(res, req, "sponsor/list", v);
}

/* The vault has counted the click and says where it leads: never an address from outside. */
static enum err
gone(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
     const struct msg *answer)
{
    struct str url = how == OK ? msg_opt(answer, "url") : STR("");

    (void)req;
    if (how != OK)
        return how;
    if (!str_starts(url, STR("https://")))
        return ctx_fail(ctx, E_NOTFOUND, "this sponsor has no page");
    res_status(res, 303);
    return res_header(res, "Location", url);
}

enum err
sponsorpage_go(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "place", .kind = FORM_LINE, .hi = 40}
    };
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct form f;
    enum err e = form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e != OK)
        return e;
    msg_init(ask, STR("sponsor.click"));
    msg_add_i64(ask, "sponsor", req_id(req, "id"));
    msg_add_str(ask, "place",
                form_has(&f, "place") ? form_text(&f, "place") : STR("standings_head"));
    return res_ask(res, req, ask, gone);
}

enum err
sponsorpage_seen(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    const struct json *body;
    int64_t id;
    enum err e = json_parse(ctx, req->body, &body);

    if (e != OK)
        return e;
    if (!json_i64(json_get(body, "sponsor"), &id) || id < 1)
        return ctx_fail(ctx, E_INVALID, "which sponsor was seen is missing");
    msg_init(ask, STR("sponsor.seen"));
    msg_add_i64(ask, "sponsor", id);
    msg_add_str(ask, "place", json_str(json_get(body, "place")));
    return res_ask(res, req, ask, res_noted);
}

/* Whose report: one's own, or any for staff. */
static enum err
find_own(struct ctx *ctx, const struct req *req, struct sponsor *ret)
{
    static const struct form_field FIELDS[] = {
        {.name = "id", .kind = FORM_ID}
    };
    struct form f;
    enum err e = form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e != OK)
        return e;
    if (!form_has(&f, "id"))
        return sponsor_of_member(ctx, req->session.user_id, ret);
    if ((e = sponsor_get(ctx, form_i64(&f, "id", 0), ret)))
        return e;
    if (ret->member_id == req->session.user_id)
        return OK;
    return right_need(ctx, req->session.user_id, RIGHT_STAFF | RIGHT_OPERATOR | RIGHT_AUDITOR);
}

static struct str
time_words(struct ctx *ctx, int64_t seconds)
{
    return layout_printf(ctx, "%lld:%02lld:%02lld", (long long)(seconds / 3600),
                         (long long)(seconds / 60 % 60), (long long)(seconds % 60));
}

/* One bar a day, newest at the right; heights in tenths of the highest. */
static struct str
day_bars(struct ctx *ctx, const struct onair_air *air, size_t n)
{
    struct buf b = buf_new(ctx->arena, SPONSORPAGE_CSV);
    struct {
        struct str day;
        int64_t seconds;
    } day[SPONSORPAGE_DAYS];
    size_t days = 0;
    int64_t max = 1;

    for (size_t i = 0; i < n; i++) {
        if (!days || !str_eq(day[days - 1].day, air[i].day)) {
            if (days == SPONSORPAGE_DAYS)
                break;
            day[days].day = air[i].day;
            day[days++].seconds = 0;
        }
        day[days - 1].seconds += air[i].seconds;
        if (day[days - 1].seconds > max)
            max = day[days - 1].seconds;
    }
    buf_printf(&b, "<svg class=\"chart\" viewBox=\"0 0 720 240\" role=\"img\">"
                   "<title>Seconds on air per day</title><path class=\"chart__axis\" "
                   "d=\"M8 204H712\"/>");
    for (size_t i = 0; i < days; i++) {
        int64_t high = day[i].seconds * 180 / max;
        size_t x = 8 + (days - 1 - i) * 704 / (days ? days : 1);

        buf_printf(&b,
                   "<rect class=\"chart__bar\" x=\"%zu\" y=\"%lld\" width=\"%zu\" "
                   "height=\"%lld\"><title>",
                   x, (long long)(204 - high), 704 / days > 6 ? 704 / days - 4 : 2,
                   (long long)high);
        buf_add_html(&b, day[i].day);
        buf_printf(&b, ": %lld s</title></rect>", (long long)day[i].seconds);
        if (i == 0 || i + 1 == days)
            buf_printf(&b, "<text class=\"chart__text\" x=\"%zu\" y=\"226\">%.*s</text>", x,
                       STR_ARG(str_sub(day[i].day, 5, 5)));
    }
    buf_add_text(&b, "</svg>");
    return buf_str(&b);
}

static enum err
read_report(struct ctx *ctx, const struct req *req, struct view *v)
{
    struct onair_air *air;
    struct onair_count *count;
    struct sponsor s;
    size_t n, m;
    int64_t seconds = 0, breaks = 0, views = 0, clicks = 0;
    enum err e = find_own(ctx, req, &s);

    if (e != OK || (e = onair_report(ctx, s.id, SPONSORPAGE_ROWS, &air, &n)) != OK ||
        (e = onair_counts(ctx, s.id, SPONSORPAGE_ROWS, &count, &m)) != OK)
        return e;
    struct view *rows = view_list(v, "air"), *counts = view_list(v, "counts");

    for (size_t i = 0; i < n; i++) {
        struct view *r = view_add(rows);

        view_text(r, "day", air[i].day);
        view_i64(r, "race", air[i].race_id);
        if (air[i].race_id)
            view_url(r, "race_url",
                     layout_printf(ctx, "/race/%lld", (long long)air[i].race_id));
        else
            view_flag(r, "race_url", false);
        view_text(r, "place_words", sponsor_place_words(air[i].place));
        view_text(r, "time_words", time_words(ctx, air[i].seconds));
        view_i64(r, "seconds", air[i].seconds);
        view_i64(r, "breaks", air[i].breaks);
        seconds += air[i].seconds;
        breaks += air[i].breaks;
    }
    for (size_t i = 0; i < m; i++) {
        struct view *r = view_add(counts);

        view_text(r, "day", count[i].day);
        view_text(r, "place_words", sponsor_place_words(count[i].place));
        view_i64(r, "views", count[i].views);
        view_i64(r, "clicks", count[i].clicks);
        views += count[i].views;
        clicks += count[i].clicks;
    }
    view_text(v, "name", s.name);
    view_flag(v, "has_air", n > 0);
    view_flag(v, "has_counts", m > 0);
    view_text(v, "seconds_words", time_words(ctx, seconds));
    view_i64(v, "breaks", breaks);
    view_i64(v, "views", views);
    view_i64(v, "clicks", clicks);
    view_raw(v, "chart", n ? day_bars(ctx, air, n) : STR(""));
    view_url(v, "csv_url", layout_printf(ctx, "/me/sponsor.csv?id=%lld", (long long)s.id));
    return OK;
}

enum err
sponsorpage_mine(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = layout_view(ctx, req, "");
    enum err e = db_snapshot_begin(ctx);

    if (e != OK)
        return e;
    e = read_report(ctx, req, v);
    db_snapshot_end(ctx);
    return e == OK ? res_page(res, req, "sponsor/report", v) : e;
}

enum err
sponsorpage_csv(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct buf b = buf_new(ctx->arena, SPONSORPAGE_CSV);
    struct onair_air *air = NULL;
    struct onair_count *count = NULL;
    struct sponsor s;
    size_t n = 0, m = 0;
    enum err e = db_snapshot_begin(ctx);

    if (e != OK)
        return e;
    e = find_own(ctx, req, &s);
    if (e == OK)
        e = onair_report(ctx, s.id, SPONSORPAGE_ROWS, &air, &n);
    if (e == OK)
        e = onair_counts(ctx, s.id, SPONSORPAGE_ROWS, &count, &m);
    db_snapshot_end(ctx);
    if (e != OK)
        return e;
    /* Our own words only: nothing here could begin a formula. */
    buf_add_text(&b, "day,slot,race,seconds,breaks,views,clicks\r\n");
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%.*s,%.*s,%lld,%lld,%lld,,\r\n", STR_ARG(air[i].day),
                   STR_ARG(air[i].place), (long long)air[i].race_id, (long long)air[i].seconds,
                   (long long)air[i].breaks);
    for (size_t i = 0; i < m; i++)
        buf_printf(&b, "%.*s,%.*s,,,,%lld,%lld\r\n", STR_ARG(count[i].day),
                   STR_ARG(count[i].place), (long long)count[i].views,
                   (long long)count[i].clicks);
    if ((e = buf_err(&b)) != OK)
        return e;
    res_body(res, "text/csv; charset=utf-8", buf_str(&b));
    return res_header(res, "Content-Disposition", STR("attachment; filename=\"sponsor.csv\""));
}
