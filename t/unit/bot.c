/* Interactions from person to answer: who may, what is kept, how it is refused. */
#include "bot/bot.h"

#include "base/json.h"
#include "bot/commands.h"
#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"

static struct discord_ask ask;
static struct str answer;
static const struct json *said;

static enum err
do_answer(void *arg)
{
    (void)arg;
    return bot_answer(&fix, &fix_tx, &ask, &answer);
}

/* One interaction of a person; a fresh id unless given. */
static int64_t
talk(enum discord_kind kind, const char *what, const char *id)
{
    static int64_t next = 1000;
    int64_t type = 0;

    ask.kind = kind;
    ask.id = id ? str_of(id) : str_of(arena_printf(fix.arena, "%lld", (long long)++next));
    ask.application = STR("42");
    ask.token = STR("token");
    ask.guild = STR("7");
    if (kind == DISCORD_COMMAND || kind == DISCORD_COMPLETE)
        ask.command = str_of(what);
    else
        ask.custom_id = str_of(what);
    ctx_clear(&fix);
    if (night_do(do_answer, NULL) != OK || json_parse(&fix, answer, &said) != OK ||
        !json_i64(json_get(said, "type"), &type))
        return -1;
    return type;
}

static bool
is_private(void)
{
    int64_t flags = 0;

    return json_i64(json_at(said, "data.flags"), &flags) && flags == 64;
}

static bool
says(const char *text)
{
    return str_find(answer, str_of(text), 0) != SIZE_MAX;
}

static void
me(const char *id, const char *name)
{
    ask = (struct discord_ask){
        .user = {.id = str_of(id), .name = str_of(name)},
          .sub = STR("")
    };
}

static void
kinds(void)
{
    me("900", "Nova");
    is_int(talk(DISCORD_PING, "", NULL), 1, "a ping is answered by a pong");
    is_int(fix_number("SELECT COUNT(*) FROM interaction"), 0, "and forgotten");
    is_int(talk(DISCORD_COMMAND, "help", "55"), 4, "a command");
    ok(is_private() && says("/help"), "is answered in private");
    struct str first = str_dup(fix.arena, answer);
    me("901", "Somebody");
    is_int(talk(DISCORD_COMMAND, "nothing", "55"), 4, "the same id again");
    is_str(answer, first, "gets the same answer, whatever it says");
    is_int(fix_number("SELECT COUNT(*) FROM interaction"), 1, "it is kept once");
    fix_now += 3600 * 1000 + 1;
    fix_begin();
    is_int(bot_prune(&fix, &fix_tx), OK, "after an hour");
    fix_commit();
    is_int(fix_number("SELECT COUNT(*) FROM interaction"), 0, "it is forgotten");
}

static void
refusals(void)
{
    static const char *const forged[] = {
        "help:1",  "help:", "help:-1", "help:1:2:3:4:5", ":", "", "apply:99999999999999999999",
        "'; DROP", "help:x"};

    me("900", "Nova");
    is_int(talk(DISCORD_COMMAND, "nothing", NULL), 4, "an unknown command");
    ok(is_private() && says("does not exist any more"), "is a private sentence");
    ok(says("\"parse\":[]"), "that pings nobody");
    for (size_t i = 0; i < ARRAY_SIZE(forged); i++) {
        is_int(talk(DISCORD_COMPONENT, forged[i], NULL), 4, "a forged button");
        ok(is_private() && says("not known any more"), "is a private sentence");
    }
    ask.n = 1;
    ask.option[0] = (struct discord_option){.name = STR("nonsense"), .text = STR("x")};
    is_int(talk(DISCORD_COMMAND, "help", NULL), 4, "an unknown option");
    ok(is_private() && says("no such option"), "is a private sentence");
    ask.option[0] = (struct discord_option){.name = STR("topic"), .i = 1, .is_number = true};
    is_int(talk(DISCORD_COMMAND, "help", NULL), 4, "an option of another type");
    ok(says("cannot be read"), "is refused");
    ask.n = 0;
    is_int(talk(DISCORD_COMPLETE, "nothing", NULL), 8, "autocomplete of nothing");
    is_int((int64_t)json_count(json_at(said, "data.choices")), 0, "is an empty list");
    ask.user.bot = true;
    is_int(talk(DISCORD_COMMAND, "help", NULL), 4, "a bot");
    ok(says("Bots are not served"), "is not served");
    ask.user.bot = false;
    night_conf.discord.guild_id = STR("8");
    is_int(talk(DISCORD_COMMAND, "help", NULL), 4, "another server");
    ok(says("own server only"), "is told where");
    night_conf.discord.guild_id = STR("");
}

static void
people(void)
{
    int64_t before = fix_number("SELECT COUNT(*) FROM member");

    me("950", "*Vega*");
    is_int(talk(DISCORD_COMMAND, "help", NULL), 4, "somebody new");
    is_int(fix_number("SELECT COUNT(*) FROM member"), before + 1, "is a member from now on");
    is_int(talk(DISCORD_COMMAND, "help", NULL), 4, "and again");
    is_int(fix_number("SELECT COUNT(*) FROM member"), before + 1, "the same one");
    ok(fix_sql("UPDATE member SET blocked_at = 1 WHERE name = '*Vega*'"), "blocked");
    is_int(talk(DISCORD_COMMAND, "help", NULL), 4, "they are told");
    ok(is_private() && says("is blocked"), "in private");
}

static void
list(void)
{
    struct str json = commands_json(&fix);
    const struct json *all;

    is_int(json_parse(&fix, json, &all), OK, "the list of commands is JSON");
    ok(json_count(all) >= 1 && json_count(all) <= 100, "of %zu commands", json_count(all));
    for (size_t i = 0; i < json_count(all); i++) {
        const struct json *c = json_item(all, i), *o = json_get(c, "options");
        struct str name = json_str(json_get(c, "name")),
                   help = json_str(json_get(c, "description"));
        bool late = false, sorted = true;

        ok(name.n && name.n <= 32 && help.n && str_length(help) <= 100, "/%.*s", STR_ARG(name));
        for (size_t k = 0; k < json_count(o); k++) {
            bool need = json_bool(json_get(json_item(o, k), "required"), false);

            sorted = sorted && (!need || !late);
            late = late || !need;
        }
        ok(sorted && json_count(o) <= 25, "required options come first");
    }
}

int
main(void)
{
    place_make();
    night_open(place("bot.db"));
    kinds();
    refusals();
    people();
    list();
    fix_close();
    return place_done();
}
