/* The table of settings and the reader that obeys it. Not for: what a setting means to the
 * process that uses it. */
#include "base/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/money.h"

enum conf_kind {
    KIND_MODE,
    KIND_URL,
    KIND_TEXT,
    KIND_PATH,
    KIND_FILE,
    KIND_CURRENCY,
    KIND_INT,
    KIND_NUMBER, /* a long decimal number as text, or empty */
    KIND_KEY,    /* 64 hex signs, or empty */
    KIND_REMOTE  /* a provider's address */
};

struct conf_key {
    const char *name;
    enum conf_kind kind;
    size_t at;      /* of the member in struct conf */
    int64_t lo, hi; /* KIND_INT */
    const char *otherwise;
    const char *help;
};

#define AT(member) offsetof(struct conf, member)

/* clang-format off */
static const struct conf_key keys[] = {
    {"mode", KIND_MODE, AT(mode), 0, 0, "test",
     "test or live; must be what the ledger was made for"},
    {"site.url", KIND_URL, AT(site.url), 0, 0, "http://127.0.0.1:8080",
     "where people reach the site, no slash at the end"},
    {"site.name", KIND_TEXT, AT(site.name), 0, 0, "Cozy-Kart",
     "name in the page header"},
    {"path.ledger", KIND_PATH, AT(path.ledger), 0, 0, "/var/lib/cozykart/ledger.db",
     "the ledger file"},
    {"path.run", KIND_PATH, AT(path.run), 0, 0, "/run/cozykart",
     "folder of the sockets"},
    {"path.live", KIND_PATH, AT(path.live), 0, 0, "/var/lib/cozykart/live",
     "folder of the live files"},
    {"path.share", KIND_PATH, AT(path.share), 0, 0, PKGDATADIR,
     "folder of templates and static files"},
    {"path.media", KIND_PATH, AT(path.media), 0, 0, "/var/lib/cozykart/media",
     "folder of pictures that the jobs make"},
    {"money.currency", KIND_CURRENCY, AT(money.currency), 0, 0, "USD",
     "the one currency of this house"},
    {"money.clear_h", KIND_INT, AT(money.clear_h), 0, 720, "72",
     "hours from the flag until shares are available"},
    {"window.grace_s", KIND_INT, AT(race.grace_s), 0, 600, "120",
     "seconds after the flag in which orders still count"},
    {"race.min_racers", KIND_INT, AT(race.min_racers), 1, 8, "2",
     "seats that must be taken to start"},
    {"race.max_h", KIND_INT, AT(race.max_h), 1, 48, "3",
     "hours after which a race nobody ends is ended"},
    {"race.dispute_min", KIND_INT, AT(race.dispute_min), 0, 10080, "10",
     "minutes from the last report until a result is final"},
    {"race.remind_min", KIND_INT, AT(race.remind_min), 1, 10080, "30",
     "minutes from the flag until drivers without a report are reminded"},
    {"race.report_h", KIND_INT, AT(race.report_h), 1, 720, "24",
     "hours from the flag until no report means DNF"},
    {"lobby.idle_min", KIND_INT, AT(race.idle_min), 1, 10080, "60",
     "minutes until an empty lobby closes"},
    {"web.workers", KIND_INT, AT(web.workers), 1, 64, "16",
     "worker processes"},
    {"stripe.webhook_secret_file", KIND_FILE, AT(stripe.webhook_secret_file), 0, 0, "",
     "file with the endpoint's whsec_… secret, one a line"},
    {"stripe.api_key_file", KIND_FILE, AT(stripe.api_key_file), 0, 0, "",
     "file with the secret key (sk_… or rk_…)"},
    {"discord.application_id", KIND_NUMBER, AT(discord.application_id), 0, 0, "",
     "id of the application at Discord; empty: no Discord"},
    {"discord.public_key", KIND_KEY, AT(discord.public_key), 0, 0, "",
     "public key of the application, 64 hex signs"},
    {"discord.bot_token_file", KIND_FILE, AT(discord.bot_token_file), 0, 0, "",
     "file with the bot's token"},
    {"discord.client_secret_file", KIND_FILE, AT(discord.client_secret_file), 0, 0, "",
     "file with the client secret, for logins"},
    {"discord.guild_id", KIND_NUMBER, AT(discord.guild_id), 0, 0, "",
     "the one server whose commands are taken; empty: any"},
    {"discord.races_channel", KIND_NUMBER, AT(discord.races_channel), 0, 0, "",
     "channel that is told of races"},
    {"discord.staff_channel", KIND_NUMBER, AT(discord.staff_channel), 0, 0, "",
     "channel that is told of disputes"},
    {"discord.ops_channel", KIND_NUMBER, AT(discord.ops_channel), 0, 0, "",
     "channel that is told of alerts"},
    {"discord.site", KIND_REMOTE, AT(discord.site), 0, 0, "https://discord.com",
     "where people agree to a login"},
    {"discord.api", KIND_REMOTE, AT(discord.api), 0, 0, "https://discord.com/api/v10",
     "where Discord is asked"},
    {"discord.cdn", KIND_REMOTE, AT(discord.cdn), 0, 0, "https://cdn.discordapp.com",
     "where Discord keeps avatars"},
    {"ctl.uid", KIND_INT, AT(ctl.uid), -1, INT64_C(4294967294), "-1",
     "who besides root and the vault's user may use this command; -1 nobody"},
};
/* clang-format on */

