/* Overlays for streaming software. The page carries its options and no numbers: its script
 * reads the same base files as the pages. Not for: anything that needs a login; the token in
 * the path is all. */
#include "base/buf.h"
#include "db/db.h"
#include "dj/dj.h"
#include "http/form.h"
#include "league/season.h"
#include "page/layout.h"
#include "page/routes.h"
#include "race/race.h"
#include "user/session.h"

/* By hand: clang-format 14 dies when it aligns rows of different length. */
/* clang-format off */
static const struct form_field OPTIONS[] = {
    {.name = "race", .kind = FORM_LINE, .hi = 20},
    {.name = "pos", .kind = FORM_WORD, .words = "tl tc tr cl cc cr bl bc br"},
    {.name = "scale", .kind = FORM_I64, .lo = 50, .hi = 200},
    {.name = "safe", .kind = FORM_I64, .lo = 0, .hi = 10},
    {.name = "plate", .kind = FORM_I64, .lo = 86, .hi = 100},
    {.name = "theme", .kind = FORM_WORD, .words = "night paper"},
    {.name = "top", .kind = FORM_I64, .lo = 3, .hi = 8},
    {.name = "hide", .kind = FORM_LINE, .hi = 100},
    {.name = "refunds", .kind = FORM_WORD, .words = "live end"},
    {.name = "motion", .kind = FORM_WORD, .words = "on off"},
    {.name = "spark", .kind = FORM_WORD, .words = "on off"},
    {.name = "test", .kind = FORM_FLAG},
    {.name = "delay", .kind = FORM_I64, .lo = 0, .hi = 30},
    {.name = "id", .kind = FORM_LINE, .hi = 40},
    {.name = "slot", .kind = FORM_WORD, .words = "corner break"},
    {.name = "dj", .kind = FORM_LINE, .hi = 20},
    {.name = "sound", .kind = FORM_WORD, .words = "off soft"},
    {.name = "volume", .kind = FORM_I64, .lo = 0, .hi = 100},
    {.name = "lang", .kind = FORM_WORD, .words = "en"},
};
/* clang-format on */

/* An option that is wrong counts as not given: a stream never shows an error. */
static struct str
word(const struct form *f, const char *name, const char *otherwise)
{
    for (size_t i = 0; i < f->n; i++)
        if (str_eq_text(str_of(f->fields[i].name), name) && f->v[i].present &&
            f->v[i].why.n == 0)
            return f->v[i].text;
    return str_of(otherwise);
}

static int64_t
number(const struct form *f, const char *name, int64_t otherwise)
{
    for (size_t i = 0; i < f->n; i++)
        if (str_eq_text(str_of(f->fields[i].name), name) && f->v[i].present &&
            f->v[i].why.n == 0)
            return f->v[i].i;
    return otherwise;
}

static void
add_options(struct ctx *ctx, struct view *v, const struct form *f, bool all)
{
    bool paper = str_eq_text(word(f, "theme", "night"), "paper");
    int64_t plate = number(f, "plate", paper ? 94 : 86);

    view_text(v, "pos", word(f, "pos", "tr"));
    view_text(v, "pot_pos", word(f, "pos", "tr"));
    view_text(v, "grid_pos", all ? STR("tl") : word(f, "pos", "tl"));
    view_text(v, "ticker_pos", all ? STR("bl") : word(f, "pos", "bl"));
    view_i64(v, "scale", number(f, "scale", 100));
    view_i64(v, "safe", number(f, "safe", 5));
    view_i64(v, "plate", paper && plate < 94 ? 94 : plate);
    view_textz(v, "theme", paper ? "paper" : "night");
    /* All eight seats unless the streamer wants fewer. */
    view_i64(v, "top", number(f, "top", 8));
    view_text(v, "hide", word(f, "hide", ""));
    view_text(v, "refunds", word(f, "refunds", "live"));
    view_text(v, "motion", word(f, "motion", "on"));
    view_text(v, "spark", word(f, "spark", "off"));
    view_i64(v, "test", number(f, "test", 0));
    view_flag(v, "is_test", number(f, "test", 0) != 0);
    view_i64(v, "delay", number(f, "delay", 0));
    view_text(v, "result_pos", all ? STR("bc") : word(f, "pos", "bc"));
    view_text(v, "standings_pos", word(f, "pos", "tl"));
    view_text(v, "slot", all ? STR("corner") : word(f, "slot", "corner"));
    view_text(v, "sponsor_pos",
              all                                               ? STR("br")
              : str_eq_text(word(f, "slot", "corner"), "break") ? STR("cc")
                                                                : word(f, "pos", "br"));
    view_text(v, "tip_pos", all ? STR("card") : word(f, "pos", "bc"));
    view_text(v, "queue_pos", word(f, "pos", "br"));
    view_text(v, "sound", word(f, "sound", "off"));
    view_i64(v, "volume", number(f, "volume", 50));
    view_text(v, "currency", layout_currency(ctx));
    view_text(v, "zero", layout_house(ctx, 0));
}

