/* Discord's signature, and every kind of interaction, well-formed or not. */
#include "provider/discord.h"

#include <string.h>

#include "base/arena.h"
#include "base/enc.h"
#include "lib/tap.h"

static struct ctx ctx;
static int64_t now_ms = 1790000000000;

static int64_t
now_of(void *arg)
{
    (void)arg;
    return now_ms;
}

static struct world world;

#define HEAD                                                                                   \
    "\"id\":\"1\",\"application_id\":\"2\",\"token\":\"tok\",\"guild_id\":\"3\","              \
    "\"channel_id\":\"4\",\"version\":1,\"member\":{\"nick\":null,\"roles\":[],"               \
    "\"permissions\":\"9223372036854775816\",\"user\":{\"id\":\"77\",\"username\":\"nova\","   \
    "\"global_name\":\"Nova\",\"avatar\":\"a_0123456789abcdef0123456789abcdef\"}}"

static const char key_hex[] =
    "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c";
static const char good[] =
    "a0ea2046bec1005515eb23b4d8d4d023e274f50542c6c0dd35468c943eea9e16f30b591f66170fa142020a47ef"
    "e913a4fc8aff20c3cf08cfce01dfb6c9b8b30d";

static enum err
verify(const char *sig, const char *at, const char *body)
{
    unsigned char key[32];

    ctx_clear(&ctx);
    BUG_IF(!enc_unhex(str_of(key_hex), key, sizeof key));
    return discord_verify(&ctx, (struct str){(const char *)key, sizeof key}, str_of(sig),
                          str_of(at), str_of(body));
}

static void
signatures(void)
{
    char bad[200];

    is_int(verify(good, "1790000000", "{\"type\":1}"), OK, "a good signature");
    is_int(verify(good, "1790000000", "{\"type\":2}"), E_AUTH, "another body");
    is_int(verify(good, "1790000001", "{\"type\":1}"), E_AUTH, "another time");
    is_int(verify("", "1790000000", "{\"type\":1}"), E_AUTH, "no signature");
    is_int(verify(good, "", "{\"type\":1}"), E_AUTH, "no time");
    is_int(verify(good, "-1790000000", "{\"type\":1}"), E_AUTH, "a negative time");
    is_int(verify(good, "1790000000 ", "{\"type\":1}"), E_AUTH, "a blank behind the time");
    for (size_t i = 0; i < strlen(good); i += 9) {
        snprintf(bad, sizeof bad, "%s", good);
        bad[i] = bad[i] == '0' ? '1' : '0';
        is_int(verify(bad, "1790000000", "{\"type\":1}"), E_AUTH, "one sign of it changed");
    }
    snprintf(bad, sizeof bad, "%s", good);
    bad[126] = '\0';
    is_int(verify(bad, "1790000000", "{\"type\":1}"), E_AUTH, "cut short");
    snprintf(bad, sizeof bad, "%sAA", good);
    is_int(verify(bad, "1790000000", "{\"type\":1}"), E_AUTH, "too long");
    snprintf(bad, sizeof bad, "%.64s%.64s", good + 64, good);
    is_int(verify(bad, "1790000000", "{\"type\":1}"), E_AUTH, "its halves swapped");
    now_ms += 301000;
    is_int(verify(good, "1790000000", "{\"type\":1}"), E_AUTH, "too old");
    now_ms -= 602000;
    is_int(verify(good, "1790000000", "{\"type\":1}"), E_AUTH, "from the future");
    now_ms += 301000;
}

static struct discord_ask ask;

static enum err
parse(const char *body)
{
    ctx_clear(&ctx);
    return discord_parse(&ctx, str_of(body), &ask);
}

static void
commands(void)
{
    is_int(parse("{\"type\":1}"), OK, "a ping");
    is_int(ask.kind, DISCORD_PING, "is one");
    is_int(parse("{" HEAD ",\"type\":2,\"data\":{\"id\":\"9\",\"name\":\"sub\",\"type\":1,"
                 "\"options\":[{\"name\":\"seat\",\"type\":4,\"value\":3},{\"name\":\"in\","
                 "\"type\":6,\"value\":\"88\"},{\"name\":\"dnf\",\"type\":5,\"value\":true}],"
                 "\"resolved\":{\"users\":{\"88\":{\"id\":\"88\",\"username\":\"bea\","
                 "\"global_name\":\"Bea\",\"avatar\":null}},\"members\":{\"88\":{\"nick\":"
                 "\"B\"}}}}}"),
           OK, "a command");
    is_str(ask.command, STR("sub"), "its name");
    is_str(ask.user.id, STR("77"), "who asks");
    is_str(ask.user.name, STR("Nova"), "and is called");
    is_int((int64_t)ask.user.avatar.n, 34, "with a picture");
    ok(ask.permissions == UINT64_C(9223372036854775816), "64 bits of permissions");
    ok(discord_option(&ask, "seat") && discord_option(&ask, "seat")->i == 3, "a number");
    ok(discord_option(&ask, "dnf") && discord_option(&ask, "dnf")->i == 1, "a flag");
    const struct discord_option *in = discord_option(&ask, "in");
    ok(in && in->user, "a user");
    if (in && in->user)
        is_str(in->user->name, STR("B"), "by the name of the server");
    ok(!discord_option(&ask, "out"), "nothing else");
    is_int(parse("{" HEAD ",\"type\":2,\"data\":{\"name\":\"season\",\"options\":[{\"name\":"
                 "\"close\",\"type\":1,\"options\":[{\"name\":\"season\",\"type\":3,\"value\":"
                 "\"spring\"}]}]}}"),
           OK, "a subcommand");
    is_str(ask.sub, STR("close"), "its name");
    is_str(discord_option(&ask, "season")->text, STR("spring"), "its option");
}

