/* Words of the command line into arguments of one command. Not for: what they do. */
#include "base/clock.h"
#include "base/money.h"
#include "main/ctl.h"

static bool
has_word(const char *name, const char *word)
{
    size_t n = strlen(word);

    return strncmp(name, word, n) == 0 && (name[n] == ' ' || name[n] == '\0');
}

static const char *
shape(const struct ctl_arg *a)
{
    switch (a->kind) {
    case CTL_NUMBER:
        return "N";
    case CTL_MONEY:
        return "AMOUNT";
    case CTL_TIME:
        return "TIME";
    case CTL_TEXT:
        return "TEXT";
    case CTL_FLAG:
        break;
    }
    return "";
}

static void
print_upper(const char *name)
{
    for (; *name; name++)
        putchar(*name >= 'a' && *name <= 'z' ? *name - 'a' + 'A' : *name);
}

static void
print_line(const struct ctl_command *cmd)
{
    printf("cozykart %s", cmd->name);
    for (const struct ctl_arg *a = cmd->args; a->name; a++) {
        if (a->place == CTL_FIRST) {
            putchar(' ');
            print_upper(a->name);
        } else if (a->place == CTL_NEEDED) {
            printf(" --%s %s", a->name, shape(a));
        }
    }
    for (const struct ctl_arg *a = cmd->args; a->name; a++)
        if (a->place == CTL_OPTION)
            printf(a->kind == CTL_FLAG ? " [--%s]" : " [--%s %s]", a->name, shape(a));
}

void
ctl_arg_usage(const struct ctl_command *cmd)
{
    printf("usage: ");
    print_line(cmd);
    printf("\n\n%s\n\n", cmd->help);
    for (const struct ctl_arg *a = cmd->args; a->name; a++) {
        printf("  %s", a->place == CTL_FIRST ? "" : "--");
        if (a->place == CTL_FIRST)
            print_upper(a->name);
        else
            printf("%s %s", a->name, shape(a));
        printf("\n      %s\n", a->help);
    }
    printf("  --json\n      the answer as JSON: amounts in minor units, times in milliseconds\n");
    if (cmd->keyed)
        printf("  --key TEXT\n      asked again with the same key, it is done once\n");
    printf("  --config FILE\n      settings; default $COZYKART_CONFIG or " SYSCONFDIR
           "/cozykart/cozykart.conf\n");
}

void
ctl_arg_help(const char *word)
{
    printf("usage: cozykart [--config FILE] COMMAND [--json] [--help] …\n\n");
    for (size_t i = 0; i < ctl_count; i++)
        if (!word || has_word(ctl_commands[i].name, word))
            printf("  %-16s %s\n", ctl_commands[i].name, ctl_commands[i].help);
    printf("\ncozykart COMMAND --help says more of one.\n");
}

static const struct ctl_command *
find_command(const char *first, const char *second)
{
    for (size_t i = 0; i < ctl_count; i++) {
        const char *name = ctl_commands[i].name, *gap = strchr(name, ' ');
        size_t n = gap ? (size_t)(gap - name) : strlen(name);

        if (strlen(first) != n || strncmp(first, name, n) != 0)
            continue;
        if (!gap || (second && strcmp(second, gap + 1) == 0))
            return &ctl_commands[i];
    }
    return NULL;
}

static size_t
arg_index(const struct ctl_command *cmd, const char *name)
{
    for (size_t i = 0; i < CTL_ARGS_MAX && cmd->args[i].name; i++)
        if (strcmp(cmd->args[i].name, name) == 0)
            return i;
    return CTL_ARGS_MAX;
}

/* Words in order; what a word before took is NULL. */
struct words {
    int n;
    char **word;
    bool help;
};

/* --name VALUE or --name=VALUE; takes both out. False when it is not there. */
static enum err
take_option(struct ctl *c, struct words *w, const char *name, const char **ret)
{
    size_t n = strlen(name);

    *ret = NULL;
    for (int i = 0; i < w->n; i++) {
        const char *s = w->word[i];

        if (!s || strncmp(s, "--", 2) != 0 || strncmp(s + 2, name, n) != 0)
            continue;
        if (s[n + 2] == '=') {
            *ret = s + n + 3;
        } else if (s[n + 2] == '\0') {
            if (i + 1 >= w->n || !w->word[i + 1])
                return ctx_fail(c->ctx, E_INVALID, "--%s needs a value", name);
            *ret = w->word[i + 1];
            w->word[i + 1] = NULL;
        } else {
            continue;
        }
        w->word[i] = NULL;
        return OK;
    }
    return OK;
}

static bool
take_flag(struct words *w, const char *name)
{
    for (int i = 0; i < w->n; i++)
        if (w->word[i] && strncmp(w->word[i], "--", 2) == 0 && strcmp(w->word[i] + 2, name) == 0) {
            w->word[i] = NULL;
            return true;
        }
    return false;
}

static const char *
take_first(struct words *w)
{
    for (int i = 0; i < w->n; i++) {
        const char *s = w->word[i];

        /* "-5m" is a time, "--x" an unknown option. */
        if (s && strncmp(s, "--", 2) != 0) {
            w->word[i] = NULL;
            return s;
        }
    }
    return NULL;
}

