/* Temporary name, fsync, rename. See put.h. */
#include "setup/put.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"

enum { FILE_MAX = 1024 * 1024 };

static enum err
fail(struct ctx *ctx, const char *what, const char *path)
{
    int why = errno;

    if (why == ENOSPC || why == EDQUOT)
        return ctx_fail(ctx, E_FULL, "cannot %s %s: the disk is full", what, path);
    if (why == EROFS)
        return ctx_fail(ctx, E_DENIED, "cannot %s %s: the file system is read-only", what,
                        path);
    return ctx_fail(ctx, why == EACCES || why == EPERM ? E_DENIED : E_INTERNAL,
                    "cannot %s %s: %s%s", what, path, strerror(why),
                    (why == EACCES || why == EPERM) && geteuid() ? "; run it as root" : "");
}

enum err
put_read(struct ctx *ctx, const char *path, struct str *ret)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *p = arena_alloc(ctx->arena, FILE_MAX + 1);
    size_t n = 0;
    ssize_t got = 0;

    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? ctx_fail(ctx, E_NOTFOUND, "there is no %s", path)
                   : fail(ctx, "read", path);
    while (n <= FILE_MAX && (got = read(fd, p + n, FILE_MAX + 1 - n)) > 0)
        n += (size_t)got;
    close(fd);
    if (got < 0)
        return fail(ctx, "read", path);
    if (n > FILE_MAX)
        return ctx_fail(ctx, E_LIMIT, "%s is too long to be one of ours", path);
    *ret = (struct str){.p = p, .n = n};
    return OK;
}

/* The folder's own entry must reach the disk as well. */
static enum err
sync_folder(struct ctx *ctx, const char *path)
{
    const char *folder = path_folder(ctx->arena, path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum err e = fd < 0 || fsync(fd) != 0 ? fail(ctx, "write into", folder) : OK;

    if (fd >= 0)
        close(fd);
    return e;
}

static enum err
write_new(struct ctx *ctx, const char *path, struct str text, mode_t mode)
{
    int fd;
    enum err e = OK;

    (void)unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode & 0600);
    if (fd < 0)
        return fail(ctx, "write", path);
    for (size_t at = 0; !e && at < text.n;) {
        ssize_t n = write(fd, text.p + at, text.n - at);

        if (n < 0 && errno != EINTR)
            e = fail(ctx, "write", path);
        at += n > 0 ? (size_t)n : 0;
    }
    if (!e && (fchmod(fd, mode) != 0 || fsync(fd) != 0))
        e = fail(ctx, "write", path);
    if (close(fd) != 0 && !e)
        e = fail(ctx, "write", path);
    if (e)
        (void)unlink(path);
    return e;
}

static bool
is_same(struct ctx *ctx, const char *path, struct str text)
{
    struct arena_mark m = arena_mark(ctx->arena);
    struct stat st;
    struct str old = STR_NULL;
    bool same = lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
                put_read(ctx, path, &old) == OK && str_eq(old, text);

    arena_release(ctx->arena, m);
    ctx_clear(ctx);
    return same;
}

enum err
put_file(struct ctx *ctx, const char *path, struct str text, mode_t mode, bool keep, bool *ret)
{
    const char *fresh = arena_printf(ctx->arena, "%s.new", path);
    const char *old = arena_printf(ctx->arena, "%s.old", path);
    bool same = is_same(ctx, path, text);
    enum err e;

    if (ret)
        *ret = !same;
    if (same)
        return chmod(path, mode) == 0 ? OK : fail(ctx, "set the mode of", path);
    if ((e = write_new(ctx, fresh, text, mode)))
        return e;
    if (keep && access(path, F_OK) == 0) {
        (void)unlink(old);
        if (link(path, old) != 0)
            return fail(ctx, "keep a copy of", path);
    }
    if (rename(fresh, path) != 0)
        return fail(ctx, "write", path);
    return sync_folder(ctx, path);
}

enum err
put_folder(struct ctx *ctx, const char *path, mode_t mode, uid_t owner, gid_t group)
{
    const char *slash = strrchr(path, '/');
    struct stat st;
    enum err e;

    if (stat(path, &st) == 0)
        return S_ISDIR(st.st_mode)
                   ? OK
                   : ctx_fail(ctx, E_CONFLICT, "%s is in the way: it is no folder", path);
    if (slash && slash != path &&
        (e = put_folder(ctx, arena_text(ctx->arena, path, (size_t)(slash - path)), 0755,
                        (uid_t)-1, (gid_t)-1)))
        return e;
    if (mkdir(path, mode & 0700) != 0 && errno != EEXIST)
        return fail(ctx, "make", path);
    if ((owner != (uid_t)-1 || group != (gid_t)-1) && chown(path, owner, group) != 0)
        return fail(ctx, "set the owner of", path);
    return chmod(path, mode) == 0 ? OK : fail(ctx, "set the mode of", path);
}

enum err
put_link(struct ctx *ctx, const char *path, const char *to)
{
    const char *slash = strrchr(path, '/');
    /* Hidden: nginx reads whatever else stands beside it. */
    const char *fresh =
        slash ? arena_printf(ctx->arena, "%.*s/.%s.new", (int)(slash - path), path, slash + 1)
              : ".link.new";

    (void)unlink(fresh);
    if (symlink(to, fresh) != 0)
        return fail(ctx, "write", path);
    if (rename(fresh, path) != 0) {
        enum err e = fail(ctx, "write", path);

        (void)unlink(fresh);
        return e;
    }
    return OK;
}
