/* The console: how the house is, and what waits for staff. Auditors read it; buttons are for
 * who may press them, and the vault asks again. Not for: deciding anything (league/,
 * vault/desk.c). */
#include "base/clock.h"
#include "db/db.h"
#include "db/stmt.h"
#include "http/form.h"
#include "league/points.h"
#include "league/season.h"
#include "ledger/funds.h"
#include "page/layout.h"
#include "page/routes.h"
#include "queue/alert.h"
#include "race/dispute.h"
#include "upkeep/finding.h"
#include "user/right.h"

enum {
    FINDINGS_MAX = 50,
    ALERTS_MAX = 100,
    SEASONS_MAX = 12,
    LIST_MAX = 100,
    TABLES_MAX = 30,
    SEEN_MS = 60000
};

static void
add_tile(struct ctx *ctx, struct view *tiles, const char *name, int64_t n)
{
    struct view *t = view_add(tiles);

    view_textz(t, "name", name);
    view_text(t, "value", layout_printf(ctx, "%lld", (long long)n));
}

static enum err
add_tiles(struct ctx *ctx, struct view *v)
{
    static const struct {
        const char *name, *col;
    } TILES[] = {
        {"Open disputes",                       "disputes"},
        {"Notices not applied",                 "notices" },
        {"Jobs waiting",                        "jobs"    },
        {"Jobs that gave up",                   "dead"    },
        {"Overlays visible in the last minute", "overlays"},
        {"Members",                             "members" },
        {"Journal entries",                     "head"    }
    };
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_opspage_tiles);
    struct view *tiles = view_list(v, "tiles");
    char span[CLOCK_TEXT];

    stmt_i64(&s, ":seen", ctx_now(ctx) - SEEN_MS);
    enum err e = stmt_one(&s);
    if (e)
        return e;
    for (size_t i = 0; i < ARRAY_SIZE(TILES); i++)
        add_tile(ctx, tiles, TILES[i].name, stmt_col_i64(&s, TILES[i].col));
    int64_t due = stmt_col_i64(&s, "job_due"), late = due ? ctx_now(ctx) - due : 0;
    view_text(v, "lag",
              late > 0
                  ? layout_printf(ctx, "The oldest job waits since %s.", clock_span(late, span))
                  : STR("No job is late."));
    return OK;
}

static void
add_money_tile(struct ctx *ctx, struct view *tiles, const char *name, int64_t minor)
{
    struct view *t = view_add(tiles);

    view_textz(t, "name", name);
    view_text(t, "value", layout_house(ctx, minor));
}

static enum err
add_money(struct ctx *ctx, struct view *v)
{
    struct funds *f = ARENA_NEW(ctx->arena, struct funds);
    struct view *tiles = view_list(v, "money");
    enum err e = funds_get(ctx, f);

    if (e)
        return e;
    add_money_tile(ctx, tiles, "Wallets and holds: owed to members", f->members);
    add_money_tile(ctx, tiles, "Held by providers, by our books", f->processors);
    add_money_tile(ctx, tiles, "Difference to what providers say", f->told - f->held);
    add_money_tile(ctx, tiles, "Members owe after refunds", f->receivable);
    return OK;
}

static enum err
add_races(struct ctx *ctx, struct view *v)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_opspage_races);
    struct view *tiles = view_list(v, "races");
    enum err e;

    while ((e = stmt_row(&s)) == OK) {
        struct view *t = view_add(tiles);

        view_text(t, "name", str_lower(ctx->arena, stmt_col_str(&s, "state")));
        view_i64(t, "value", stmt_col_i64(&s, "n"));
    }
    return e == E_NOTFOUND ? OK : e;
}

static enum err
add_alerts(struct ctx *ctx, struct view *v)
{
    struct view *list = view_list(v, "alerts");
    struct alert *a;
    size_t n = 0;
    enum err e = alert_list(ctx, ALERTS_MAX, &a, &n);

    for (size_t i = 0; !e && i < n; i++) {
        struct view *row = view_add(list);

        layout_badge(row, str_eq_text(a[i].severity, "error") ? "void" : "wait", a[i].severity);
        view_text(row, "kind", a[i].kind);
        view_text(row, "text", a[i].text);
        view_text(row, "who", a[i].who);
        view_i64(row, "times", a[i].times);
        layout_time(row, "at", a[i].raised_at);
    }
    view_flag(v, "has_alerts", !e && n > 0);
    return e;
}

