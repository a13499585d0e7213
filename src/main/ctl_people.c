/* Members, roles, login links, overlay addresses. Not for: sessions of browsers. */
#include "main/ctl.h"

#include <string.h>

#include "user/member.h"

enum { PAGE = 500 };

enum err
ctl_people_member_add(struct ctl *c)
{
    const char *roles = ctl_option(c, "role");
    struct msg m, answer;
    enum err e;

    msg_init(&m, STR("member.add"));
    msg_add_str(&m, "name", str_of(c->arg[0]));
    msg_add_str(&m, "roles", str_of(roles ? roles : ""));
    e = ctl_ask(c, &m, &answer);
    if (e != OK)
        return e;
    view_i64(c->out, "member", msg_opt_i64(&answer, "member", 0));
    ctl_say(c, "member %lld: %s", (long long)msg_opt_i64(&answer, "member", 0), c->arg[0]);
    return OK;
}

/* Every member, a page at a time. */
static enum err
each_member(struct ctl *c,
            enum err (*say)(struct ctl *c, struct view *list, const struct member *m))
{
    struct view *list = ctl_list(c);
    struct member *m;
    int64_t after = 0;
    size_t n;
    enum err e = ctl_open(c);

    do {
        n = 0;
        if (e == OK)
            e = member_list(c->ctx, after, PAGE, &m, &n);
        for (size_t i = 0; e == OK && i < n; i++) {
            e = say(c, list, &m[i]);
            after = m[i].id;
        }
    } while (e == OK && n == PAGE);
    return e;
}

static enum err
say_member(struct ctl *c, struct view *list, const struct member *m)
{
    struct view *v = view_add(list);

    view_i64(v, "member", m->id);
    view_text(v, "name", m->name);
    view_textz(v, "since", ctl_when(c, m->created_at));
    view_flag(v, "blocked", m->blocked);
    ctl_say(c, "%6lld  %.*s%s", (long long)m->id, STR_ARG(m->name),
            m->blocked ? "  (blocked)" : "");
    return OK;
}

enum err
ctl_people_member_list(struct ctl *c)
{
    return each_member(c, say_member);
}

enum err
ctl_people_member_block(struct ctl *c)
{
    bool on = strcmp(c->command->sub, "block") == 0;
    const char *reason = ctl_option(c, "reason");
    struct msg m, answer;
    enum err e;

    if (!reason)
        return ctx_fail(c->ctx, E_INVALID, "say why: --reason TEXT");
    msg_init(&m, on ? STR("member.block") : STR("member.unblock"));
    msg_add_str(&m, "member", str_of(c->arg[0]));
    msg_add_str(&m, "reason", str_of(reason));
    e = ctl_ask(c, &m, &answer);
    if (e == OK)
        ctl_say(c, "%s is %s", c->arg[0], on ? "blocked" : "free to log in again");
    return e;
}

enum err
ctl_people_role(struct ctl *c)
{
    bool grant = strcmp(c->command->sub, "grant") == 0;
    struct msg m, answer;
    struct str name;
    enum err e;

    msg_init(&m, grant ? STR("role.grant") : STR("role.revoke"));
    msg_add_str(&m, "member", str_of(c->arg[0]));
    msg_add_str(&m, "role", str_of(c->arg[1]));
    e = ctl_ask(c, &m, &answer);
    if (e != OK)
        return e;
    name = msg_opt(&answer, "name");
    view_text(c->out, "name", name);
    ctl_say(c, "%.*s is %s%s", STR_ARG(name), grant ? "" : "no longer ", c->arg[1]);
    return OK;
}

static enum err
say_roles(struct ctl *c, struct view *list, const struct member *m)
{
    struct str roles;
    enum err e = member_roles(c->ctx, m->id, &roles);

    if (e != OK || roles.n == 0)
        return e;
    struct view *v = view_add(list);

    view_i64(v, "member", m->id);
    view_text(v, "name", m->name);
    view_text(v, "roles", roles);
    ctl_say(c, "%6lld  %.*s: %.*s", (long long)m->id, STR_ARG(m->name), STR_ARG(roles));
    return OK;
}

enum err
ctl_people_role_list(struct ctl *c)
{
    return each_member(c, say_roles);
}

/* A token and the address that carries it. */
static enum err
say_token(struct ctl *c, struct msg *m, const char *before, const char *after)
{
    struct msg answer;
    struct str token;
    enum err e = ctl_ask(c, m, &answer);
    const char *url;

    if (e != OK)
        return e;
    token = msg_opt(&answer, "token");
    url = arena_printf(c->ctx->arena, "%.*s%s%.*s%s", STR_ARG(c->conf->site.url), before,
                       STR_ARG(token), after);
    view_text(c->out, "token", token);
    view_textz(c->out, "url", url);
    ctl_say(c, "%s", url);
    return OK;
}

enum err
ctl_people_link(struct ctl *c)
{
    int64_t minutes;
    struct msg m;
    enum err e = ctl_number(c, "minutes", 1, 10080, 10, &minutes);

    if (e != OK)
        return e;
    msg_init(&m, STR("login.link"));
    msg_add_str(&m, "member", str_of(c->arg[0]));
    msg_add_i64(&m, "minutes", minutes);
    return say_token(c, &m, "/login/", "");
}

enum err
ctl_people_overlay_add(struct ctl *c)
{
    struct msg m;

    msg_init(&m, STR("overlay.add"));
    msg_add_str(&m, "label", str_of(c->arg[0]));
    return say_token(c, &m, "/overlay/", "/all");
}

enum err
ctl_people_overlay_revoke(struct ctl *c)
{
    struct msg m, answer;
    enum err e;

    msg_init(&m, STR("overlay.revoke"));
    msg_add_str(&m, "label", str_of(c->arg[0]));
    e = ctl_ask(c, &m, &answer);
    if (e == OK)
        ctl_say(c, "%s is over", c->arg[0]);
    return e;
}
