/* /profile: who gets an answer, and what it says to those who do not see the picture. */
#include "bot/commands.h"
#include "lib/league.h"
#include "lib/place.h"
#include "lib/talk.h"
#include "lib/tap.h"
#include "user/identity.h"

static struct str json;

static bool
has(const char *text)
{
    return str_find(json, str_of(text), 0) != SIZE_MAX;
}

/* What the job sends afterwards. */
static enum err
make(const char *payload)
{
    struct message *m;
    enum err e = E_INTERNAL;

    ctx_clear(&fix);
    json = STR("");
    for (size_t i = 0; i < commands_laters_count; i++)
        if (str_eq_text(str_of(commands_laters[i].what), "profile"))
            e = commands_laters[i].make(&fix, str_of(payload), &m);
    if (e == OK)
        json = message_json(&fix, m, 0, STR(""));
    return e;
}

static void
hide(int64_t member, bool hidden)
{
    struct identity_privacy p = {.hidden = hidden, .earnings = STR("hidden")};

    fix_begin();
    ok(identity_privacy_set(&fix, &fix_tx, member, &p) == OK, "the wish is kept");
    fix_commit();
}

static void
asks(void)
{
    talk_as("901", "Nova");
    is_int(talk_command("profile"), 5, "one's own profile is made later");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'discord.later'"), 1,
           "by a job");
    is_int(talk_again(), 5, "a repeat gets the same");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'discord.later'"), 1,
           "and makes no second job");
    talk_user("user", "902", "Bea");
    is_int(talk_command("profile"), 5, "somebody else's");
    ok(!talk_private(), "is for everybody");
    talk_user("user", "999", "Nobody");
    is_int(talk_command("profile"), 4, "who is no member");
    ok(talk_private() && talk_says("has no account yet"), "is told in private");
    hide(2, true);
    talk_user("user", "902", "Bea");
    is_int(talk_command("profile"), 4, "who hides");
    ok(talk_private() && talk_says("This profile is not public.") && !talk_says("m2"),
       "is not public, without a name");
    talk_as("902", "Bea");
    is_int(talk_command("profile"), 4, "oneself while hidden");
    ok(talk_private() && talk_says("show it again with /privacy"), "learns how to change that");
}

static void
answers(void)
{
    is_int(make("1"), OK, "the answer");
    ok(has("1 start, 1 win, 1 podium") && has("Rank 1 with 15 points in Spring"),
       "holds figures");
    ok(has("Trophies: Race win"), "and trophies");
    ok(has("attachment://racer-1.png") && has("\"description\":\"m1: 1 start,"),
       "as a picture with words");
    ok(has("/r/1") && has("\"Page\"") && has("\"parse\":[]"), "a link, and nobody is pinged");
    is_int(make("2"), E_NOTFOUND, "whoever hid in between is hidden");
    is_int(make("30"), OK, "somebody who never drove");
    ok(has("Trophies: none yet"), "has none");
    is_int(make("x"), E_INVALID, "a payload that is none");
}

int
main(void)
{
    place_make();
    night_open(place("ledger.db"));
    league_season("Spring", 0, 0);
    int64_t race = league_open(1, 9);

    league_start(race, 3);
    league_end(race, "123");
    talk_know(1, "901");
    talk_know(2, "902");
    asks();
    answers();
    fix_close();
    return place_done();
}
