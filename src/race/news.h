/* What happened to a race, for browsers and for whoever tells it elsewhere: one live message
 * and the outbox rows that go with it. Not for: states (lobby.h), what a message says
 * (bot/cards.h).
 */
#pragma once

#include "base/ctx.h"

struct tx;

struct str news_object(struct ctx *ctx, int64_t race); /* "race:12" */
/* A live message on the race's channel; its card elsewhere is edited. data: a JSON object. */
enum err news_add(struct ctx *ctx, struct tx *tx, int64_t race, const char *type,
                  struct str data) MUST_USE;
/* The same for a change of state, on the home channel too. closed_at 0: no flag yet. */
enum err news_state(struct ctx *ctx, struct tx *tx, int64_t race, const char *type,
                    const char *state, int64_t closed_at) MUST_USE;
/* Told once for each change: topic as in queue/tell.h. */
enum err news_tell(struct ctx *ctx, struct tx *tx, int64_t race, const char *topic) MUST_USE;
