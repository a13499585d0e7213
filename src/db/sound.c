/* SQLite's own checks, and the header of its files. See sound.h. */
#include "db/sound.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "db/inner.h"

/* Bytes 18 and 19 of the header are 2 while a file is written through a WAL. */
enum { HEAD_BYTES = 20, WRITE_VERSION = 18, READ_VERSION = 19, BY_WAL = 2 };

enum err
sound_check(struct ctx *ctx, bool whole, struct str *ret_why)
{
    struct db *db = ctx->db;
    sqlite3_stmt *h = NULL;
    const char *said = "";
    enum err e = OK;
    int rc;

    db->copying = true; /* past the limits of a statement */
    /* Pages only, as it always was: the rules of every row are for the whole look. */
    rc = whole ? SQLITE_OK
               : sqlite3_exec(db->h, "PRAGMA ignore_check_constraints=ON", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(
            db->h, whole ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)", -1, &h, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(h);
    if (rc == SQLITE_ROW)
        said = (const char *)sqlite3_column_text(h, 0);
    else if ((rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB)
        said = sqlite3_errmsg(db->h);
    else
        e = db_fail(ctx, db, rc, "check of the file");
    *ret_why = said && strcmp(said, "ok") != 0
                   ? str_of(arena_text(ctx->arena, said, strcspn(said, "\n")))
                   : STR("");
    sqlite3_finalize(h);
    db->copying = false;
    return e;
}

void
sound_unhurried(struct ctx *ctx)
{
    sqlite3_progress_handler(ctx->db->h, 0, NULL, NULL);
}

enum err
sound_file(struct ctx *ctx, const char *path, enum sound_kind *ret)
{
    char head[HEAD_BYTES] = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : pread(fd, head, sizeof head, 0);
    int why = errno;

    if (fd >= 0)
        close(fd);
    if (n < 0)
        return ctx_fail(ctx, why == ENOENT ? E_NOTFOUND : E_DENIED, "%s: %s", path,
                        strerror(why));
    if (n < (ssize_t)sizeof head || memcmp(head, "SQLite format 3", 16) != 0)
        *ret = SOUND_NONE;
    else
        *ret = head[WRITE_VERSION] == BY_WAL || head[READ_VERSION] == BY_WAL ? SOUND_LIVE
                                                                             : SOUND_COPY;
    return OK;
}
