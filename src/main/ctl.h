/* The people's command: what its subcommands share. Reading ones open the ledger read-only;
 * changing ones ask the vault through the people's socket. Not for: rules about money or time.
 */
#pragma once

#include "base/conf.h"
#include "base/money.h"
#include "call/msg.h"
#include "view/view.h"

enum { CTL_ARGS_MAX = 8, CTL_OPTIONS_MAX = 64, CTL_TEXT_MAX = 64 * 1024 * 1024 };

struct ctl_command;

struct ctl {
    struct ctx *ctx;
    struct arena *process;
    struct conf *conf; /* loaded before the command runs, but for version, help and setup */
    const char *word;  /* the first that is no option, NULL when there is none */
    const struct ctl_command *command; /* NULL: only help is asked for, of word or of all */
    bool json;
    bool bare; /* there is no settings file: conf has the defaults, ctx->conf is NULL */
    int n;     /* arguments without a name */
    const char *arg[CTL_ARGS_MAX];
    int n_options;
    struct {
        const char *name, *value; /* value NULL for a flag */
    } option[CTL_OPTIONS_MAX];
    struct buf text;     /* what people read */
    struct view *out;    /* what --json prints: an object … */
    struct view *items;  /* … or this list, when ctl_list was called */
    struct view *checks; /* what ctl_judge says */
    int code;            /* exit code of a command that worked but found something */
};

typedef enum err (*ctl_fn)(struct ctl *c);

struct ctl_command {
    const char *word, *sub; /* "race", "open"; sub NULL: none */
    const char *usage;      /* arguments and options as --help prints them */
    const char *options;    /* " host= name= dnf ": '=' takes a value */
    int min, max;           /* arguments without a name */
    ctl_fn run;
    const char *help; /* what it does, as a sentence goes on */
};

extern const struct ctl_command ctl_commands[];
extern const size_t ctl_count;

/* The line that somebody typed; E_INVALID, in words, when there is no such command or it is not
 * used so. */
enum err ctl_parse(struct ctl *c, int argc, char **argv) MUST_USE;
/* Value of --name, or NULL. */
const char *ctl_option(const struct ctl *c, const char *name);
bool ctl_flag(const struct ctl *c, const char *name);
/* The same as a whole number within bounds; otherwise when absent. E_INVALID names the option.
 */
enum err ctl_number(struct ctl *c, const char *name, int64_t lo, int64_t hi, int64_t otherwise,
                    int64_t *ret) MUST_USE;
/* The same two into the message, when the option was given. */
void ctl_put_text(struct ctl *c, struct msg *m, const char *option, const char *field);
enum err ctl_put_number(struct ctl *c, struct msg *m, const char *option, const char *field,
                        int64_t hi) MUST_USE;
/* Argument i as a whole number; what names it: "race". */
enum err ctl_arg_number(struct ctl *c, int i, const char *what, int64_t *ret) MUST_USE;
/* Text as an amount of the house's currency, in minor units, not negative. */
enum err ctl_amount(struct ctl *c, const char *text, int64_t *ret) MUST_USE;
/* Text as a time in ms: RFC 3339, "2026-05-01 19:02", or "now". */
enum err ctl_time(struct ctl *c, const char *text, int64_t *ret) MUST_USE;

