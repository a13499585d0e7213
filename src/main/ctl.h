/* The people's command: its table's shape and what its topics share. Not for: the programs that run
 * for long (start.h). */
#pragma once

#include "base/conf.h"
#include "base/ctx.h"
#include "call/msg.h"

enum ctl_kind {
    CTL_TEXT,
    CTL_NUMBER, /* whole number */
    CTL_MONEY,  /* "25.00" in the house's currency: minor units */
    CTL_TIME,   /* "2026-05-01 19:02", RFC 3339, "now", or "-90s", "-5m", "-2h", "-3d" */
    CTL_FLAG    /* no value */
};

enum ctl_place { CTL_OPTION, CTL_NEEDED, CTL_FIRST }; /* --name; the same, required; positional */

struct ctl_arg {
    const char *name; /* as written: "from" */
    enum ctl_kind kind;
    enum ctl_place place;
    const char *help;
    const char *field; /* of the vault's message; NULL: the name with '_' for '-' */
};

enum { CTL_ARGS_MAX = 16 };
enum ctl_needs { CTL_NOTHING, CTL_CONF, CTL_LEDGER };

struct ctl {
    struct ctx *ctx; /* arena lives as long as the process: a command is short */
    const char *file;
    struct conf conf;
    bool json;
    struct str key; /* --key, or random */
    const struct ctl_command *command;
    bool given[CTL_ARGS_MAX];
    struct str text[CTL_ARGS_MAX];
    int64_t number[CTL_ARGS_MAX];
};

typedef enum err (*ctl_fn)(struct ctl *c);

struct ctl_command {
    const char *name; /* "race open" */
    enum ctl_needs needs;
    ctl_fn run;       /* ctl_ask_run for those that only ask the vault */
    const char *ask;  /* the vault's command: "race.open" */
    const char *said; /* text when it worked, {field} from the answer or the arguments */
    const char *help;
    bool keyed;
    struct ctl_arg args[CTL_ARGS_MAX]; /* up to the first without a name */
};

extern const struct ctl_command ctl_commands[];
extern const size_t ctl_count;

/* ctl_arg.c: the words after the program's name into c. E_INVALID with the usage in words. */
enum err ctl_arg_read(struct ctl *c, int argc, char **argv) MUST_USE;
/* Opens what the arguments need to be understood: money wants a currency. */
enum err ctl_arg_convert(struct ctl *c) MUST_USE;
bool ctl_arg_given(const struct ctl *c, const char *name);
struct str ctl_arg_text(const struct ctl *c, const char *name);
int64_t ctl_arg_number(const struct ctl *c, const char *name, int64_t otherwise);
/* All commands, or those that begin with the word, or the one command. */
void ctl_arg_help(const char *word);
void ctl_arg_usage(const struct ctl_command *cmd);

/* ctl_ask.c: asks the vault for c->command->ask with all given arguments as fields, prints the
 * answer. */
enum err ctl_ask_run(struct ctl *c) MUST_USE;
/* One question; fields are added by the caller, key and trace here. */
enum err ctl_ask(struct ctl *c, struct msg *in, struct msg *answer) MUST_USE;
/* Adds the given arguments. */
void ctl_ask_fields(struct ctl *c, struct msg *in);

/* The topics. */
enum err ctl_db_init(struct ctl *c) MUST_USE;
enum err ctl_db_migrate(struct ctl *c) MUST_USE;
enum err ctl_db_backup(struct ctl *c) MUST_USE;
enum err ctl_db_verify(struct ctl *c) MUST_USE;
enum err ctl_db_version(struct ctl *c) MUST_USE;
enum err ctl_check(struct ctl *c) MUST_USE;
enum err ctl_user_list(struct ctl *c) MUST_USE;
enum err ctl_user_link(struct ctl *c) MUST_USE;
enum err ctl_user_overlay(struct ctl *c) MUST_USE;
enum err ctl_queue_inbox(struct ctl *c) MUST_USE;
enum err ctl_queue_notice(struct ctl *c) MUST_USE;
enum err ctl_queue_replay(struct ctl *c) MUST_USE;
enum err ctl_queue_jobs(struct ctl *c) MUST_USE;
enum err ctl_queue_alerts(struct ctl *c) MUST_USE;
enum err ctl_money_balance(struct ctl *c) MUST_USE;
enum err ctl_money_statement(struct ctl *c) MUST_USE;
enum err ctl_money_explain(struct ctl *c) MUST_USE;
enum err ctl_race_list(struct ctl *c) MUST_USE;
enum err ctl_race_show(struct ctl *c) MUST_USE;
enum err ctl_race_result(struct ctl *c) MUST_USE;
enum err ctl_rule_list(struct ctl *c) MUST_USE;
enum err ctl_rule_show(struct ctl *c) MUST_USE;
enum err ctl_product_list(struct ctl *c) MUST_USE;
enum err ctl_product_cost(struct ctl *c) MUST_USE;
enum err ctl_simulate(struct ctl *c) MUST_USE;
