/* Opening the ledger file as one of three kinds of user, with every setting read back. Not for:
 * statements (stmt.h), transactions (tx.h). */
#pragma once

#include "base/ctx.h"

struct db;

/* "CKL1" in the header of each ledger file. */
#define DB_APPLICATION_ID INT64_C(0x434B4C31)

enum db_role {
    DB_READER, /* mode=ro, query_only, 5 s a statement: web, jobs, people's reading commands */
    DB_WRITER, /* the vault only: holds DIR/ledger.db.lock, never checkpoints by itself */
    DB_MIGRATE /* init, migrate: DDL allowed; holds the lock too */
};

/* Opens path and prepares nothing yet. Never creates a file: E_NOTFOUND. E_CONFLICT when it is
 * not a ledger of ours (application_id), of an unknown schema version, of the other mode
 * (test / live), or when another writer holds the lock; E_INTERNAL when a setting does not read
 * back. process outlives the connection. Sets ctx->db. */
enum err db_open(struct ctx *ctx, struct arena *process, const char *path, enum db_role role,
                 struct db **ret) MUST_USE;
/* A copy that db_copy made and nobody else uses, as DB_READER. */
enum err db_open_copy(struct ctx *ctx, struct arena *process, const char *path,
                      struct db **ret) MUST_USE;
void db_close(struct db *db);
void db_closep(struct db **db);

/* New empty ledger file with schema, mode stamp and ledger id; E_CONFLICT when the file exists.
 * Made under a temporary name and renamed, so that a half-made ledger never has the name. */
enum err db_create(struct ctx *ctx, const char *path) MUST_USE;

enum db_role db_role(const struct db *db);
/* What the file says about itself: "ledger_id", "mode". */
enum err db_stamp(struct ctx *ctx, const char *key, struct str *ret) MUST_USE;
/* An I/O error was met since it was opened. A sync that failed is never repeated and believed:
 * the kernel may have dropped what it could not write and calls the next one good. The writer
 * ends, and reads from the disk what stands there. */
bool db_broken(const struct db *db);
/* Rows changed by the last statement. */
int64_t db_changes(const struct db *db);
/* Pages in the WAL after the last commit: the vault decides by it when to checkpoint. */
int64_t db_wal(const struct db *db);
/* PASSIVE checkpoint between batches; only the writer. ret_wal: pages that had to stay in the
 * WAL, because a reader still needs the older state. E_FULL: the file cannot grow, all stays in
 * the WAL and nothing is lost. */
enum err db_checkpoint(struct ctx *ctx, int64_t *ret_wal) MUST_USE;
/* E_CONFLICT when the ledger got another schema since it was opened: a newer version of the
 * programs took over, and whoever reads here should end and be started again. Anything else
 * says nothing: the file could not be looked at now. */
enum err db_fits(struct ctx *ctx) MUST_USE;
/* Copy of the ledger to a new file at path (VACUUM INTO), mode 0640, fsynced: online from a
 * reader, before a migration from its own connection. */
enum err db_copy(struct ctx *ctx, const char *path) MUST_USE;
/* A read snapshot for several statements that must agree: pages and statements use it. */
enum err db_snapshot_begin(struct ctx *ctx) MUST_USE;
void db_snapshot_end(struct ctx *ctx);
/* Maps SQLite's result code to ours and records it: FULL E_FULL, BUSY/LOCKED, and an index that
 * a reader cannot make anew, E_BUSY, CONSTRAINT E_CONFLICT (text of RAISE kept), INTERRUPT
 * E_LIMIT, rest E_INTERNAL. For db/ only. */
enum err db_fail(struct ctx *ctx, struct db *db, int rc, const char *statement) MUST_USE;
