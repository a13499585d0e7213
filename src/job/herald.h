/* Messages of ours: for channels, cards that are edited, single members. Not for: answers of
 * interactions (follow.h), what messages say (bot/cards.h). */
#pragma once

#include "job/kinds.h"

/* payload "topic object". Told once: what stands there already with the same content is not
 * sent again, and a nonce keeps a repeat from being a second message. */
enum err herald_run(struct ctx *ctx, const struct kinds_tools *tools,
                    struct kinds_job *job) MUST_USE;
