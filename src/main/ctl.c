/* cozykart, the people's command: THE table of its subcommands, options, output, exit codes.
 * Not for: what they do (ctl_*.c). */
#include "main/ctl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "call/call.h"
#include "db/db.h"
#include "db/stmt.h"
#include "main/start.h"

/* By hand: clang-format 14 aligns rows of several lines far beyond the limit. */
/* clang-format off */
const struct ctl_command ctl_commands[] = {
    {"init", NULL, "", "", 0, 0, ctl_house_init, "makes a new, empty ledger file"},
    {"migrate", NULL, "", "", 0, 0, ctl_house_migrate,
     "brings the ledger file to this program's schema and keeps a copy of what it was; the "
     "vault must be stopped"},
    {"check", NULL, "[--settings] [--offline]", " settings offline ", 0, 0, ctl_check_run,
     "tells line by line what is right, what is wrong and how to mend it; --settings explains "
     "every setting, --offline asks nobody on the network"},
    {"setup", NULL, CTL_SETUP_USAGE, CTL_SETUP_OPTIONS, 0, 0, ctl_setup_run,
     "asks what a new house needs, or takes it from options (--batch asks nothing), writes the "
     "files, starts it, and says what is still missing"},
    {"backup", "list", "", "", 0, 0, ctl_backup_list, "the copies in backup.dir, newest first"},
    {"backup", NULL, "[FILE]", "", 0, 1, ctl_backup_make,
     "makes a checked copy of the ledger in backup.dir and tells the vault (by a timer); with "
     "FILE a plain copy there"},
    {"restore", NULL, "FILE [--replace] [--force-older] [--flawed] [--identity FILE] [--check]",
     " replace force-older flawed check identity= ", 1, 1, ctl_backup_restore,
     "makes a copy the ledger, in quarantine; --check only looks whether it could be"},
    {"drill", NULL, "", "", 0, 0, ctl_backup_drill,
     "opens the newest copy as a restore would, checks it and tells the vault (daily, by a "
     "timer)"},
    {"quarantine", "end", "--reason TEXT [--despite TEXT]", " reason= despite= ", 0, 0,
     ctl_backup_release, "lets a restored ledger pay again"},
    {"quarantine", NULL, "", "", 0, 0, ctl_backup_quarantine,
     "what has to be looked at before a restored ledger pays again"},
    {"tick", NULL, "", "", 0, 0, ctl_house_tick,
     "does now what time alone does: closes, finals, settlements"},
    {"version", NULL, "", "", 0, 0, ctl_house_version, "prints program and schema version"},
    {"help", NULL, "[WORD [COMMAND]] [--table]", " table ", 0, 2, ctl_help_run,
     "explains the commands; --table: commands and settings as lines for programs"},
    {"member", "add", "NAME [--role ROLE[,ROLE…]]", " role= ", 1, 1, ctl_people_member_add,
     "a new member; roles: host dj creator staff operator auditor"},
    {"member", "list", "", "", 0, 0, ctl_people_member_list, "all members"},
    {"member", "block", "NAME --reason TEXT", " reason= ", 1, 1, ctl_people_member_block,
     "ends every login of a member; what is in the books stays"},
    {"member", "unblock", "NAME --reason TEXT", " reason= ", 1, 1, ctl_people_member_block,
     "lets a blocked member log in again"},
    {"role", "grant", "MEMBER ROLE", "", 2, 2, ctl_people_role,
     "gives a member a role; discord:ID makes the member when nobody knows that id yet"},
    {"role", "revoke", "MEMBER ROLE", "", 2, 2, ctl_people_role, "takes it away"},
    {"role", "list", "", "", 0, 0, ctl_people_role_list, "who has which roles"},
    {"login-link", NULL, "MEMBER [--minutes N]", " minutes= ", 1, 1, ctl_people_link,
     "a link that logs the member in once"},
    {"overlay", "add", "LABEL", "", 1, 1, ctl_people_overlay_add,
     "a secret address for streaming software"},
    {"overlay", "revoke", "LABEL", "", 1, 1, ctl_people_overlay_revoke, "ends it"},
    {"race", "open",
     "--host MEMBER [--name TEXT] [--seats 2-8] [--rounds 1-32] [--rule NAME] "
     "[--season SEASON|none]",
     " host= name= seats= rounds= rule= season= ", 0, 0, ctl_race_open,
     "opens a lobby, in the current season unless another is named"},
    {"race", "list", "", "", 0, 0, ctl_race_list, "all races, newest first"},
    {"race", "show", "RACE", "", 1, 1, ctl_race_show, "one race: state, window, pot, seats"},
    {"race", "join", "RACE MEMBER", "", 2, 2, ctl_race_join,
     "takes the lowest free seat, or the wait list"},
    {"race", "leave", "RACE MEMBER", "", 2, 2, ctl_race_leave,
     "frees the seat; during the race it is DNF"},
    {"race", "start", "RACE", "", 1, 1, ctl_race_start, "opens the commission window"},
    {"race", "sub", "RACE --seat N --in MEMBER --round N", " seat= in= round= ",
     1, 1, ctl_race_sub, "a substitute takes over a seat"},
    {"race", "finish", "RACE [--at TIME --reason TEXT]", " at= reason= ", 1, 1, ctl_race_finish,
     "the flag: closes the window"},
    {"race", "result", "RACE --seat N (--place N | --dnf)", " seat= place= dnf ",
     1, 1, ctl_race_result, "reports a seat's place"},
    {"race", "dispute", "RACE MEMBER --reason TEXT", " reason= ", 2, 2, ctl_result_dispute,
     "opens a driver's dispute of the result"},
    {"race", "disputes", "[RACE]", "", 0, 1, ctl_result_disputes,
     "disputes of a race, or all that are open"},
    {"race", "decide", "DISPUTE (--uphold | --reject) --reason TEXT | DISPUTE --withdraw",
     " uphold reject withdraw reason= ", 1, 1, ctl_result_decide, "closes a dispute"},
    {"race", "fix", "RACE --places SEAT=PLACE,… --reason TEXT [--apply HASH]",
     " places= reason= apply= ", 1, 1, ctl_result_fix,
     "corrects a result (1=2,2=1,3=dnf): first a look, then with its hash"},
    {"race", "void", "RACE --reason TEXT", " reason= ", 1, 1, ctl_race_void,
     "ends a race without result; shares go back to the house"},
    {"rule", "add",
     "NAME [--basis gross|net] [--pool-bps N] [--no-floor-guard] "
     "[--share equal|weighted|winner_bonus] [--weights A,B,…] [--weights-by seat|place] "
     "[--bonus-bps N] [--grace-s N] [--overlap share|first|last] [--clear-h N] [--fee-bps N] "
     "[--fee-fixed N]",
     " basis= pool-bps= no-floor-guard share= weights= weights-by= bonus-bps= grace-s= "
     "overlap= clear-h= fee-bps= fee-fixed= ", 1, 1, ctl_rule_add,
     "a new version of a split rule"},
    {"rule", "list", "", "", 0, 0, ctl_rule_list, "all rules, every version"},
    {"rule", "show", "NAME", "", 1, 1, ctl_rule_show, "the newest version of a rule"},
    {"sponsor", "add", "NAME [--text TEXT] [--url https://…] [--member NAME]",
     " text= url= member= ", 1, 1, ctl_sponsor_add,
     "a sponsor; the member may read its report"},
    {"sponsor", "logo", "NAME FILE", "", 2, 2, ctl_sponsor_logo, "its logo: PNG or SVG"},
    {"sponsor", "slot", "NAME PLACE --to TIME [--from TIME] [--season SLUG] [--price AMOUNT]",
     " to= from= season= price= ", 2, 2, ctl_sponsor_slot,
     "where it is shown until when: standings_head, overlay_corner, overlay_break, race_card, "
     "season_prize"},
    {"sponsor", "end", "NAME", "", 1, 1, ctl_sponsor_end, "shows it nowhere any more"},
    {"sponsor", "list", "", "", 0, 0, ctl_sponsor_list, "all sponsors"},
    {"sponsor", "report", "NAME", "", 1, 1, ctl_sponsor_report, "its seconds on air"},
    {"payout", "list", "[--state STATE]", " state= ", 0, 0, ctl_payout_list,
     "payouts, newest first; open: those that have not ended"},
    {"payout", "show", "ID", "", 1, 1, ctl_payout_show, "one payout with its steps"},
    {"payout", "block", "NAME --reason TEXT", " reason= ", 1, 1, ctl_payout_block,
     "pays that member nothing for the time being; they read the reason"},
    {"payout", "unblock", "NAME --reason TEXT", " reason= ", 1, 1, ctl_payout_unblock,
     "pays them again"},
    {"payout", "adopt", "NAME PROVIDER REF AMOUNT --reason TEXT", " reason= ", 4, 4,
     ctl_payout_adopt,
     "books a payout that was made after the copy the ledger was restored from"},
    {"prize", "add", "SEASON PLACE AMOUNT [--label TEXT] [--sponsor NAME]", " label= sponsor= ",
     3, 3, ctl_prize_add, "a prize for that place at the season's end"},
    {"prize", "list", "SEASON", "", 1, 1, ctl_prize_list, "promised, funded, paid out"},
    {"product", "add", "SKU TITLE COST", "", 3, 3, ctl_product_add,
     "a product with its unit cost (9.00)"},
    {"product", "cost", "SKU COST [--from TIME]", " from= ", 2, 2, ctl_product_cost,
     "a new unit cost for orders from that time on"},
    {"product", "shelf",
     "SKU [--price AMOUNT] [--shipping AMOUNT] [--text TEXT] [--picture FILE] "
     "[--shopify VARIANT] [--kofi CODE] [--rank N] [--end]",
     " price= shipping= text= picture= shopify= kofi= rank= end ", 1, 1, ctl_product_shelf,
     "how it stands in our own shop"},
    {"sale", "refund", "SALE AMOUNT --reason TEXT", " reason= ", 2, 2, ctl_product_refund,
     "asks the provider to give money of a sale back"},
    {"product", "list", "", "", 0, 0, ctl_product_list, "all products with their cost now"},
    {"season", "add",
     "NAME [--slug TEXT] [--from TIME] [--to TIME] [--points NAME] [--rule NAME] "
     "[--drops N --drop-from N]",
     " slug= from= to= points= rule= drops= drop-from= ", 1, 1, ctl_season_add,
     "a new season; with drops the worst N results go from so many races on"},
    {"season", "list", "", "", 0, 0, ctl_season_list, "all seasons, newest first"},
    {"season", "show", "[SEASON]", "", 0, 1, ctl_season_show,
     "dates, points, drops, corrections, and what keeps it from closing"},
    {"season", "change",
     "SEASON [--points NAME] [--drops N] [--drop-from N] [--reason TEXT] [--look]",
     " points= drops= drop-from= reason= look ", 1, 1, ctl_season_change,
     "other points or drops; --look shows what would change"},
    {"season", "put", "RACE SEASON|none", "", 2, 2, ctl_season_put,
     "puts a lobby into a season"},
    {"season", "close", "SEASON", "", 1, 1, ctl_season_close,
     "freezes the table, names the champion, pays the prizes"},
    {"season", "erratum", "SEASON TEXT", "", 2, 2, ctl_season_erratum,
     "says what was wrong with a closed season"},
    {"season", "check", "", "", 0, 0, ctl_season_check,
     "reckons every result, trophy and closed table anew and compares"},
    {"points", "add", "NAME 15,12,… [--dnf N]", " dnf= ", 2, 2, ctl_season_points_add,
     "a new version of a points table"},
    {"points", "list", "", "", 0, 0, ctl_season_points_list, "all points tables, every version"},
    {"penalty", "add", "RACE MEMBER --incident TEXT --points N --reason TEXT",
     " incident= points= reason= ", 2, 2, ctl_season_penalty_add,
     "takes points for an incident"},
    {"penalty", "lift", "PENALTY --reason TEXT", " reason= ", 1, 1, ctl_season_penalty_lift,
     "gives them back"},
    {"penalty", "list", "[SEASON]", "", 0, 1, ctl_season_penalty_list, "a season's penalties"},
    {"standings", NULL, "[SEASON] [--at TIME] [--top N]", " at= top= ", 0, 1,
     ctl_standings_show, "the table of a season, now or as it was"},
    {"simulate", NULL,
     "--at TIME --gross AMOUNT [--tag RACE] [--sku SKU] | --tip AMOUNT | "
     "--notice FILE --from PROVIDER [--topic TOPIC]",
     " at= gross= tag= sku= tip= notice= from= topic= ", 0, 0, ctl_simulate_run,
     "what an order of that time, a tip or a provider's notice would give; writes nothing"},
    {"balance", NULL, "MEMBER", "", 1, 1, ctl_money_balance,
     "pending, available, held, owed back"},
    {"statement", NULL, "MEMBER [--from TIME] [--to TIME] [--limit N]", " from= to= limit= ",
     1, 1, ctl_money_statement, "the lines of a wallet, newest first"},
    {"explain", NULL, "MEMBER [--at TIME]", " at= ", 1, 1, ctl_money_explain,
     "why the balance is (was) what it is"},
    {"export", NULL,
     "--format csv|hledger|beancount [--from TIME] [--to TIME] [--member MEMBER]",
     " format= from= to= member= ", 0, 0, ctl_export_books,
     "the books for other programs; --member: from that member's own side"},
    {"verify", NULL, "[FILE] [--against FILE]", " against= ", 0, 1, ctl_money_verify,
     "recomputes the ledger, or a copy of it; --against: holds a receipt or a seal against it"},
    {"funds", NULL, "", "", 0, 0, ctl_funds_show,
     "what the house owes and has, and how the books compare with the providers'"},
    {"seal", "key", "FILE", "", 1, 1, ctl_seal_key,
     "makes the key that days are sealed with, and prints its public half"},
    {"seal", "keep", "[FOLDER]", "", 0, 1, ctl_seal_keep,
     "writes each sealed day into a folder outside the ledger (daily, by a timer)"},
    {"seal", "list", "", "", 0, 0, ctl_seal_list, "days that are sealed, newest first"},
    {"refunded", NULL, "PROVIDER PAYMENT AMOUNT --reason TEXT", " reason= ", 3, 3,
     ctl_queue_refunded,
     "books money that went back where the provider tells nothing of it (kofi)"},
    {"inbox", "list", "[--state STATE] [--limit N]", " state= limit= ",
     0, 0, ctl_queue_inbox_list, "notices, newest first"},
    {"inbox", "show", "ID", "", 1, 1, ctl_queue_inbox_show, "one notice with its raw bytes"},
    {"inbox", "replay", "ID | --due", " due ", 0, 1, ctl_queue_inbox_replay,
     "applies a kept notice again"},
    {"jobs", "list", "[--state STATE] [--limit N]", " state= limit= ", 0, 0, ctl_queue_jobs_list,
     "work that must go out"},
    {"jobs", "retry", "ID", "", 1, 1, ctl_queue_jobs_retry, "tries a dead job again"},
    {"alerts", NULL, "", "", 0, 0, ctl_queue_alerts, "what a person must look at"},
    {"upkeep", "check", "", "", 0, 0, ctl_upkeep_check,
     "recomputes the ledger, asks cozykart-audit too, and tells the vault (daily, by a timer)"},
    {"upkeep", "list", "[--limit N]", " limit= ", 0, 0, ctl_upkeep_list,
     "copies, drills and checks of the ledger and how they ended, newest first"},
    {"discord", "register", "[--guild ID]", " guild= ", 0, 0, ctl_discord_register,
     "replaces the list of commands at Discord; --guild: of one server, at once"},
    {"discord", "check", "", "", 0, 0, ctl_discord_check,
     "what is missing between this house and Discord"},
};
/* clang-format on */
const size_t ctl_count = ARRAY_SIZE(ctl_commands);

