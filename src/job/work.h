/* The runner's day: waits for the vault's wake-up and for the time, does what is due. Not for:
 * arguments (main/jobs.c). */
#pragma once

#include "base/ctx.h"

/* Until TERM or INT, which the caller has blocked. ctx->arena is emptied between two rounds;
 * process outlives the call. */
enum err work_run(struct ctx *ctx, struct arena *process) MUST_USE;
