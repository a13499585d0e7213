/* Gets the socket that nginx speaks to. */
#include "main/web_listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 512, SYSTEMD_FD = 3 };

static bool
is_listening(int fd)
{
    int on = 0;
    socklen_t n = sizeof(on);

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &n) == 0 && on != 0;
}

/* systemd sets both for the process that it starts, and only for that one. */
static bool
from_systemd(void)
{
    const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
    int64_t n;

    return pid != NULL && fds != NULL && str_i64(str_of(pid), 1, INT32_MAX, &n) &&
           n == (int64_t)getpid() && str_eq_text(str_of(fds), "1") && is_listening(SYSTEMD_FD);
}

static enum err
address_make(struct ctx *ctx, const char *path, struct sockaddr_un *ret)
{
    size_t n = strlen(path);

    memset(ret, 0, sizeof(*ret));
    ret->sun_family = AF_UNIX;
    if (n >= sizeof(ret->sun_path))
        return ctx_fail(ctx, E_INVALID, "%s: too long for a socket", path);
    memcpy(ret->sun_path, path, n);
    return OK;
}

static bool
somebody_listens(const struct sockaddr_un *a)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool yes = fd >= 0 && connect(fd, (const struct sockaddr *)a, sizeof(*a)) == 0;

    if (fd >= 0)
        close(fd);
    return yes;
}

/* Made under another name and renamed: nginx never sees a socket that nobody listens at. */
static enum err
socket_make(struct ctx *ctx, const char *path, int *ret)
{
    const char *fresh = arena_printf(ctx->arena, "%s.new", path);
    struct sockaddr_un a, there;
    enum err e = address_make(ctx, fresh, &a);

    if (e == OK)
        e = address_make(ctx, path, &there);
    if (e != OK)
        return e;
    if (somebody_listens(&there))
        return ctx_fail(ctx, E_CONFLICT, "%s: another cozykart-web is running", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), why;

    unlink(fresh);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 || chmod(fresh, 0660) != 0 ||
        listen(fd, BACKLOG) != 0 || rename(fresh, path) != 0) {
        why = errno;
        if (fd >= 0)
            close(fd);
        return ctx_fail(ctx, E_DENIED, "cannot listen at %s: %s", path, err_system(why));
    }
    *ret = fd;
    return OK;
}

enum err
web_listen(struct ctx *ctx, const char *path, int *ret_fd, bool *ret_made)
{
    int fd = is_listening(STDIN_FILENO) ? STDIN_FILENO : from_systemd() ? SYSTEMD_FD : -1;

    if (fd < 0) {
        enum err e = socket_make(ctx, path, ret_fd);

        if (e == OK)
            *ret_made = true;
        return e;
    }
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
        return ctx_fail(ctx, E_INTERNAL, "the inherited socket cannot be used");
    *ret_fd = fd;
    *ret_made = false;
    return OK;
}
