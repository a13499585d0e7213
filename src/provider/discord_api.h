/* Our requests to Discord, and what its answers mean. Pure: makes what httpc_do sends and reads
 * what came back. Not for: interactions (discord.h), when to try again (job/outside.h). */
#pragma once

#include "base/json.h"
#include "provider/httpc.h"

enum { DISCORD_API_FILES_MAX = 4, DISCORD_API_MS = 5000 };

struct discord_api_ask {
    struct httpc_ask http;
    struct str route; /* what Discord counts together: "POST channels/123/messages" */
    bool bot;         /* with the bot's token */
    bool files;       /* CDN instead of the API */
    struct httpc_part part[DISCORD_API_FILES_MAX + 1];
};

/* A picture that goes with a message; file as the message's JSON calls it. */
struct discord_api_file {
    struct str file, png;
};

struct discord_api_body {
    struct str json; /* message_json */
    const struct discord_api_file *file;
    size_t n; /* at most DISCORD_API_FILES_MAX */
};

/* Fill *ret; token is the bot's. E_INVALID: an id that is no snowflake, a token or hash that
 * cannot be one: nothing of other people's gets into an address unlooked. The JSON of post
 * should carry a nonce with enforce_nonce, so that a repeat is one message. ret must stay where
 * it is. */
enum err discord_api_post(struct ctx *ctx, struct str token, struct str channel,
                          const struct discord_api_body *b,
                          struct discord_api_ask *ret) MUST_USE;
enum err discord_api_edit(struct ctx *ctx, struct str token, struct str channel,
                          struct str message, const struct discord_api_body *b,
                          struct discord_api_ask *ret) MUST_USE;
/* The answer of an interaction (its own token): PATCH and GET @original. */
enum err discord_api_follow(struct ctx *ctx, struct str token, const struct discord_api_body *b,
                            struct discord_api_ask *ret) MUST_USE;
enum err discord_api_original(struct ctx *ctx, struct str token,
                              struct discord_api_ask *ret) MUST_USE;
/* The channel of direct messages with a user. */
enum err discord_api_direct(struct ctx *ctx, struct str token, struct str subject,
                            struct discord_api_ask *ret) MUST_USE;
/* guild empty: global. json empty: reads the list instead of replacing it. */
enum err discord_api_commands(struct ctx *ctx, struct str token, struct str guild,
                              struct str json, struct discord_api_ask *ret) MUST_USE;
/* The application itself; a channel. */
enum err discord_api_application(struct ctx *ctx, struct str token,
                                 struct discord_api_ask *ret) MUST_USE;
enum err discord_api_channel(struct ctx *ctx, struct str token, struct str channel,
                             struct discord_api_ask *ret) MUST_USE;

/* Login: code to token, who that is, the token's end. back: the redirect address, as it was
 * asked with. */
struct discord_api_login {
    struct str secret, code, verifier, back; /* verifier may be empty */
};
enum err discord_api_exchange(struct ctx *ctx, const struct discord_api_login *l,
                              struct discord_api_ask *ret) MUST_USE;
enum err discord_api_me(struct ctx *ctx, struct str token,
                        struct discord_api_ask *ret) MUST_USE;
enum err discord_api_revoke(struct ctx *ctx, struct str secret, struct str token,
                            struct discord_api_ask *ret) MUST_USE;
/* hash: ^(a_)?[0-9a-f]{32}$; the still picture. */
enum err discord_api_avatar(struct ctx *ctx, struct str subject, struct str hash, size_t max,
                            struct discord_api_ask *ret) MUST_USE;

enum discord_api_how {
    DISCORD_API_DONE,
    DISCORD_API_WAIT, /* too many requests: again after wait_ms */
    DISCORD_API_DOWN, /* Discord does not work, or not with our token: again later */
    DISCORD_API_NEVER /* refused, as it will be next time */
};

struct discord_api_answer {
    enum discord_api_how how;
    int64_t status, code;    /* HTTP; Discord's own, 0: none */
    struct str why;          /* in words, for the log */
    int64_t wait_ms;         /* WAIT: for how long */
    bool global;             /* WAIT: every route */
    int64_t rest_ms;         /* not WAIT: the route is used up for so long; 0: it is not */
    const struct json *body; /* NULL: none, or no JSON */
};
void discord_api_read(struct ctx *ctx, const struct discord_api_ask *ask,
                      const struct httpc_answer *a, struct discord_api_answer *ret);
/* "1.470" seconds as ms, rounded up; -1: that is no number of seconds, or over a day. */
int64_t discord_api_ms(struct str seconds);
