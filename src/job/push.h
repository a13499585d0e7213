/* What browsers hear: base files path.live/<channel>.json, and on top messages through the live
 * nginx. Base files are never older than the messages. Not for: making messages (queue/live.h).
 */
#pragma once

#include "base/ctx.h"

struct push;

/* ctx: the runner's, with a reader's connection; process outlives it. */
enum err push_open(struct ctx *ctx, struct arena *process, struct push **ret) MUST_USE;
void push_close(struct push *p);
/* Base files of home and all live races. The newest messages are told again, since the last
 * runner may have died before it did; browsers know their numbers. */
enum err push_start(struct ctx *ctx, struct push *p) MUST_USE;
/* Reads what is new and writes what is due; *ret_ms: when to come again even without news, -1:
 * no need. At most ten base files a second and channel: under load the newest state goes out.
 */
enum err push_news(struct ctx *ctx, struct push *p, int64_t *ret_ms) MUST_USE;
/* A tick with the present number on home and on channels of live races: who missed something
 * notices. */
enum err push_heartbeat(struct ctx *ctx, struct push *p) MUST_USE;
/* Channel and file "canary": alive when it changes every few seconds. */
enum err push_canary(struct ctx *ctx, struct push *p) MUST_USE;
/* Writes one base file anew. E_NOTFOUND: no such channel. */
enum err push_base(struct ctx *ctx, struct push *p, struct str channel) MUST_USE;
/* Id of the last message that was dealt with. */
int64_t push_seen(const struct push *p);
/* Failures in a row to publish; 0: the live nginx hears us. */
int64_t push_mute(const struct push *p);
