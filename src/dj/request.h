/* A DJ's queue of songs and how the DJ takes tips. Not for: money (tip.h); a refund of a
 * request is asked with giveback_add and booked when the provider tells of it. */
#pragma once

#include "base/ctx.h"

struct tx;

struct dj {
    int64_t member_id;
    struct str name; /* as the public may read it */
    bool on_air, paused;
    int64_t min, max_open, max_per_fan; /* 0 = the house's setting, 20, 3 */
    struct str banned;                  /* words, one a line: the DJ's own list */
};
/* A member with the role dj, by name or id; E_NOTFOUND. */
enum err request_dj(struct ctx *ctx, struct str who, struct dj *ret) MUST_USE;
enum err request_dj_get(struct ctx *ctx, int64_t member_id, struct dj *ret) MUST_USE;
/* The one on air; E_NOTFOUND. */
enum err request_on_air(struct ctx *ctx, struct dj *ret) MUST_USE;
/* At most one is on air: who goes on takes another off. */
enum err request_air(struct ctx *ctx, struct tx *tx, int64_t dj_id, bool on) MUST_USE;
enum err request_pause(struct ctx *ctx, struct tx *tx, int64_t dj_id, bool on) MUST_USE;
enum err request_limits(struct ctx *ctx, struct tx *tx, const struct dj *d) MUST_USE;

struct request {
    int64_t id, tip_id, dj_id, amount, at, played_at, position; /* position: 1 is next */
    struct str state; /* waiting, playing, done, skipped, offered, kept, refunding, refunded */
    struct str title, artist, link, from, message, reason;
};
/* now playing first, then in order of the queue (queue.order). */
enum err request_queue(struct ctx *ctx, int64_t dj_id, size_t max, struct request **ret,
                       size_t *ret_n) MUST_USE;
enum err request_get(struct ctx *ctx, int64_t id, struct request *ret) MUST_USE;
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
