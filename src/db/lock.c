/* A lock of the file system, which the kernel takes back from the dead. See lock.h. */
#include "db/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"

enum err
lock_owner(struct ctx *ctx, const char *path, int fd, const char *name)
{
    struct stat st;

    if (geteuid() != 0 ||
        (stat(path, &st) != 0 && stat(path_folder(ctx->arena, path), &st) != 0))
        return OK;
    if (fchown(fd, st.st_uid, st.st_gid) != 0)
        return ctx_fail(ctx, E_DENIED, "cannot give %s to the owner of the ledger: %s", name,
                        strerror(errno));
    return OK;
}

static enum err
open_lock(struct ctx *ctx, const char *path, const char *name, int *ret)
{
    int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;

    *ret = open(name, flags | O_CREAT | O_EXCL, 0640);
    if (*ret >= 0)
        return lock_owner(ctx, path, *ret, name);
    if (errno == EEXIST)
        *ret = open(name, flags);
    if (*ret < 0)
        return ctx_fail(ctx, errno == ENOSPC ? E_FULL : E_DENIED, "cannot open %s: %s", name,
                        strerror(errno));
    return OK;
}

enum err
lock_take(struct ctx *ctx, const char *path, int *ret_fd)
{
    const char *name = arena_printf(ctx->arena, "%s.lock", path);
    enum err e = open_lock(ctx, path, name, ret_fd);

    if (e)
        return e;
    if (flock(*ret_fd, LOCK_EX | LOCK_NB) != 0)
        return ctx_fail(ctx, E_CONFLICT,
                        "another process has the ledger open for writing (%s): stop it first, "
                        "mostly it is cozykart-vault",
                        name);
    return OK;
}

void
lock_give(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}
