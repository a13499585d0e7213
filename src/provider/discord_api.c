/* Addresses, headers and bodies of requests; headers, codes and bodies of answers. */
#include "provider/discord_api.h"

#include "base/buf.h"
#include "base/conf.h"
#include "base/point.h"
#include "provider/field.h"

enum {
    ANSWER_MAX = 1024 * 1024,
    TOKEN_MAX = 512,
    DAY_S = 86400,
    WAIT_DEFAULT_MS = 1000,
    WHY_SIGNS = 200
};

/* Order of http.want. */
enum { WANT_REMAINING, WANT_RESET, WANT_RETRY, WANT_GLOBAL, WANT_SCOPE };

static bool
is_id(struct str s)
{
    int64_t v;

    return s.n <= 20 && str_i64(s, 1, INT64_MAX, &v);
}

/* What tokens and codes are made of; anything else would end a header or leave the path. */
static bool
is_token(struct str s)
{
    return field_is_made_of(s, TOKEN_MAX, "_-.=");
}

static bool
is_hash(struct str s)
{
    if (str_starts(s, STR("a_")))
        s = str_sub(s, 2, s.n);
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
            return false;
    return s.n == 32;
}

static enum err
no_id(struct ctx *ctx, const char *what)
{
    return ctx_fail(ctx, E_INVALID, "that is no %s of Discord's", what);
}

