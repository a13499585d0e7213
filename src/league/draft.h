/* A correction between its preview and the button that applies it. Not for: what it does
 * (fix.h). */
#pragma once

#include "league/fix.h"

/* Kept for an hour. */
enum err draft_add(struct ctx *ctx, struct tx *tx, const struct fix_ask *ask, struct str hash,
                   int64_t *ret_id) MUST_USE;
/* E_NOTFOUND: too old, or done already. E_DENIED: somebody else's. actor is not kept. */
enum err draft_get(struct ctx *ctx, int64_t id, int64_t by, struct fix_ask *ret,
                   struct str *ret_hash) MUST_USE;
enum err draft_drop(struct ctx *ctx, struct tx *tx, int64_t id) MUST_USE;
/* New places for all when one seat has another: it moves to that place (0: DNF), the others
 * keep their order and close up or make room. ret by seat number, -1: as it is. Pure. */
void draft_move(const struct race *r, int64_t seat, int64_t place,
                int64_t ret[RACE_SEATS_MAX + 1]);
