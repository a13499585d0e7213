/* A member's own account: profile, sessions, privacy, notices, the first visit. Not for: money
 * (wallet.c), logging in (enter.c, sign.c). */
#include "db/db.h"
#include "http/csrf.h"
#include "http/form.h"
#include "page/layout.h"
#include "page/person.h"
#include "page/routes.h"
#include "user/identity.h"
#include "user/right.h"
#include "user/session.h"

enum { SESSIONS_MAX = 50 };

static const struct {
    const char *what, *words;
} NOTICES[] = {
    {"reminder", "A reminder when I have not reported my place"  },
    {"result",   "The result of a race I drove in"               },
    {"dispute",  "Disputes in my races, and their answers"       },
    {"trophy",   "A trophy that I won"                           },
    {"payout",   "Money that was paid out to me, or could not be"},
    {"tip",      "A tip for me as a DJ"                          }
};

/* A view with what every page of the account shows. */
static struct view *
my_view(struct ctx *ctx, const struct req *req, const char *here)
{
    static const char *const PAGES[] = {"me", "privacy", "notify", "sessions", "data"};
    struct view *v = layout_view(ctx, req, "");

    for (size_t i = 0; i < ARRAY_SIZE(PAGES); i++)
        view_flag(v, arena_printf(ctx->arena, "in_%s", PAGES[i]),
                  str_eq_text(str_of(here), PAGES[i]));
    view_flag(v, "is_dj", (req->session.roles & RIGHT_DJ) != 0);
    view_flag(v, "saved", str_eq_text(req->query, "saved"));
    view_text(v, "form_token", csrf_token(ctx, &req->session, req->path));
    return v;
}

static enum err
add_profile(struct ctx *ctx, struct view *v, const struct req *req)
{
    int64_t id = req->session.user_id;
    struct identity there;
    struct member m;
    enum err e;

    if ((e = member_get(ctx, id, &m)) || (e = person_read(ctx, view_object(v, "person"), id)))
        return e;
    struct str roles = right_words(ctx, req->session.roles);
    view_text(v, "name", m.name);
    layout_time(v, "since", m.created_at);
    view_text(v, "roles", roles);
    e = identity_of(ctx, STR("discord"), id, &there);
    if (e && e != E_NOTFOUND)
        return e;
    ctx_clear(ctx);
    view_text(v, "discord", e ? STR("") : there.name.n ? there.name : there.subject);
    return OK;
}

enum err
mypage_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = my_view(ctx, req, "me");
    enum err e = add_profile(ctx, v, req);

    return e ? e : res_page(res, req, "me/show", v);
}

static enum err
add_sessions(struct ctx *ctx, struct view *v, const struct req *req)
{
    struct view *list = view_list(v, "sessions");
    struct session own, *s;
    size_t n = 0;
    enum err e;

    if ((e = session_find(ctx, req->session.token, &own)) ||
        (e = session_list(ctx, own.member_id, SESSIONS_MAX, &s, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *row = view_add(list);

        view_i64(row, "id", s[i].id);
        view_text(row, "label", s[i].label.n ? s[i].label : STR("By a login link"));
        layout_time(row, "from", s[i].created_at);
        layout_time(row, "until", s[i].expires_at);
        view_flag(row, "own", s[i].id == own.id);
    }
    view_flag(v, "has_others", n > 1);
    return OK;
}

enum err
mypage_sessions(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = my_view(ctx, req, "sessions");
    enum err e = add_sessions(ctx, v, req);

    return e ? e : res_page(res, req, "me/sessions", v);
}

/* The same page again, and that it is saved. */
static enum err
saved(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
      const struct msg *answer)
{
    (void)answer;
    return how ? how : res_redirect(res, layout_printf(ctx, "%.*s?saved", STR_ARG(req->path)));
}

static enum err
welcomed(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
         const struct msg *answer)
{
    (void)ctx;
    (void)req;
    (void)answer;
    return how ? how : res_redirect(res, STR("/wallet"));
}

enum err
mypage_end(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "end", .kind = FORM_I64, .need = true, .lo = 0, .hi = INT64_MAX}
    };
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct form f;
    enum err e = form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e)
        return e;
    msg_init(ask, STR("session.drop"));
    msg_add_str(ask, "session", req->session.token);
    msg_add_i64(ask, "id", form_i64(&f, "end", 0));
    return res_ask(res, req, ask, saved);
}