static enum err
read_command(struct ctl *c, struct words *w)
{
    const struct ctl_command *cmd;
    const char *first, *second = NULL;
    int at = 0;

    w->help = take_flag(w, "help");
    first = take_first(w);
    if (!first) {
        ctl_arg_help(NULL);
        if (w->help)
            exit(0);
        return ctx_fail(c->ctx, E_INVALID, "no command was given");
    }
    if (strcmp(first, "help") == 0) {
        ctl_arg_help(take_first(w));
        exit(0);
    }
    while (at < w->n && !w->word[at])
        at++;
    if (at < w->n)
        second = w->word[at];
    cmd = c->command = find_command(first, second);
    if (!cmd && w->help) {
        ctl_arg_help(first);
        exit(0);
    }
    if (!cmd)
        return ctx_fail(c->ctx, E_INVALID, "there is no command %s%s%s: see cozykart --help", first,
                        second ? " " : "", second ? second : "");
    if (strchr(cmd->name, ' '))
        w->word[at] = NULL;
    if (w->help) {
        ctl_arg_usage(cmd);
        exit(0);
    }
    return OK;
}

static enum err
read_args(struct ctl *c, struct words *w)
{
    const struct ctl_command *cmd = c->command;
    const char *v;
    enum err e;

    for (size_t i = 0; i < CTL_ARGS_MAX && cmd->args[i].name; i++) {
        const struct ctl_arg *a = &cmd->args[i];

        if (a->place == CTL_FIRST)
            continue;
        if (a->kind == CTL_FLAG) {
            c->given[i] = take_flag(w, a->name);
            continue;
        }
        if ((e = take_option(c, w, a->name, &v)))
            return e;
        if (!v && a->place == CTL_NEEDED)
            return ctx_fail(c->ctx, E_INVALID, "--%s is missing: see cozykart %s --help", a->name,
                            cmd->name);
        c->given[i] = v != NULL;
        c->text[i] = str_of(v);
    }
    for (size_t i = 0; i < CTL_ARGS_MAX && cmd->args[i].name; i++) {
        if (cmd->args[i].place != CTL_FIRST)
            continue;
        if (!(v = take_first(w)))
            return ctx_fail(c->ctx, E_INVALID, "%s is missing: see cozykart %s --help",
                            cmd->args[i].name, cmd->name);
        c->given[i] = true;
        c->text[i] = str_of(v);
    }
    for (int i = 0; i < w->n; i++)
        if (w->word[i])
            return ctx_fail(c->ctx, E_INVALID, "%s is too much: see cozykart %s --help", w->word[i],
                            cmd->name);
    return OK;
}

enum err
ctl_arg_read(struct ctl *c, int argc, char **argv)
{
    struct words w = {.n = argc - 1, .word = argv + 1};
    const char *v;
    enum err e;

    if ((e = take_option(c, &w, "config", &v)))
        return e;
    if (v)
        c->file = v;
    if ((e = take_option(c, &w, "key", &v)))
        return e;
    if (v)
        c->key = str_of(v);
    c->json = take_flag(&w, "json");
    if (take_flag(&w, "version")) {
        printf("cozykart " PACKAGE_VERSION "\n");
        exit(0);
    }
    if ((e = read_command(c, &w)))
        return e;
    return read_args(c, &w);
}

/* "-90s", "-5m", "-2h", "-3d": that long ago. */
static bool
parse_ago(struct str s, int64_t now, int64_t *ret)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'s', 1000}, {'m', 60 * 1000}, {'h', 60 * 60 * 1000}, {'d', 24 * 60 * 60 * 1000}};
    int64_t n;

    if (s.n < 3 || s.p[0] != '-' || !str_i64(str_sub(s, 1, s.n - 2), 0, 1000000, &n))
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(units); i++)
        if (s.p[s.n - 1] == units[i].unit) {
            *ret = now - n * units[i].ms;
            return true;
        }
    return false;
}

static enum err
convert(struct ctl *c, size_t i)
{
    const struct ctl_arg *a = &c->command->args[i];
    struct money m;
    int64_t now = ctx_now(c->ctx);

    switch (a->kind) {
    case CTL_TEXT:
        if (!str_is_text(c->text[i], ""))
            return ctx_fail(c->ctx, E_INVALID, "%s must be plain text", a->name);
        return OK;
    case CTL_NUMBER:
        if (!str_i64(c->text[i], -MINOR_MAX, MINOR_MAX, &c->number[i]))
            return ctx_fail(c->ctx, E_INVALID, "%s must be a whole number", a->name);
        return OK;
    case CTL_MONEY:
        if (money_parse(c->text[i], c->conf.money.currency, &m) != OK)
            return ctx_fail(c->ctx, E_INVALID, "%s must be an amount like 25.00 in %.*s", a->name,
                            STR_ARG(c->conf.money.currency));
        c->number[i] = m.minor;
        return OK;
    case CTL_TIME:
        if (str_eq_text(c->text[i], "now"))
            c->number[i] = now;
        else if (!parse_ago(c->text[i], now, &c->number[i]) &&
                 clock_parse(c->text[i], &c->number[i]) != OK)
            return ctx_fail(c->ctx, E_INVALID,
                            "%s must be a time like 2026-05-01T19:02:11Z, -5m or now", a->name);
        return OK;
    case CTL_FLAG:
        c->number[i] = 1;
        return OK;
    }
    return OK;
}

enum err
ctl_arg_convert(struct ctl *c)
{
    enum err e;

    for (size_t i = 0; i < CTL_ARGS_MAX && c->command->args[i].name; i++)
        if (c->given[i] && (e = convert(c, i)))
            return e;
    return OK;
}

bool
ctl_arg_given(const struct ctl *c, const char *name)
{
    size_t i = arg_index(c->command, name);

    BUG_IF(i == CTL_ARGS_MAX);
    return c->given[i];
}

struct str
ctl_arg_text(const struct ctl *c, const char *name)
{
    return ctl_arg_given(c, name) ? c->text[arg_index(c->command, name)] : STR("");
}

int64_t
ctl_arg_number(const struct ctl *c, const char *name, int64_t otherwise)
{
    return ctl_arg_given(c, name) ? c->number[arg_index(c->command, name)] : otherwise;
}
