/* The console's work: alerts with who looks after them, jobs with what they wait for. Nobody
 * can call a job done here. Not for: what an alert or a job means. */
#include "base/clock.h"
#include "db/db.h"
#include "http/form.h"
#include "page/layout.h"
#include "page/routes.h"
#include "queue/alert.h"
#include "queue/outbox.h"
#include "user/right.h"

enum { ALERTS_MAX = 200, JOBS_MAX = 100, NOTE_MAX = 2000 };
static const int64_t PAST_MS = 7 * 24 * 3600000LL;

/* Who must do something about it. */
static const char *
acts(struct str who)
{
    return str_eq_text(who, "provider") ? "the provider"
           : str_eq_text(who, "user")   ? "who runs the house"
                                        : "who looks after the program";
}

static void
add_alert(struct ctx *ctx, struct view *row, const struct req *req, const struct alert *a)
{
    bool error = str_eq_text(a->severity, "error"), open = a->resolved_at == 0;

    layout_badge(row,
                 !open   ? "done"
                 : error ? "void"
                         : "wait",
                 open ? a->severity : STR("resolved"));
    view_i64(row, "id", a->id);
    view_text(row, "kind", a->kind);
    view_text(row, "key", a->key);
    view_text(row, "text", a->text);
    view_textz(row, "who", acts(a->who));
    view_i64(row, "times", a->times);
    layout_time(row, "at", a->raised_at);
    layout_time(row, "resolved", a->resolved_at);
    layout_time(row, "mailed", a->mailed_at);
    layout_time(row, "posted", a->posted_at);
    view_flag(row, "untold", !a->mailed_at && !a->posted_at);
    view_flag(row, "noted", a->note.n > 0);
    view_text(row, "note", a->note);
    view_text(row, "noted_by", a->noted_by);
    layout_time(row, "noted_at", a->noted_at);
    view_flag(row, "event", alert_is_event(a->kind));
    layout_form(ctx, row, req, open ? RIGHT_STAFF | RIGHT_OPERATOR : 0,
                layout_printf(ctx, "/ops/alerts/%lld", (long long)a->id));
}

enum err
opswork_alerts(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = layout_view(ctx, req, "");
    struct view *open = view_list(v, "alerts"), *past = view_list(v, "past");
    struct alert *a;
    size_t n = 0;
    enum err e = db_snapshot_begin(ctx);

    if (e)
        return e;
    view_flag(v, "done", str_eq_text(req->query, "done"));
    e = alert_list(ctx, ALERTS_MAX, &a, &n);
    for (size_t i = 0; !e && i < n; i++)
        add_alert(ctx, view_add(open), req, &a[i]);
    view_flag(v, "has_alerts", n > 0);
    if (!e)
        e = alert_past(ctx, ctx_now(ctx) - PAST_MS, ALERTS_MAX, &a, &n);
    for (size_t i = 0; !e && i < n; i++)
        add_alert(ctx, view_add(past), req, &a[i]);
    view_flag(v, "has_past", !e && n > 0);
    db_snapshot_end(ctx);
    return e ? e : res_page(res, req, "ops/alerts", v);
}

static void
add_job(struct ctx *ctx, struct view *row, const struct req *req, const struct outbox_job *j)
{
    bool dead = str_eq_text(j->state, "dead"), due = str_eq_text(j->state, "due");

    layout_badge(row,
                 dead  ? "void"
                 : due ? "wait"
                       : (str_eq_text(j->state, "done") ? "done" : "live"),
                 dead  ? STR("gave up")
                 : due ? STR("waiting")
                       : (str_eq_text(j->state, "done") ? STR("done") : STR("running")));
    view_i64(row, "id", j->id);
    view_text(row, "kind", j->kind);
    view_text(row, "key", j->key);
    view_i64(row, "tries", j->tries);
    view_text(row, "error", j->last_error);
    layout_time(row, "made", j->created_at);
    layout_time(row, "due", due ? j->due_at : 0);
    layout_form(ctx, row, req, dead || due ? RIGHT_OPERATOR : 0,
                layout_printf(ctx, "/ops/jobs/%lld", (long long)j->id));
    view_flag(row, "waits", due);
}

static enum err
add_jobs(struct ctx *ctx, struct view *list, const struct req *req, const char *state)
{
    struct outbox_job *j;
    size_t n = 0;
    enum err e = outbox_list(ctx, str_of(state), JOBS_MAX, &j, &n);

    for (size_t i = 0; !e && i < n; i++)
        add_job(ctx, view_add(list), req, &j[i]);
    return e;
}

enum err
opswork_jobs(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "state", .kind = FORM_WORD, .words = "open dead due leased done"}
    };
    struct view *v = layout_view(ctx, req, "");
    struct view *list = view_list(v, "jobs");
    struct form f;
    enum err e = form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e || (e = db_snapshot_begin(ctx)))
        return e;
    struct str state = form_text(&f, "state");

    view_flag(v, "done", str_eq_text(req->query, "done"));
    if (!state.n || str_eq_text(state, "open")) {
        if (!(e = add_jobs(ctx, list, req, "dead")) &&
            !(e = add_jobs(ctx, list, req, "leased")))
            e = add_jobs(ctx, list, req, "due");
    } else
        e = add_jobs(ctx, list, req, str_text(ctx->arena, state));
    view_flag(v, "has_jobs", view_count(list) > 0);
    db_snapshot_end(ctx);
    return e ? e : res_page(res, req, "ops/jobs", v);
}

static enum err
to_alerts(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
          const struct msg *answer)
{
    (void)ctx;
    (void)req;
    (void)answer;
    return how ? how : res_redirect(res, STR("/ops/alerts?done"));
}

static enum err
to_jobs(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
        const struct msg *answer)
{
    (void)ctx;
    (void)req;
    (void)answer;
    return how ? how : res_redirect(res, STR("/ops/jobs?done"));
}

enum err
opswork_note(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "note", .kind = FORM_LINE, .need = true,  .hi = NOTE_MAX},
        {.name = "what",              .kind = FORM_WORD,                  .words = "look done"}
    };
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct form f;
    enum err e = form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e)
        return e;
    msg_init(ask, STR("desk.note"));
    msg_add_str(ask, "session", req->session.token);
    msg_add_i64(ask, "alert", req_id(req, "id"));
    msg_add_str(ask, "note", form_text(&f, "note"));
    msg_add_i64(ask, "done", str_eq_text(form_text(&f, "what"), "done"));
    return res_ask(res, req, ask, to_alerts);
}

enum err
opswork_job(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "what", .kind = FORM_WORD, .need = true, .words = "run hour day"}
    };
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct form f;
    enum err e = form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e)
        return e;
    bool run = str_eq_text(form_text(&f, "what"), "run");

    msg_init(ask, run ? STR("desk.run") : STR("desk.postpone"));
    msg_add_str(ask, "session", req->session.token);
    msg_add_i64(ask, "job", req_id(req, "id"));
    if (!run)
        msg_add_i64(ask, "hours", str_eq_text(form_text(&f, "what"), "day") ? 24 : 1);
    return res_ask(res, req, ask, to_jobs);
}