/* A restored ledger and what it waits for. */
static enum err
add_quarantine(struct ctx *ctx, struct view *v)
{
    struct view *box, *list;
    struct quarantine q;
    struct finding *f;
    size_t n;
    bool open, blocked = false;
    enum err e = quarantine_open(ctx, &open, &q);

    if (!e && !open)
        view_flag(v, "quarantine", false);
    if (e || !open || (e = finding_list(ctx, &q, FINDINGS_MAX, &f, &n)))
        return e;
    box = view_object(v, "quarantine");
    layout_time(box, "copy", q.copy_at);
    list = view_list(box, "findings");
    for (size_t i = 0; i < n; i++) {
        struct view *row = view_add(list);

        view_text(row, "words", f[i].words);
        view_flag(row, "blocks", f[i].blocks);
        blocked = blocked || f[i].blocks;
    }
    view_flag(box, "has_findings", n > 0);
    view_flag(box, "blocked", blocked);
    return OK;
}

enum err
opspage_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = layout_view(ctx, req, "");
    enum err e = db_snapshot_begin(ctx);

    if (e)
        return e;
    if (!(e = add_quarantine(ctx, v)) && !(e = add_tiles(ctx, v)) && !(e = add_money(ctx, v)) &&
        !(e = add_races(ctx, v)))
        e = add_alerts(ctx, v);
    db_snapshot_end(ctx);
    return e ? e : res_page(res, req, "ops/show", v);
}

static enum err
add_season(struct ctx *ctx, struct view *v, const struct req *req, const struct season *z)
{
    bool open = str_eq_text(z->state, "OPEN");
    struct view *list = view_list(v, "blockers");
    struct str *why = NULL;
    size_t n = 0;
    enum err e = open ? season_blockers(ctx, z->id, &why, &n) : OK;

    if (e)
        return e;
    view_text(v, "name", z->name);
    view_url(v, "url", layout_printf(ctx, "/season/%.*s", STR_ARG(z->slug)));
    layout_badge(v, open ? "live" : "done", open ? STR("open") : STR("closed"));
    view_text(v, "points",
              layout_printf(ctx, "%.*s version %lld", STR_ARG(z->points.name),
                            (long long)z->points.version));
    for (size_t i = 0; i < n; i++)
        view_add_text(list, why[i]);
    view_flag(v, "has_blockers", n > 0);
    layout_form(ctx, v, req, open && !n ? RIGHT_OPERATOR : 0,
                layout_printf(ctx, "/ops/season/%lld", (long long)z->id));
    return OK;
}

static enum err
add_penalties(struct ctx *ctx, struct view *list, const struct req *req, const struct season *z)
{
    struct season_penalty *p;
    size_t n = 0;
    enum err e = season_penalties(ctx, z->id, LIST_MAX, &p, &n);

    for (size_t i = 0; !e && i < n; i++) {
        struct view *row = view_add(list);
        bool open = str_eq_text(z->state, "OPEN");

        view_text(row, "season", z->name);
        view_text(row, "name", p[i].name);
        view_i64(row, "race", p[i].race_id);
        view_i64(row, "points", p[i].points);
        view_text(row, "reason", p[i].reason);
        layout_time(row, "at", p[i].at);
        view_flag(row, "lifted", p[i].lifted_at > 0);
        layout_form(ctx, row, req,
                    open && p[i].lifted_at <= 0 ? RIGHT_STAFF | RIGHT_OPERATOR : 0,
                    layout_printf(ctx, "/ops/penalty/%lld", (long long)p[i].id));
    }
    return e;
}

