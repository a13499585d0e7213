/* THE table of commands. Not for: what they do (do_*.c). */
#include "bot/commands.h"

#include "base/buf.h"
#include "bot/do.h"

enum { JSON_BYTES = 256 * 1024 };

/* By hand: clang-format 14 dies when it aligns rows of different length. */
/* clang-format off */
#define RACE_OPTION                                                                            \
    {"race", "The race, when there are several", COMMANDS_TEXT, false, 1, 12, NULL, do_lobby_races}

const struct commands_row commands_table[] = {
    {"open", NULL, "Open a lobby", RIGHT_HOST, BOT_PUBLIC, do_lobby_open, {
        {"name", "Name of the race", COMMANDS_TEXT, false, 0, 60, NULL, NULL},
        {"seats", "How many race (8)", COMMANDS_NUMBER, false, 2, 8, NULL, NULL},
        {"rounds", "Drives within the race (4)", COMMANDS_NUMBER, false, 1, 32, NULL, NULL},
        {"season", "Season, or none for a friendly race", COMMANDS_TEXT, false, 1, 60, NULL,
         do_lobby_seasons},
    }},
    {"join", NULL, "Take the lowest free seat", COMMANDS_MEMBER, BOT_PRIVATE, do_lobby_join, {
        RACE_OPTION,
    }},
    {"leave", NULL, "Give your seat back", COMMANDS_MEMBER, BOT_PRIVATE, do_lobby_leave, {
        RACE_OPTION,
    }},
    {"lobby", NULL, "Seats, wait list and state of a race", 0, BOT_PUBLIC, do_lobby_show, {
        RACE_OPTION,
    }},
    {"kick", NULL, "Take somebody out of the lobby", RIGHT_HOST | RIGHT_STAFF, BOT_PUBLIC,
     do_lobby_kick, {
        {"user", "Who", COMMANDS_USER, true, 0, 0, NULL, NULL},
        {"reason", "Why; everybody reads it", COMMANDS_TEXT, true, 3, 300, NULL, NULL},
        RACE_OPTION,
    }},
    {"start", NULL, "Start the race: the window opens", RIGHT_HOST | RIGHT_STAFF, BOT_PUBLIC,
     do_lobby_start, {
        RACE_OPTION,
    }},
    {"sub", NULL, "Ask for a substitute", RIGHT_HOST | RIGHT_STAFF, BOT_PUBLIC, do_sub_ask, {
        {"seat", "Which seat", COMMANDS_NUMBER, true, 1, 8, NULL, NULL},
        {"in", "Who comes in", COMMANDS_USER, true, 0, 0, NULL, NULL},
        {"round", "From which round on", COMMANDS_NUMBER, true, 2, 32, NULL, NULL},
        {"out", "Who goes, to be sure", COMMANDS_USER, false, 0, 0, NULL, NULL},
        RACE_OPTION,
    }},
    {"finish", NULL, "Wave the flag: the window closes", RIGHT_HOST | RIGHT_STAFF, BOT_PUBLIC,
     do_lobby_finish, {
        RACE_OPTION,
        {"at", "A flag in the past, HH:MM in UTC", COMMANDS_TEXT, false, 5, 5, NULL, NULL},
        {"reason", "Why it lies in the past", COMMANDS_TEXT, false, 0, 300, NULL, NULL},
    }},
    {"result", NULL, "Report a place", COMMANDS_MEMBER, BOT_PUBLIC, do_result_report, {
        {"position", "The place, 1 to 8", COMMANDS_NUMBER, false, 1, 8, NULL, NULL},
        {"dnf", "Did not finish", COMMANDS_FLAG, false, 0, 0, NULL, NULL},
        RACE_OPTION,
        {"user", "Whose place, for hosts and staff", COMMANDS_USER, false, 0, 0, NULL, NULL},
    }},
    {"results", NULL, "Places, state and time until final", 0, BOT_PUBLIC, do_result_show, {
        RACE_OPTION,
    }},
    {"dispute", NULL, "Object to a result", COMMANDS_MEMBER, BOT_PRIVATE, do_dispute_open, {
        {"race", "The race", COMMANDS_TEXT, true, 1, 12, NULL, do_lobby_races},
        {"reason", "What is wrong; staff and drivers read it", COMMANDS_TEXT, true, 1, 500, NULL,
         NULL},
    }},
    {"admin-fix", NULL, "Correct a result, with a preview", RIGHT_STAFF | RIGHT_OPERATOR,
     BOT_PRIVATE, do_fix_look, {
        {"race", "The race", COMMANDS_TEXT, true, 1, 12, NULL, do_lobby_races},
        {"user", "Who gets another place", COMMANDS_USER, true, 0, 0, NULL, NULL},
        {"reason", "Why; everybody reads it", COMMANDS_TEXT, true, 10, 300, NULL, NULL},
        {"position", "The place, 1 to 8", COMMANDS_NUMBER, false, 1, 8, NULL, NULL},
        {"dnf", "Did not finish", COMMANDS_FLAG, false, 0, 0, NULL, NULL},
    }},
    {"void", NULL, "End a race without result", RIGHT_HOST | RIGHT_STAFF, BOT_PRIVATE,
     do_fix_void, {
        {"race", "The race", COMMANDS_TEXT, true, 1, 12, NULL, do_lobby_races},
        {"reason", "Why; everybody reads it", COMMANDS_TEXT, true, 1, 300, NULL, NULL},
    }},
    {"pot", NULL, "The pot, its last changes and each share", 0, BOT_PUBLIC, do_pot_show, {
        RACE_OPTION,
    }},
    {"tip", NULL, "Tip the DJ, with or without a song", COMMANDS_MEMBER, BOT_PRIVATE, do_dj_tip, {
        {"dj", "Which DJ, when nobody is on air", COMMANDS_TEXT, false, 1, 40, NULL, do_dj_names},
        {"amount", "How much, like 5.00", COMMANDS_TEXT, false, 1, 20, NULL, NULL},
        {"song", "A song to play", COMMANDS_TEXT, false, 1, 80, NULL, NULL},
        {"artist", "Who made it", COMMANDS_TEXT, false, 1, 80, NULL, NULL},
    }},
    {"queue", NULL, "What plays and what comes next", 0, BOT_PUBLIC, do_dj_queue, {
        {"dj", "Which DJ, when nobody is on air", COMMANDS_TEXT, false, 1, 40, NULL, do_dj_names},
    }},
    {"dj", "on", "Go on air", RIGHT_DJ, BOT_PRIVATE, do_dj_on, {{0}}},
    {"dj", "off", "Go off air", RIGHT_DJ, BOT_PRIVATE, do_dj_off, {{0}}},
    {"dj", "play", "Play the next song, or that one", RIGHT_DJ, BOT_PRIVATE, do_dj_play, {
        {"request", "Its number", COMMANDS_NUMBER, false, 1, 1000000000, NULL, NULL},
    }},
    {"dj", "skip", "Skip a song; the tip stays", RIGHT_DJ, BOT_PRIVATE, do_dj_skip, {
        {"reason", "Why; the fan reads it", COMMANDS_TEXT, true, 1, 140, NULL, NULL},
        {"request", "Its number", COMMANDS_NUMBER, false, 1, 1000000000, NULL, NULL},
    }},
    {"dj", "pause", "Take no songs, or take them again", RIGHT_DJ, BOT_PRIVATE, do_dj_pause,
     {{0}}},
    {"dj", "refund", "Refund a song that was not played", RIGHT_DJ, BOT_PRIVATE, do_dj_refund, {
        {"reason", "Why; the fan reads it", COMMANDS_TEXT, true, 1, 140, NULL, NULL},
        {"request", "Its number", COMMANDS_NUMBER, false, 1, 1000000000, NULL, NULL},
    }},
    {"sponsor", NULL, "Who makes the season bigger", 0, BOT_PUBLIC, do_sponsor_show, {{0}}},
    {"help", NULL, "What you can do here", 0, BOT_PRIVATE, do_help_show, {
        {"topic", "One command", COMMANDS_TEXT, false, 0, 32, NULL, NULL},
    }},
    {"standings", NULL, "The table of the season", 0, BOT_PUBLIC, do_league_standings, {
        {"season", "Another season", COMMANDS_TEXT, false, 1, 60, NULL, do_league_complete},
        {"top", "How many rows", COMMANDS_NUMBER, false, 3, 20, NULL, NULL},
    }},
    {"season", "info", "Dates, points and drops of a season", 0, BOT_PUBLIC, do_league_info, {
        {"season", "Another season", COMMANDS_TEXT, false, 1, 60, NULL, do_league_complete},
    }},
    {"season", "close", "Close a season and name its champion", RIGHT_OPERATOR, BOT_PRIVATE,
     do_league_close, {
        {"season", "Which season", COMMANDS_TEXT, true, 1, 60, NULL, do_league_complete},
    }},
    {"points", NULL, "Points and what decides a tie", 0, BOT_PRIVATE, do_league_points, {
        {"season", "Another season", COMMANDS_TEXT, false, 1, 60, NULL, do_league_complete},
    }},
    {"profile", NULL, "Figures and trophies of a racer", 0, BOT_PUBLIC, do_profile_show, {
        {"user", "Somebody else", COMMANDS_USER, false, 0, 0, NULL, NULL},
    }},
    {"wallet", NULL, "Your money", COMMANDS_MEMBER, BOT_PRIVATE, do_wallet_show, {
        {"user", "Somebody else, for auditors", COMMANDS_USER, false, 0, 0, NULL, NULL},
    }},
    {"explain", NULL, "Why your balance is what it is", COMMANDS_MEMBER, BOT_PRIVATE,
     do_wallet_explain, {
        {"at", "At that moment, like 2026-05-03 18:00 in UTC", COMMANDS_TEXT, false, 1, 40, NULL,
         NULL},
    }},
    {"cashout", NULL, "Get your money paid out", COMMANDS_MEMBER, BOT_PRIVATE, do_cashout_ask, {
        {"amount", "Like 50.00, or all", COMMANDS_TEXT, true, 1, 20, NULL, NULL},
        {"method", "How", COMMANDS_TEXT, true, 0, 0,
         "gift_card|store_credit|stripe|paypal|whop", NULL},
    }},
    {"payout", NULL, "Pay somebody by gift card or store credit", RIGHT_STAFF | RIGHT_OPERATOR,
     BOT_PRIVATE, do_cashout_pay, {
        {"user", "Whom", COMMANDS_USER, true, 0, 0, NULL, NULL},
        {"amount", "Exactly what was asked for, like 50.00", COMMANDS_TEXT, true, 1, 20, NULL,
         NULL},
    }},
    {"notify", NULL, "What we tell you", COMMANDS_MEMBER, BOT_PRIVATE, do_self_notify, {
        {"what", "Which of them", COMMANDS_TEXT, false, 0, 0,
         "reminder|result|dispute|trophy|payout|tip", NULL},
        {"on", "Tell me, or not", COMMANDS_FLAG, false, 0, 0, NULL, NULL},
    }},
    {"link", NULL, "Log in on the website", COMMANDS_MEMBER, BOT_PRIVATE, do_self_link, {{0}}},
    {"privacy", NULL, "Who sees your name and earnings", COMMANDS_MEMBER, BOT_PRIVATE,
     do_self_privacy, {{0}}},
    {"ops", "status", "Alerts, lag, jobs", RIGHT_OPERATOR, BOT_PRIVATE, do_ops_status, {{0}}},
};

