/* Looks at a ledger file that nobody else uses, mostly a copy: its pages, its kind. Not for:
 * whether the books are right (ledger/verify.h), whether two files agree (twin.h). */
#pragma once

#include "base/ctx.h"

/* Every page of ctx->db, and with whole every index and constraint too; CHECK rules on a
 * connection that may write, or to a copy (db_open_copy). *ret_why is "" when all
 * is well, else what SQLite says first. */
enum err sound_check(struct ctx *ctx, bool whole, struct str *ret_why) MUST_USE;
/* From now on statements on ctx->db may take any time. */
void sound_unhurried(struct ctx *ctx);

enum sound_kind {
    SOUND_NONE, /* no database at all */
    SOUND_COPY, /* one whole file, as db_copy makes it */
    SOUND_LIVE  /* a ledger in use: without its WAL it is not all there */
};
/* By the first bytes of a file. */
enum err sound_file(struct ctx *ctx, const char *path, enum sound_kind *ret) MUST_USE;
