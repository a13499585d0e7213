/* The real world: the system's clock, random numbers and end. Not for: what tests put in its
 * place (a table of their own). */
#include "base/world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

/* What was last read from the clock file. */
static struct {
    struct timespec changed;
    off_t size;
    ino_t inode;
    bool settled; /* old enough when read: a later write must show in changed */
    int64_t offset_ms;
} moved;

static int64_t
read_clock(clockid_t id)
{
    struct timespec t;

    BUG_IF(clock_gettime(id, &t) != 0);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static const char *
clock_file(void)
{
    const char *path = getenv("COZYKART_CLOCK_FILE");

    return path != NULL && path[0] != '\0' ? path : NULL;
}

/* A file that is away or not a number leaves the offset as it was: tests replace it while we
 * read. */
static void
read_offset(const char *path)
{
    char text[32];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);

    if (fd >= 0)
        close(fd);
    if (n > 0)
        (void)str_i64(str_trim((struct str){.p = text, .n = (size_t)n}), -MINOR_MAX, MINOR_MAX,
                      &moved.offset_ms);
}

static int64_t
now_ms(void *arg)
{
    const char *path = clock_file();
    int64_t now = read_clock(CLOCK_REALTIME);
    struct stat st;

    (void)arg;
    if (path == NULL)
        return now;
    if (stat(path, &st) == 0 && (!moved.settled || st.st_mtim.tv_sec != moved.changed.tv_sec ||
                                 st.st_mtim.tv_nsec != moved.changed.tv_nsec ||
                                 st.st_size != moved.size || st.st_ino != moved.inode)) {
        /* Two writes within one tick of the file system's clock look the same. */
        moved.settled =
            now - ((int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000) > 100;
        moved.changed = st.st_mtim;
        moved.size = st.st_size;
        moved.inode = st.st_ino;
        read_offset(path);
    }
    return now + moved.offset_ms;
}

static int64_t
tick_ms(void *arg)
{
    (void)arg;
    return read_clock(CLOCK_MONOTONIC);
}

static void
fill_random(void *arg, void *p, size_t n)
{
    unsigned char *at = p;

    (void)arg;
    while (n > 0) {
        ssize_t got = getrandom(at, n, 0);

        if (got < 0 && errno == EINTR)
            continue;
        BUG_IF(got <= 0);
        at += got;
        n -= (size_t)got;
    }
}

NORETURN static void
die(void *arg, int code)
{
    (void)arg;
    _exit(code);
}

const struct world *
world_real(void)
{
    static const struct world real = {
        .now_ms = now_ms, .tick_ms = tick_ms, .random = fill_random, .die = die};

    return &real;
}

bool
world_is_moved(void)
{
    return clock_file() != NULL;
}
