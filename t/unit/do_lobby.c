/* A race from Discord, step by step, and everything that people do wrong on the way. */
#include "base/json.h"
#include "bot/bot.h"
#include "bot/cards.h"
#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"

static struct discord_ask ask;
static struct str answer;
static const struct json *said;
static struct discord_user users[24];

static enum err
do_answer(void *arg)
{
    (void)arg;
    return bot_answer(&fix, &fix_tx, &ask, &answer);
}

static int64_t
send(void)
{
    static int64_t next = 5000;
    int64_t type = -1;

    ask.id = str_of(arena_printf(fix.arena, "%lld", (long long)++next));
    ask.application = STR("42");
    ask.token = STR("token");
    ask.guild = STR("7");
    ask.channel = STR("70");
    ctx_clear(&fix);
    if (night_do(do_answer, NULL) != OK || json_parse(&fix, answer, &said) != OK)
        return -1;
    (void)json_i64(json_get(said, "type"), &type);
    return type;
}

static void
who(int n)
{
    static const char *const names[] = {"Apex", "Nova", "Piston", "Juno", "Vega", "Rook"};

    users[n] = (struct discord_user){
        .id = str_of(arena_printf(fix.arena, "90%d", n)),
        .name = str_of(names[(size_t)n % ARRAY_SIZE(names)]),
    };
    ask = (struct discord_ask){.kind = DISCORD_COMMAND, .user = users[n], .sub = STR("")};
}

static void
text(const char *name, const char *value)
{
    ask.option[ask.n++] = (struct discord_option){.name = str_of(name), .text = str_of(value)};
}

static void
number(const char *name, int64_t value)
{
    ask.option[ask.n++] =
        (struct discord_option){.name = str_of(name), .i = value, .is_number = true};
}

static void
person(const char *name, int n)
{
    ask.option[ask.n++] =
        (struct discord_option){.name = str_of(name), .text = users[n].id, .user = &users[n]};
}

/* The command of person n is done; text: found in the answer. */
static void
good(const char *command, const char *found, const char *what)
{
    ask.command = str_of(command);
    int64_t type = send();
    if (!ok(type == 4 && str_find(answer, str_of(found), 0) != SIZE_MAX &&
                str_find(answer, STR("16747162"), 0) == SIZE_MAX,
            "%s", what))
        printf("# %.*s\n", STR_ARG(answer));
}

/* It is refused: private, and nothing happened. */
static void
bad(const char *command, const char *found, const char *what)
{
    int64_t flags = 0;

    ask.command = str_of(command);
    int64_t type = send();
    if (!ok(type == 4 && json_i64(json_at(said, "data.flags"), &flags) && flags == 64 &&
                str_find(answer, str_of(found), 0) != SIZE_MAX,
            "%s", what))
        printf("# %.*s\n", STR_ARG(answer));
}

static void
press(int n, const char *id)
{
    who(n);
    ask.kind = DISCORD_COMPONENT;
    ask.custom_id = str_of(id);
}

static void
opening(void)
{
    struct message *m;

    who(0);
    bad("open", "for the role host", "who is no host cannot open");
    ok(fix_sql("INSERT INTO role_grant SELECT id, 'host', 0, 'x' FROM member WHERE name = "
               "'Apex'"),
       "a host");
    who(0);
    bad("start", "no race for that", "nothing can be started yet");
    who(0);
    text("name", "Friday *Night*");
    number("seats", 3);
    number("rounds", 4);
    good("open", "Friday \\\\*Night\\\\*", "a lobby; its name cannot format anything");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'discord.learn'"), 1,
           "its card will be found again");
    who(0);
    bad("open", "one lobby at a time", "a second one is refused");
    who(0);
    number("seats", 9);
    bad("open", "from 2 to 8", "nine seats are too many");
    press(1, "join:1");
    good("", "Seat 1 is yours", "a button takes a seat");
    ok(str_find(answer, STR("/me/welcome"), 0) != SIZE_MAX, "and leads to the rules");
    press(1, "join:1");
    bad("", "already", "once");
    for (int i = 2; i < 4; i++) {
        who(i);
        good("join", i == 2 ? "Seat 2" : "Seat 3", "the command does it too");
    }
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE payload = 'race.full race:1'"), 1,
           "the host hears that it is full");
    is_int(cards_topic(&fix, STR("race.full"), STR("race:1"), &m), OK, "in a line");
    ok(str_find(message_json(&fix, m, 0, STR("")), STR("\"users\":[\"900\"]"), 0) != SIZE_MAX,
       "that pings nobody else");
    who(4);
    good("join", "wait list", "the fourth waits");
    press(5, "join:77");
    bad("", "There is no race 77", "a forged number");
    who(5);
    good("lobby", "Wait list", "everybody sees who waits");
}

