/* Requests of ours to Discord and the meaning of its answers. */
#include "provider/discord_api.h"

#include "base/conf.h"
#include "lib/tap.h"

static struct ctx ctx;
static struct conf conf = {
    .site = {.url = STR_INIT("https://kart.example")},
    .discord = { .application_id = STR_INIT("1100"),
             .api = STR_INIT("https://discord.example/api/v10"),
             .cdn = STR_INIT("https://cdn.example")},
};

static struct discord_api_ask ask;

static bool
has(const char *text, const char *part)
{
    return text && strstr(text, part);
}

static void
test_ids(void)
{
    static const char *const bad[] = {"",
                                      "0",
                                      "01",
                                      "-1",
                                      "12a",
                                      "../1",
                                      "1/2",
                                      "1?x",
                                      "1\n2",
                                      "１",
                                      " 1",
                                      "1 ",
                                      "99999999999999999999"};
    const struct discord_api_body body = {.json = STR_INIT("{}")};
    bool refused = true;

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        refused = refused &&
                  discord_api_post(&ctx, STR("t"), str_of(bad[i]), &body, &ask) == E_INVALID &&
                  discord_api_edit(&ctx, STR("t"), STR("1"), str_of(bad[i]), &body, &ask) ==
                      E_INVALID &&
                  discord_api_direct(&ctx, STR("t"), str_of(bad[i]), &ask) == E_INVALID &&
                  discord_api_channel(&ctx, STR("t"), str_of(bad[i]), &ask) == E_INVALID;
    ok(refused, "what is no snowflake comes into no address");
    ok(discord_api_post(&ctx, STR("t\r\nX: y"), STR("1"), &body, &ask) == E_INVALID &&
           discord_api_original(&ctx, STR("../x"), &ask) == E_INVALID &&
           discord_api_me(&ctx, STR(""), &ask) == E_INVALID,
       "what is no token comes into no address and no header");
    ok(discord_api_avatar(&ctx, STR("5"), STR("0123456789abcdef0123456789abcde"), 9, &ask) ==
               E_INVALID &&
           discord_api_avatar(&ctx, STR("5"), STR("0123456789ABCDEF0123456789abcdef"), 9,
                              &ask) == E_INVALID,
       "what is no hash is no picture");
}

static void
test_asks(void)
{
    const struct discord_api_file file = {.file = STR_INIT("race-1.png"), .png = STR_INIT("x")};
    const struct discord_api_body plain = {.json = STR_INIT("{\"content\":\"a\"}")};
    const struct discord_api_body picture = {
        .json = STR_INIT("{\"content\":\"a\"}"), .file = &file, .n = 1};
    const struct discord_api_login login = {.secret = STR_INIT("s&=1"),
                                            .code = STR_INIT("c d"),
                                            .back = STR_INIT("https://kart.example/b")};

    ok(discord_api_post(&ctx, STR("tok"), STR("12"), &plain, &ask) == OK &&
           ask.http.method == HTTPC_POST &&
           !strcmp(ask.http.url, "https://discord.example/api/v10/channels/12/messages"),
       "a message goes to its channel");
    is_str(ask.http.base, conf.discord.api, "at the address of the settings");
    ok(has(ask.http.header[0], "User-Agent: DiscordBot (https://kart.example, ") &&
           !strcmp(ask.http.header[1], "Authorization: Bot tok"),
       "it says who asks");
    ok(ask.http.n_parts == 0 && !strcmp(ask.http.type, "application/json"), "as JSON");
    ok(discord_api_edit(&ctx, STR("tok"), STR("12"), STR("34"), &picture, &ask) == OK &&
           ask.http.method == HTTPC_PATCH && ask.http.n_parts == 2 && !ask.http.type,
       "with pictures it is multipart");
    ok(!strcmp(ask.http.part[0].name, "payload_json") && !ask.http.part[0].file &&
           !strcmp(ask.http.part[1].name, "files[0]") &&
           !strcmp(ask.http.part[1].file, "race-1.png"),
       "the JSON first, then files by number");
    is_str(ask.route, STR("PATCH/channels/12/messages/id"), "edits are counted by channel");
    ok(discord_api_follow(&ctx, STR("aB_-.9"), &plain, &ask) == OK && !ask.bot &&
           has(ask.http.url, "/webhooks/1100/aB_-.9/messages/@original") && !ask.http.header[1],
       "the rest of an answer carries no token of the bot");
    ok(!has(ask.route.p, "aB_"), "and its own is in no route, which logs may name");
    ok(discord_api_commands(&ctx, STR("tok"), STR("77"), STR("[]"), &ask) == OK &&
           ask.http.method == HTTPC_PUT &&
           has(ask.http.url, "/applications/1100/guilds/77/commands"),
       "commands of one server");
    ok(discord_api_exchange(&ctx, &login, &ask) == OK &&
           str_eq_text(ask.http.body,
                       "client_id=1100&client_secret=s%26%3D1&grant_type=authorization_code&"
                       "code=c%20d&redirect_uri=https%3A%2F%2Fkart.example%2Fb"),
       "a login is a form, whatever its values hold");
    ok(discord_api_avatar(&ctx, STR("5"), STR("a_0123456789abcdef0123456789abcdef"), 9, &ask) ==
               OK &&
           !strcmp(ask.http.url, "https://cdn.example/avatars/5/"
                                 "a_0123456789abcdef0123456789abcdef.png?size=128") &&
           ask.files && ask.http.answer_max == 9,
       "a picture comes from the other machine, within its limit");
}

