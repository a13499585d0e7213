/* Setting Discord up: the list of commands, and what is still missing. Reads and writes at
 * Discord alone, never in the ledger. */
#include "bot/commands.h"
#include "main/ctl.h"
#include "provider/discord_api.h"

enum { TEXT = 400 };

struct line {
    struct httpc *http;
    struct str token;
};

static void
close_line(struct line *l)
{
    if (l->http)
        httpc_close(l->http);
}

static enum err
open_line(struct ctl *c, struct line *l)
{
    size_t n = 0;
    enum err e;

    if (!c->conf->discord.application_id.n)
        return ctx_fail(c->ctx, E_INVALID,
                        "discord.application_id is not set: copy it from General Information "
                        "at discord.com/developers/applications");
    if ((e = conf_secret(c->ctx, c->process, "discord.bot_token_file",
                         c->conf->discord.bot_token_file, &l->token, 1, &n)))
        return e;
    if (!n)
        return ctx_fail(c->ctx, E_INVALID,
                        "discord.bot_token_file is not set: make a token under Bot, write it "
                        "into a file of mode 0600 and name that file");
    return httpc_open(c->ctx, c->process, &l->http);
}

static enum err
ask(struct ctl *c, struct line *l, const struct discord_api_ask *a,
    struct discord_api_answer *ret)
{
    struct httpc_answer answer = {0};
    enum err e = httpc_do(c->ctx, l->http, &a->http, &answer);

    if (!e)
        discord_api_read(c->ctx, a, &answer, ret);
    return e;
}

static const char *
guild_of(const struct ctl *c)
{
    const char *guild = ctl_option(c, "guild");

    return guild ? guild : "";
}

enum err
ctl_discord_register(struct ctl *c)
{
    struct discord_api_ask *a = ARENA_NEW(c->ctx->arena, struct discord_api_ask);
    struct discord_api_answer answer;
    struct str guild = str_of(guild_of(c));
    struct line l CLEANUP(close_line) = {0};
    enum err e = open_line(c, &l);

    if (e || (e = discord_api_commands(c->ctx, l.token, guild, commands_json(c->ctx), a)) ||
        (e = ask(c, &l, a, &answer)))
        return e;
    if (answer.how == DISCORD_API_WAIT)
        return ctx_fail(c->ctx, E_LIMIT, "Discord asks to wait %lld s: try again then",
                        (long long)(answer.wait_ms / 1000 + 1));
    if (answer.how != DISCORD_API_DONE)
        return ctx_fail(c->ctx, E_REMOTE, "%.*s", STR_ARG(answer.why));
    view_i64(c->out, "commands", (int64_t)json_count(answer.body));
    view_text(c->out, "guild", guild);
    if (guild.n)
        ctl_say(c, "Discord took %zu commands for the server %.*s; they are there at once",
                json_count(answer.body), STR_ARG(guild));
    else
        ctl_say(c, "Discord took %zu commands for all servers", json_count(answer.body));
    return OK;
}

/* Absent there, and nothing but the default here. */
static bool
is_default(const struct json *v)
{
    return json_type(v) == JSON_NULL || (json_type(v) == JSON_BOOL && !json_bool(v, false)) ||
           (json_type(v) == JSON_ARRAY && json_count(v) == 0);
}

static bool same(const struct json *ours, const struct json *theirs);

static bool
same_object(const struct json *ours, const struct json *theirs)
{
    for (size_t i = 0; i < json_count(ours); i++) {
        const struct json *v = json_item(ours, i);
        const struct json *w = NULL;

        for (size_t k = 0; k < json_count(theirs); k++)
            if (str_eq(json_name(json_item(theirs, k)), json_name(v)))
                w = json_item(theirs, k);
        if (w ? !same(v, w) : !is_default(v))
            return false;
    }
    return true;
}

/* Does theirs hold all that ours says? Discord adds members of its own. */
static bool
same(const struct json *ours, const struct json *theirs)
{
    int64_t a = 0, b = 0;

    if (json_type(ours) != json_type(theirs))
        return is_default(ours) && is_default(theirs);
    switch (json_type(ours)) {
    case JSON_OBJECT:
        return same_object(ours, theirs);
    case JSON_ARRAY:
        for (size_t i = 0; i < json_count(ours); i++)
            if (!same(json_item(ours, i), json_item(theirs, i)))
                return false;
        return json_count(ours) == json_count(theirs);
    case JSON_STRING:
        return str_eq(json_str(ours), json_str(theirs));
    case JSON_NUMBER:
        return json_i64(ours, &a) && json_i64(theirs, &b) && a == b;
    case JSON_BOOL:
        return json_bool(ours, false) == json_bool(theirs, false);
    case JSON_NULL:
    default:
        return true;
    }
}

static const struct json *
named(const struct json *list, struct str name)
{
    for (size_t i = 0; i < json_count(list); i++)
        if (str_eq(json_str(json_get(json_item(list, i), "name")), name))
            return json_item(list, i);
    return NULL;
}

