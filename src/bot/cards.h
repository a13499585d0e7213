/* What our own messages in channels look like, made from the present state: the same cards as
 * answers of commands. Reading only. Not for: sending (job/herald.c). */
#pragma once

#include "bot/message.h"
#include "race/race.h"

/* Lobby card, running card, flag card, result card, void card: what fits the race's state, with
 * its buttons. */
enum err cards_race(struct ctx *ctx, const struct race *r, struct message **ret) MUST_USE;
/* The line that is told once in the channel for a topic of queue/tell.h (race.started …);
 * E_NOTFOUND: nothing is to be told (any more). */
enum err cards_topic(struct ctx *ctx, struct str topic, struct str object,
                     struct message **ret) MUST_USE;
/* The message for one member about topic and object ("member.trophy", "trophy:7"); *ret_subject
 * is who gets it as a direct message. E_NOTFOUND: nobody, or switched off. */
enum err cards_direct(struct ctx *ctx, struct str topic, struct str object,
                      struct str *ret_subject, struct message **ret) MUST_USE;
