/* SQLite's result codes, and which of them mean that the disk cannot be trusted. Not for: what
 * the writer does then (vault/batch.c). */
#include "db/fault.h"

#include <errno.h>

#include "db/inner.h"

/* No room shows as an I/O error where SQLite grows the WAL index, or makes it. */
static bool
is_full(sqlite3 *h, int rc)
{
    if ((rc & 0xff) == SQLITE_FULL)
        return true;
    return ((rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN) && h &&
           (sqlite3_system_errno(h) == ENOSPC || sqlite3_system_errno(h) == EDQUOT);
}

static bool
is_sync(int rc)
{
    return rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC;
}

/* Which of the files it was SQLite does not tell. */
static const char *
io_words(int rc)
{
    if (is_sync(rc))
        return "cannot be made durable";
    if (rc == SQLITE_IOERR_READ || rc == SQLITE_IOERR_SHORT_READ ||
        rc == SQLITE_IOERR_CORRUPTFS)
        return "cannot be read";
    if ((rc & 0xff) == SQLITE_CANTOPEN)
        return "cannot be opened";
    return "cannot be written";
}

static enum err
fail_io(struct ctx *ctx, struct db *db, int rc, const char *statement)
{
    /* What was not made durable may be so or not, full disk or not. */
    if (is_full(db->h, rc) && !is_sync(rc))
        return ctx_fail(ctx, E_FULL, "no room on the disk for %s", db->path);
    db->broken = true;
    return ctx_fail(ctx, E_INTERNAL, "%s: %s, its -wal or its -shm %s (%d); dmesg says why",
                    statement, db->path, io_words(rc), rc);
}

enum err
fault_of(struct ctx *ctx, struct db *db, int rc, const char *statement)
{
    const char *why = db->h ? sqlite3_errmsg(db->h) : sqlite3_errstr(rc);

    /* A vault that died while it wrote the index of the WAL: only it can make it anew. */
    if (rc == SQLITE_READONLY_RECOVERY || rc == SQLITE_READONLY_CANTINIT)
        return ctx_fail(ctx, E_BUSY, "the ledger waits for the vault");
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ctx_fail(ctx, E_BUSY, "the ledger is busy");
    case SQLITE_CONSTRAINT:
        return ctx_fail(ctx, E_CONFLICT, "%s", why);
    case SQLITE_NOTADB:
        return ctx_fail(ctx, E_CONFLICT,
                        "%s is not a ledger; path.ledger names another file, or cozykart "
                        "restore brings a copy back",
                        db->path);
    case SQLITE_INTERRUPT:
        return ctx_fail(ctx, E_LIMIT, "%s took too long", statement);
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return fail_io(ctx, db, rc, statement);
    default:
        return ctx_fail(ctx, E_INTERNAL, "%s: %s (%d)", statement, why, rc);
    }
}
