/* What browsers and people elsewhere learn of a DJ: live messages of the channel "dj/3", its
 * base file, and who is told. Not for: deciding anything. */
#pragma once

#include "base/buf.h"
#include "base/ctx.h"

struct tx;

/* dj.changed: on air, paused, limits. */
enum err booth_changed(struct ctx *ctx, struct tx *tx, int64_t dj_id) MUST_USE;
/* type: tip.added, tip.refunded. Tells the DJ of a new one. */
enum err booth_tip(struct ctx *ctx, struct tx *tx, int64_t tip_id, const char *type) MUST_USE;
/* request.changed, with what plays and the next three. request_id 0: none in particular. */
enum err booth_queue(struct ctx *ctx, struct tx *tx, int64_t dj_id,
                     int64_t request_id) MUST_USE;
/* The state as a JSON object: DJ, queue, the last tips. */
enum err booth_state(struct ctx *ctx, int64_t dj_id, struct buf *b) MUST_USE;
/* The text of live/dj/<id>.json. */
enum err booth_snapshot(struct ctx *ctx, int64_t dj_id, struct str *ret) MUST_USE;
