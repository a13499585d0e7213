/* A DJ: on the air or not, and how the DJ takes tips. Not for: the songs (request.h), money
 * (tip.h). */
#pragma once

#include "base/ctx.h"

struct tx;

enum { DJ_OPEN = 20, DJ_PER_FAN = 3, DJ_BANNED_BYTES = 4000 };

struct dj {
    int64_t member_id;
    struct str name; /* as the public may read it */
    bool on_air, paused;
    int64_t min, max_open, max_per_fan; /* as they count: the house's where the DJ has none */
    struct str banned;                  /* words, one a line: the DJ's own list */
};

/* A member with the role dj, by the name that the public reads, or id; E_NOTFOUND. */
enum err dj_find(struct ctx *ctx, struct str who, struct dj *ret) MUST_USE;
enum err dj_get(struct ctx *ctx, int64_t member_id, struct dj *ret) MUST_USE;
/* The one on air; E_NOTFOUND "no DJ is on air". */
enum err dj_on_air(struct ctx *ctx, struct dj *ret) MUST_USE;
/* All, who is on air first. */
enum err dj_list(struct ctx *ctx, size_t max, struct dj **ret, size_t *ret_n) MUST_USE;
/* At most one is on air: who goes on takes another off. */
enum err dj_air(struct ctx *ctx, struct tx *tx, int64_t dj_id, bool on) MUST_USE;
enum err dj_pause(struct ctx *ctx, struct tx *tx, int64_t dj_id, bool on) MUST_USE;
/* min, max_open, max_per_fan (0: the house's) and banned. E_INVALID says which and why. */
enum err dj_limits(struct ctx *ctx, struct tx *tx, const struct dj *d) MUST_USE;
