/* THE table of cozykart's commands: their words, options, bounds, and what each is for. Not
 * for: what they do (the files that their handlers are named after), how a line is read
 * (ctl_words.c). */
#include "main/ctl.h"

/* By hand: clang-format 14 aligns rows of several lines far beyond the limit. */
/* clang-format off */
#define SETUP_USAGE \
    "[--batch] [--host NAME] [--mode test|live] [--currency USD] [--operator discord:ID|NAME] " \
    "[--tls certbot|own|proxy|none] [--cert FILE --cert-key FILE] [--proxy ADDRESS] [--port N] " \
    "[--tls-port N] [--site yes|no] [--no-site] [--mail-to ADDRESS] [--mail-from ADDRESS] " \
    "[--mail-smtp URL] [--mail-user NAME] [--mail-password FILE|-] " \
    "[--discord-application ID] [--discord-public-key HEX] [--discord-bot-token FILE|-] " \
    "[--discord-client-secret FILE|-] [--discord-guild ID] [--discord-races-channel ID] " \
    "[--discord-staff-channel ID] [--discord-ops-channel ID] [--stripe-webhook-secret FILE|-] " \
    "[--stripe-api-key FILE|-] [--stripe-connect-secret FILE|-] [--shopify-shop NAME] " \
    "[--shopify-webhook-secret FILE|-] [--shopify-token FILE|-] [--kofi-page NAME] " \
    "[--kofi-token FILE|-] [--whop-webhook-secret FILE|-] [--whop-api-key FILE|-] " \
    "[--whop-account ID] [--paypal-client-id ID] [--paypal-client-secret FILE|-] " \
    "[--paypal-webhook-id ID] [--verify] [--root DIR] [--share DIR]"
#define SETUP_OPTIONS \
    " batch host= mode= currency= operator= tls= cert= cert-key= proxy= port= tls-port= site= " \
    "no-site mail-to= mail-from= mail-smtp= mail-user= mail-password= " \
    "discord-application= discord-public-key= discord-bot-token= " \
    "discord-client-secret= discord-guild= discord-races-channel= discord-staff-channel= " \
    "discord-ops-channel= stripe-webhook-secret= stripe-api-key= stripe-connect-secret= " \
    "shopify-shop= shopify-webhook-secret= shopify-token= kofi-page= kofi-token= " \
    "whop-webhook-secret= whop-api-key= whop-account= paypal-client-id= paypal-client-secret= " \
    "paypal-webhook-id= verify root= share= "

const struct ctl_command ctl_commands[] = {
    {"init", NULL, "", "", 0, 0, ctl_house_init, "makes a new, empty ledger file"},
    {"migrate", NULL, "", "", 0, 0, ctl_house_migrate,
     "brings the ledger file to this program's schema and keeps a copy of what it was; the "
     "vault must be stopped"},
    {"check", NULL, "[--settings] [--offline]", " settings offline ", 0, 0, ctl_check_run,
     "tells line by line what is right, what is wrong and how to mend it; --settings explains "
     "every setting, --offline asks nobody on the network"},
    {"setup", NULL, SETUP_USAGE, SETUP_OPTIONS, 0, 0, ctl_setup_run,
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
