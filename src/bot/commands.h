/* THE table of commands, buttons and deferred answers: the registration list and the rights
 * come from it. Not for: what they do (do_*.c). */
#pragma once

#include "bot/bot.h"

enum commands_option_type {
    COMMANDS_TEXT = 3,
    COMMANDS_NUMBER = 4,
    COMMANDS_FLAG = 5,
    COMMANDS_USER = 6
};

struct commands_option {
    const char *name, *help; /* help 1 to 100 signs */
    enum commands_option_type type;
    bool need;
    int64_t lo, hi;      /* numbers: bounds; texts: length; 0 0: none */
    const char *choices; /* "all|gift card|…", or NULL */
    bot_fn complete;     /* autocomplete, or NULL */
};

enum { COMMANDS_OPTIONS_MAX = 8 };

/* Who: 0 everybody, known or not; COMMANDS_MEMBER makes a member of whoever asks; else bits of
 * enum right, any of which is enough. */
enum { COMMANDS_MEMBER = 1 << 30 };

struct commands_row {
    const char *name, *sub, *help; /* sub NULL: no subcommands */
    unsigned who;
    enum bot_how how; /* BOT_PUBLIC or BOT_PRIVATE */
    bot_fn run;
    struct commands_option option[COMMANDS_OPTIONS_MAX]; /* ends with name NULL */
};

/* custom_id "word:1:2": exactly n_args numbers. Buttons, selects and modals alike. */
struct commands_button {
    const char *word;
    size_t n_args;
    unsigned who;
    enum bot_how how;
    bot_fn run;
};

/* Makes the message of a deferred answer from the present state; ctx reads only. */
struct commands_later {
    const char *what;
    enum err (*make)(struct ctx *ctx, struct str payload, struct message **ret);
};

extern const struct commands_row commands_table[];
extern const size_t commands_count;
extern const struct commands_button commands_buttons[];
extern const size_t commands_buttons_count;
extern const struct commands_later commands_laters[];
extern const size_t commands_laters_count;

/* The body of PUT …/commands: a JSON array, contexts [0], integration_types [0],
 * default_member_permissions as text where the row needs a role that only staff has. */
struct str commands_json(struct ctx *ctx);
