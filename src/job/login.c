/* Three requests: token, person, end of the token. We keep no token: we never ask again. */
#include "job/login.h"

#include "base/conf.h"
#include "base/log.h"
#include "base/point.h"
#include "db/stmt.h"

enum { NAME_SIGNS = 100 };

struct entry {
    const struct kinds_tools *tools;
    struct kinds_job *job;
    struct str number; /* of the try */
    struct discord_api_login login;
};

struct person {
    struct str subject, name, avatar;
};

static enum err
known(struct ctx *ctx, const struct entry *l, const struct person *p, const char *reason)
{
    struct msg *m = ARENA_NEW(ctx->arena, struct msg);
    struct msg *answer = ARENA_NEW(ctx->arena, struct msg);
    int64_t number = 0;

    (void)str_i64(l->number, 1, INT64_MAX, &number);
    msg_init(m, STR("login.known"));
    msg_add_str(m, "provider", STR("discord"));
    msg_add_i64(m, "try", number);
    if (p) {
        msg_add_str(m, "subject", p->subject);
        msg_add_str(m, "name", p->name);
        msg_add_str(m, "avatar", p->avatar);
    } else
        msg_add_str(m, "reason", str_of(reason));
    return call_ask(ctx, l->tools->vault, m, answer);
}

/* The try as it stands; E_NOTFOUND: it is over. */
static enum err
read_try(struct ctx *ctx, struct entry *l)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_parcel_try);
    int64_t id;
    enum err e;

    if (!str_i64(l->number, 1, INT64_MAX, &id))
        return ctx_fail(ctx, E_NOTFOUND, "a try needs a number");
    stmt_i64(&s, ":id", id);
    if ((e = stmt_one(&s)))
        return e;
    l->login.code = stmt_col_str(&s, "code");
    l->login.verifier = stmt_col_str(&s, "verifier");
    l->login.back = str_of(
        arena_printf(ctx->arena, "%.*s/login/discord/back", STR_ARG(ctx->conf->site.url)));
    return str_eq_text(stmt_col_str(&s, "provider"), "discord")
               ? OK
               : ctx_fail(ctx, E_NOTFOUND, "that try is not Discord's");
}

static enum err
ask_token(struct ctx *ctx, struct entry *l, struct discord_api_answer *answer)
{
    struct discord_api_ask *ask = ARENA_NEW(ctx->arena, struct discord_api_ask);
    enum err e = discord_api_exchange(ctx, &l->login, ask);

    return e ? e : outside_ask(ctx, l->tools->out, ask, answer, NULL, &l->job->until);
}

static enum err
ask_person(struct ctx *ctx, struct entry *l, struct str token, struct person *ret)
{
    struct discord_api_ask *ask = ARENA_NEW(ctx->arena, struct discord_api_ask);
    struct discord_api_answer a;
    struct str name;
    enum err e = discord_api_me(ctx, token, ask);

    if (!e)
        e = outside_ask(ctx, l->tools->out, ask, &a, NULL, &l->job->until);
    if (e)
        return e;
    name = json_str(json_get(a.body, "global_name"));
    if (!name.n)
        name = json_str(json_get(a.body, "username"));
    *ret = (struct person){
        .subject = json_str(json_get(a.body, "id")),
        .name = point_clean(ctx->arena, name, NAME_SIGNS),
        .avatar = json_str(json_get(a.body, "avatar")),
    };
    if (!ret->avatar.p)
        ret->avatar = STR("");
    return a.how == DISCORD_API_DONE && ret->subject.n
               ? OK
               : ctx_fail(ctx, E_DENIED, "Discord did not say who that is");
}

/* It would end by itself after a week: a failure is no reason to stop. */
static void
revoke(struct ctx *ctx, struct entry *l, struct str token)
{
    struct discord_api_ask *ask = ARENA_NEW(ctx->arena, struct discord_api_ask);
    struct discord_api_answer a;
    int64_t until;

    if (discord_api_revoke(ctx, l->login.secret, token, ask) != OK ||
        outside_ask(ctx, l->tools->out, ask, &a, NULL, &until) != OK ||
        a.how != DISCORD_API_DONE)
        log_line(LOG_NOTICE, "event=login token=kept");
    ctx_clear(ctx);
}

/* A code is good for one exchange: where the token was given but the person was not told, a new
 * login is needed. */
enum err
login_exchange(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    struct entry l = {.tools = tools, .job = job, .number = job->payload};
    struct discord_api_answer answer;
    struct person p;
    struct str token;
    enum err e = read_try(ctx, &l);

    if (e == E_NOTFOUND) {
        ctx_clear(ctx);
        return OK;
    }
    if (e || (e = outside_secret(ctx, &l.login.secret)))
        return e;
    if (!l.login.secret.n)
        return known(ctx, &l, NULL, "Login by Discord is not set up here.");
    if ((e = ask_token(ctx, &l, &answer)))
        return e;
    token = json_str(json_get(answer.body, "access_token"));
    if (answer.how != DISCORD_API_DONE || !token.n)
        return known(ctx, &l, NULL, "Discord did not accept the login. Please try again.");
    if (ask_person(ctx, &l, token, &p) != OK) {
        ctx_clear(ctx);
        job->until = 0;
        return known(ctx, &l, NULL, "Discord does not answer. Please try again.");
    }
    revoke(ctx, &l, token);
    return known(ctx, &l, &p, NULL);
}
