/* Messages for browsers, written with the change, pushed after the commit by job/push.c.
 * Sequence numbers rise by one per channel and are never reused. Not for: the state of a
 * channel (race/show.h makes snapshots). */
#pragma once

#include "base/ctx.h"

struct tx;

/* data: a JSON object with absolute values, at most 4 KiB. Channels: "home", "race/12",
 * "season/2". */
enum err live_add(struct ctx *ctx, struct tx *tx, struct str channel, struct str type,
                  struct str data) MUST_USE;

struct live_msg {
    int64_t id, seq, at;
    struct str channel, type, data;
};
/* Messages with id > after, oldest first, at most max. */
enum err live_list(struct ctx *ctx, int64_t after, size_t max, struct live_msg **ret,
                   size_t *ret_n) MUST_USE;
/* Last sequence number of a channel, 0 when it never spoke. */
enum err live_seq(struct ctx *ctx, struct str channel, int64_t *ret) MUST_USE;
/* Id of the newest message, 0 when there never was one. */
enum err live_last(struct ctx *ctx, int64_t *ret_id) MUST_USE;
/* Forgets messages with id <= upto, the newest excepted; the channels' numbers stay. */
enum err live_prune(struct ctx *ctx, struct tx *tx, int64_t upto) MUST_USE;
