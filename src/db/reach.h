/* Whether a ledger is there, and this user has the rights to it, before SQLite says it in its
 * own words. Not for: what is in the file (db.c, sound.h). */
#pragma once

#include "base/ctx.h"

struct db;

/* By the connection's path and role. E_NOTFOUND, E_DENIED, E_CONFLICT with a sentence; E_BUSY:
 * the vault has not opened it yet. */
enum err reach_check(struct ctx *ctx, struct db *db) MUST_USE;