static enum err
add_privacy(struct ctx *ctx, struct view *v, int64_t member)
{
    static const struct {
        const char *word, *words;
    } CHOICE[] = {
        {"hidden",  "Nobody"               },
        {"members", "Members who logged in"},
        {"public",  "Everybody"            }
    };
    struct view *list = view_list(v, "earnings");
    struct identity_privacy p;
    struct member m;
    enum err e;

    if ((e = identity_privacy_get(ctx, member, &p)) || (e = member_get(ctx, member, &m)))
        return e;
    view_text(v, "name", m.name);
    view_text(v, "alias", layout_printf(ctx, "Racer %lld", (long long)member));
    view_flag(v, "hidden", p.hidden);
    for (size_t i = 0; i < ARRAY_SIZE(CHOICE); i++) {
        struct view *row = view_add(list);

        view_textz(row, "word", CHOICE[i].word);
        view_textz(row, "words", CHOICE[i].words);
        view_flag(row, "chosen", str_eq_text(p.earnings, CHOICE[i].word));
    }
    return OK;
}

enum err
mypage_privacy(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = my_view(ctx, req, "privacy");
    enum err e = add_privacy(ctx, v, req->session.user_id);

    return e ? e : res_page(res, req, "me/privacy", v);
}

enum err
mypage_welcome(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = my_view(ctx, req, "");
    int64_t at = 0;
    enum err e = add_privacy(ctx, v, req->session.user_id);

    if (!e)
        e = identity_rules_at(ctx, req->session.user_id, &at);
    layout_time(v, "accepted", at);
    return e ? e : res_page(res, req, "me/welcome", v);
}

#define EARNINGS "hidden members public"

static const struct form_field PRIVACY[] = {
    {.name = "hidden",   .kind = FORM_FLAG},
    {.name = "earnings", .kind = FORM_WORD, .need = true, .words = EARNINGS},
    {.name = "rules", .kind = FORM_FLAG                 }
};

static struct msg *
privacy_of(struct ctx *ctx, const struct req *req, const struct form *f)
{
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);

    msg_init(ask, STR("me.privacy"));
    msg_add_str(ask, "session", req->session.token);
    msg_add_i64(ask, "hidden", form_flag(f, "hidden"));
    msg_add_str(ask, "earnings", form_text(f, "earnings"));
    return ask;
}

enum err
mypage_choose(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct form f;
    enum err e = form_body(ctx, req, PRIVACY, ARRAY_SIZE(PRIVACY) - 1, &f);

    return e ? e : res_ask(res, req, privacy_of(ctx, req, &f), saved);
}

enum err
mypage_accept(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct form f;
    struct msg *ask;
    enum err e = form_body(ctx, req, PRIVACY, ARRAY_SIZE(PRIVACY), &f);

    if (e)
        return e;
    if (!form_flag(&f, "rules"))
        return ctx_fail(ctx, E_INVALID, "accept the rules first: go back and mark their box");
    ask = privacy_of(ctx, req, &f);
    msg_add_i64(ask, "rules", 1);
    return res_ask(res, req, ask, welcomed);
}

enum err
mypage_notify(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = my_view(ctx, req, "notify");
    struct view *list = view_list(v, "notices");
    enum err e = OK;

    for (size_t i = 0; !e && i < ARRAY_SIZE(NOTICES); i++) {
        struct view *row = view_add(list);
        bool on = false;

        e = identity_notify_get(ctx, req->session.user_id, str_of(NOTICES[i].what), &on);
        view_textz(row, "what", NOTICES[i].what);
        view_textz(row, "words", NOTICES[i].words);
        view_flag(row, "on", on);
    }
    return e ? e : res_page(res, req, "me/notify", v);
}

enum err
mypage_tell(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct form_field fields[ARRAY_SIZE(NOTICES)];
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct form f;
    enum err e;

    for (size_t i = 0; i < ARRAY_SIZE(NOTICES); i++)
        fields[i] = (struct form_field){.name = NOTICES[i].what, .kind = FORM_FLAG};
    if ((e = form_body(ctx, req, fields, ARRAY_SIZE(fields), &f)))
        return e;
    msg_init(ask, STR("me.notify"));
    msg_add_str(ask, "session", req->session.token);
    for (size_t i = 0; i < ARRAY_SIZE(NOTICES); i++)
        msg_add_i64(ask, NOTICES[i].what, form_flag(&f, NOTICES[i].what));
    return res_ask(res, req, ask, saved);
}