const struct commands_button commands_buttons[] = {
    {"join", 1, COMMANDS_MEMBER, BOT_PRIVATE, do_lobby_join},
    {"leave", 1, COMMANDS_MEMBER, BOT_PRIVATE, do_lobby_leave},
    {"start", 1, RIGHT_HOST | RIGHT_STAFF, BOT_PUBLIC, do_lobby_start},
    {"subok", 1, COMMANDS_MEMBER, BOT_PUBLIC, do_sub_accept},
    {"report", 1, COMMANDS_MEMBER, BOT_PRIVATE, do_result_open},
    {"place", 1, COMMANDS_MEMBER, BOT_PUBLIC, do_result_pick},
    {"decide", 1, COMMANDS_MEMBER, BOT_PRIVATE, do_result_decide},
    {"decided", 1, COMMANDS_MEMBER, BOT_PUBLIC, do_result_decided},
    {"withdraw", 1, COMMANDS_MEMBER, BOT_UPDATE, do_dispute_withdraw},
    {"uphold", 1, RIGHT_STAFF | RIGHT_OPERATOR, BOT_MODAL, do_dispute_uphold},
    {"reject", 1, RIGHT_STAFF | RIGHT_OPERATOR, BOT_MODAL, do_dispute_reject},
    {"upheld", 1, RIGHT_STAFF | RIGHT_OPERATOR, BOT_PUBLIC, do_dispute_upheld},
    {"rejected", 1, RIGHT_STAFF | RIGHT_OPERATOR, BOT_PUBLIC, do_dispute_rejected},
    {"fixgo", 1, RIGHT_STAFF | RIGHT_OPERATOR, BOT_PUBLIC, do_fix_apply},
    {"fixno", 1, COMMANDS_MEMBER, BOT_UPDATE, do_fix_cancel},
    {"voidgo", 1, COMMANDS_MEMBER, BOT_PUBLIC, do_fix_gone},
    {"djnext", 0, RIGHT_DJ, BOT_UPDATE, do_dj_next},
    {"djskip", 1, RIGHT_DJ, BOT_MODAL, do_dj_ask_skip},
    {"djrefund", 1, RIGHT_DJ, BOT_MODAL, do_dj_ask_refund},
    {"djskipped", 1, RIGHT_DJ, BOT_PRIVATE, do_dj_skipped},
    {"djback", 1, RIGHT_DJ, BOT_PRIVATE, do_dj_back},
    {"help", 0, 0, BOT_PRIVATE, do_help_show},
    {"seasonend", 1, RIGHT_OPERATOR, BOT_PUBLIC, do_league_end},
    {"explain", 0, COMMANDS_MEMBER, BOT_PRIVATE, do_wallet_explain},
    {"cashgo", 3, COMMANDS_MEMBER, BOT_UPDATE, do_cashout_go},
    {"cashno", 1, COMMANDS_MEMBER, BOT_UPDATE, do_cashout_no},
    {"cashback", 1, COMMANDS_MEMBER, BOT_UPDATE, do_cashout_back},
    {"methodok", 1, COMMANDS_MEMBER, BOT_UPDATE, do_cashout_yes},
    {"methodno", 1, COMMANDS_MEMBER, BOT_UPDATE, do_cashout_drop},
    {"payfill", 1, RIGHT_STAFF | RIGHT_OPERATOR, BOT_PUBLIC, do_cashout_fill},
    {"payopen", 3, RIGHT_STAFF | RIGHT_OPERATOR, BOT_PUBLIC, do_cashout_open},
    {"cashed", 1, COMMANDS_MEMBER, BOT_UPDATE, do_self_cashed},
    {"notify", 2, COMMANDS_MEMBER, BOT_UPDATE, do_self_turn},
    {"hide", 1, COMMANDS_MEMBER, BOT_UPDATE, do_self_hide},
    {"earnings", 1, COMMANDS_MEMBER, BOT_UPDATE, do_self_earnings},
    {"why", 1, COMMANDS_MEMBER, BOT_MODAL, do_order_ask},
    {"whyorder", 1, COMMANDS_MEMBER, BOT_PRIVATE, do_order_why},
};

