/* What a person typed: command, options, values. Not for: what it means (the handlers). */
#include <string.h>

#include "base/clock.h"
#include "main/ctl.h"

static const struct ctl_command *
find(const char *word, const char *sub)
{
    for (size_t i = 0; i < ctl_count; i++)
        if (strcmp(ctl_commands[i].word, word) == 0 &&
            (!ctl_commands[i].sub || (sub && strcmp(ctl_commands[i].sub, sub) == 0)))
            return &ctl_commands[i];
    return NULL;
}

/* True for words that have subcommands. */
static bool
is_group(const char *word)
{
    for (size_t i = 0; i < ctl_count; i++)
        if (strcmp(ctl_commands[i].word, word) == 0)
            return true;
    return false;
}

/* 1: takes a value, 0: flag, -1: there is no such option here. */
static int
option_kind(const struct ctl_command *k, const char *name, struct arena *a)
{
    if (strcmp(name, "config") == 0 || strcmp(name, "key") == 0)
        return 1;
    if (strcmp(name, "json") == 0 || strcmp(name, "help") == 0)
        return 0;
    if (k && strstr(k->options, arena_printf(a, " %s= ", name)))
        return 1;
    return k && strstr(k->options, arena_printf(a, " %s ", name)) ? 0 : -1;
}

static enum err
take_option(struct ctl *c, const char *name, char **argv, int argc, int *at)
{
    const char *eq = strchr(name, '='), *value = NULL;
    int kind;

    if (eq) {
        value = eq + 1;
        name = arena_text(c->ctx->arena, name, (size_t)(eq - name));
    }
    kind = option_kind(c->command, name, c->ctx->arena);
    if (kind < 0)
        return ctx_fail(c->ctx, E_INVALID, "there is no option --%s here", name);
    if (kind == 0 && value)
        return ctx_fail(c->ctx, E_INVALID, "--%s takes no value", name);
    if (kind == 1 && !value) {
        if (*at + 1 >= argc)
            return ctx_fail(c->ctx, E_INVALID, "--%s needs a value", name);
        value = argv[++*at];
    }
    if (ctl_option(c, name))
        return ctx_fail(c->ctx, E_INVALID, "--%s stands twice", name);
    BUG_IF(c->n_options == CTL_OPTIONS_MAX);
    c->option[c->n_options].name = name;
    c->option[c->n_options++].value = value;
    return OK;
}

/* --config before the command, the command's words, then the rest in any order. */
enum err
ctl_parse(struct ctl *c, int argc, char **argv)
{
    int at = 1;
    enum err e = OK;

    for (; e == OK && at < argc && strncmp(argv[at], "--", 2) == 0; at++)
        e = take_option(c, argv[at] + 2, argv, argc, &at);
    if (e != OK)
        return e;
    if (at >= argc) {
        if (ctl_flag(c, "help"))
            return OK;
        return ctx_fail(c->ctx, E_INVALID, "which command? cozykart --help lists them");
    }
    c->word = argv[at];
    c->command = find(argv[at], at + 1 < argc ? argv[at + 1] : NULL);
    if (!c->command) {
        if (is_group(argv[at]) && at + 1 < argc && strcmp(argv[at + 1], "--help") == 0) {
            c->option[c->n_options++].name = "help";
            return OK;
        }
        return is_group(argv[at])
                   ? ctx_fail(
                         c->ctx, E_INVALID,
                         "cozykart %s: which of its commands? cozykart %s --help lists them",
                         argv[at], argv[at])
                   : ctx_fail(c->ctx, E_INVALID,
                              "there is no command '%s'; cozykart --help lists them", argv[at]);
    }
    at += c->command->sub ? 2 : 1;
    for (; e == OK && at < argc; at++) {
        if (strncmp(argv[at], "--", 2) == 0 && argv[at][2])
            e = take_option(c, argv[at] + 2, argv, argc, &at);
        else if (c->n < CTL_ARGS_MAX)
            c->arg[c->n++] = argv[at];
        else
            e = ctx_fail(c->ctx, E_INVALID, "too many arguments");
    }
    if (e == OK && !ctl_flag(c, "help") && (c->n < c->command->min || c->n > c->command->max))
        e = ctx_fail(c->ctx, E_INVALID, "%s; usage: cozykart %s%s%s %s",
                     c->n < c->command->min ? "an argument is missing" : "too many arguments",
                     c->command->word, c->command->sub ? " " : "",
                     c->command->sub ? c->command->sub : "", c->command->usage);
    return e;
}

const char *
ctl_option(const struct ctl *c, const char *name)
{
    for (int i = 0; i < c->n_options; i++)
        if (strcmp(c->option[i].name, name) == 0)
            return c->option[i].value ? c->option[i].value : "";
    return NULL;
}

bool
ctl_flag(const struct ctl *c, const char *name)
{
    return ctl_option(c, name) != NULL;
}

enum err
ctl_number(struct ctl *c, const char *name, int64_t lo, int64_t hi, int64_t otherwise,
           int64_t *ret)
{
    const char *text = ctl_option(c, name);

    if (!text) {
        *ret = otherwise;
        return OK;
    }
    if (!str_i64(str_of(text), lo, hi, ret))
        return ctx_fail(c->ctx, E_INVALID, "--%s must be a whole number from %lld to %lld",
                        name, (long long)lo, (long long)hi);
    return OK;
}

enum err
ctl_arg_number(struct ctl *c, int i, const char *what, int64_t *ret)
{
    if (!str_i64(str_of(c->arg[i]), 1, MINOR_MAX, ret))
        return ctx_fail(c->ctx, E_INVALID, "'%s' is not the number of a %s", c->arg[i], what);
    return OK;
}

enum err
ctl_amount(struct ctl *c, const char *text, int64_t *ret)
{
    struct money m;

    if (money_parse(str_of(text), c->conf->money.currency, &m) != OK || m.minor < 0)
        return ctx_fail(c->ctx, E_INVALID, "'%s' is not an amount like 9.00", text);
    *ret = m.minor;
    return OK;
}

enum err
ctl_time(struct ctl *c, const char *text, int64_t *ret)
{
    if (strcmp(text, "now") == 0) {
        *ret = ctx_now(c->ctx);
        return OK;
    }
    if (clock_parse(str_of(text), ret) != OK)
        return ctx_fail(
            c->ctx, E_INVALID,
            "'%s' is not a time like 2026-05-01T19:02:11Z or '2026-05-01 19:02' (UTC)", text);
    return OK;
}
