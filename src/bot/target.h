/* The row of bot/commands.c that an interaction asks for, and whether what was typed fits it.
 * Not for: who may ask (bot.c), what happens then (do_*.c). */
#pragma once

#include "bot/commands.h"

/* Most of a number in a button or an option. */
#define TARGET_ARG_MAX (INT64_C(1) << 53)

/* What the interaction asks for, whatever kind of row it is. */
struct target {
    unsigned who;
    enum bot_how how;
    bot_fn run;
    const struct commands_row *row; /* whose options are checked; NULL: none are */
};

/* Fills b->what, and of a button b->arg. E_NOTFOUND says in words that there is no such command
 * or button any more. */
enum err target_find(struct bot *b, struct target *ret) MUST_USE;
/* E_INVALID names the option that is unknown, missing or beyond its bounds. */
enum err target_check(struct bot *b, const struct target *t) MUST_USE;
