/* Where a member is paid to: adding, confirming, taking off; and the way to Stripe's own set-up
 * and back. Not for: which destinations are good (payout/method.h). */
#include "base/conf.h"
#include "db/db.h"
#include "http/csrf.h"
#include "page/payoutrow.h"
#include "page/routes.h"
#include "page/walletrows.h"
#include "payout/method.h"
#include "user/identity.h"

enum { TO_BYTES = 200 };

static const struct form_field FIELDS[] = {
    {.name = "kind", .kind = FORM_WORD, .need = true, .words = "stripe paypal whop"},
    {.name = "to",              .kind = FORM_LINE,                    .hi = TO_BYTES }
};

/* What a destination of that kind is called, and looks like. */
static void
add_field(struct view *v, struct str kind)
{
    bool mail = str_eq_text(kind, "paypal");

    view_textz(v, "label", mail ? "Mail address of your PayPal account" : "Your Whop user id");
    view_textz(v, "like", mail ? "name@example.org" : "user_…");
}

/* Who is in Discord says yes there: a stolen session is not enough. */
static bool
says_yes_there(struct ctx *ctx, int64_t member_id)
{
    struct identity there;

    if (!ctx->conf || !ctx->conf->discord.application_id.n)
        return false;
    bool known = identity_of(ctx, STR("discord"), member_id, &there) == OK;

    ctx_clear(ctx);
    return known;
}

static void
add_buttons(struct ctx *ctx, struct view *v, const struct req *req, const struct method *m)
{
    struct str path = layout_printf(ctx, "/wallet/methods/%lld", (long long)m->id);
    struct str confirm = layout_printf(ctx, "%.*s/confirm", STR_ARG(path));
    struct str drop = layout_printf(ctx, "%.*s/drop", STR_ARG(path));
    bool is_new = str_eq_text(m->state, "new");

    bool there = m->id && is_new && says_yes_there(ctx, req->session.user_id);

    view_flag(v, "confirm_url", false);
    view_flag(v, "confirm_there", there);
    view_flag(v, "drop_url", false);
    if (m->id && is_new && !there) {
        view_url(v, "confirm_url", confirm);
        view_text(v, "confirm_token", csrf_token(ctx, &req->session, confirm));
    }
    if (m->id && m->to.n + m->url.n + (size_t)is_new > 0) {
        view_url(v, "drop_url", drop);
        view_text(v, "drop_token", csrf_token(ctx, &req->session, drop));
    }
}

static void
add_method(struct ctx *ctx, struct view *v, const struct req *req, const struct method *m,
           struct str kind, struct str to, struct str wrong)
{
    bool manual = method_is_manual(m->kind), mine = str_eq(kind, m->kind);
    bool off = !m->id && m->why.n;
    bool ready = !m->why.n && (m->id || manual);

    view_text(v, "kind", m->kind);
    view_text(v, "name", method_name(m->kind));
    view_text(v, "to", m->words);
    view_text(v, "why", payoutrow_sentence(ctx, m->why));
    layout_badge(v,
                 ready   ? "done"
                 : m->id ? "wait"
                         : "rest",
                 ready   ? STR("ready")
                 : m->id ? STR("not yet")
                 : off   ? STR("off")
                         : STR("needs set-up"));
    layout_time(v, "added", m->added_at);
    view_text(v, "terms", payoutrow_terms(ctx, m->kind));
    view_flag(v, "manual", manual);
    view_flag(v, "stripe", !off && str_eq_text(m->kind, "stripe"));
    view_flag(v, "open", str_eq_text(m->state, "open"));
    view_flag(v, "field", false);
    if (!off && !manual && !str_eq_text(m->kind, "stripe"))
        add_field(view_object(v, "field"), m->kind);
    view_text(v, "typed", mine ? to : STR(""));
    view_text(v, "wrong", mine ? wrong : STR(""));
    add_buttons(ctx, v, req, m);
}

static enum err
show(struct ctx *ctx, const struct req *req, struct res *res, struct str kind, struct str to,
     struct str wrong)
{
    struct walletrows w;
    struct method *m;
    size_t n;
    enum err e;

    if ((e = walletrows_whose(ctx, req, 0, &w)) || (e = method_list(ctx, w.member, &m, &n)))
        return e;
    struct view *v = walletrows_view(ctx, req, &w, "methods");
    struct view *list = view_list(v, "methods");

