/* Discord: signature of an interaction and its bytes as one struct. Pure. Not for: answering
 * (bot/), requests of ours (discord_api.h). */
#pragma once

#include "base/ctx.h"

enum { DISCORD_OPTIONS_MAX = 25, DISCORD_VALUES_MAX = 25, DISCORD_FRESH_S = 300 };

enum discord_kind {
    DISCORD_PING = 1,
    DISCORD_COMMAND = 2,
    DISCORD_COMPONENT = 3, /* button or select */
    DISCORD_COMPLETE = 4,  /* autocomplete */
    DISCORD_MODAL = 5
};

struct discord_user {
    struct str id;     /* snowflake, decimal */
    struct str name;   /* nick, global_name or username: any text */
    struct str avatar; /* hash, checked ^(a_)?[0-9a-f]{32}$, or empty */
    bool bot;
};

struct discord_option {
    struct str name;
    struct str text; /* STRING, USER (id) and modal fields; empty otherwise */
    int64_t i;       /* INTEGER, BOOLEAN */
    bool is_number, focused;
    const struct discord_user *user; /* USER: from resolved; NULL when absent there */
};

struct discord_ask {
    enum discord_kind kind;
    struct str id, application, token, guild, channel; /* guild empty in a direct message */
    struct discord_user user;
    uint64_t permissions;    /* all 64 bits; 0 in direct messages */
    struct str command, sub; /* "season", "close"; sub may be empty */
    struct str custom_id;    /* components and modals */
    struct str message;      /* id of the message that a component sits on */
    size_t n;                /* options of the command, or fields of the modal */
    struct discord_option option[DISCORD_OPTIONS_MAX];
    size_t n_values;
    struct str value[DISCORD_VALUES_MAX]; /* of a select */
};

/* key: 32 bytes; signature: 128 hex signs; timestamp: decimal seconds within DISCORD_FRESH_S of
 * now. E_AUTH for all that does not fit, without saying what. */
enum err discord_verify(struct ctx *ctx, struct str key, struct str signature,
                        struct str timestamp, struct str body) MUST_USE;
/* E_INVALID for anything that is no interaction of the five kinds, with the reason. Unknown
 * members are passed over; options in excess are E_INVALID. */
enum err discord_parse(struct ctx *ctx, struct str body, struct discord_ask *ret) MUST_USE;
/* NULL when absent. */
const struct discord_option *discord_option(const struct discord_ask *a, const char *name);
