/* Takes due jobs from the outbox, one lease at a time, and reports how they ended. Not for:
 * what they do (kinds.h). */
#pragma once

#include "call/call.h"
#include "job/kinds.h"

/* Runs what is due, at most max jobs; *ret_n: how many. E_BUSY: the vault is away. */
enum err runner_run(struct ctx *ctx, struct call *vault, const struct kinds_tools *tools,
                    enum kinds_lane lane, size_t max, size_t *ret_n) MUST_USE;