const struct commands_later commands_laters[] = {
    {"profile", do_profile_make},
    {"results", do_result_later},
};
/* clang-format on */

const size_t commands_count = ARRAY_SIZE(commands_table);
const size_t commands_buttons_count = ARRAY_SIZE(commands_buttons);
const size_t commands_laters_count = ARRAY_SIZE(commands_laters);

static void
add_name(struct buf *b, const char *name, const char *help, int type)
{
    buf_printf(b, "{\"type\":%d,\"name\":", type);
    buf_add_json(b, str_of(name));
    buf_add_text(b, ",\"description\":");
    buf_add_json(b, str_of(help));
}

static void
add_choices(struct buf *b, const char *choices)
{
    struct str rest = str_of(choices), one;
    size_t n = 0;

    buf_add_text(b, ",\"choices\":[");
    while (str_split(&rest, '|', &one)) {
        buf_add_text(b, n++ ? ",{\"name\":" : "{\"name\":");
        buf_add_json(b, one);
        buf_add_text(b, ",\"value\":");
        buf_add_json(b, one);
        buf_add_char(b, '}');
    }
    buf_add_char(b, ']');
}

static void
add_option(struct buf *b, const struct commands_option *o)
{
    bool text = o->type == COMMANDS_TEXT, number = o->type == COMMANDS_NUMBER;

    add_name(b, o->name, o->help, (int)o->type);
    buf_printf(b, ",\"required\":%s", o->need ? "true" : "false");
    if ((text || number) && o->hi)
        buf_printf(b,
                   text ? ",\"min_length\":%lld,\"max_length\":%lld"
                        : ",\"min_value\":%lld,\"max_value\":%lld",
                   (long long)o->lo, (long long)o->hi);
    if (o->choices)
        add_choices(b, o->choices);
    if (o->complete)
        buf_add_text(b, ",\"autocomplete\":true");
    buf_add_char(b, '}');
}

