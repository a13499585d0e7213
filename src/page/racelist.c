/* All races, newest first, by season, racer and state. Not for: one race (racepage.c). */
#include "base/enc.h"
#include "db/db.h"
#include "db/stmt.h"
#include "http/form.h"
#include "league/season.h"
#include "page/card.h"
#include "page/routes.h"
#include "user/identity.h"

enum { RACELIST_MAX = 25, RACELIST_SEASONS = 20 };

static const struct form_field FIELDS[] = {
    {.name = "before",    .kind = FORM_ID                                     },
    { .name = "season", .kind = FORM_TOKEN,                                             .hi = 40},
    { .name = "racer",  .kind = FORM_LINE,                                            .hi = 160},
    { .name = "state",  .kind = FORM_WORD, .words = "lobby running finished final settled void"}
};

struct filter {
    int64_t before, season, racer;
    struct str state; /* "FINAL", or empty */
    struct str why;   /* what is wrong with what was asked; empty: nothing */
};

/* Hidden racers are found by nobody: their name would lead to "Racer 41". */
static enum err
find_racer(struct ctx *ctx, struct str who, struct filter *f)
{
    struct identity_privacy privacy = {.hidden = false};
    struct member m;
    enum err e = member_find(ctx, who, &m);

    if (e == OK)
        e = identity_privacy_get(ctx, m.id, &privacy);
    if (e == E_NOTFOUND || e == E_INVALID || (e == OK && privacy.hidden)) {
        ctx_clear(ctx);
        f->why = STR("No racer with a public profile has that name. Look at the spelling.");
        return OK;
    }
    f->racer = m.id;
    return e;
}

static enum err
read_filter(struct ctx *ctx, const struct form *form, struct filter *f)
{
    struct season s;
    enum err e = OK;

    *f = (struct filter){
        .before = form_i64(form, "before", INT64_MAX), .state = STR(""), .why = STR("")};
    if (form_has(form, "state"))
        f->state = form_text(form, "state");
    if (form_has(form, "season")) {
        e = season_find(ctx, form_text(form, "season"), &s);
        f->season = e == OK ? s.id : 0;
        if (e == E_NOTFOUND) {
            ctx_clear(ctx);
            f->why = STR("There is no such season.");
            e = OK;
        }
    }
    if (e == OK && form_has(form, "racer"))
        e = find_racer(ctx, form_text(form, "racer"), f);
    return e;
}

static enum err
read_ids(struct ctx *ctx, const struct filter *f, int64_t *id, size_t max, size_t *ret_n)
{
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_page_race_ids);
    char state[16];
    size_t n = 0;
    enum err e = OK;

    for (n = 0; n < f->state.n && n + 1 < sizeof(state); n++)
        state[n] = (char)(f->state.p[n] - 'a' + 'A');
    stmt_i64(&q, ":before", f->before);
    stmt_i64(&q, ":season", f->season);
    stmt_i64(&q, ":racer", f->racer);
    stmt_str(&q, ":state", (struct str){state, n});
    stmt_i64(&q, ":max", (int64_t)max);
    for (n = 0; n < max && (e = stmt_row(&q)) == OK; n++)
        id[n] = stmt_col_i64(&q, "id");
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

static enum err
add_choices(struct ctx *ctx, struct view *v, const struct form *form)
{
    static const char *const STATE[] = {"lobby", "running", "finished",
                                        "final", "settled", "void"};
    struct view *seasons = view_list(v, "seasons"), *states = view_list(v, "states");
    struct season *s;
    size_t n;
    enum err e = season_list(ctx, RACELIST_SEASONS, &s, &n);

    if (e != OK)
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *o = view_add(seasons);

        view_text(o, "slug", s[i].slug);
        view_text(o, "name", s[i].name);
        view_flag(o, "chosen", str_eq(form_text(form, "season"), s[i].slug));
    }
    for (size_t i = 0; i < ARRAY_SIZE(STATE); i++) {
        struct view *o = view_add(states);

        view_textz(o, "word", STATE[i]);
        view_flag(o, "chosen", str_eq_text(form_text(form, "state"), STATE[i]));
    }
    view_text(v, "racer_text", form_text(form, "racer"));
    return OK;
}

/* The same question from further back on. */
static struct str
older(struct ctx *ctx, const struct form *form, int64_t before)
{
    static const char *const KEEP[] = {"season", "racer", "state"};
    struct buf b = buf_new(ctx->arena, 2048);

    buf_printf(&b, "/races?before=%lld", (long long)before);
    for (size_t i = 0; i < ARRAY_SIZE(KEEP); i++)
        if (form_has(form, KEEP[i])) {
            buf_printf(&b, "&%s=", KEEP[i]);
            buf_add(&b, enc_percent(ctx->arena, form_text(form, KEEP[i])));
        }
    return buf_str(&b);
}

static enum err
read_list(struct ctx *ctx, struct view *v, const struct form *form)
{
    struct view *list = view_list(v, "races");
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    struct filter f;
    int64_t id[RACELIST_MAX + 1];
    size_t n = 0;
    enum err e = read_filter(ctx, form, &f);

    if (e == OK && !f.why.n)
        e = read_ids(ctx, &f, id, RACELIST_MAX + 1, &n);
    for (size_t i = 0; e == OK && i < n && i < RACELIST_MAX; i++) {
        e = race_get(ctx, id[i], r);
        if (e == OK)
            card_brief(ctx, view_add(list), r);
    }
    if (e != OK)
        return e;
    view_flag(v, "has_races", n > 0);
    view_flag(v, "asked", f.season || f.racer || f.state.n || f.why.n);
    view_text(v, "wrong", f.why);
    if (n > RACELIST_MAX)
        view_url(v, "older_url", older(ctx, form, id[RACELIST_MAX - 1]));
    else
        view_flag(v, "older_url", false);
    return add_choices(ctx, v, form);
}

static enum err
fill(struct ctx *ctx, const struct req *req, struct view *v, struct res *res)
{
    struct form f;
    enum err e = form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e == OK)
        e = db_snapshot_begin(ctx);
    if (e != OK)
        return e;
    e = read_list(ctx, v, &f);
    db_snapshot_end(ctx);
    res_cache(res, RES_SHORT);
    return e;
}

enum err
racelist_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    bool json = req_is_machine(req);
    struct view *v = json ? view_new(ctx->arena) : layout_view(ctx, req, "races");
    enum err e = fill(ctx, req, v, res);

    if (e != OK)
        return e;
    if (!json)
        layout_share(ctx, v, "default", STR(""), STR("Races"),
                     STR("Every race with its pot, its result and every line of it."),
                     STR("/races"));
    return json ? res_json(res, v) : res_page(res, req, "race/list", v);
}
