/* Bringing the ledger file to this program's schema, with a copy of what it was. Not for: the
 * steps themselves (db/migrate.h), copies by time. */
#pragma once

#include "base/ctx.h"

enum { UPGRADE_KEPT = 2 }; /* copies of earlier upgrades that stay */

struct upgrade {
    int64_t from, to; /* schemas */
    const char *copy; /* where the state before is, NULL when nothing was to do */
    int64_t bytes;    /* of it */
    size_t n_kept;    /* older copies that stay beside it, by name … */
    const char **kept;
    size_t n_gone; /* … and how many were removed */
};

/* Needs a DB_MIGRATE connection in ctx->db and its path. Nothing to do is OK. E_FULL: no room
 * for the copy; E_CONFLICT: the copy is not what the ledger is. Both before anything was
 * changed. May be repeated after any death. */
enum err upgrade_run(struct ctx *ctx, const char *path, struct upgrade *ret) MUST_USE;