enum { ARENA = 256 * 1024 * 1024, TEXT_MAX = 64 * 1024 * 1024 };

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

void
ctl_put_text(struct ctl *c, struct msg *m, const char *option, const char *field)
{
    const char *text = ctl_option(c, option);

    if (text)
        msg_add_str(m, field, str_of(text));
}

enum err
ctl_put_number(struct ctl *c, struct msg *m, const char *option, const char *field, int64_t hi)
{
    int64_t v = 0;
    enum err e;

    if (!ctl_option(c, option))
        return OK;
    e = ctl_number(c, option, 0, hi, 0, &v);
    if (e == OK)
        msg_add_i64(m, field, v);
    return e;
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

void
ctl_say(struct ctl *c, const char *fmt, ...)
{
    va_list ap, again;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n >= 0) {
        char *line = arena_alloc(c->ctx->arena, (size_t)n + 1);

        vsnprintf(line, (size_t)n + 1, fmt, again);
        buf_add_text(&c->text, line);
        buf_add_char(&c->text, '\n');
    }
    va_end(again);
}

struct view *
ctl_list(struct ctl *c)
{
    if (!c->items)
        c->items = view_list(c->out, "items");
    return c->items;
}

void
ctl_judge(struct ctl *c, const char *what, bool good, const char *advice)
{
    struct view *v;

    if (!c->checks)
        c->checks = view_list(c->out, "checks");
    v = view_add(c->checks);
    view_textz(v, "what", what);
    view_flag(v, "good", good);
    view_textz(v, "advice", good ? "" : advice);
    ctl_say(c, "%s  %s%s%s", good ? "ok " : "BAD", what, good ? "" : ": ", good ? "" : advice);
    if (!good)
        c->code = 1;
}