/* Where each value came from: 0 default, else the line. Kept beside the settings for conf_each.
 */
struct conf_origin {
    int line[ARRAY_SIZE(keys)];
    struct str text[ARRAY_SIZE(keys)];
};
static struct conf_origin origin;

static void *
member(struct conf *c, const struct conf_key *k)
{
    return (char *)c + k->at;
}

static enum err
set_url(struct ctx *ctx, struct str v, struct conf *c)
{
    bool https = str_starts(v, STR("https://"));
    bool plain = true;

    /* It is printed into pages and addresses as it stands. */
    for (size_t i = 0; i < v.n; i++)
        plain = plain && ((v.p[i] >= 'a' && v.p[i] <= 'z') ||
                          (v.p[i] >= '0' && v.p[i] <= '9') || strchr(".-:/[]", v.p[i]) != NULL);
    if ((!https && !str_starts(v, STR("http://"))) || v.n < 9 || v.p[v.n - 1] == '/' ||
        str_find(v, STR("/"), 8) != SIZE_MAX || !plain)
        return ctx_fail(
            ctx, E_INVALID,
            "must be http://host[:port] or https://host, lower case, without a path");
    c->web.secure_cookies = https;
    return OK;
}

static bool
only_of(struct str v, const char *signs)
{
    for (size_t i = 0; i < v.n; i++)
        if (!strchr(signs, v.p[i]))
            return false;
    return true;
}

static enum err
check_word(struct ctx *ctx, enum conf_kind kind, struct str v)
{
    if (kind == KIND_NUMBER && (v.n > 20 || !only_of(v, "0123456789")))
        return ctx_fail(ctx, E_INVALID, "must be a number of at most 20 digits");
    if (kind == KIND_KEY && v.n && (v.n != 64 || !only_of(v, "0123456789abcdef")))
        return ctx_fail(ctx, E_INVALID, "must be 64 hex signs in lower case");
    if (kind == KIND_REMOTE &&
        ((!str_starts(v, STR("https://")) && !str_starts(v, STR("http://"))) ||
         v.p[v.n - 1] == '/' || !only_of(v, "abcdefghijklmnopqrstuvwxyz0123456789.-:/")))
        return ctx_fail(ctx, E_INVALID, "must be an address without a slash at the end");
    return OK;
}