/* One line for people. */
void ctl_say(struct ctl *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* What was said so far is printed now; with --json it is dropped. */
void ctl_flush(struct ctl *c);
/* The rest is printed, or with --json what was collected. */
void ctl_print(struct ctl *c);
/* From now on --json prints the list. */
struct view *ctl_list(struct ctl *c);
/* One line of a check: good, or what to do; the exit code is 1 then. */
void ctl_judge(struct ctl *c, const char *what, bool good, const char *advice);
/* Amount of the house's currency as people read it. */
const char *ctl_show(struct ctl *c, int64_t minor);
/* "2026-05-01T19:02:11Z", or "" for 0. */
const char *ctl_when(struct ctl *c, int64_t ms);

/* Opens the ledger read-only into ctx->db. */
enum err ctl_open(struct ctl *c) MUST_USE;
/* Asks the vault; --key KEY or a fresh one goes with every message. */
enum err ctl_ask(struct ctl *c, struct msg *m, struct msg *ret) MUST_USE;

/* The handlers, by file: ctl_house.c, ctl_people.c and so on. */
enum err ctl_house_init(struct ctl *c) MUST_USE;
enum err ctl_house_migrate(struct ctl *c) MUST_USE;
enum err ctl_check_run(struct ctl *c) MUST_USE;
enum err ctl_backup_make(struct ctl *c) MUST_USE;
enum err ctl_backup_list(struct ctl *c) MUST_USE;
enum err ctl_backup_restore(struct ctl *c) MUST_USE;
enum err ctl_backup_drill(struct ctl *c) MUST_USE;
enum err ctl_backup_quarantine(struct ctl *c) MUST_USE;
enum err ctl_backup_release(struct ctl *c) MUST_USE;
enum err ctl_house_version(struct ctl *c) MUST_USE;
enum err ctl_house_tick(struct ctl *c) MUST_USE;
enum err ctl_help_run(struct ctl *c) MUST_USE;
/* Of one command, of all that begin with a word (sub NULL), or of all (word NULL). */
enum err ctl_help_show(struct ctl *c, const char *word, const char *sub) MUST_USE;
enum err ctl_people_member_add(struct ctl *c) MUST_USE;
enum err ctl_people_member_list(struct ctl *c) MUST_USE;
enum err ctl_people_member_block(struct ctl *c) MUST_USE;
enum err ctl_people_role(struct ctl *c) MUST_USE;
enum err ctl_people_role_list(struct ctl *c) MUST_USE;
enum err ctl_people_link(struct ctl *c) MUST_USE;
enum err ctl_people_overlay_add(struct ctl *c) MUST_USE;
enum err ctl_people_overlay_revoke(struct ctl *c) MUST_USE;
enum err ctl_race_open(struct ctl *c) MUST_USE;
enum err ctl_race_list(struct ctl *c) MUST_USE;
enum err ctl_race_show(struct ctl *c) MUST_USE;
enum err ctl_race_join(struct ctl *c) MUST_USE;
enum err ctl_race_leave(struct ctl *c) MUST_USE;
enum err ctl_race_start(struct ctl *c) MUST_USE;
enum err ctl_race_sub(struct ctl *c) MUST_USE;
enum err ctl_race_finish(struct ctl *c) MUST_USE;
enum err ctl_race_result(struct ctl *c) MUST_USE;
enum err ctl_race_void(struct ctl *c) MUST_USE;
enum err ctl_result_dispute(struct ctl *c) MUST_USE;
enum err ctl_result_disputes(struct ctl *c) MUST_USE;
enum err ctl_result_decide(struct ctl *c) MUST_USE;
enum err ctl_result_fix(struct ctl *c) MUST_USE;
enum err ctl_rule_add(struct ctl *c) MUST_USE;
enum err ctl_rule_list(struct ctl *c) MUST_USE;
enum err ctl_rule_show(struct ctl *c) MUST_USE;
enum err ctl_payout_list(struct ctl *c) MUST_USE;
enum err ctl_payout_show(struct ctl *c) MUST_USE;
enum err ctl_payout_adopt(struct ctl *c) MUST_USE;
enum err ctl_payout_block(struct ctl *c) MUST_USE;
enum err ctl_payout_unblock(struct ctl *c) MUST_USE;
enum err ctl_prize_add(struct ctl *c) MUST_USE;
enum err ctl_prize_list(struct ctl *c) MUST_USE;
enum err ctl_product_add(struct ctl *c) MUST_USE;
enum err ctl_product_cost(struct ctl *c) MUST_USE;
enum err ctl_product_list(struct ctl *c) MUST_USE;
enum err ctl_product_refund(struct ctl *c) MUST_USE;
enum err ctl_product_shelf(struct ctl *c) MUST_USE;
/* A file of pixels or lines, whole. */
enum err ctl_sponsor_picture(struct ctl *c, const char *file, struct str *ret) MUST_USE;
enum err ctl_sponsor_add(struct ctl *c) MUST_USE;
enum err ctl_sponsor_logo(struct ctl *c) MUST_USE;
enum err ctl_sponsor_slot(struct ctl *c) MUST_USE;
enum err ctl_sponsor_end(struct ctl *c) MUST_USE;
enum err ctl_sponsor_list(struct ctl *c) MUST_USE;
enum err ctl_sponsor_report(struct ctl *c) MUST_USE;
enum err ctl_season_add(struct ctl *c) MUST_USE;
enum err ctl_season_list(struct ctl *c) MUST_USE;
enum err ctl_season_show(struct ctl *c) MUST_USE;
enum err ctl_season_change(struct ctl *c) MUST_USE;
enum err ctl_season_put(struct ctl *c) MUST_USE;
enum err ctl_season_close(struct ctl *c) MUST_USE;
enum err ctl_season_erratum(struct ctl *c) MUST_USE;
enum err ctl_season_check(struct ctl *c) MUST_USE;
enum err ctl_season_points_add(struct ctl *c) MUST_USE;
enum err ctl_season_points_list(struct ctl *c) MUST_USE;
enum err ctl_season_penalty_add(struct ctl *c) MUST_USE;
enum err ctl_season_penalty_lift(struct ctl *c) MUST_USE;
enum err ctl_season_penalty_list(struct ctl *c) MUST_USE;
enum err ctl_standings_show(struct ctl *c) MUST_USE;
enum err ctl_simulate_run(struct ctl *c) MUST_USE;
enum err ctl_money_balance(struct ctl *c) MUST_USE;
enum err ctl_money_statement(struct ctl *c) MUST_USE;
enum err ctl_money_explain(struct ctl *c) MUST_USE;
enum err ctl_export_books(struct ctl *c) MUST_USE;
enum err ctl_money_verify(struct ctl *c) MUST_USE;
enum err ctl_funds_show(struct ctl *c) MUST_USE;
enum err ctl_setup_run(struct ctl *c) MUST_USE;
/* Does the house's own address lead to this machine? sign: the word nginx answers with there.
 * False: *ret says in a sentence why not, or (unknown) why it cannot be told from here. */
bool ctl_reach(struct ctl *c, const char *url, struct str sign, bool *unknown,
               const char **ret);
/* A line of cozykart check. */
void ctl_shops_check(struct ctl *c);
void ctl_seal_check(struct ctl *c);
enum err ctl_seal_key(struct ctl *c) MUST_USE;
enum err ctl_seal_list(struct ctl *c) MUST_USE;
enum err ctl_seal_keep(struct ctl *c) MUST_USE;
/* With --against: what that file claims, on ctx->db. */
enum err ctl_seal_against(struct ctl *c) MUST_USE;
enum err ctl_queue_inbox_list(struct ctl *c) MUST_USE;
enum err ctl_queue_inbox_show(struct ctl *c) MUST_USE;
enum err ctl_queue_inbox_replay(struct ctl *c) MUST_USE;
enum err ctl_queue_refunded(struct ctl *c) MUST_USE;
enum err ctl_queue_jobs_list(struct ctl *c) MUST_USE;
enum err ctl_queue_jobs_retry(struct ctl *c) MUST_USE;
enum err ctl_queue_alerts(struct ctl *c) MUST_USE;
enum err ctl_upkeep_list(struct ctl *c) MUST_USE;
enum err ctl_upkeep_check(struct ctl *c) MUST_USE;
enum err ctl_discord_register(struct ctl *c) MUST_USE;
enum err ctl_discord_check(struct ctl *c) MUST_USE;
