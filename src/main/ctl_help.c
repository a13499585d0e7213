/* What people and programs read about the commands: help by groups in 80 columns, and the
 * tables as lines for manual pages and shell completion. Not for: what a command does. */
#include <string.h>

#include "base/conf_table.h"
#include "main/ctl.h"
#include "provider/registry.h"

enum { COLUMNS = 79, NAME_WIDE = 18 };

/* In the order in which people meet them; a word that stands nowhere is shown at the end. */
static const struct {
    const char *title, *words;
} groups[] = {
    {"Setting up",                    "setup check discord init version help"              },
    {"Looking after the ledger",      "backup restore drill quarantine upkeep migrate tick"},
    {"The books",                     "verify seal funds export"                           },
    {"When something needs a person", "alerts jobs inbox refunded simulate"                },
    {"People",                        "member role login-link overlay"                     },
    {"Races and the league",          "race rule season points penalty standings"          },
    {"Money of members",              "balance statement explain payout prize"             },
    {"Shop and sponsors",             "product sale sponsor"                               },
};

/* Words that stand for a closed set in a usage line; of every command where it is NULL. */
static const struct {
    const char *command, *name, *words;
} sets[] = {
    {NULL,           "ROLE",  "host dj creator staff operator auditor"           },
    {"sponsor slot", "PLACE",
     "standings_head overlay_corner overlay_break race_card season_prize"        },
    {"payout list",  "STATE",
     "open REQUESTED HELD SENDING SENT UNKNOWN SETTLED RETURNED CANCELLED FAILED"},
    {"inbox list",   "STATE", "applied ignored waiting set_aside failed"         },
    {"jobs list",    "STATE", "due leased done dead"                             },
};

static const char *const kinds[] = {
    [KIND_MODE] = "mode",     [KIND_URL] = "url",   [KIND_TEXT] = "text",
    [KIND_PATH] = "path",     [KIND_FILE] = "file", [KIND_CURRENCY] = "currency",
    [KIND_INT] = "number",    [KIND_NUMBER] = "id", [KIND_KEY] = "key",
    [KIND_REMOTE] = "remote", [KIND_HOST] = "host", [KIND_NAME] = "name",
    [KIND_WORD] = "word",     [KIND_LIST] = "list", [KIND_SMTP] = "smtp",
};

/* Blanks that keep what stands in brackets on one line, until it is said. */
enum { HARD = 0x1f };

static void
say_line(struct ctl *c, struct str line)
{
    char *text = str_text(c->ctx->arena, line);

    for (char *p = text; *p; p++)
        if (*p == HARD)
            *p = ' ';
    ctl_say(c, "%s", text);
}

/* One paragraph: head in front, later lines begin at column indent. */
static void
wrap(struct ctl *c, const char *head, size_t indent, const char *text)
{
    struct buf line = buf_new(c->ctx->arena, 4096);
    struct str rest = str_of(text), word;
    bool begun = false;

    buf_add_text(&line, head);
    while (str_length(buf_str(&line)) < indent)
        buf_add_char(&line, ' ');
    while (str_split(&rest, ' ', &word)) {
        if (begun && str_length(buf_str(&line)) + 1 + str_length(word) > COLUMNS) {
            say_line(c, buf_str(&line));
            line = buf_new(c->ctx->arena, 4096);
            for (size_t i = 0; i < indent; i++)
                buf_add_char(&line, ' ');
            begun = false;
        }
        if (begun)
            buf_add_char(&line, ' ');
        buf_add(&line, word);
        begun = true;
    }
    say_line(c, buf_str(&line));
}

static const char *
name_of(struct ctl *c, const struct ctl_command *k)
{
    return arena_printf(c->ctx->arena, "%s%s%s", k->word, k->sub ? " " : "",
                        k->sub ? k->sub : "");
}

static void
say_command(struct ctl *c, const struct ctl_command *k)
{
    char *usage = str_text(c->ctx->arena, str_of(k->usage));
    int depth = 0;

    for (char *p = usage; *p; p++) {
        depth += (*p == '[' || *p == '(') - (*p == ']' || *p == ')');
        if (*p == ' ' &&
            (depth > 0 || (p[1] >= 'A' && p[1] <= 'Z' && p > usage && p[-1] >= 'a')))
            *p = HARD;
    }
    wrap(c, arena_printf(c->ctx->arena, "usage: cozykart %s ", name_of(c, k)), 7, usage);
    ctl_say(c, "%s", "");
    wrap(c, "", 0, k->help);
}

/* Every command of a word with its sentence; all: the word by itself too. */
static void
say_word(struct ctl *c, const char *word, bool all)
{
    for (size_t i = 0; i < ctl_count; i++)
        if (strcmp(ctl_commands[i].word, word) == 0 && (all || ctl_commands[i].sub))
            wrap(c, arena_printf(c->ctx->arena, "  %s ", name_of(c, &ctl_commands[i])),
                 NAME_WIDE, ctl_commands[i].help);
}

/* "race   open, list, show", or its sentence when the word is a command by itself. */
static void
say_short(struct ctl *c, struct str word)
{
    struct buf subs = buf_new(c->ctx->arena, 4096);
    const char *help = NULL;

    for (size_t i = 0; i < ctl_count; i++) {
        const struct ctl_command *k = &ctl_commands[i];

        if (!str_eq_text(word, k->word))
            continue;
        if (k->sub)
            buf_printf(&subs, "%s%s", buf_str(&subs).n ? ", " : "", k->sub);
        else
            help = k->help;
    }
    if (help)
        wrap(c, arena_printf(c->ctx->arena, "  %.*s ", STR_ARG(word)), NAME_WIDE, help);
    if (buf_str(&subs).n)
        wrap(c, arena_printf(c->ctx->arena, "  %.*s ", STR_ARG(word)), NAME_WIDE,
             str_text(c->ctx->arena, buf_str(&subs)));
}

