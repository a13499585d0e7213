/* Numbered schema files, applied once, in one transaction each. Not for: data corrections. */
#pragma once

#include "base/ctx.h"

/* Schema version this program writes and reads. */
int64_t migrate_newest(void);
/* Applies what is missing; ret_from and ret_to are the versions before and after. E_CONFLICT
 * when the file is newer than the program. Needs a DB_MIGRATE connection in ctx->db. */
enum err migrate_run(struct ctx *ctx, int64_t *ret_from, int64_t *ret_to) MUST_USE;
