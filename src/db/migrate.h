/* Numbered schema files, applied once, in one transaction each. Not for: data corrections. */
#pragma once

#include "base/ctx.h"

struct tx;

/* Schema version this program writes and reads. */
int64_t migrate_newest(void);
/* Called in the transaction of the last step, so that what it writes stands exactly when the
 * whole migration does. */
typedef enum err (*migrate_end_fn)(struct ctx *ctx, struct tx *tx, void *arg, int64_t from,
                                   int64_t to);
/* Applies what is missing; ret_from and ret_to are the versions before and after. E_CONFLICT
 * when the file is newer than the program. Needs a DB_MIGRATE connection in ctx->db. end may be
 * NULL; it is not called when nothing was missing. */
enum err migrate_run(struct ctx *ctx, migrate_end_fn end, void *arg, int64_t *ret_from,
                     int64_t *ret_to) MUST_USE;