/* Whose tips: of the DJ that is named, else of whoever is on air. */
static enum err
read_dj(struct ctx *ctx, struct view *v, struct str which)
{
    struct dj d = {0};
    bool fixed = which.n && !str_eq_text(which, "auto");
    enum err e = fixed ? dj_find(ctx, which, &d) : dj_on_air(ctx, &d);

    if (e == E_NOTFOUND)
        ctx_clear(ctx);
    view_i64(v, "dj", d.member_id);
    view_flag(v, "dj_fixed", fixed);
    return e == E_NOTFOUND ? OK : e;
}

/* The season whose table is asked for: named, or the one that pages show. */
static enum err
read_season(struct ctx *ctx, struct view *v, struct str which)
{
    struct season s;
    enum err e = which.n ? season_find(ctx, which, &s) : season_shown(ctx, &s);

    if (e == E_NOTFOUND)
        ctx_clear(ctx);
    view_text(v, "season",
              e == OK ? layout_printf(ctx, "season/%lld", (long long)s.id) : STR(""));
    return e == E_NOTFOUND ? OK : e;
}

/* Names of options that mean nothing here: staff reads them, the stream does not. */
static struct str
unknown_options(struct ctx *ctx, struct str query)
{
    struct buf b = buf_new(ctx->arena, 200);
    struct str pair, name;

    while (str_split(&query, '&', &pair)) {
        bool known = false;

        if (!str_split(&pair, '=', &name) || !name.n || name.n > 20)
            continue;
        for (size_t i = 0; i < ARRAY_SIZE(OPTIONS); i++)
            known |= str_eq_text(name, OPTIONS[i].name);
        if (!known && b.n + name.n + 2 < b.ceiling) {
            buf_add_text(&b, b.n ? " " : "");
            buf_add(&b, name);
        }
    }
    return buf_str(&b);
}

static enum err
read_overlay(struct ctx *ctx, const struct req *req, struct view *v, const struct form *f)
{
    struct str label, wanted = word(f, "race", "auto");
    int64_t race = 0;
    enum err e = session_overlay_find(ctx, req_arg(req, "token"), &label);
    bool fixed = str_i64(wanted, 1, MINOR_MAX, &race);

    if (e == OK && !fixed)
        e = race_current(ctx, &race);
    if (e != OK)
        return e;
    if ((e = read_season(ctx, v, word(f, "id", ""))) != OK ||
        (e = read_dj(ctx, v, word(f, "dj", "auto"))) != OK)
        return e;
    view_textz(v, "follow", fixed ? "" : "home");
    view_text(v, "channel", race ? layout_printf(ctx, "race/%lld", (long long)race) : STR(""));
    return OK;
}

enum err
overlay_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const char *const KINDS[] = {"pot",       "grid",    "ticker", "all",  "result",
                                        "standings", "sponsor", "tip",    "queue"};
    struct str kind = req_arg(req, "kind");
    struct form f;
    bool known = false;

    for (size_t i = 0; i < ARRAY_SIZE(KINDS); i++)
        known |= str_eq_text(kind, KINDS[i]);
    if (!known)
        return ctx_fail(ctx, E_NOTFOUND,
                        "there is no overlay of that kind: pot, grid, ticker, tip, queue, "
                        "result, standings, sponsor, all");
    if (form_query(ctx, req, OPTIONS, ARRAY_SIZE(OPTIONS), &f) != OK)
        ctx_clear(ctx);
    struct view *v = layout_view(ctx, req, "");
    bool all = str_eq_text(kind, "all");
    enum err e = db_snapshot_begin(ctx);

    if (e != OK)
        return e;
    e = read_overlay(ctx, req, v, &f);
    db_snapshot_end(ctx);
    if (e != OK)
        return e;
    view_text(v, "kind", kind);
    view_flag(v, "show_pot", all || str_eq_text(kind, "pot"));
    view_flag(v, "show_grid", all || str_eq_text(kind, "grid"));
    view_flag(v, "show_ticker", all || str_eq_text(kind, "ticker"));
    view_flag(v, "show_result", all || str_eq_text(kind, "result"));
    view_flag(v, "show_standings", str_eq_text(kind, "standings"));
    view_flag(v, "show_sponsor", all || str_eq_text(kind, "sponsor"));
    view_flag(v, "show_tip", all || str_eq_text(kind, "tip"));
    view_flag(v, "show_queue", str_eq_text(kind, "queue"));
    view_url(v, "note_url",
             layout_printf(ctx, "/overlay/%.*s/note", STR_ARG(req_arg(req, "token"))));
    view_text(v, "unknown", unknown_options(ctx, req->query));
    add_options(ctx, v, &f, all);
    return res_page(res, req, "overlay/show", v);
}