/* v is terminated and lives as long as the process. */
static enum err
set(struct ctx *ctx, const struct conf_key *k, struct str v, struct conf *c)
{
    int64_t n = 0;

    switch (k->kind) {
    case KIND_MODE:
        if (!str_eq_text(v, "test") && !str_eq_text(v, "live"))
            return ctx_fail(ctx, E_INVALID, "must be test or live");
        c->mode = str_eq_text(v, "live") ? CONF_LIVE : CONF_TEST;
        return OK;
    case KIND_INT:
        if (!str_i64(v, k->lo, k->hi, &n))
            return ctx_fail(ctx, E_INVALID, "must be a whole number from %lld to %lld",
                            (long long)k->lo, (long long)k->hi);
        memcpy(member(c, k), &n, sizeof(n));
        return OK;
    case KIND_URL:
        if (set_url(ctx, v, c) != OK)
            return ctx->fail;
        break;
    case KIND_TEXT:
        if (v.n < 1 || v.n > 60)
            return ctx_fail(ctx, E_INVALID, "must have 1 to 60 signs");
        break;
    case KIND_PATH:
    case KIND_FILE:
        if (v.n == 0 && k->kind == KIND_FILE)
            break;
        if (v.n < 2 || v.p[0] != '/')
            return ctx_fail(ctx, E_INVALID, "must be a path that begins with /");
        break;
    case KIND_NUMBER:
    case KIND_KEY:
    case KIND_REMOTE:
        if (check_word(ctx, k->kind, v) != OK)
            return ctx->fail;
        break;
    case KIND_CURRENCY:
        if (money_exponent(v) < 0)
            return ctx_fail(ctx, E_INVALID, "is not a currency this program knows");
        break;
    }
    memcpy(member(c, k), &v, sizeof(v));
    return OK;
}

static enum err
read_file(struct ctx *ctx, const char *file, size_t max, struct str *ret)
{
    char *text = arena_alloc(ctx->arena, max + 1);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    if (fd < 0)
        return ctx_fail(ctx, errno == ENOENT ? E_NOTFOUND : E_DENIED, "%s: %s", file,
                        errno == ENOENT ? "there is no such file" : "it cannot be read");
    n = read(fd, text, max + 1);
    close(fd);
    if (n < 0 || (size_t)n > max)
        return ctx_fail(ctx, E_INVALID, "%s: it is not a short text file", file);
    *ret = (struct str){.p = text, .n = (size_t)n};
    if (!str_is_text(*ret, "\n\t\r"))
        return ctx_fail(ctx, E_INVALID, "%s: it is not text", file);
    return OK;
}

static enum err
take_line(struct ctx *ctx, struct arena *process, struct str line, int number, struct conf *c)
{
    size_t eq = str_find(line, STR("="), 0);
    struct str name, value;

    if (eq == SIZE_MAX)
        return ctx_fail(ctx, E_INVALID, "%s:%d: a line is 'key = value'", c->file, number);
    name = str_trim(str_sub(line, 0, eq));
    value = str_trim(str_sub(line, eq + 1, line.n));
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        if (!str_eq_text(name, keys[i].name))
            continue;
        if (origin.line[i])
            return ctx_fail(ctx, E_INVALID, "%s:%d: %s stands on line %d already", c->file,
                            number, keys[i].name, origin.line[i]);
        value = str_dup(process, value);
        origin.line[i] = number;
        origin.text[i] = value;
        if (set(ctx, &keys[i], value, c) != OK)
            ctx_note(ctx, "%s:%d: %s", c->file, number, keys[i].name);
        return ctx->fail;
    }
    return ctx_fail(ctx, E_INVALID, "%s:%d: there is no setting '%.*s'", c->file, number,
                    STR_ARG(str_sub(name, 0, 60)));
}

/* Real money is asked for at the provider's own address, whatever the file says. */
static enum err
check_remotes(struct ctx *ctx, const struct conf *c)
{
    for (size_t i = 0; c->mode == CONF_LIVE && i < ARRAY_SIZE(keys); i++)
        if (keys[i].kind == KIND_REMOTE && !str_eq_text(origin.text[i], keys[i].otherwise))
            return ctx_fail(ctx, E_INVALID, "%s:%d: %s must be %s with mode = live", c->file,
                            origin.line[i], keys[i].name, keys[i].otherwise);
    return OK;
}