static bool
in_group(const char *words, const char *word)
{
    struct str rest = str_of(words), one;

    while (str_split(&rest, ' ', &one))
        if (str_eq_text(one, word))
            return true;
    return false;
}

static bool
is_grouped(const char *word)
{
    for (size_t g = 0; g < ARRAY_SIZE(groups); g++)
        if (in_group(groups[g].words, word))
            return true;
    return false;
}

static void
say_groups(struct ctl *c)
{
    struct str rest, word;
    const char *other = NULL;

    for (size_t g = 0; g < ARRAY_SIZE(groups); g++) {
        ctl_say(c, "%s:", groups[g].title);
        rest = str_of(groups[g].words);
        while (str_split(&rest, ' ', &word))
            say_short(c, word);
        ctl_say(c, "%s", "");
    }
    for (size_t i = 0; i < ctl_count; i++) {
        const char *now = ctl_commands[i].word;

        if (is_grouped(now) || (other && strcmp(now, other) == 0))
            continue;
        say_short(c, str_of(now));
        other = now;
    }
}

static void
say_all(struct ctl *c)
{
    ctl_say(c, "usage: cozykart [--config FILE] COMMAND … [--json] [--key KEY]\n");
    say_groups(c);
    ctl_say(c, "cozykart help WORD lists the commands of a word, cozykart help WORD COMMAND\n"
               "(or --help behind it) tells what it takes. --json prints JSON. --key makes a\n"
               "changing command safe to repeat: the same key gives the first answer again.\n"
               "Exit codes: 0 done, 1 something was found wrong, 64 wrong use, 65 refused,\n"
               "66 not there, 69 a service is down, 70 our bug, 75 busy (try again),\n"
               "77 no right. The manual: man cozykart.");
}

/* Fields between tabs, for programs: first what the line is about. */
static void
say_table(struct ctl *c)
{
    struct buf names = buf_new(c->ctx->arena, 4096);

    for (size_t i = 0; i < ctl_count; i++) {
        const struct ctl_command *k = &ctl_commands[i];

        ctl_say(c, "command\t%s\t%s\t%d\t%d\t%s\t%s\t%s", k->word, k->sub ? k->sub : "", k->min,
                k->max, k->options, k->usage, k->help);
    }
    for (size_t i = 0; i < conf_table_count; i++) {
        const struct conf_key *k = &conf_table_keys[i];
        const char *kind = (size_t)k->kind < ARRAY_SIZE(kinds) ? kinds[k->kind] : NULL;

        ctl_say(c, "setting\t%s\t%s\t%lld\t%lld\t%s\t%s", k->name, kind ? kind : "?",
                (long long)k->lo, (long long)k->hi, k->otherwise, k->help);
    }
    for (int e = 0; e < ERR_COUNT; e++)
        ctl_say(c, "exit\t%d\t%.*s\t%.*s", err_info((enum err)e)->exit,
                STR_ARG(err_info((enum err)e)->name), STR_ARG(err_info((enum err)e)->title));
    for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
        ctl_say(c, "group\t%s\t%s", groups[i].title, groups[i].words);
    for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
        ctl_say(c, "set\t%s\t%s\t%s", sets[i].command ? sets[i].command : "", sets[i].name,
                sets[i].words);
    for (size_t i = 0; registry_name(i).n; i++)
        buf_printf(&names, "%s%.*s", i ? " " : "", STR_ARG(registry_name(i)));
    ctl_say(c, "set\tsimulate\tPROVIDER\t%.*s", STR_ARG(buf_str(&names)));
}

static bool
has_subs(const char *word)
{
    for (size_t i = 0; i < ctl_count; i++)
        if (strcmp(ctl_commands[i].word, word) == 0 && ctl_commands[i].sub)
            return true;
    return false;
}

enum err
ctl_help_show(struct ctl *c, const char *word, const char *sub)
{
    bool known = false;

    for (size_t i = 0; word && i < ctl_count; i++) {
        const struct ctl_command *k = &ctl_commands[i];

        if (strcmp(k->word, word) != 0)
            continue;
        known = true;
        if (k->sub ? sub && strcmp(k->sub, sub) == 0 : !sub) {
            say_command(c, k);
            if (!sub && has_subs(word)) {
                ctl_say(c, "\nand with a word more:");
                say_word(c, word, false);
            }
            return OK;
        }
    }
    if (!word)
        say_all(c);
    else if (known && !sub)
        say_word(c, word, true);
    else
        return ctx_fail(c->ctx, E_NOTFOUND,
                        "there is no command '%s%s%s'; cozykart --help lists them", word,
                        sub ? " " : "", sub ? sub : "");
    return OK;
}

enum err
ctl_help_run(struct ctl *c)
{
    enum err e = OK;

    if (ctl_flag(c, "table"))
        say_table(c);
    else
        e = ctl_help_show(c, c->n > 0 ? c->arg[0] : NULL, c->n > 1 ? c->arg[1] : NULL);
    view_text(c->out, "text", buf_str(&c->text));
    return e;
}