const char *
ctl_show(struct ctl *c, int64_t minor)
{
    char *out = arena_alloc(c->ctx->arena, MONEY_TEXT);
    struct money m;

    if (money_make(minor, c->conf->money.currency, &m) != OK)
        return "?";
    return money_show(m, out);
}

const char *
ctl_when(struct ctl *c, int64_t ms)
{
    return ms ? clock_rfc3339(ms, arena_alloc(c->ctx->arena, CLOCK_TEXT)) : "";
}

enum err
ctl_open(struct ctl *c)
{
    struct db *db;

    return db_open(c->ctx, c->process, str_text(c->process, c->conf->path.ledger), DB_READER,
                   &db);
}

enum err
ctl_ask(struct ctl *c, struct msg *m, struct msg *ret)
{
    const char *key = ctl_option(c, "key");
    struct call call;
    char fresh[33];
    enum err e;

    if (!key) {
        id_hex(c->ctx->world, fresh);
        key = arena_text(c->ctx->arena, fresh, 32);
    }
    msg_add_str(m, "key", str_of(key));
    if (!msg_has(m, "trace"))
        msg_add_str(m, "trace", str_of(c->ctx->trace));
    call_init(&call,
              arena_printf(c->ctx->arena, "%.*s/vault-ctl.sock", STR_ARG(c->conf->path.run)));
    e = call_ask(c->ctx, &call, m, ret);
    call_done(&call);
    if (e == E_DUPLICATE)
        e = OK;
    return e;
}

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
static enum err
parse(struct ctl *c, int argc, char **argv)
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
    c->command = find(argv[at], at + 1 < argc ? argv[at + 1] : NULL);
    if (!c->command) {
        if (is_group(argv[at]) && at + 1 < argc && strcmp(argv[at + 1], "--help") == 0) {
            c->file = argv[at];
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

/* On a machine that nobody has set up a copy can be looked at and restored all the same. */
static enum err
settings(struct ctl *c)
{
    const char *named = ctl_option(c, "config"), *given = getenv("COZYKART_CONFIG");
    const char *file = named ? named : start_file();
    enum err e = conf_load(c->ctx, c->process, file, c->conf);

    c->ctx->conf = c->conf;
    if (e != E_NOTFOUND || named || (given && *given) || c->command->run != ctl_backup_restore)
        return e;
    conf_default(c->ctx, c->process, file, c->conf);
    c->ctx->conf = NULL; /* whatever mode the copy has is right */
    c->bare = true;
    return OK;
}

static enum err
run(struct ctl *c)
{
    enum err e = OK;

    c->json = ctl_flag(c, "json") && !ctl_flag(c, "help");
    c->text = buf_new(c->ctx->arena, TEXT_MAX);
    c->out = view_new(c->ctx->arena);
    if (ctl_flag(c, "help"))
        return ctl_help_show(c, c->command ? c->command->word : c->file,
                             c->command ? c->command->sub : NULL);
    BUG_IF(!c->command);
    if (c->command->run != ctl_house_version && c->command->run != ctl_help_run &&
        c->command->run != ctl_setup_run)
        e = settings(c);
    if (e == OK)
        e = c->command->run(c);
    return e;
}

void
ctl_flush(struct ctl *c)
{
    if (!c->json)
        fwrite(buf_str(&c->text).p, 1, buf_str(&c->text).n, stdout);
    fflush(stdout);
    buf_clear(&c->text);
}

static void
print_answer(struct ctl *c)
{
    struct buf b = buf_new(c->ctx->arena, TEXT_MAX);

    if (!c->json) {
        ctl_flush(c);
        return;
    }
    view_json(&b, c->items ? c->items : c->out);
    printf("%.*s\n", STR_ARG(buf_str(&b)));
}

int
main(int argc, char **argv)
{
    struct arena *process CLEANUP(arena_freep) = arena_new(ARENA);
    struct arena *call CLEANUP(arena_freep) = arena_new(ARENA);
    struct conf conf = {0};
    struct ctx ctx;
    struct ctl c = {.ctx = &ctx, .process = process, .conf = &conf};
    enum err e;

    ctx_init(&ctx, call, world_real());
    e = parse(&c, argc, argv);
    if (e == OK)
        e = run(&c);
    if (ctx.db)
        db_close(ctx.db);
    if (e != OK) {
        fprintf(stderr, "cozykart: %.*s\n",
                STR_ARG(ctx_why(&ctx).n ? ctx_why(&ctx) : err_info(e)->title));
        return err_info(e)->exit;
    }
    print_answer(&c);
    return c.code;
}