static void
moving(void)
{
    who(3);
    good("leave", "free again", "one leaves");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE payload = 'race.full race:1'"), 1,
           "a freed seat that is filled by itself is no news");
    is_int(fix_number("SELECT COUNT(*) FROM stint t JOIN member m ON m.id = t.member_id WHERE "
                      "m.name = 'Vega'"),
           1, "who waited moves up");
    who(1);
    person("user", 2);
    text("reason", "spam");
    bad("kick", "for the role", "a racer kicks nobody");
    who(0);
    person("user", 4);
    text("reason", "on @everyone's request");
    good("kick", "\\\\@everyone", "the host does");
    who(6);
    who(0);
    person("user", 6);
    text("reason", "not there");
    bad("kick", "no account yet", "somebody without account is told what to do");
    who(1);
    bad("start", "for the role", "a racer starts nothing");
    who(0);
    good("start", "has started", "the host starts");
    press(0, "start:1");
    bad("", "race 1 is running", "twice is told the present state");
    press(5, "join:1");
    bad("", "race 1 is running", "an old card's button too");
}

static void
driving(void)
{
    who(0);
    number("seat", 2);
    person("in", 5);
    number("round", 3);
    good("sub", "subok:1", "a substitute is asked");
    press(3, "subok:1");
    bad("", "", "somebody else cannot accept");
    press(5, "subok:1");
    good("", "drives from round 3", "the one who was asked can");
    press(5, "subok:1");
    bad("", "", "once");
    who(1);
    good("pot", "$0.00", "the pot is public");
    who(1);
    good("sponsor", "No sponsor", "nor is there a sponsor");
    who(0);
    text("at", "25:00");
    bad("finish", "HH\\\\:MM", "a time that is none");
    fix_now += 60000;
    who(0);
    good("finish", "Report place", "the flag");
    who(0);
    bad("finish", "no race for that", "once");
    who(1);
    bad("leave", "no race for that", "nobody leaves after it");
    is_int(fix_number("SELECT COUNT(*) FROM interaction"),
           fix_number("SELECT COUNT(DISTINCT id) FROM interaction"), "every answer is kept");
    ok(fix_number(
           "SELECT COUNT(*) FROM audit WHERE action LIKE '/%%' OR action LIKE 'button%%'") >= 9,
       "and every act is logged");
    ask = (struct discord_ask){
        .kind = DISCORD_COMPLETE, .user = users[1], .sub = STR(""), .command = STR("pot")};
    ask.n = 1;
    ask.option[0] =
        (struct discord_option){.name = STR("race"), .text = STR("fri"), .focused = true};
    is_int(send(), 8, "autocomplete");
    is_int((int64_t)json_count(json_at(said, "data.choices")), 1, "finds the race by its name");
}

/* What would turn the line around, or hide in it, gets into no page. */
static void
tricks(void)
{
    who(0);
    text("name", "\xE2\x80\xAE"
                 "evil\xE2\x80\x8B\nrace");
    good("open", "evil race", "a name that tries to turn the line around");
    is_int(fix_number("SELECT COUNT(*) FROM race WHERE name = 'evil race'"), 1,
           "is plain afterwards");
    who(2);
    good("join", "Seat 1", "somebody joins it");
    ok(fix_sql("UPDATE member SET hidden = 1 WHERE name = 'Piston'"), "and hides");
    who(0);
    person("user", 2);
    text("reason", "too late");
    good("kick", "Racer ", "who hides is not named when taken out");
    ok(str_find(answer, STR("Piston"), 0) == SIZE_MAX, "not at all");
}

int
main(void)
{
    place_make();
    night_open(place("do_lobby.db"));
    opening();
    moving();
    driving();
    tricks();
    fix_close();
    return place_done();
}
