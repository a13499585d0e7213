/* Logging in by Discord: there, back, and a short wait while the house asks Discord who it was.
 * Not for: one-time links (sign.c), what a login is (user/signin.h). */
#include "page/enter.h"

#include "base/conf.h"
#include "base/enc.h"
#include "http/cookie.h"
#include "http/form.h"
#include "page/layout.h"
#include "page/routes.h"

enum { LOGIN_S = 600, PATH_BYTES = 300, CODE_BYTES = 500, STATE_SIGNS = 64 };

bool
enter_by_discord(const struct ctx *ctx)
{
    return ctx->conf && ctx->conf->discord.application_id.n &&
           ctx->conf->discord.client_secret_file.n;
}

static enum err
check_on(struct ctx *ctx)
{
    return enter_by_discord(ctx) ? OK
                                 : ctx_fail(ctx, E_NOTFOUND,
                                            "login by Discord is not set up here: ask your "
                                            "host for a login link");
}

/* Least scope: who it is, nothing else. */
static enum err
to_discord(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
           const struct msg *answer)
{
    struct str secret, state, challenge, back;
    enum err e = how;

    (void)req;
    if (e || (e = msg_text(ctx, answer, "secret", 43, 43, &secret)) ||
        (e = msg_text(ctx, answer, "state", 43, 43, &state)) ||
        (e = msg_text(ctx, answer, "challenge", 43, 43, &challenge)) ||
        (e = cookie_set_login(res, secret, LOGIN_S)))
        return e;
    back = enc_percent(ctx->arena, layout_printf(ctx, "%.*s/login/discord/back",
                                                 STR_ARG(ctx->conf->site.url)));
    return res_leave(
        res, ctx->conf->discord.site,
        str_of(arena_printf(ctx->arena,
                            "/oauth2/authorize?response_type=code&client_id=%.*s&scope=identify"
                            "&state=%.*s&redirect_uri=%.*s&prompt=none&code_challenge=%.*s"
                            "&code_challenge_method=S256",
                            STR_ARG(ctx->conf->discord.application_id), STR_ARG(state),
                            STR_ARG(back), STR_ARG(challenge))));
}

enum err
enter_begin(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "to", .kind = FORM_LINE, .hi = PATH_BYTES}
    };
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct form f;
    enum err e = check_on(ctx);

    if (e)
        return e;
    /* A path that cannot be read is none: the login still works. */
    if (form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f))
        ctx_clear(ctx);
    msg_init(ask, STR("login.begin"));
    msg_add_str(ask, "provider", STR("discord"));
    msg_add_str(ask, "to", form_has(&f, "to") ? form_text(&f, "to") : STR(""));
    return res_ask(res, req, ask, to_discord);
}

static enum err
to_wait(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
        const struct msg *answer)
{
    (void)ctx;
    (void)req;
    (void)answer;
    return how ? how : res_redirect(res, STR("/login/wait"));
}

enum err
enter_back(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "code",  .kind = FORM_LINE,  .hi = CODE_BYTES },
        {.name = "state", .kind = FORM_TOKEN, .hi = STATE_SIGNS},
        {.name = "error", .kind = FORM_LINE,  .hi = 100        }
    };
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct form f;
    enum err e;

    if ((e = check_on(ctx)) || (e = form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f)))
        return e;
    if (form_has(&f, "error"))
        return ctx_fail(ctx, E_DENIED,
                        str_eq_text(form_text(&f, "error"), "access_denied")
                            ? "you did not agree at Discord: start again when you like"
                            : "Discord refused this login: start again");
    msg_init(ask, STR("login.code"));
    msg_add_str(ask, "provider", STR("discord"));
    msg_add_str(ask, "secret", req_cookie(req, cookie_login_name(ctx->conf)));
    msg_add_str(ask, "state", form_text(&f, "state"));
    msg_add_str(ask, "code", form_text(&f, "code"));
    return res_ask(res, req, ask, to_wait);
}

/* "Firefox on Linux": what the owner of a list of sessions needs, and no more. */
static struct str
browser_label(struct ctx *ctx, struct str agent)
{
    static const struct {
        const char *sign, *name;
    } BROWSER[] =
        {
            {"Firefox/", "Firefox"},
            {"Edg/",     "Edge"   },
            {"OPR/",     "Opera"  },
            {"Chrome/",  "Chrome" },
            {"Safari/",  "Safari" }
    },
      SYSTEM[] = {{"iPhone", "iPhone"},   {"iPad", "iPad"},    {"Android", "Android"},
                  {"Windows", "Windows"}, {"Mac OS X", "Mac"}, {"CrOS", "ChromeOS"},
                  {"Linux", "Linux"}};
    const char *browser = "A browser", *system = NULL;

    for (size_t i = ARRAY_SIZE(BROWSER); i-- > 0;)
        if (str_find(agent, str_of(BROWSER[i].sign), 0) != SIZE_MAX)
            browser = BROWSER[i].name;
    for (size_t i = ARRAY_SIZE(SYSTEM); i-- > 0;)
        if (str_find(agent, str_of(SYSTEM[i].sign), 0) != SIZE_MAX)
            system = SYSTEM[i].name;
    return system ? layout_printf(ctx, "%s on %s", browser, system) : str_of(browser);
}

static enum err
claimed(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
        const struct msg *answer)
{
    struct str session, to;
    enum err e = how;

    if (e)
        return e;
    if (msg_opt_i64(answer, "waiting", 0)) {
        e = res_header(res, "Refresh", STR("1"));
        return e ? e : res_page(res, req, "sign/wait", layout_view(ctx, req, ""));
    }
    if ((e = msg_text(ctx, answer, "session", 43, 43, &session)) ||
        (e = msg_text(ctx, answer, "to", 1, PATH_BYTES, &to)) ||
        (e = cookie_set_session(res, session, COOKIE_SESSION_S)) || (e = cookie_end_login(res)))
        return e;
    return res_redirect(res, to);
}

enum err
enter_wait(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);

    msg_init(ask, STR("login.claim"));
    msg_add_str(ask, "secret", req_cookie(req, cookie_login_name(ctx->conf)));
    msg_add_str(ask, "label", browser_label(ctx, req_header(req, "user-agent")));
    msg_add_str(ask, "session", req->session.token);
    return res_ask(res, req, ask, claimed);
}