static struct discord_api_answer
answer(int64_t status, const char *body, const char *remaining, const char *reset,
       const char *retry, const char *scope)
{
    struct httpc_answer a = {.status = status, .body = str_of(body)};
    struct discord_api_answer r;

    a.header[0] = str_of(remaining);
    a.header[1] = str_of(reset);
    a.header[2] = str_of(retry);
    a.header[4] = str_of(scope);
    discord_api_read(&ctx, &ask, &a, &r);
    return r;
}

static enum discord_api_how
how(int64_t status, const char *body)
{
    return answer(status, body, NULL, NULL, NULL, NULL).how;
}

static void
test_answers(void)
{
    const struct discord_api_body body = {.json = STR_INIT("{}")};
    struct discord_api_answer r;

    ok(discord_api_post(&ctx, STR("tok"), STR("12"), &body, &ask) == OK, "a message");
    r = answer(200, "{\"id\":\"9\"}", "4", "1.2", NULL, NULL);
    ok(r.how == DISCORD_API_DONE && r.rest_ms == 0 &&
           str_eq_text(json_str(json_get(r.body, "id")), "9"),
       "taken");
    r = answer(200, "{\"id\":\"9\"}", "0", "1.4701", NULL, NULL);
    is_int(r.rest_ms, 1471, "taken, but it was the last one for a while");
    ok(how(204, "") == DISCORD_API_DONE, "taken without a word");
    r = answer(429, "{\"message\":\"x\",\"retry_after\": 0.653,\"global\":false}", "0", "0.653",
               "1", "user");
    ok(r.how == DISCORD_API_WAIT && r.wait_ms == 653 && !r.global,
       "too many requests: wait, as the body says");
    r = answer(429, "{\"retry_after\":2,\"global\":true}", NULL, NULL, "2", NULL);
    ok(r.wait_ms == 2000 && r.global, "for all routes");
    r = answer(429, "<html>", NULL, NULL, "65", "global");
    ok(r.how == DISCORD_API_WAIT && r.wait_ms == 65000 && r.global,
       "as the headers say where there is no body");
    r = answer(429, "{}", NULL, NULL, NULL, NULL);
    ok(r.wait_ms > 0, "never at once");
    ok(how(500, "") == DISCORD_API_DOWN && how(502, "<html>") == DISCORD_API_DOWN &&
           how(302, "") == DISCORD_API_DOWN,
       "failures pass");
    ok(how(200, "<html>hotel login</html>") == DISCORD_API_DOWN,
       "somebody in between is no answer");
    ok(how(401, "{\"message\":\"401: Unauthorized\",\"code\":0}") == DISCORD_API_DOWN,
       "a token can be put right");
    r = answer(404, "{\"message\":\"Unknown Channel\",\"code\":10003}", NULL, NULL, NULL, NULL);
    ok(r.how == DISCORD_API_NEVER && r.code == 10003, "no such channel is for ever");
    r = answer(403, "{\"message\":\"Missing Permissions\",\"code\":50013}", NULL, NULL, NULL,
               NULL);
    ok(r.how == DISCORD_API_NEVER && has(r.why.p, "right to send messages"),
       "a refusal says what to do");
    ok(how(400, "{\"message\":\"Invalid Form Body\",\"code\":50035}") == DISCORD_API_NEVER,
       "so is what it does not like");
    ok(discord_api_follow(&ctx, STR("abc"), &body, &ask) == OK, "the rest of an answer");
    ok(how(401, "{\"message\":\"Invalid Webhook Token\",\"code\":50027}") == DISCORD_API_NEVER,
       "an interaction whose time is over stays so");
}

static void
test_seconds(void)
{
    static const struct {
        const char *text;
        int64_t ms;
    } row[] = {
        {"0",          0       },
        {"1",          1000    },
        {"1.5",        1500    },
        {"0.001",      1       },
        {"0.0001",     1       },
        {"1.4700",     1470    },
        {"64.57",      64570   },
        {"86400",      86400000},
        {"86401",      -1      },
        {"",           -1      },
        {".5",         -1      },
        {"-1",         -1      },
        {"1e3",        -1      },
        {"1.x",        -1      },
        {"9999999999", -1      },
    };

    for (size_t i = 0; i < ARRAY_SIZE(row); i++)
        is_int(discord_api_ms(str_of(row[i].text)), row[i].ms, row[i].text);
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(16 << 20);

    ctx_init(&ctx, a, world_real());
    ctx.conf = &conf;
    test_ids();
    test_asks();
    test_answers();
    test_seconds();
    return done();
}
