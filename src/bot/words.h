/* Words and options that several answers share. Not for: messages (message.h). */
#pragma once

#include "bot/bot.h"

/* "1st" … "8th", "DNF" for 0, "no place" below. */
const char *words_place(struct ctx *ctx, int64_t place);
/* "race:12", as the log of acts and the tellings name it. */
struct str words_race(struct ctx *ctx, int64_t race);
/* The options position (1 to 8) and dnf: exactly one of them. *ret 0: DNF. */
enum err words_place_asked(struct bot *b, int64_t *ret) MUST_USE;