    for (size_t i = 0; i < n; i++)
        add_method(ctx, view_add(list), req, &m[i], kind, to, wrong);
    view_flag(v, "has_methods", n > 0);
    view_flag(v, "done", str_eq_text(req->query, "done"));
    view_flag(v, "stale", req->session.trust < REQ_FRESH);
    view_i64(v, "wait_h", ctx->conf->payout.wait_h);
    view_text(v, "form_token", csrf_token(ctx, &req->session, STR("/wallet/methods")));
    view_text(v, "general", kind.n ? STR("") : wrong);
    return res_page(res, req, "wallet/methods", v);
}

enum err
methodpage_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    enum err e = db_snapshot_begin(ctx);

    if (e)
        return e;
    e = show(ctx, req, res, STR(""), STR(""), STR(""));
    db_snapshot_end(ctx);
    return e;
}

static enum err
refused(struct ctx *ctx, const struct req *req, struct res *res, enum err how, struct str kind,
        struct str to)
{
    struct str why = payoutrow_sentence(ctx, ctx_why(ctx));

    if (how != E_CONFLICT && how != E_INVALID && how != E_DENIED)
        return how;
    ctx_clear(ctx);
    res_status(res, how == E_CONFLICT ? 409 : how == E_DENIED ? 403 : 400);
    return show(ctx, req, res, kind, to, why);
}

static enum err
set(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
    const struct msg *answer)
{
    struct form f;

    (void)answer;
    if (form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f))
        return how ? how : E_INVALID;
    if (how)
        return refused(ctx, req, res, how, form_text(&f, "kind"), form_text(&f, "to"));
    if (str_eq_text(form_text(&f, "kind"), "stripe"))
        return res_redirect(res, STR("/wallet/methods/stripe"));
    return res_redirect(res, STR("/wallet/methods?done"));
}

enum err
methodpage_set(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct form f;
    enum err e = form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e)
        return refused(ctx, req, res, e, f.v[0].text, f.v[1].text);
    msg_init(ask, STR("method.set"));
    msg_add_str(ask, "session", req->session.token);
    msg_add_str(ask, "kind", form_text(&f, "kind"));
    msg_add_str(ask, "to", form_text(&f, "to"));
    return res_ask(res, req, ask, set);
}

static enum err
changed(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
        const struct msg *answer)
{
    (void)answer;
    if (how)
        return refused(ctx, req, res, how, STR(""), STR(""));
    return res_redirect(res, STR("/wallet/methods?done"));
}

/* A method of somebody else is not there. */
static enum err
press(struct ctx *ctx, const struct req *req, struct res *res, const char *command)
{
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct method m;
    struct form f;
    enum err e = form_body(ctx, req, NULL, 0, &f);

    if (e || (e = method_get(ctx, req_id(req, "id"), &m)))
        return e;
    if (m.member_id != req->session.user_id)
        return ctx_fail(ctx, E_NOTFOUND, "there is no payout method %lld", (long long)m.id);
    msg_init(ask, str_of(command));
    msg_add_str(ask, "session", req->session.token);
    msg_add_i64(ask, "method", m.id);
    return res_ask(res, req, ask, changed);
}

enum err
methodpage_confirm(struct ctx *ctx, const struct req *req, struct res *res)
{
    return press(ctx, req, res, "method.confirm");
}

enum err
methodpage_drop(struct ctx *ctx, const struct req *req, struct res *res)
{
    return press(ctx, req, res, "method.drop");
}

/* Stripe's own page, of a link that our job asked Stripe for; elsewhere only in tests. */
static bool
is_stripe(const struct ctx *ctx, struct str url)
{
    return str_starts(url, STR("https://")) ||
           (ctx->conf->mode == CONF_TEST && str_starts(url, STR("http://127.0.0.1:")));
}

/* Waits for the link, then leads there. The browser asks again by itself: a form that led to
 * another site would be held back. */
enum err
methodpage_stripe(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct walletrows w;
    struct method *m;
    size_t n;
    enum err e;

    if ((e = walletrows_whose(ctx, req, 0, &w)) || (e = method_list(ctx, w.member, &m, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        if (!str_eq_text(m[i].kind, "stripe") || !str_eq_text(m[i].state, "open"))
            continue;
        if (m[i].url.n && is_stripe(ctx, m[i].url)) {
            res_status(res, 303);
            return res_header(res, "Location", m[i].url);
        }
        struct view *v = walletrows_view(ctx, req, &w, "methods");

        view_text(v, "why", payoutrow_sentence(ctx, m[i].why));
        if ((e = res_header(res, "Refresh", STR("2"))))
            return e;
        return res_page(res, req, "wallet/stripe", v);
    }
    return res_redirect(res, STR("/wallet/methods"));
}
