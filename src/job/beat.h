/* What happens because time passes: contests whose time has come, notices that are due again,
 * old messages. Not for: how often (work.c). */
#pragma once

#include "call/call.h"

/* Asks the vault what time alone does. */
enum err beat_clock(struct ctx *ctx, struct call *vault) MUST_USE;
/* Tells the vault that the runner ends in order. */
enum err beat_end(struct ctx *ctx, struct call *vault) MUST_USE;
/* Applies kept notices that are due. */
enum err beat_replay(struct ctx *ctx, struct call *vault) MUST_USE;
/* Forgets live messages up to upto. */
enum err beat_prune(struct ctx *ctx, struct call *vault, int64_t upto) MUST_USE;
/* Raises or resolves one alert of ours. */
enum err beat_alert(struct ctx *ctx, struct call *vault, bool raise, struct str kind,
                    struct str text) MUST_USE;
