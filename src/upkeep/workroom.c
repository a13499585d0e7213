/* Their lock is on the folder itself, which stays. See workroom.h. */
#include "upkeep/workroom.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/path.h"
#include "base/room.h"

enum { SPARE_BYTES = 4 * ROOM_MB, DEPTH = 16 };

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    if (at->level > 0)
        (void)remove(path);
    return 0;
}

static void
empty(const char *dir)
{
    (void)nftw(dir, remove_one, DEPTH, FTW_DEPTH | FTW_PHYS);
}

static enum err
check_dir(struct ctx *ctx, const char *dir)
{
    struct stat st;

    if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode))
        return ctx_fail(ctx, E_NOTFOUND,
                        "there is no folder %s for copies: make it, or set backup.dir", dir);
    if (access(dir, W_OK | X_OK) != 0)
        return ctx_fail(ctx, E_DENIED,
                        "this user may not write into %s: run it as the folder's owner, or "
                        "give the folder to the user that copies",
                        dir);
    return OK;
}

enum err
workroom_check(struct ctx *ctx, const char *dir, int64_t need)
{
    struct room room;

    if (!room_look(dir, &room))
        return ctx_fail(ctx, E_INTERNAL, "cannot see how much room %s has: %s", dir,
                        strerror(errno));
    if (room.bytes >= need + SPARE_BYTES)
        return OK;
    return ctx_fail(
        ctx, E_FULL, "%s has %lld MB left and about %lld MB are needed: make room there", dir,
        (long long)(room.bytes / ROOM_MB), (long long)((need + SPARE_BYTES) / ROOM_MB + 1));
}

enum err
workroom_enter(struct ctx *ctx, const char *what, const char **ret_dir, int *ret_lock)
{
    const char *dir = str_text(ctx->arena, ctx->conf->backup.dir), *name;
    enum err e = check_dir(ctx, dir);

    *ret_lock = -1;
    if (e)
        return e;
    name = arena_printf(ctx->arena, "%s/.cozykart-%s", dir, what);
    *ret_dir = name;
    if (mkdir(name, 0700) != 0 && errno != EEXIST)
        return ctx_fail(ctx, errno == ENOSPC ? E_FULL : E_DENIED, "cannot make %s: %s", name,
                        strerror(errno));
    *ret_lock = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (*ret_lock < 0)
        return ctx_fail(ctx, E_DENIED, "cannot open %s: %s", name, strerror(errno));
    if (flock(*ret_lock, LOCK_EX | LOCK_NB) != 0) {
        close(*ret_lock);
        *ret_lock = -1;
        return ctx_fail(ctx, E_BUSY, "another run is at work in %s: wait until it has ended",
                        dir);
    }
    empty(name);
    return OK;
}

void
workroom_leave(const char *dir, int *lock)
{
    if (*lock < 0)
        return;
    empty(dir);
    close(*lock);
    *lock = -1;
}

/* What root makes here belongs to the folder's owner: the next run is theirs. */
enum err
workroom_make(struct ctx *ctx, const char *path, int *ret)
{
    struct stat st;

    *ret = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*ret < 0)
        return ctx_fail(ctx, errno == ENOSPC ? E_FULL : E_DENIED, "cannot make %s: %s", path,
                        strerror(errno));
    if (geteuid() == 0 && stat(path_folder(ctx->arena, path), &st) == 0 &&
        fchown(*ret, st.st_uid, st.st_gid) != 0)
        return ctx_fail(ctx, E_DENIED, "cannot give %s to its owner: %s", path,
                        strerror(errno));
    return OK;
}

enum err
workroom_finish(struct ctx *ctx, const char *path, int *fd, enum err e)
{
    if (e == OK && fsync(*fd) != 0)
        e = ctx_fail(ctx, errno == ENOSPC ? E_FULL : E_INTERNAL, "cannot make %s durable: %s",
                     path, strerror(errno));
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    return e;
}

enum err
workroom_sync(struct ctx *ctx, const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum err e = OK;

    if (fd < 0 || fsync(fd) != 0)
        e = ctx_fail(ctx, E_INTERNAL, "cannot make %s durable: %s", dir, strerror(errno));
    if (fd >= 0)
        close(fd);
    return e;
}
