/* Rights are asked for, not tried: trying makes files. Not for: what is in the file (db.c). */
#include "db/reach.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/inner.h"
#include "db/sound.h"

static enum err
right(struct ctx *ctx, const char *path, int mode)
{
    if (access(path, mode) == 0 || errno == ENOENT)
        return OK;
    if (errno == EROFS)
        return ctx_fail(ctx, E_DENIED, "the file system of %s is read-only", path);
    return ctx_fail(ctx, E_DENIED, "this user may not %s %s; look at its owner and mode",
                    access(path, R_OK) == 0 ? "write" : "read", path);
}

/* The writer makes files beside the ledger too. */
static enum err
rights(struct ctx *ctx, const struct db *db)
{
    static const char *const tails[] = {"", "-wal", "-shm"};
    bool writes = db->role != DB_READER;
    const char *slash = strrchr(db->path, '/');
    enum err e = OK;

    for (size_t i = 0; e == OK && i < ARRAY_SIZE(tails); i++)
        e = right(ctx, arena_printf(ctx->arena, "%s%s", db->path, tails[i]),
                  writes ? R_OK | W_OK : R_OK);
    if (e == OK && writes && slash && slash != db->path)
        e = right(ctx, arena_text(ctx->arena, db->path, (size_t)(slash - db->path)),
                  W_OK | X_OK);
    return e;
}

/* A reader creates neither WAL nor its index: they are the writer's. A copy has none. */
enum err
reach_check(struct ctx *ctx, struct db *db)
{
    enum sound_kind kind;
    struct stat st;
    enum err e;

    if (stat(db->path, &st) != 0)
        return ctx_fail(ctx, errno == EACCES ? E_DENIED : E_NOTFOUND,
                        errno == EACCES ? "this user may not look for the ledger at %s"
                                        : "there is no ledger at %s; cozykart init makes a new "
                                          "one, cozykart restore brings a copy back",
                        db->path);
    if (!S_ISREG(st.st_mode))
        return ctx_fail(ctx, E_CONFLICT, "%s is not a file", db->path);
    if (st.st_size == 0)
        return ctx_fail(ctx, E_CONFLICT, "%s is empty, not a ledger", db->path);
    if ((e = rights(ctx, db)) || db->role != DB_READER)
        return e;
    if (db->copy && ((e = sound_file(ctx, db->path, &kind)) || kind == SOUND_COPY))
        return e;
    if (stat(arena_printf(ctx->arena, "%s-wal", db->path), &st) != 0 ||
        stat(arena_printf(ctx->arena, "%s-shm", db->path), &st) != 0)
        return ctx_fail(ctx, E_BUSY, "the ledger is not open yet");
    return OK;
}
