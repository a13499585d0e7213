/* Answers that are at the same time the telling of it: the channel is not told twice. Not for:
 * tellings by themselves (queue/tell.h). */
#pragma once

#include "bot/bot.h"

/* The public answer to this interaction tells topic about object where it was asked; the job
 * leaves that channel out (table post, message empty). */
enum err told_here(struct bot *b, const char *topic, struct str object) MUST_USE;
/* The public answer is the card of object: the job "discord.learn" finds out its id, and it is
 * edited from then on. */
enum err told_card(struct bot *b, struct str object) MUST_USE;
