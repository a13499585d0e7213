/* Transactions. Functions that write take struct tx *, and only the vault's loop makes one: the
 * compiler shows who may write. Not for: readers (db_snapshot_begin). */
#pragma once

#include "base/ctx.h"

struct tx {
    struct ctx *ctx;
    bool open;
    int depth;      /* savepoints inside */
    unsigned rolls; /* changes when anything is rolled back, and with each open file: caches
                     * compare it */
};

/* BEGIN IMMEDIATE. E_BUSY when somebody else writes (nobody should). */
enum err tx_begin(struct ctx *ctx, struct tx *ret) MUST_USE;
/* COMMIT. Any error here means "unknown": the vault exits at once. */
enum err tx_commit(struct tx *tx) MUST_USE;
void tx_rollback(struct tx *tx);
/* True when there is no transaction any more: SQLite rolls everything back by itself when the
 * disk is full or broken. Then every call below gives E_FULL or E_INTERNAL, and nothing
 * happened. */
bool tx_lost(const struct tx *tx);

/* One command (or the inner part of a notice) that can be undone alone. */
enum err tx_save(struct tx *tx) MUST_USE;
enum err tx_keep(struct tx *tx) MUST_USE;
/* Undoes everything since the matching tx_save. */
enum err tx_undo(struct tx *tx) MUST_USE;
