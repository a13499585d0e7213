/* What the vault counts of itself since it started, for /metrics. Not for: anything that must
 * outlive it. */
#pragma once

#include "call/msg.h"

/* A transaction of so many commands was committed in ms. */
void gauge_commit(size_t commands, int64_t ms);
/* A command was refused or failed. */
void gauge_refused(void);
/* Connections that are open now. */
void gauge_conns(size_t n);
/* The answer's fields commits, commands, refused, commit_ms, conns, wal. */
void gauge_tell(struct ctx *ctx, struct msg *out);