static enum err
add_seasons(struct ctx *ctx, struct view *v, const struct req *req)
{
    struct view *list = view_list(v, "seasons"), *taken = view_list(v, "penalties");
    struct season *z;
    size_t n = 0;
    enum err e = season_list(ctx, SEASONS_MAX, &z, &n);

    for (size_t i = 0; !e && i < n; i++)
        if (!(e = add_season(ctx, view_add(list), req, &z[i])))
            e = add_penalties(ctx, taken, req, &z[i]);
    view_flag(v, "has_seasons", view_count(list) > 0);
    view_flag(v, "has_penalties", view_count(taken) > 0);
    return e;
}

static enum err
add_disputes(struct ctx *ctx, struct view *v, const struct req *req)
{
    struct view *list = view_list(v, "disputes");
    struct dispute *d;
    size_t n = 0;
    enum err e = dispute_list(ctx, 0, LIST_MAX, &d, &n);

    for (size_t i = 0; !e && i < n; i++) {
        struct view *row = view_add(list);

        view_i64(row, "id", d[i].id);
        view_i64(row, "race", d[i].race_id);
        view_text(row, "name", d[i].member_name);
        view_text(row, "reason", d[i].reason);
        layout_time(row, "at", d[i].opened_at);
        layout_form(ctx, row, req, RIGHT_STAFF | RIGHT_OPERATOR,
                    layout_printf(ctx, "/ops/dispute/%lld", (long long)d[i].id));
    }
    view_flag(v, "has_disputes", n > 0);
    return e;
}

static enum err
add_points(struct ctx *ctx, struct view *v)
{
    struct view *list = view_list(v, "tables");
    struct points_table *t;
    size_t n = 0;
    enum err e = points_list(ctx, TABLES_MAX, &t, &n);

    for (size_t i = 0; !e && i < n; i++) {
        struct view *row = view_add(list);

        view_text(row, "name", t[i].name);
        view_i64(row, "version", t[i].version);
        view_text(row, "points", points_text(ctx, &t[i]));
        view_i64(row, "dnf", t[i].dnf);
    }
    return e;
}

enum err
opspage_league(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = layout_view(ctx, req, "");
    enum err e = db_snapshot_begin(ctx);

    if (e)
        return e;
    view_flag(v, "done", str_eq_text(req->query, "done"));
    if (!(e = add_seasons(ctx, v, req)) && !(e = add_disputes(ctx, v, req)))
        e = add_points(ctx, v);
    db_snapshot_end(ctx);
    return e ? e : res_page(res, req, "ops/league", v);
}

static enum err
done(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
     const struct msg *answer)
{
    (void)ctx;
    (void)req;
    (void)answer;
    return how ? how : res_redirect(res, STR("/ops/league?done"));
}

static struct msg *
act(struct ctx *ctx, const struct req *req, const char *name, const char *what)
{
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);

    msg_init(ask, str_of(name));
    msg_add_str(ask, "session", req->session.token);
    msg_add_i64(ask, what, req_id(req, "id"));
    return ask;
}

enum err
opspage_close(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "sure", .kind = FORM_FLAG}
    };
    struct form f;
    enum err e = form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (!e && !form_flag(&f, "sure"))
        return ctx_fail(ctx, E_INVALID, "closing cannot be undone: go back and mark the box");
    return e ? e : res_ask(res, req, act(ctx, req, "desk.close", "season"), done);
}

enum err
opspage_dispute(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "verdict", .kind = FORM_WORD, .need = true, .words = "uphold reject"},
        {.name = "answer",  .kind = FORM_AREA, .need = true, .hi = 2000              }
    };
    struct form f;
    enum err e = form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e)
        return e;
    struct msg *ask = act(ctx, req, "desk.dispute", "dispute");

    msg_add_i64(ask, "upheld", str_eq_text(form_text(&f, "verdict"), "uphold"));
    msg_add_str(ask, "answer", form_text(&f, "answer"));
    return res_ask(res, req, ask, done);
}

enum err
opspage_lift(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "reason", .kind = FORM_LINE, .need = true, .hi = 500}
    };
    struct form f;
    enum err e = form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e)
        return e;
    struct msg *ask = act(ctx, req, "desk.lift", "penalty");

    msg_add_str(ask, "reason", form_text(&f, "reason"));
    return res_ask(res, req, ask, done);
}