/* Discord wants the required ones first. */
static void
add_options(struct buf *b, const struct commands_row *r)
{
    size_t n = 0;

    buf_add_text(b, ",\"options\":[");
    for (int need = 1; need >= 0; need--)
        for (size_t i = 0; i < COMMANDS_OPTIONS_MAX && r->option[i].name; i++) {
            if (r->option[i].need != (need == 1))
                continue;
            if (n++)
                buf_add_char(b, ',');
            add_option(b, &r->option[i]);
        }
    buf_add_char(b, ']');
}

static bool
same_command(const struct commands_row *a, const struct commands_row *b)
{
    return str_eq_text(str_of(a->name), b->name);
}

/* Rows i to end of one command. Members without the permission do not see what only staff may
 * do; whether they may is decided here all the same. */
static void
add_command(struct buf *b, size_t i, size_t end)
{
    const struct commands_row *r = &commands_table[i];
    unsigned open = 0;

    for (size_t k = i; k < end; k++)
        open |=
            !commands_table[k].who ||
            (commands_table[k].who & ~(unsigned)(RIGHT_STAFF | RIGHT_OPERATOR | RIGHT_AUDITOR));
    add_name(b, r->name, r->sub ? "Choose what" : r->help, 1);
    buf_add_text(b, ",\"contexts\":[0],\"integration_types\":[0]");
    if (!open)
        buf_add_text(b, ",\"default_member_permissions\":\"32\"");
    if (!r->sub) {
        add_options(b, r);
    } else {
        buf_add_text(b, ",\"options\":[");
        for (size_t k = i; k < end; k++) {
            if (k > i)
                buf_add_char(b, ',');
            add_name(b, commands_table[k].sub, commands_table[k].help, 1);
            add_options(b, &commands_table[k]);
            buf_add_char(b, '}');
        }
        buf_add_char(b, ']');
    }
    buf_add_char(b, '}');
}

struct str
commands_json(struct ctx *ctx)
{
    struct buf b = buf_new(ctx->arena, JSON_BYTES);
    size_t end;

    buf_add_char(&b, '[');
    for (size_t i = 0; i < commands_count; i = end) {
        for (end = i + 1; end < commands_count; end++)
            if (!same_command(&commands_table[i], &commands_table[end]))
                break;
        if (i)
            buf_add_char(&b, ',');
        add_command(&b, i, end);
    }
    buf_add_char(&b, ']');
    BUG_IF(buf_err(&b) != OK);
    return buf_str(&b);
}
