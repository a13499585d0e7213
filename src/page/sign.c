/* Logging in with a one-time link, and out. Opening the link only shows whose it is; the button
 * uses it, so that a preview of a chat program cannot. Not for: making links (the people's
 * command). */
#include "base/enc.h"
#include "http/cookie.h"
#include "http/csrf.h"
#include "http/form.h"
#include "page/again.h"
#include "page/enter.h"
#include "page/layout.h"
#include "page/routes.h"
#include "user/session.h"

enum { SIGN_PATH = 300 };

enum err
sign_help(struct ctx *ctx, const struct req *req, struct res *res)
{
    /* clang-format off */
    static const struct form_field FIELDS[] = {
        {.name = "to",   .kind = FORM_LINE, .hi = SIGN_PATH},
        {.name = "why",  .kind = FORM_WORD, .words = "idle move"},
        {.name = "kept", .kind = FORM_FLAG},
        {.name = "gone", .kind = FORM_FLAG}
    };
    /* clang-format on */
    struct view *v = layout_view(ctx, req, "");
    struct form f;

    /* A path that cannot be read is none. */
    if (form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f))
        ctx_clear(ctx);
    struct str to = form_has(&f, "to") ? enc_percent(ctx->arena, form_text(&f, "to")) : STR("");
    struct str url =
        to.n ? str_of(arena_printf(ctx->arena, "/login/discord?to=%.*s", STR_ARG(to)))
             : STR("/login/discord");
    view_flag(v, "idle", str_eq_text(form_text(&f, "why"), "idle"));
    view_flag(v, "move", str_eq_text(form_text(&f, "why"), "move"));
    view_flag(v, "gone", form_flag(&f, "gone"));
    view_flag(v, "kept", form_flag(&f, "kept"));
    if (enter_by_discord(ctx))
        view_url(v, "discord_url", url);
    else
        view_flag(v, "discord_url", false);
    return res_page(res, req, "sign/login", v);
}

enum err
sign_link(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct str token = req_arg(req, "token"), name;
    enum err e = session_link_show(ctx, token, &name);

    if (e != OK)
        return e;
    struct view *v = layout_view(ctx, req, "");

    view_text(v, "name", name);
    view_url(v, "action", layout_printf(ctx, "/login/%.*s", STR_ARG(token)));
    view_text(v, "form_token", csrf_token(ctx, &req->session, req->path));
    return res_page(res, req, "sign/link", v);
}

enum err
sign_use(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct form f;
    struct msg ask, answer;
    struct str session;
    enum err e = form_body(ctx, req, NULL, 0, &f);

    if (e != OK)
        return e;
    msg_init(&ask, STR("login.use"));
    msg_add_str(&ask, "token", req_arg(req, "token"));
    msg_add_str(&ask, "session", req->session.token);
    e = call_ask(ctx, req->site->vault, &ask, &answer);
    if (e == OK)
        e = msg_text(ctx, &answer, "session", 20, 128, &session);
    if (e == OK)
        e = cookie_set_session(res, session, COOKIE_SESSION_S);
    return e == OK ? res_redirect(res, again_to(ctx, req)) : e;
}

enum err
sign_out(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct form f;
    struct msg ask, answer;
    enum err e = form_body(ctx, req, NULL, 0, &f);

    if (e != OK)
        return e;
    msg_init(&ask, STR("session.end"));
    msg_add_str(&ask, "session", req->session.token);
    e = call_ask(ctx, req->site->vault, &ask, &answer);
    if (e == OK)
        e = cookie_end_session(res);
    return e == OK ? res_redirect(res, STR("/")) : e;
}
