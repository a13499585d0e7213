/* A DJ's queue of songs. Not for: money (tip.h); a refund of a request is asked with
 * giveback_add and booked when the provider tells of it; how the DJ takes tips (dj.h). */
#pragma once

#include "base/ctx.h"

struct tx;

struct request {
    int64_t id, tip_id, dj_id, amount, at, played_at,
        position; /* position: 1 is next, 0 none */
    int64_t offered_at;
    struct str state; /* waiting, playing, done, skipped, offered, kept, refunding, refunded */
    struct str title, artist, link, from, message, reason;
};
/* now playing first, then in order of the queue (queue.order). */
enum err request_queue(struct ctx *ctx, int64_t dj_id, size_t max, struct request **ret,
                       size_t *ret_n) MUST_USE;
/* Those that wait for the DJ's word "refund or keep". */
enum err request_offered(struct ctx *ctx, int64_t dj_id, size_t max, struct request **ret,
                         size_t *ret_n) MUST_USE;
enum err request_get(struct ctx *ctx, int64_t id, struct request *ret) MUST_USE;

struct request_new {
    int64_t tip_id, dj_id, amount;
    struct str fan, title, artist, link;
};
/* Of a tip that was just booked. */
enum err request_add(struct ctx *ctx, struct tx *tx, const struct request_new *n,
                     int64_t *ret_id) MUST_USE;

/* What the DJ does; E_CONFLICT says how the request stands. play ends what played before. */
enum err request_play(struct ctx *ctx, struct tx *tx, int64_t id, int64_t dj_id) MUST_USE;
enum err request_done(struct ctx *ctx, struct tx *tx, int64_t id, int64_t dj_id) MUST_USE;
enum err request_skip(struct ctx *ctx, struct tx *tx, int64_t id, int64_t dj_id,
                      struct str reason) MUST_USE;
/* Until the song was played; the whole tip, fee included. */
enum err request_refund(struct ctx *ctx, struct tx *tx, int64_t id, int64_t dj_id,
                        struct str reason) MUST_USE;
/* The answer to an offered one: keep it as a tip. */
enum err request_keep(struct ctx *ctx, struct tx *tx, int64_t id, int64_t dj_id) MUST_USE;
/* The next of the queue plays; what played is done. E_NOTFOUND "the queue is empty". */
enum err request_next(struct ctx *ctx, struct tx *tx, int64_t dj_id, int64_t *ret_id) MUST_USE;

/* All of the tip's money went back (or came again): its song, if it has one, follows. */
enum err request_returned(struct ctx *ctx, struct tx *tx, int64_t tip_id, bool back) MUST_USE;
/* What time does: old ones are offered to the DJ, then refunded. */
enum err request_tick(struct ctx *ctx, struct tx *tx, size_t max, size_t *ret_n) MUST_USE;
