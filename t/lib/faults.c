/* Preloaded into a program under test: the nth write, sync, growth, opening, renaming or
 * reading of a chosen file fails. Orders stand in the file COZYKART_FAULTS names, which the
 * test changes while the program runs. Not for: anything that is installed. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, GROW = 4, OPEN = 8, NAME = 16, READ = 32 };
enum { ONCE, FROM_THEN_ON, HALF };

/* As the test packs it: six numbers, then two texts. */
struct orders {
    int64_t ops;      /* mask of what counts; 0: nothing does */
    int64_t nth;      /* the one that fails, from 1; 0: only count */
    int64_t how;      /* once, from then on, or half is written and the rest has no room */
    int64_t code;     /* errno */
    int64_t seen;     /* counted so far, by all processes */
    int64_t hits;     /* failed so far */
    char file[128];   /* end of the path, or with "*" before it a part of it */
    char program[64]; /* start of the process's name; empty: any */
};

static struct orders *orders;
static char own[64];

static void *
next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

__attribute__((constructor)) static void
begin(void)
{
    const char *path = getenv("COZYKART_FAULTS");
    int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0) : -1;
    ssize_t n;

    if (fd < 0)
        return;
    orders = mmap(NULL, sizeof *orders, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (orders == MAP_FAILED)
        orders = NULL;
    close(fd);
    fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/comm", O_RDONLY, 0);
    n = syscall(SYS_read, fd, own, sizeof own - 1);
    if (n > 0)
        own[n - 1] = 0;
    close(fd);
}

static int
is_meant(const char *path)
{
    const char *want = orders->file;
    size_t n = strlen(path), m = strlen(want);

    if (want[0] == '*')
        return strstr(path, want + 1) != NULL;
    return n >= m && strcmp(path + n - m, want) == 0;
}

/* 0: as usual; else errno, or -1 for half of it. */
static int
strike(int op, const char *path)
{
    int64_t seen;

    if (!orders || !(orders->ops & op) || !is_meant(path) ||
        strncmp(own, orders->program, strlen(orders->program)) != 0)
        return 0;
    seen = __atomic_add_fetch(&orders->seen, 1, __ATOMIC_SEQ_CST);
    if (orders->nth == 0 || seen < orders->nth || (orders->how == ONCE && seen > orders->nth))
        return 0;
    __atomic_add_fetch(&orders->hits, 1, __ATOMIC_SEQ_CST);
    return orders->how == HALF && op == WRITE && seen == orders->nth ? -1 : (int)orders->code;
}

static int
strike_fd(int op, int fd)
{
    char link[64], path[4096];
    ssize_t n;

    if (!orders || !(orders->ops & op))
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof path - 1);
    if (n < 0)
        return 0;
    path[n] = 0;
    return strike(op, path);
}

#define FAIL_IF(got)                                                                           \
    do {                                                                                       \
        int code_ = (got);                                                                     \
        if (code_) {                                                                           \
            errno = code_ < 0 ? ENOSPC : code_;                                                \
            return -1;                                                                         \
        }                                                                                      \
    } while (0)

ssize_t
write(int fd, const void *p, size_t n)
{
    static ssize_t (*real)(int, const void *, size_t);
    int code = strike_fd(WRITE, fd);

    if (!real)
        real = next("write");
    if (code < 0 && n > 1)
        return real(fd, p, n / 2);
    FAIL_IF(code);
    return real(fd, p, n);
}

ssize_t
pwrite64(int fd, const void *p, size_t n, off64_t at)
{
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    int code = strike_fd(WRITE, fd);

    if (!real)
        real = next("pwrite64");
    if (code < 0 && n > 1)
        return real(fd, p, n / 2, at);
    FAIL_IF(code);
    return real(fd, p, n, at);
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t at)
{
    return pwrite64(fd, p, n, at);
}

