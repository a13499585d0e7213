/* Listening seqpacket sockets with rights of their own. Not for: reading from them (loop.c). */
#include "vault/gate.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/conf.h"

enum { WAITING_MAX = 256 };

static const struct {
    const char *file;
    mode_t mode;
    enum vault_from from;
} known[GATE_COUNT] = {
    {"vault-web.sock",    0660, FROM_WEB   },
    {"vault-jobs.sock",   0660, FROM_JOBS  },
    {"vault-ctl.sock",    0600, FROM_CTL   },
    {"vault-upkeep.sock", 0660, FROM_UPKEEP},
};

/* Only a socket is ever removed: a file of another kind stands there by somebody's mistake. */
static enum err
clear_path(struct ctx *ctx, const char *path)
{
    struct stat st;

    if (lstat(path, &st) != 0)
        return errno == ENOENT
                   ? OK
                   : ctx_fail(ctx, E_INTERNAL, "cannot look at %s: %s", path, strerror(errno));
    if (!S_ISSOCK(st.st_mode))
        return ctx_fail(ctx, E_INTERNAL, "%s is in the way and is no socket", path);
    if (unlink(path) != 0)
        return ctx_fail(ctx, E_INTERNAL, "cannot remove %s: %s", path, strerror(errno));
    return OK;
}

static enum err
open_one(struct ctx *ctx, struct gate *g, mode_t mode)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    size_t n = strlen(g->path);
    mode_t before;
    int bound;
    enum err e;

    if (n >= sizeof at.sun_path)
        return ctx_fail(ctx, E_INTERNAL, "the path of a socket is too long: %s", g->path);
    memcpy(at.sun_path, g->path, n + 1);
    if ((e = clear_path(ctx, g->path)))
        return e;
    g->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (g->fd < 0)
        return ctx_fail(ctx, E_INTERNAL, "cannot make a socket: %s", strerror(errno));
    /* Born with its rights: nobody can slip in before a chmod. */
    before = umask((mode_t)(0777 & ~mode));
    bound = bind(g->fd, (struct sockaddr *)&at, sizeof at);
    umask(before);
    if (bound != 0 || listen(g->fd, WAITING_MAX) != 0)
        return ctx_fail(ctx, E_INTERNAL, "cannot listen at %s: %s", g->path, err_system(errno));
    return OK;
}

/* A name of this machine, or a number. */
static enum err
user_of(struct ctx *ctx, const char *key, struct str name, int64_t *ret)
{
    const struct passwd *found;

    *ret = -1;
    if (!name.n || str_i64(name, 0, UINT32_MAX - 1, ret))
        return OK;
    found = getpwnam(str_text(ctx->arena, name));
    if (!found)
        return ctx_fail(ctx, E_INVALID,
                        "%s: there is no user %.*s on this machine; make it (systemd-sysusers "
                        "does), or mend the setting",
                        key, STR_ARG(name));
    *ret = (int64_t)found->pw_uid;
    return OK;
}

static enum err
users_find(struct ctx *ctx, struct gate *g)
{
    const struct conf *c = ctx->conf;
    enum err e = OK;

    for (size_t i = 0; !e && i < GATE_COUNT; i++)
        switch (g[i].from) {
        case FROM_WEB:
            e = user_of(ctx, "web.user", c->web.user, &g[i].uid);
            break;
        case FROM_JOBS:
            e = user_of(ctx, "jobs.user", c->jobs.user, &g[i].uid);
            break;
        case FROM_UPKEEP:
            e = user_of(ctx, "backup.user", c->backup.user, &g[i].uid);
            break;
        case FROM_CTL:
            g[i].uid = c->ctl.uid;
            break;
        }
    return e;
}

enum err
gate_open(struct ctx *ctx, struct arena *process, struct gate *ret)
{
    struct str run = ctx->conf->path.run;
    enum err e;

    for (size_t i = 0; i < GATE_COUNT; i++)
        ret[i] = (struct gate){
            .fd = -1,
            .from = known[i].from,
            .path = arena_printf(process, "%.*s/%s", STR_ARG(run), known[i].file),
        };
    if ((e = users_find(ctx, ret)))
        return e;
    for (size_t i = 0; i < GATE_COUNT; i++)
        if ((e = open_one(ctx, &ret[i], known[i].mode)))
            return gate_close(ret), e;
    return OK;
}

void
gate_close(struct gate g[GATE_COUNT])
{
    for (size_t i = 0; i < GATE_COUNT; i++) {
        if (g[i].fd < 0)
            continue;
        close(g[i].fd);
        unlink(g[i].path);
        g[i].fd = -1;
    }
}

int
gate_accept(const struct gate *g, unsigned *ret_uid)
{
    struct ucred peer;
    socklen_t n = sizeof peer;
    int fd;

    do {
        fd = accept4(g->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    } while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (fd < 0)
        return -1;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) != 0) {
        close(fd);
        return -1;
    }
    *ret_uid = peer.uid;
    return fd;
}
