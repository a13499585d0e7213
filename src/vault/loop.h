/* The vault at work: reads whole messages from its four sockets, runs whatever has arrived as
 * one batch, answers, keeps the WAL short, tells the runner of jobs. One thread, never waits
 * for a caller. Not for: what commands do (table.c). */
#pragma once

#include "vault/table.h"

struct loop;

/* ctx: the vault's own, with its DB_WRITER connection; its arena is emptied for each command.
 * Signals TERM, INT (end) and HUP (reread secrets) must be blocked by the caller. process
 * outlives the loop. */
enum err loop_open(struct ctx *ctx, struct arena *process, struct loop **ret) MUST_USE;
/* Until TERM or INT: finishes the batch at hand, then comes back. */
enum err loop_run(struct ctx *ctx, struct loop *l) MUST_USE;
/* Closes sockets and connections. */
void loop_close(struct loop *l);