/* "open, join" that differ or are missing there. */
static struct str
differing(struct ctl *c, const struct json *ours, const struct json *theirs)
{
    struct buf b = buf_new(c->ctx->arena, TEXT);

    for (size_t i = 0; i < json_count(ours); i++) {
        struct str name = json_str(json_get(json_item(ours, i), "name"));
        const struct json *there = named(theirs, name);

        if (!there || !same(json_item(ours, i), there))
            buf_printf(&b, "%s%.*s", b.n ? ", " : "", STR_ARG(name));
    }
    for (size_t i = 0; i < json_count(theirs); i++) {
        struct str name = json_str(json_get(json_item(theirs, i), "name"));

        if (!named(ours, name))
            buf_printf(&b, "%s%.*s (not ours)", b.n ? ", " : "", STR_ARG(name));
    }
    return buf_str(&b);
}

static enum err
check_commands(struct ctl *c, struct line *l)
{
    struct discord_api_ask *a = ARENA_NEW(c->ctx->arena, struct discord_api_ask);
    struct discord_api_answer answer;
    struct str global = STR(""), where = c->conf->discord.guild_id, wrong;
    const struct json *ours;
    enum err e = json_parse(c->ctx, commands_json(c->ctx), &ours);

    if (e)
        return e;
    /* Of the one server first, as it is used while setting up; else those of all servers. */
    if ((e = discord_api_commands(c->ctx, l->token, where, global, a)) ||
        (e = ask(c, l, a, &answer)))
        return e;
    if (where.n && (answer.how != DISCORD_API_DONE || json_count(answer.body) == 0)) {
        where = global;
        if ((e = discord_api_commands(c->ctx, l->token, where, global, a)) ||
            (e = ask(c, l, a, &answer)))
            return e;
    }
    if (answer.how != DISCORD_API_DONE) {
        ctl_judge(c, "commands can be read", false, str_text(c->ctx->arena, answer.why));
        return OK;
    }
    wrong = differing(c, ours, answer.body);
    ctl_judge(c, "commands are registered as this version has them", wrong.n == 0,
              arena_printf(
                  c->ctx->arena, "run cozykart discord register%s; these differ: %.*s",
                  where.n ? arena_printf(c->ctx->arena, " --guild %.*s", STR_ARG(where)) : "",
                  STR_ARG(wrong)));
    return OK;
}

static enum err
check_channel(struct ctl *c, struct line *l, const char *name, struct str id)
{
    struct discord_api_ask *a = ARENA_NEW(c->ctx->arena, struct discord_api_ask);
    const char *what = arena_printf(c->ctx->arena, "discord.%s_channel", name);
    struct discord_api_answer answer;
    enum err e;

    if (!id.n && c->command->run == ctl_check_run)
        return OK;
    if (!id.n) {
        ctl_judge(c,
                  arena_printf(c->ctx->arena, "%s is not set: nothing is told there (optional)",
                               what),
                  true, "");
        return OK;
    }
    if ((e = discord_api_channel(c->ctx, l->token, id, a)) || (e = ask(c, l, a, &answer)))
        return e;
    ctl_judge(c, what, answer.how == DISCORD_API_DONE, str_text(c->ctx->arena, answer.why));
    return OK;
}

static void
check_application(struct ctl *c, const struct json *app)
{
    struct str key = json_str(json_get(app, "verify_key"));
    struct str url = json_str(json_get(app, "interactions_endpoint_url"));
    const char *ours =
        arena_printf(c->ctx->arena, "%.*s/hooks/discord", STR_ARG(c->conf->site.url));

    ctl_judge(c, "the token belongs to discord.application_id",
              str_eq(json_str(json_get(app, "id")), c->conf->discord.application_id),
              "it is another application's: set the id of the one whose token this is");
    ctl_judge(c, "discord.public_key is the application's",
              key.n && str_ieq(key, c->conf->discord.public_key),
              arena_printf(c->ctx->arena, "set discord.public_key = %.*s", STR_ARG(key)));
    ctl_judge(c, "interactions come to this house", str_eq_text(url, ours),
              arena_printf(c->ctx->arena,
                           "write %s into Interactions Endpoint URL under General Information "
                           "(this house must run and be reachable then)",
                           ours));
    ctl_judge(c, "discord.client_secret_file", c->conf->discord.client_secret_file.n > 0,
              "not set: without it nobody can log in by Discord; it stands under OAuth2");
}

enum err
ctl_discord_check(struct ctl *c)
{
    struct discord_api_ask *a = ARENA_NEW(c->ctx->arena, struct discord_api_ask);
    struct discord_api_answer answer;
    struct line l CLEANUP(close_line) = {0};
    enum err e = open_line(c, &l);

    if (e || (e = discord_api_application(c->ctx, l.token, a)) || (e = ask(c, &l, a, &answer)))
        return e;
    ctl_judge(
        c, "Discord answers to the bot's token", answer.how == DISCORD_API_DONE,
        arena_printf(c->ctx->arena, "%.*s; make a new token under Bot", STR_ARG(answer.why)));
    if (answer.how != DISCORD_API_DONE)
        return OK;
    check_application(c, answer.body);
    if ((e = check_commands(c, &l)) ||
        (e = check_channel(c, &l, "races", c->conf->discord.races_channel)) ||
        (e = check_channel(c, &l, "staff", c->conf->discord.staff_channel)))
        return e;
    return check_channel(c, &l, "ops", c->conf->discord.ops_channel);
}
