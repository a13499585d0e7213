/* The reader of settings; it obeys the table in conf_table.c. Not for: what a setting means to
 * the process that uses it. */
#include "base/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/conf_table.h"
#include "base/ctx.h"
#include "base/money.h"

/* Where each value came from: 0 default, else the line. Kept beside the settings for conf_each.
 */
struct conf_origin {
    int line[CONF_TABLE_MAX];
    struct str text[CONF_TABLE_MAX];
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
    if (kind == KIND_HOST &&
        (v.n > 253 || !only_of(v, "abcdefghijklmnopqrstuvwxyz0123456789.-:")))
        return ctx_fail(ctx, E_INVALID, "must be a host name in lower case, without https://");
    if (kind == KIND_NAME &&
        (v.n > 128 || !only_of(v, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_-.@+")))
        return ctx_fail(ctx, E_INVALID, "must be one word: letters, digits, _ - . @ +");
    if (kind == KIND_SMTP && v.n &&
        ((!str_starts(v, STR("smtp://")) && !str_starts(v, STR("smtps://"))) ||
         !str_has(v, '/') || v.p[v.n - 1] == '/' ||
         str_find(v, STR("/"), str_find(v, STR("//"), 0) + 2) != SIZE_MAX ||
         !only_of(v, "abcdefghijklmnopqrstuvwxyz0123456789.-:/[]")))
        return ctx_fail(ctx, E_INVALID,
                        "must be smtp://host, smtp://host:port or smtps://host:port");
    if (kind == KIND_REMOTE && v.n &&
        ((!str_starts(v, STR("https://")) && !str_starts(v, STR("http://"))) ||
         v.p[v.n - 1] == '/' || !only_of(v, "abcdefghijklmnopqrstuvwxyz0123456789.-:/")))
        return ctx_fail(ctx, E_INVALID, "must be an address without a slash at the end");
    return OK;
}

static bool
word_in(struct str v, struct str words, char between)
{
    struct str one;

    while (str_split(&words, between, &one))
        if (str_eq(one, v))
            return true;
    return false;
}

/* One of "a|b". */
static enum err
check_choice(struct ctx *ctx, const struct conf_key *k, struct str v)
{
    return word_in(v, str_of(k->otherwise), '|')
               ? OK
               : ctx_fail(ctx, E_INVALID, "must be one of %s", k->otherwise);
}

/* What holds when the file does not name the setting. */
static struct str
usual(struct arena *process, const struct conf_key *k)
{
    struct str rest = str_of(k->otherwise), first = rest;

    if (k->kind != KIND_WORD)
        return first;
    (void)str_split(&rest, '|', &first);
    return str_dup(process, first);
}

/* Some of "a,b,c". */
static enum err
check_list(struct ctx *ctx, const struct conf_key *k, struct str v)
{
    struct str one;

    while (str_split(&v, ',', &one))
        if (!word_in(str_trim(one), str_of(k->otherwise), ','))
            return ctx_fail(ctx, E_INVALID, "'%.*s' is not one of %s", STR_ARG(one),
                            k->otherwise);
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
    case KIND_WORD:
        if (check_choice(ctx, k, v) != OK)
            return ctx->fail;
        break;
    case KIND_LIST:
        if (check_list(ctx, k, v) != OK)
            return ctx->fail;
        break;
    case KIND_NUMBER:
    case KIND_KEY:
    case KIND_REMOTE:
    case KIND_SMTP:
    case KIND_HOST:
    case KIND_NAME:
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
    for (size_t i = 0; i < conf_table_count; i++) {
        if (!str_eq_text(name, conf_table_keys[i].name))
            continue;
        if (origin.line[i])
            return ctx_fail(ctx, E_INVALID, "%s:%d: %s stands on line %d already", c->file,
                            number, conf_table_keys[i].name, origin.line[i]);
        value = str_dup(process, value);
        origin.line[i] = number;
        origin.text[i] = value;
        if (set(ctx, &conf_table_keys[i], value, c) != OK)
            ctx_note(ctx, "%s:%d: %s", c->file, number, conf_table_keys[i].name);
        return ctx->fail;
    }
    return ctx_fail(ctx, E_INVALID,
                    "%s:%d: there is no setting '%.*s'; man cozykart.conf lists them", c->file,
                    number, STR_ARG(str_sub(name, 0, 60)));
}

/* Real money is asked for at the provider's own address, whatever the file says. */
static enum err
check_remotes(struct ctx *ctx, const struct conf *c)
{
    for (size_t i = 0; c->mode == CONF_LIVE && i < conf_table_count; i++)
        if (conf_table_keys[i].kind == KIND_REMOTE &&
            !str_eq_text(origin.text[i], conf_table_keys[i].otherwise))
            return ctx_fail(ctx, E_INVALID, "%s:%d: %s must be %s with mode = live", c->file,
                            origin.line[i], conf_table_keys[i].name,
                            *conf_table_keys[i].otherwise ? conf_table_keys[i].otherwise
                                                          : "left out");
    return OK;
}

void
conf_default(struct ctx *ctx, struct arena *process, const char *file, struct conf *ret)
{
    *ret = (struct conf){.file = arena_text(process, file, strlen(file))};
    ctx_clear(ctx);
    memset(&origin, 0, sizeof(origin));
    for (size_t i = 0; i < conf_table_count; i++) {
        origin.text[i] = usual(process, &conf_table_keys[i]);
        BUG_IF(set(ctx, &conf_table_keys[i], origin.text[i], ret) != OK);
    }
}

enum err
conf_load(struct ctx *ctx, struct arena *process, const char *file, struct conf *ret)
{
    struct conf c;
    struct str text, line;
    int number = 0;
    enum err e;

    conf_default(ctx, process, file, &c);
    if ((e = read_file(ctx, file, 65536, &text)) == E_NOTFOUND)
        e = ctx_fail(ctx, e, "there is no %s; cozykart setup makes it", file);
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
                               : ctx_fail(ctx, E_DENIED,
                                          "%s: it cannot be read by this user; cozykart "
                                          "setup --batch lets systemd hand it over",
                                          file);
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
        return ctx_fail(
            ctx, E_INVALID,
            "%s: it is empty; put the secret into it, or take its line out of the settings",
            path);
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
    for (size_t i = 0; i < conf_table_count; i++) {
        struct str from = STR("default");

        if (origin.line[i])
            from = str_of(arena_printf(a, "line %d", origin.line[i]));
        fn(arg, conf_table_keys[i].name, origin.text[i], from, conf_table_keys[i].help);
    }
}