enum err
conf_load(struct ctx *ctx, struct arena *process, const char *file, struct conf *ret)
{
    struct conf c = {.file = arena_text(process, file, strlen(file))};
    struct str text, line;
    int number = 0;
    enum err e;

    ctx_clear(ctx);
    memset(&origin, 0, sizeof(origin));
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        origin.text[i] = str_of(keys[i].otherwise);
        BUG_IF(set(ctx, &keys[i], origin.text[i], &c) != OK);
    }
    e = read_file(ctx, file, 65536, &text);
    while (e == OK && str_split(&text, '\n', &line)) {
        number++;
        line = str_trim(line);
        if (line.n && line.p[0] != '#')
            e = take_line(ctx, process, line, number, &c);
    }
    if (e == OK)
        e = check_remotes(ctx, &c);
    if (e == OK)
        *ret = c;
    return e;
}

static enum err
check_rights(struct ctx *ctx, const char *file)
{
    struct stat st;

    if (stat(file, &st) != 0)
        return errno == ENOENT ? ctx_fail(ctx, E_NOTFOUND, "%s: there is no such file", file)
                               : ctx_fail(ctx, E_DENIED, "%s: it cannot be read", file);
    if (!S_ISREG(st.st_mode))
        return ctx_fail(ctx, E_INVALID, "%s: it is not a file", file);
    if (st.st_mode & 077)
        return ctx_fail(ctx, E_DENIED, "%s: others may read it; chmod 600 %s", file, file);
    return OK;
}

enum err
conf_secret(struct ctx *ctx, struct arena *a, const char *key, struct str file,
            struct str *ret_lines, size_t max, size_t *ret_n)
{
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    const char *path = NULL;
    struct str name = str_of(key), text, line;
    size_t n = 0;
    enum err e;

    if (str_ends(name, STR("_file")))
        name.n -= 5;
    if (credentials) {
        path = arena_printf(ctx->arena, "%s/%.*s", credentials, STR_ARG(name));
        if (access(path, R_OK) != 0)
            path = NULL;
    }
    if (!path && !file.n) {
        *ret_n = 0;
        return OK;
    }
    if (!path) {
        path = str_text(ctx->arena, file);
        e = check_rights(ctx, path);
        if (e != OK)
            return e;
    }
    e = read_file(ctx, path, 4096, &text);
    if (e != OK)
        return e;
    while (str_split(&text, '\n', &line)) {
        line = str_trim(line);
        if (!line.n)
            continue;
        if (n == max)
            return ctx_fail(ctx, E_INVALID, "%s: more than %zu lines", path, max);
        ret_lines[n++] = str_dup(a, line);
    }
    if (!n)
        return ctx_fail(ctx, E_INVALID, "%s: it is empty", path);
    *ret_n = n;
    return OK;
}

enum err
conf_check_key(struct ctx *ctx, const struct conf *c, struct str key)
{
    bool test = str_starts(key, STR("sk_test_")) || str_starts(key, STR("rk_test_"));
    bool live = str_starts(key, STR("sk_live_")) || str_starts(key, STR("rk_live_"));

    if (!test && !live)
        return ctx_fail(ctx, E_INVALID, "this is not a secret key of Stripe (sk_… or rk_…)");
    if (live != (c->mode == CONF_LIVE))
        return ctx_fail(ctx, E_INVALID, "a %s key does not fit mode = %s",
                        live ? "live" : "test", c->mode == CONF_LIVE ? "live" : "test");
    return OK;
}

void
conf_each(UNUSED const struct conf *c, struct arena *a, conf_each_fn fn, void *arg)
{
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        struct str from = STR("default");

        if (origin.line[i])
            from = str_of(arena_printf(a, "line %d", origin.line[i]));
        fn(arg, keys[i].name, origin.text[i], from, keys[i].help);
    }
}