ssize_t
writev(int fd, const struct iovec *v, int n)
{
    static ssize_t (*real)(int, const struct iovec *, int);

    if (!real)
        real = next("writev");
    FAIL_IF(strike_fd(WRITE, fd));
    return real(fd, v, n);
}

ssize_t
pread64(int fd, void *p, size_t n, off64_t at)
{
    static ssize_t (*real)(int, void *, size_t, off64_t);

    if (!real)
        real = next("pread64");
    FAIL_IF(strike_fd(READ, fd));
    return real(fd, p, n, at);
}

ssize_t
pread(int fd, void *p, size_t n, off_t at)
{
    return pread64(fd, p, n, at);
}

ssize_t
__pread64_chk(int fd, void *p, size_t n, off64_t at, size_t room)
{
    (void)room;
    return pread64(fd, p, n, at);
}

int
fsync(int fd)
{
    static int (*real)(int);

    if (!real)
        real = next("fsync");
    FAIL_IF(strike_fd(SYNC, fd));
    return real(fd);
}

int
fdatasync(int fd)
{
    static int (*real)(int);

    if (!real)
        real = next("fdatasync");
    FAIL_IF(strike_fd(SYNC, fd));
    return real(fd);
}

int
ftruncate64(int fd, off64_t n)
{
    static int (*real)(int, off64_t);

    if (!real)
        real = next("ftruncate64");
    FAIL_IF(strike_fd(GROW, fd));
    return real(fd, n);
}

int
ftruncate(int fd, off_t n)
{
    return ftruncate64(fd, n);
}

int
posix_fallocate64(int fd, off64_t at, off64_t n)
{
    static int (*real)(int, off64_t, off64_t);
    int code = strike_fd(GROW, fd);

    if (!real)
        real = next("posix_fallocate64");
    return code ? (code < 0 ? ENOSPC : code) : real(fd, at, n);
}

int
posix_fallocate(int fd, off_t at, off_t n)
{
    return posix_fallocate64(fd, at, n);
}

/* Only what may make or change a file. */
static int
strike_open(const char *path, int flags)
{
    return (flags & O_ACCMODE) == O_RDONLY ? 0 : strike(OPEN, path);
}

#define MODE_OF(flags, mode)                                                                   \
    do {                                                                                       \
        if ((flags) & (O_CREAT | __O_TMPFILE)) {                                               \
            va_list list_;                                                                     \
            va_start(list_, flags);                                                            \
            (mode) = va_arg(list_, mode_t);                                                    \
            va_end(list_);                                                                     \
        }                                                                                      \
    } while (0)

int
openat64(int dir, const char *path, int flags, ...)
{
    static int (*real)(int, const char *, int, ...);
    mode_t mode = 0;

    MODE_OF(flags, mode);
    if (!real)
        real = next("openat64");
    FAIL_IF(strike_open(path, flags));
    return real(dir, path, flags, mode);
}

int
openat(int dir, const char *path, int flags, ...)
{
    mode_t mode = 0;

    MODE_OF(flags, mode);
    return openat64(dir, path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
    static int (*real)(const char *, int, ...);
    mode_t mode = 0;

    MODE_OF(flags, mode);
    if (!real)
        real = next("open64");
    FAIL_IF(strike_open(path, flags));
    return real(path, flags, mode);
}

int
open(const char *path, int flags, ...)
{
    mode_t mode = 0;

    MODE_OF(flags, mode);
    return open64(path, flags, mode);
}

int
__open64_2(const char *path, int flags)
{
    return open64(path, flags);
}

int
__open_2(const char *path, int flags)
{
    return open64(path, flags);
}

int
rename(const char *from, const char *to)
{
    static int (*real)(const char *, const char *);

    if (!real)
        real = next("rename");
    FAIL_IF(strike(NAME, to));
    return real(from, to);
}

int
renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
    static int (*real)(int, const char *, int, const char *, unsigned);

    if (!real)
        real = next("renameat2");
    FAIL_IF(strike(NAME, to));
    return real(from_dir, from, to_dir, to, flags);
}