static void
others(void)
{
    is_int(parse("{" HEAD ",\"type\":3,\"message\":{\"id\":\"55\"},\"data\":{\"custom_id\":"
                 "\"place:12\",\"component_type\":3,\"values\":[\"2\"]}}"),
           OK, "a select");
    is_str(ask.custom_id, STR("place:12"), "its id");
    is_str(ask.value[0], STR("2"), "its value");
    is_str(ask.message, STR("55"), "on its message");
    is_int(parse("{" HEAD ",\"type\":5,\"data\":{\"custom_id\":\"why:1\",\"components\":["
                 "{\"type\":1,\"components\":[{\"type\":4,\"custom_id\":\"order\",\"value\":"
                 "\"pi_1\"}]},{\"type\":18,\"component\":{\"type\":4,\"custom_id\":\"more\","
                 "\"value\":\"x\"}}]}}"),
           OK, "a form");
    is_str(discord_option(&ask, "order")->text, STR("pi_1"), "a field in a row");
    is_str(discord_option(&ask, "more")->text, STR("x"), "a field in a label");
    is_int(parse("{" HEAD ",\"type\":4,\"data\":{\"name\":\"lobby\",\"options\":[{\"name\":"
                 "\"race\",\"type\":3,\"value\":\"1\",\"focused\":true}]}}"),
           OK, "autocomplete");
    ok(discord_option(&ask, "race")->focused, "knows where the cursor is");
    is_int(parse("{\"id\":\"1\",\"application_id\":\"2\",\"token\":\"t\",\"type\":2,\"user\":{"
                 "\"id\":\"77\",\"username\":\"nova\"},\"data\":{\"name\":\"help\"}}"),
           OK, "a direct message");
    ok(ask.guild.n == 0 && ask.permissions == 0, "has no server and no permissions");
}

static void
refusals(void)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"type\":9}",
        "{\"type\":\"1\"}",
        "{\"type\":2}",
        "{\"type\":2.5}",
        "{" HEAD ",\"type\":2}",
        "{" HEAD ",\"type\":2,\"data\":{}}",
        "{" HEAD ",\"type\":2,\"data\":{\"name\":\"x\",\"options\":[{\"name\":\"a\"}]}}",
        "{" HEAD ",\"type\":2,\"data\":{\"name\":\"x\",\"options\":[{\"name\":\"a\",\"type\":"
        "4,\"value\":1.5}]}}",
        "{" HEAD ",\"type\":2,\"data\":{\"name\":\"x\",\"options\":[{\"name\":\"a\",\"type\":"
        "6,\"value\":\"../1\"}]}}",
        "{" HEAD ",\"type\":3,\"data\":{\"custom_id\":\"\"}}",
        "{\"id\":\"x\",\"application_id\":\"2\",\"token\":\"t\",\"type\":2,\"user\":{\"id\":"
        "\"7\"},\"data\":{\"name\":\"a\"}}",
        "{\"id\":\"1\",\"application_id\":\"2\",\"type\":2,\"user\":{\"id\":\"7\"},\"data\":{"
        "\"name\":\"a\"}}",
        "{\"id\":\"1\",\"application_id\":\"2\",\"token\":\"t\",\"type\":2,\"data\":{\"name\":"
        "\"a\"}}",
        "{" HEAD ",\"type\":2,\"data\":{\"name\":\"x\"}",
    };

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        is_int(parse(bad[i]), E_INVALID, "refused");
}

int
main(void)
{
    struct arena *a = arena_new(16 * 1024 * 1024);

    world = *world_real();
    world.now_ms = now_of;
    ctx_init(&ctx, a, &world);
    signatures();
    commands();
    others();
    refusals();
    arena_free(a);
    return done();
}
