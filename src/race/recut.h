/* A race's end set to an earlier time: what was ordered after it and its grace no longer
 * counts. Not for: the flag as such (lobby.h). */
#pragma once

#include "base/ctx.h"

struct tx;

/* Orders that counted and lie after that end and its grace: their money of this race goes to
 * the house, one RACE_RECUT each. Before FINAL only: the caller looks. */
enum err recut_after(struct ctx *ctx, struct tx *tx, int64_t race, int64_t at, int64_t grace_ms,
                     struct str actor) MUST_USE;
/* An earlier end for a race that is FINISHED, with a reason. E_CONFLICT: another state, or
 * reports are final. E_INVALID: not between start and present end, no reason. */
enum err recut_end(struct ctx *ctx, struct tx *tx, int64_t race, int64_t at, struct str reason,
                   struct str actor) MUST_USE;
/* Money of a sale that was cut off and came back since (a dispute won, a refund that failed)
 * goes to the house again. Nothing happens for other sales. */
enum err recut_again(struct ctx *ctx, struct tx *tx, int64_t race, int64_t sale_id) MUST_USE;