/* How every request begins. path: below base, with its slash. */
static void
begin(struct ctx *ctx, struct discord_api_ask *r, enum httpc_method method, struct str base,
      const char *path)
{
    static const char *const verb[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

    *r = (struct discord_api_ask){
        .http =
            {
                   .method = method,
                   .base = base,
                   .url = arena_printf(ctx->arena, "%.*s%s", STR_ARG(base), path),
                   .want =
                    {
                        [WANT_REMAINING] = "X-RateLimit-Remaining",
                        [WANT_RESET] = "X-RateLimit-Reset-After",
                        [WANT_RETRY] = "Retry-After",
                        [WANT_GLOBAL] = "X-RateLimit-Global",
                        [WANT_SCOPE] = "X-RateLimit-Scope",
                    }, .timeout_ms = DISCORD_API_MS,
                   .answer_max = ANSWER_MAX,
                   },
        .route = str_of(arena_printf(ctx->arena, "%s%s", verb[method], path)),
    };
    r->http.header[0] = arena_printf(ctx->arena, "User-Agent: DiscordBot (%.*s, %s)",
                                     STR_ARG(ctx->conf->site.url), PACKAGE_VERSION);
}

static enum err
begin_bot(struct ctx *ctx, struct discord_api_ask *r, enum httpc_method method,
          const char *path, struct str token)
{
    if (!is_token(token))
        return ctx_fail(ctx, E_INVALID, "the bot token cannot be right");
    begin(ctx, r, method, ctx->conf->discord.api, path);
    r->bot = true;
    r->http.header[1] = arena_printf(ctx->arena, "Authorization: Bot %.*s", STR_ARG(token));
    return OK;
}

static void
add_json(struct discord_api_ask *r, struct str json)
{
    r->http.type = "application/json";
    r->http.body = json;
}

/* JSON alone, or as the first part before the pictures. */
static void
add_body(struct ctx *ctx, struct discord_api_ask *r, const struct discord_api_body *b)
{
    BUG_IF(b->n > DISCORD_API_FILES_MAX);
    if (b->n == 0) {
        add_json(r, b->json);
        return;
    }
    r->part[0] = (struct httpc_part){
        .name = "payload_json", .type = "application/json", .body = b->json};
    for (size_t i = 0; i < b->n; i++)
        r->part[i + 1] = (struct httpc_part){
            .name = arena_printf(ctx->arena, "files[%zu]", i),
            .file = str_text(ctx->arena, b->file[i].file),
            .type = "image/png",
            .body = b->file[i].png,
        };
    r->http.part = r->part;
    r->http.n_parts = b->n + 1;
}

enum err
discord_api_post(struct ctx *ctx, struct str token, struct str channel,
                 const struct discord_api_body *b, struct discord_api_ask *ret)
{
    enum err e;

    if (!is_id(channel))
        return no_id(ctx, "channel");
    if ((e = begin_bot(ctx, ret, HTTPC_POST,
                       arena_printf(ctx->arena, "/channels/%.*s/messages", STR_ARG(channel)),
                       token)))
        return e;
    add_body(ctx, ret, b);
    return OK;
}

enum err
discord_api_edit(struct ctx *ctx, struct str token, struct str channel, struct str message,
                 const struct discord_api_body *b, struct discord_api_ask *ret)
{
    enum err e;

    if (!is_id(channel) || !is_id(message))
        return no_id(ctx, "message");
    if ((e = begin_bot(ctx, ret, HTTPC_PATCH,
                       arena_printf(ctx->arena, "/channels/%.*s/messages/%.*s",
                                    STR_ARG(channel), STR_ARG(message)),
                       token)))
        return e;
    /* Counted by channel, whichever message it is. */
    ret->route =
        str_of(arena_printf(ctx->arena, "PATCH/channels/%.*s/messages/id", STR_ARG(channel)));
    add_body(ctx, ret, b);
    return OK;
}

static enum err
original(struct ctx *ctx, struct str token, enum httpc_method method,
         struct discord_api_ask *ret)
{
    if (!is_token(token) || !is_id(ctx->conf->discord.application_id))
        return no_id(ctx, "interaction");
    begin(ctx, ret, method, ctx->conf->discord.api,
          arena_printf(ctx->arena, "/webhooks/%.*s/%.*s/messages/@original",
                       STR_ARG(ctx->conf->discord.application_id), STR_ARG(token)));
    /* The token stays out of logs. */
    ret->route = method == HTTPC_GET ? STR("GET/webhooks") : STR("PATCH/webhooks");
    return OK;
}

enum err
discord_api_follow(struct ctx *ctx, struct str token, const struct discord_api_body *b,
                   struct discord_api_ask *ret)
{
    enum err e = original(ctx, token, HTTPC_PATCH, ret);

    if (!e)
        add_body(ctx, ret, b);
    return e;
}

enum err
discord_api_original(struct ctx *ctx, struct str token, struct discord_api_ask *ret)
{
    return original(ctx, token, HTTPC_GET, ret);
}

enum err
discord_api_direct(struct ctx *ctx, struct str token, struct str subject,
                   struct discord_api_ask *ret)
{
    enum err e;

    if (!is_id(subject))
        return no_id(ctx, "user");
    if ((e = begin_bot(ctx, ret, HTTPC_POST, "/users/@me/channels", token)))
        return e;
    add_json(ret,
             str_of(arena_printf(ctx->arena, "{\"recipient_id\":\"%.*s\"}", STR_ARG(subject))));
    return OK;
}

enum err
discord_api_commands(struct ctx *ctx, struct str token, struct str guild, struct str json,
                     struct discord_api_ask *ret)
{
    struct str app = ctx->conf->discord.application_id;
    const char *path =
        guild.n ? arena_printf(ctx->arena, "/applications/%.*s/guilds/%.*s/commands",
                               STR_ARG(app), STR_ARG(guild))
                : arena_printf(ctx->arena, "/applications/%.*s/commands", STR_ARG(app));
    enum err e;

    if (!is_id(app) || (guild.n && !is_id(guild)))
        return no_id(ctx, "application or server");
    if ((e = begin_bot(ctx, ret, json.n ? HTTPC_PUT : HTTPC_GET, path, token)))
        return e;
    if (json.n)
        add_json(ret, json);
    return OK;
}

enum err
discord_api_application(struct ctx *ctx, struct str token, struct discord_api_ask *ret)
{
    return begin_bot(ctx, ret, HTTPC_GET, "/applications/@me", token);
}

enum err
discord_api_channel(struct ctx *ctx, struct str token, struct str channel,
                    struct discord_api_ask *ret)
{
    if (!is_id(channel))
        return no_id(ctx, "channel");
    return begin_bot(ctx, ret, HTTPC_GET,
                     arena_printf(ctx->arena, "/channels/%.*s", STR_ARG(channel)), token);
}

static struct str
form_of(struct ctx *ctx, struct str secret)
{
    struct str form = httpc_form(ctx, STR(""), "client_id", ctx->conf->discord.application_id);

    return httpc_form(ctx, form, "client_secret", secret);
}

/* These two take forms only. */
static void
add_form(struct discord_api_ask *r, struct str form)
{
    r->http.type = "application/x-www-form-urlencoded";
    r->http.body = form;
}

enum err
discord_api_exchange(struct ctx *ctx, const struct discord_api_login *l,
                     struct discord_api_ask *ret)
{
    struct str form = form_of(ctx, l->secret);

    begin(ctx, ret, HTTPC_POST, ctx->conf->discord.api, "/oauth2/token");
    form = httpc_form(ctx, form, "grant_type", STR("authorization_code"));
    form = httpc_form(ctx, form, "code", l->code);
    form = httpc_form(ctx, form, "redirect_uri", l->back);
    if (l->verifier.n)
        form = httpc_form(ctx, form, "code_verifier", l->verifier);
    add_form(ret, form);
    return OK;
}

enum err
discord_api_me(struct ctx *ctx, struct str token, struct discord_api_ask *ret)
{
    if (!is_token(token))
        return ctx_fail(ctx, E_INVALID, "Discord gave no token that can be used");
    begin(ctx, ret, HTTPC_GET, ctx->conf->discord.api, "/users/@me");
    ret->http.header[1] =
        arena_printf(ctx->arena, "Authorization: Bearer %.*s", STR_ARG(token));
    return OK;
}

enum err
discord_api_revoke(struct ctx *ctx, struct str secret, struct str token,
                   struct discord_api_ask *ret)
{
    begin(ctx, ret, HTTPC_POST, ctx->conf->discord.api, "/oauth2/token/revoke");
    add_form(ret, httpc_form(ctx, form_of(ctx, secret), "token", token));
    return OK;
}

enum err
discord_api_avatar(struct ctx *ctx, struct str subject, struct str hash, size_t max,
                   struct discord_api_ask *ret)
{
    if (!is_id(subject) || !is_hash(hash))
        return no_id(ctx, "picture");
    begin(ctx, ret, HTTPC_GET, ctx->conf->discord.cdn,
          arena_printf(ctx->arena, "/avatars/%.*s/%.*s.png?size=128", STR_ARG(subject),
                       STR_ARG(hash)));
    ret->route = STR("GET/avatars");
    ret->files = true;
    ret->http.answer_max = max;
    return OK;
}

int64_t
discord_api_ms(struct str seconds)
{
    struct str rest = seconds, whole;
    int64_t s, ms = 0;

    if (!str_split(&rest, '.', &whole) || !str_i64(whole, 0, DAY_S, &s))
        return -1;
    for (size_t i = 0; i < rest.n; i++) {
        if (rest.p[i] < '0' || rest.p[i] > '9')
            return -1;
        if (i < 3)
            ms = ms * 10 + (rest.p[i] - '0');
        else if (i == 3)
            ms += rest.p[i] > '0';
    }
    for (size_t i = rest.n; rest.n && i < 3; i++)
        ms *= 10;
    return 1000 * s + ms;
}

/* The number after "retry_after": in a body; our JSON has whole numbers only. */
static struct str
retry_in(struct str body)
{
    size_t at = str_find(body, STR("\"retry_after\""), 0), n = 0;
    struct str rest;

    if (at == SIZE_MAX)
        return STR("");
    rest = str_trim(str_sub(body, at + 13, body.n));
    if (!rest.n || rest.p[0] != ':')
        return STR("");
    rest = str_trim(str_sub(rest, 1, rest.n));
    while (n < rest.n && ((rest.p[n] >= '0' && rest.p[n] <= '9') || rest.p[n] == '.'))
        n++;
    return str_sub(rest, 0, n);
}

static void
read_wait(const struct httpc_answer *a, struct discord_api_answer *ret)
{
    int64_t body = discord_api_ms(retry_in(a->body));
    int64_t header = discord_api_ms(a->header[WANT_RETRY]);

    /* The body is the finer one; nobody who limits us means "at once". */
    ret->wait_ms = body > 0 ? body : header > 0 ? header : WAIT_DEFAULT_MS;
    ret->global = str_ieq(a->header[WANT_GLOBAL], STR("true")) ||
                  str_eq_text(a->header[WANT_SCOPE], "global") ||
                  json_bool(json_get(ret->body, "global"), false);
}

static enum discord_api_how
how_of(const struct discord_api_ask *ask, int64_t status)
{
    if (status >= 200 && status < 300)
        return DISCORD_API_DONE;
    if (status == 429)
        return DISCORD_API_WAIT;
    /* A token can be put right; a message cannot be sent again by somebody who lost it. */
    if (status == 401 && ask->bot)
        return DISCORD_API_DOWN;
    return status >= 400 && status < 500 ? DISCORD_API_NEVER : DISCORD_API_DOWN;
}

/* Discord's own code, where the number alone says little to a person. */
static const char *
known(int64_t code)
{
    switch (code) {
    case 10003:
        return "there is no such channel";
    case 10008:
        return "the message was deleted";
    case 10015:
    case 50027:
        return "the time to answer is over";
    case 10062:
        return "the interaction is over";
    case 40060:
        return "it was answered already";
    case 50001:
        return "the bot does not see the channel: invite it there";
    case 50007:
        return "that person takes no direct messages";
    case 50013:
        return "the bot may not write in the channel: give it the right to send messages";
    default:
        return NULL;
    }
}

void
discord_api_read(struct ctx *ctx, const struct discord_api_ask *ask,
                 const struct httpc_answer *a, struct discord_api_answer *ret)
{
    struct str said;
    const char *words;

    *ret = (struct discord_api_answer){.how = how_of(ask, a->status), .status = a->status};
    if (!ask->files && a->body.n && json_parse(ctx, a->body, &ret->body) != OK) {
        ctx_clear(ctx);
        ret->body = NULL;
        /* A page of somebody in between: it says nothing about our request. */
        if (ret->how == DISCORD_API_DONE || ret->how == DISCORD_API_NEVER)
            ret->how = DISCORD_API_DOWN;
    }
    if (json_type(ret->body) == JSON_OBJECT &&
        !json_i64(json_get(ret->body, "code"), &ret->code))
        ret->code = 0;
    if (ret->how == DISCORD_API_WAIT)
        read_wait(a, ret);
    else if (str_eq_text(a->header[WANT_REMAINING], "0"))
        ret->rest_ms = discord_api_ms(a->header[WANT_RESET]);
    if (ret->rest_ms < 0)
        ret->rest_ms = 0;
    said = json_str(json_get(ret->body, "message"));
    words = ret->how == DISCORD_API_DONE ? ""
            : known(ret->code)           ? known(ret->code)
            : ret->how == DISCORD_API_DOWN && ask->bot && a->status == 401
                ? "it does not know the bot token"
            : said.n ? str_text(ctx->arena, point_clean(ctx->arena, said, WHY_SIGNS))
                     : "no reason given";
    ret->why = ret->how == DISCORD_API_DONE
                   ? STR("")
                   : str_of(arena_printf(ctx->arena, "Discord says %lld: %s",
                                         (long long)a->status, words));
}
