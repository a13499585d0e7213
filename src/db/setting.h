/* Every setting of a connection, read back after it was made; what statements may do. For db/
 * only. */
#pragma once

#include "base/ctx.h"

/* E_INTERNAL when a setting does not read back. */
enum err setting_apply(struct ctx *ctx, struct db *db) MUST_USE;
/* WAL mode, its size and its pages; writers only. */
enum err setting_wal(struct ctx *ctx, struct db *db) MUST_USE;
/* SQLite's authorizer; arg is the struct db. */
int setting_may(void *arg, int action, const char *a, const char *b, const char *schema,
                const char *trigger);
