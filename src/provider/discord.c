/* Interactions as Discord sends them. See discord.h. */
#include "provider/discord.h"

#include <string.h>

#include "base/crypt.h"
#include "base/enc.h"
#include "base/json.h"

enum {
    BODY_MAX = 256 * 1024,
    KEY_BYTES = 32,
    SIGNATURE_BYTES = 64,
    ID_SIGNS = 20,
    NAME_BYTES = 400,
    WORD_BYTES = 100,
    TEXT_BYTES = 24000,
    TOKEN_BYTES = 1000,
    SUB_COMMAND = 1,
    SUB_GROUP = 2,
    TYPE_USER = 6
};
static const int64_t SECONDS_MAX = 99999999999;

enum err
discord_verify(struct ctx *ctx, struct str key, struct str signature, struct str timestamp,
               struct str body)
{
    unsigned char raw[SIGNATURE_BYTES];
    int64_t at = 0, now = ctx_now(ctx) / 1000;

    if (key.n != KEY_BYTES || signature.n != 2 * SIGNATURE_BYTES || body.n > BODY_MAX ||
        !enc_unhex(signature, raw, sizeof raw) || !str_i64(timestamp, 0, SECONDS_MAX, &at) ||
        at < now - DISCORD_FRESH_S || at > now + DISCORD_FRESH_S)
        return ctx_fail(ctx, E_AUTH, "the signature does not fit");
    size_t n = timestamp.n + body.n;
    char *all = arena_alloc(ctx->arena, n ? n : 1);

    memcpy(all, timestamp.p, timestamp.n);
    if (body.n)
        memcpy(all + timestamp.n, body.p, body.n);
    struct str sig = {.p = (const char *)raw, .n = sizeof raw};
    if (!crypt_ed25519_verify(key, (struct str){.p = all, .n = n}, sig))
        return ctx_fail(ctx, E_AUTH, "the signature does not fit");
    return OK;
}

static enum err
wrong(struct ctx *ctx, const char *what)
{
    return ctx_fail(ctx, E_INVALID, "this is no interaction: %s", what);
}

static bool
is_id(struct str s)
{
    if (!s.n || s.n > ID_SIGNS)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return true;
}

static struct str
bounded(struct str s, size_t max)
{
    return s.n <= max ? s : STR("");
}

/* "a_" and 32 hex signs: it becomes part of an address. */
static struct str
avatar_of(struct str s)
{
    struct str hex = str_starts(s, STR("a_")) ? str_sub(s, 2, s.n) : s;
    unsigned char raw[16];

    return hex.n == 32 && enc_unhex(hex, raw, sizeof raw) ? s : STR("");
}

static bool
read_user(const struct json *u, struct str nick, struct discord_user *ret)
{
    struct str name = nick;

    if (!name.n)
        name = json_str(json_get(u, "global_name"));
    if (!name.n)
        name = json_str(json_get(u, "username"));
    *ret = (struct discord_user){
        .id = json_str(json_get(u, "id")),
        .name = bounded(name, NAME_BYTES),
        .avatar = avatar_of(json_str(json_get(u, "avatar"))),
        .bot = json_bool(json_get(u, "bot"), false),
    };
    return is_id(ret->id);
}

/* Decimal, all 64 bits; anything else is no permission at all. */
static uint64_t
permissions_of(struct str s)
{
    uint64_t v = 0;

    if (!is_id(s))
        return 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = (unsigned)(s.p[i] - '0');

        if (v > (UINT64_MAX - digit) / 10)
            return 0;
        v = 10 * v + digit;
    }
    return v;
}

static enum err
read_person(struct ctx *ctx, const struct json *all, struct discord_ask *ret)
{
    const struct json *member = json_get(all, "member");
    const struct json *user = member ? json_get(member, "user") : json_get(all, "user");

    if (!read_user(user, json_str(json_get(member, "nick")), &ret->user))
        return wrong(ctx, "nobody asks");
    ret->permissions = permissions_of(json_str(json_get(member, "permissions")));
    return OK;
}

static enum err
read_option(struct ctx *ctx, const struct json *o, const struct json *resolved,
            struct discord_option *ret)
{
    const struct json *v = json_get(o, "value");
    int64_t type = 0;

    ret->name = json_str(json_get(o, "name"));
    ret->focused = json_bool(json_get(o, "focused"), false);
    if (!ret->name.n || ret->name.n > WORD_BYTES || !json_i64(json_get(o, "type"), &type))
        return wrong(ctx, "an option without name or type");
    ret->text = bounded(json_str(v), TEXT_BYTES);
    if (v && json_type(v) == JSON_BOOL) {
        ret->is_number = true;
        ret->i = json_bool(v, false);
    } else if (v && json_type(v) == JSON_NUMBER) {
        if (!json_i64(v, &ret->i))
            return wrong(ctx, "a number that is not whole");
        ret->is_number = true;
    }
    if (type != TYPE_USER)
        return OK;
    if (!is_id(ret->text))
        return wrong(ctx, "a user without id");
    const char *id = str_text(ctx->arena, ret->text);
    const struct json *user = json_get(json_get(resolved, "users"), id);
    if (user) {
        const struct json *member = json_get(json_get(resolved, "members"), id);
        struct discord_user *u = ARENA_NEW(ctx->arena, struct discord_user);

        if (read_user(user, json_str(json_get(member, "nick")), u))
            ret->user = u;
    }
    return OK;
}

