/* LEDGER.lock: whoever holds it is the one that writes the ledger. Not for: who may do what
 * (setting.h). */
#pragma once

#include "base/ctx.h"

/* For the ledger at path, whether it is there or not. E_CONFLICT: another process has it. The
 * lock ends with lock_give or with the process. */
enum err lock_take(struct ctx *ctx, const char *path, int *ret_fd) MUST_USE;
void lock_give(int *fd);
/* What root makes beside a ledger belongs to the ledger's owner, as SQLite does with its own;
 * where there is no ledger yet, to the owner of its folder. */
enum err lock_owner(struct ctx *ctx, const char *path, int fd, const char *name) MUST_USE;
