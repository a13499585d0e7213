/* Whether a copy holds what the open ledger holds, in any schema. Not for: whether the books
 * are right (ledger/verify.h). */
#pragma once

#include "base/ctx.h"

/* Schema of the open ledger, and bytes of it without the WAL: a copy has no more than those. */
enum err twin_schema(struct ctx *ctx, int64_t *ret) MUST_USE;
enum err twin_bytes(struct ctx *ctx, int64_t *ret) MUST_USE;
/* E_CONFLICT says what differs: a damaged page, the kind of file, its schema, its stamps, the
 * rows of a table, the last journal entry. Nobody may write meanwhile. Makes no file. */
enum err twin_check(struct ctx *ctx, const char *path) MUST_USE;