static enum err
read_options(struct ctx *ctx, const struct json *list, const struct json *resolved,
             struct discord_ask *ret)
{
    enum err e = OK;

    if (json_count(list) > DISCORD_OPTIONS_MAX)
        return wrong(ctx, "too many options");
    for (size_t i = 0; !e && i < json_count(list); i++)
        e = read_option(ctx, json_item(list, i), resolved, &ret->option[ret->n++]);
    return e;
}

static enum err
read_command(struct ctx *ctx, const struct json *data, struct discord_ask *ret)
{
    const struct json *options = json_get(data, "options");
    int64_t type = 0;

    ret->command = json_str(json_get(data, "name"));
    if (!ret->command.n || ret->command.n > WORD_BYTES)
        return wrong(ctx, "a command without name");
    /* A group holds subcommands, a subcommand holds the options. */
    for (int deep = 0; deep < 2 && json_count(options) == 1; deep++) {
        const struct json *first = json_item(options, 0);

        if (!json_i64(json_get(first, "type"), &type) ||
            (type != SUB_COMMAND && type != SUB_GROUP))
            break;
        ret->sub = bounded(json_str(json_get(first, "name")), WORD_BYTES);
        options = json_get(first, "options");
    }
    return read_options(ctx, options, json_get(data, "resolved"), ret);
}

static enum err
read_component(struct ctx *ctx, const struct json *data, struct discord_ask *ret)
{
    const struct json *values = json_get(data, "values");

    if (json_count(values) > DISCORD_VALUES_MAX)
        return wrong(ctx, "too many values");
    for (size_t i = 0; i < json_count(values); i++)
        ret->value[ret->n_values++] = bounded(json_str(json_item(values, i)), WORD_BYTES);
    return OK;
}

/* A text input of a form: in a row, or in a label. */
static enum err
read_field(struct ctx *ctx, const struct json *input, struct discord_ask *ret)
{
    struct str name = json_str(json_get(input, "custom_id"));

    if (!name.n || name.n > WORD_BYTES)
        return OK;
    if (ret->n == DISCORD_OPTIONS_MAX)
        return wrong(ctx, "too many fields");
    ret->option[ret->n++] = (struct discord_option){
        .name = name,
        .text = bounded(json_str(json_get(input, "value")), TEXT_BYTES),
    };
    return OK;
}

static enum err
read_form(struct ctx *ctx, const struct json *data, struct discord_ask *ret)
{
    const struct json *rows = json_get(data, "components");
    enum err e = OK;

    for (size_t i = 0; !e && i < json_count(rows); i++) {
        const struct json *row = json_item(rows, i), *inner = json_get(row, "components");

        if (json_get(row, "component"))
            e = read_field(ctx, json_get(row, "component"), ret);
        for (size_t k = 0; !e && k < json_count(inner); k++)
            e = read_field(ctx, json_item(inner, k), ret);
    }
    return e;
}

static enum err
read_data(struct ctx *ctx, const struct json *all, struct discord_ask *ret)
{
    const struct json *data = json_get(all, "data");

    if (!data || json_type(data) != JSON_OBJECT)
        return wrong(ctx, "it carries no data");
    if (ret->kind == DISCORD_COMMAND || ret->kind == DISCORD_COMPLETE)
        return read_command(ctx, data, ret);
    ret->custom_id = json_str(json_get(data, "custom_id"));
    if (!ret->custom_id.n || str_length(ret->custom_id) > WORD_BYTES)
        return wrong(ctx, "a component without its id");
    return ret->kind == DISCORD_MODAL ? read_form(ctx, data, ret)
                                      : read_component(ctx, data, ret);
}

enum err
discord_parse(struct ctx *ctx, struct str body, struct discord_ask *ret)
{
    const struct json *all;
    int64_t kind = 0;
    enum err e = body.n > BODY_MAX ? wrong(ctx, "it is too long") : json_parse(ctx, body, &all);

    if (e)
        return e;
    *ret = (struct discord_ask){.sub = STR("")};
    if (!json_i64(json_get(all, "type"), &kind) || kind < DISCORD_PING || kind > DISCORD_MODAL)
        return wrong(ctx, "its type is unknown");
    ret->kind = (enum discord_kind)kind;
    if (ret->kind == DISCORD_PING)
        return OK;
    ret->id = json_str(json_get(all, "id"));
    ret->application = json_str(json_get(all, "application_id"));
    ret->token = json_str(json_get(all, "token"));
    ret->guild = json_str(json_get(all, "guild_id"));
    ret->channel = json_str(json_get(all, "channel_id"));
    ret->message = json_str(json_at(all, "message.id"));
    if (!is_id(ret->id) || !is_id(ret->application) || (ret->guild.n && !is_id(ret->guild)) ||
        (ret->channel.n && !is_id(ret->channel)) || (ret->message.n && !is_id(ret->message)))
        return wrong(ctx, "an id is missing or malformed");
    if (!ret->token.n || ret->token.n > TOKEN_BYTES || !str_is_text(ret->token, ""))
        return wrong(ctx, "its token is missing");
    if ((e = read_person(ctx, all, ret)))
        return e;
    return read_data(ctx, all, ret);
}

const struct discord_option *
discord_option(const struct discord_ask *a, const char *name)
{
    for (size_t i = 0; i < a->n; i++)
        if (str_eq_text(a->option[i].name, name))
            return &a->option[i];
    return NULL;
}
