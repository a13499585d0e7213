/* Who listens at a port of this machine, out of /proc. Not for: sockets of our own. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "main/ctl_check.h"

enum { TABLE_MAX = 1024 * 1024, LINK = 64, NAME = 64 };

/* Files of /proc have no size and come in pieces. */
static struct str
read_proc(struct ctl *c, const char *path, size_t max)
{
    char *p = arena_alloc(c->ctx->arena, max);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t n = 0;
    ssize_t got;

    while (fd >= 0 && n < max && (got = read(fd, p + n, max - n)) > 0)
        n += (size_t)got;
    if (fd >= 0)
        close(fd);
    return (struct str){.p = p, .n = n};
}

/* Column i of a line, counted from 0. */
static struct str
column(struct str line, size_t i)
{
    struct str word = STR("");

    line = str_trim(line);
    while (str_split(&line, ' ', &word))
        if (word.n && i-- == 0)
            return word;
    return STR("");
}

/* The inode of the socket that listens there: columns local address, state, inode. */
static struct str
inode_at(struct ctl *c, const char *table, int port)
{
    struct str text = read_proc(c, table, TABLE_MAX), line;
    struct str end = str_of(arena_printf(c->ctx->arena, ":%04X", (unsigned)port));

    while (str_split(&text, '\n', &line))
        if (str_ends(column(line, 1), end) && str_eq_text(column(line, 3), "0A"))
            return column(line, 9);
    return STR("");
}

/* Has that process a descriptor that leads to "socket:[inode]"? */
static bool
holds(struct ctl *c, const char *pid, const char *socket)
{
    const char *folder = arena_printf(c->ctx->arena, "/proc/%s/fd", pid);
    DIR *d = opendir(folder);
    struct dirent *e;
    char to[LINK];
    bool found = false;

    while (d && !found && (e = readdir(d))) {
        ssize_t n = readlinkat(dirfd(d), e->d_name, to, sizeof to - 1);

        to[n > 0 ? n : 0] = '\0';
        found = strcmp(to, socket) == 0;
    }
    if (d)
        closedir(d);
    return found;
}

const char *
check_port_holder(struct ctl *c, int port)
{
    struct str inode = inode_at(c, "/proc/net/tcp", port), name;
    const char *socket, *found = "";
    struct dirent *e;
    DIR *d;

    if (!inode.n)
        inode = inode_at(c, "/proc/net/tcp6", port);
    if (!inode.n)
        return NULL;
    socket = arena_printf(c->ctx->arena, "socket:[%.*s]", STR_ARG(inode));
    d = opendir("/proc");
    while (d && !*found && (e = readdir(d)))
        if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && holds(c, e->d_name, socket)) {
            name = str_trim(
                read_proc(c, arena_printf(c->ctx->arena, "/proc/%s/comm", e->d_name), NAME));
            found = str_text(c->ctx->arena, name);
        }
    if (d)
        closedir(d);
    return found;
}
