/* Every handler of a command, a button, an autocomplete: what bot/commands.c names. Not for:
 * what they do (do_*.c, one file a topic). */
#pragma once

#include "bot/bot.h"

enum err do_help_show(struct bot *b) MUST_USE;
