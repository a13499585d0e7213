/* Conversations in C tests: somebody sends an interaction and reads the answer. On the ledger
 * of lib/fix.h with lib/night.h. Not for: signatures and HTTP (t/35-bot.t). */
#pragma once

#include "bot/bot.h"

/* Who talks from now on, by the id they have at Discord. */
void talk_as(const char *id, const char *name);
/* That member of the ledger has that id there. */
void talk_know(int64_t member, const char *id);
/* Options of the next command or fields of the next form. */
void talk_text(const char *option, const char *text);
void talk_number(const char *option, int64_t i);
void talk_user(const char *option, const char *id, const char *name);
/* "help", "ops status"; "hide:1". The type of the answer, -1 when there is none. */
int64_t talk_command(const char *words);
int64_t talk_press(const char *custom_id);
int64_t talk_pick(const char *custom_id, const char *value); /* of a select */
int64_t talk_submit(const char *custom_id);
int64_t talk_complete(const char *words, const char *option, const char *typed);
/* The last interaction once more, with the same id. */
int64_t talk_again(void);
struct str talk_answer(void);
/* Of the answer: only who asked sees it; it holds that text. */
bool talk_private(void);
bool talk_says(const char *text);
