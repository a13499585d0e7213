/* Members, login links, overlays. Not for: money. */
#include "main/ctl_out.h"
#include "user/member.h"

enum { PAGE = 500 };

enum err
ctl_user_list(struct ctl *c)
{
    struct ctl_out *o = ctl_out_new(c, true);
    struct member *m;
    int64_t after = 0;
    size_t n;
    enum err e;

    do {
        if ((e = member_list(c->ctx, after, PAGE, &m, &n)))
            return e;
        for (size_t i = 0; i < n; i++) {
            struct str roles;

            if ((e = member_roles(c->ctx, m[i].id, &roles)))
                return e;
            ctl_out_row(o);
            ctl_out_number(o, "member", m[i].id);
            ctl_out_text(o, "name", m[i].name);
            ctl_out_text(o, "roles", roles);
            ctl_out_time(o, "since", m[i].created_at);
            ctl_out_flag(o, "blocked", m[i].blocked);
            after = m[i].id;
        }
    } while (n == PAGE);
    return ctl_out_print(o, "there is no member yet: cozykart member add NAME");
}

/* The one token of an answer, shown as the address that holds it. */
static enum err
ask_token(struct ctl *c, const char *before, const char *after)
{
    struct msg *in = ARENA_NEW(c->ctx->arena, struct msg);
    struct msg *answer = ARENA_NEW(c->ctx->arena, struct msg);
    struct ctl_out *o = ctl_out_new(c, false);
    struct str token, url;
    enum err e;

    msg_init(in, str_of(c->command->ask));
    ctl_ask_fields(c, in);
    if ((e = ctl_ask(c, in, answer)))
        return e;
    token = msg_opt(answer, "token");
    url = str_of(arena_printf(c->ctx->arena, "%.*s%s%.*s%s", STR_ARG(c->conf.site.url), before,
                              STR_ARG(token), after));
    if (!c->json)
        return printf("%.*s\n", STR_ARG(url)), OK;
    ctl_out_text(o, "token", token);
    ctl_out_text(o, "url", url);
    return ctl_out_print(o, "");
}

enum err
ctl_user_link(struct ctl *c)
{
    return ask_token(c, "/login/", "");
}

enum err
ctl_user_overlay(struct ctl *c)
{
    return ask_token(c, "/overlay/", "/all");
}
