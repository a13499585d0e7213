/* Both work with the token of the interaction, which is good for 15 minutes. */
#include "job/follow.h"

#include "base/conf.h"
#include "bot/cards.h"
#include "bot/commands.h"
#include "job/parcel.h"

enum { AGAIN_MS = 500, LEARN_MS = 60 * 1000 };

static enum err
read_payload(struct ctx *ctx, struct kinds_job *job, const struct json **ret,
             struct str *ret_token)
{
    enum err e = json_parse(ctx, job->payload, ret);

    *ret_token = json_str(json_get(*ret, "token"));
    if (!e && ret_token->n)
        return OK;
    job->never = true;
    return ctx_fail(ctx, E_INVALID, "the payload is not what was agreed");
}

static const struct commands_later *
find(struct str what)
{
    for (size_t i = 0; i < commands_laters_count; i++)
        if (commands_laters[i].make && str_eq_text(what, commands_laters[i].what))
            return &commands_laters[i];
    return NULL;
}

/* What cannot be made is answered with the reason: somebody looks at "thinking". */
static enum err
make(struct ctx *ctx, const struct json *j, struct message **ret)
{
    const struct commands_later *row = find(json_str(json_get(j, "what")));
    enum err e = row ? row->make(ctx, json_str(json_get(j, "payload")), ret)
                     : ctx_fail(ctx, E_INTERNAL, "there is no such answer");

    if (!e)
        return OK;
    if (e == E_INTERNAL || e == E_BUSY)
        return e;
    *ret = message_problem(ctx, ctx_why(ctx));
    ctx_clear(ctx);
    return OK;
}

enum err
follow_later(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    struct discord_api_ask *ask = ARENA_NEW(ctx->arena, struct discord_api_ask);
    struct discord_api_answer answer;
    const struct json *j;
    struct message *m;
    struct parcel p;
    struct str token;
    enum err e;

    if (!ctx->conf->discord.application_id.n)
        return OK;
    if ((e = read_payload(ctx, job, &j, &token)) || (e = make(ctx, j, &m)) ||
        (e = parcel_pack(ctx, m, STR(""), &p)) ||
        (e = discord_api_follow(ctx, token, &p.body, ask)) ||
        (e = parcel_send(ctx, tools, job, ask, &answer)))
        return e;
    if (answer.how == DISCORD_API_DONE)
        return OK;
    /* Our own answer may still be on its way there. */
    if (answer.status == 404 && ctx_now(ctx) - job->made < LEARN_MS) {
        job->until = ctx_now(ctx) + AGAIN_MS;
        return ctx_fail(ctx, E_REMOTE, "%.*s", STR_ARG(answer.why));
    }
    return answer.status == 404 || answer.status == 401 ? OK
                                                        : parcel_refused(ctx, job, &answer);
}

/* A race's card moves on with the answers about it: the one before shows for the last time how
 * things are. It is no harm when that fails. */
static void
part(struct ctx *ctx, const struct kinds_tools *tools, struct str object,
     const struct parcel_post *now)
{
    struct discord_api_ask *ask = ARENA_NEW(ctx->arena, struct discord_api_ask);
    struct discord_api_answer answer;
    struct kinds_job job = {0};
    struct parcel_post old;
    struct message *m;
    struct parcel p;
    struct str token;

    if (parcel_find(ctx, STR("race.card"), object, &old) == OK && old.message.n &&
        !str_eq(old.message, now->message) && outside_token(ctx, tools->out, &token) == OK &&
        token.n && cards_topic(ctx, STR("race.card"), object, &m) == OK &&
        parcel_pack(ctx, m, STR(""), &p) == OK &&
        discord_api_edit(ctx, token, old.channel, old.message, &p.body, ask) == OK)
        (void)!parcel_send(ctx, tools, &job, ask, &answer);
    ctx_clear(ctx);
}

enum err
follow_learn(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    struct discord_api_ask *ask = ARENA_NEW(ctx->arena, struct discord_api_ask);
    struct discord_api_answer answer;
    struct parcel_post post = {.sha = STR("")};
    const struct json *j;
    struct str token;
    enum err e;

    if (!ctx->conf->discord.application_id.n)
        return OK;
    if ((e = read_payload(ctx, job, &j, &token)) ||
        (e = discord_api_original(ctx, token, ask)) ||
        (e = parcel_send(ctx, tools, job, ask, &answer)))
        return e;
    if (answer.how != DISCORD_API_DONE) {
        if (ctx_now(ctx) - job->made >= LEARN_MS)
            return OK; /* the answer never arrived: there is nothing to edit */
        job->until = ctx_now(ctx) + AGAIN_MS;
        return ctx_fail(ctx, E_REMOTE, "%.*s", STR_ARG(answer.why));
    }
    post.channel = json_str(json_get(answer.body, "channel_id"));
    post.message = json_str(json_get(answer.body, "id"));
    if (!post.channel.n || !post.message.n)
        return ctx_fail(ctx, E_UNCERTAIN, "Discord did not say which message that is");
    if (str_eq_text(json_str(json_get(j, "topic")), "race.card"))
        part(ctx, tools, json_str(json_get(j, "object")), &post);
    return parcel_posted(ctx, tools, json_str(json_get(j, "topic")),
                         json_str(json_get(j, "object")), &post);
}
