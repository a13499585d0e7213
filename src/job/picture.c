/* A child a picture: limits, both ends of its pipes, its end. */
#include "job/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/enc.h"

enum {
    TIME_MS = 10 * 1000,
    CPU_S = 8,
    PNG_MAX = 4 * 1024 * 1024,
    SVG_MAX = 4 * PICTURE_BYTES_MAX,
    CHUNK = 8 * 1024,
    NAME_MAX_SIGNS = 100
};
/* glib and the fonts map much that is never touched. */
static const rlim_t memory_max = (rlim_t)1024 * 1024 * 1024;

struct child {
    pid_t pid;
    int in, out; /* its standard input and output; -1: closed */
};

static int64_t
tick(const struct ctx *ctx)
{
    return ctx->world->tick_ms(ctx->world->arg);
}

static void
shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void
limit(__rlimit_resource_t what, rlim_t n)
{
    (void)setrlimit(what, &(struct rlimit){.rlim_cur = n, .rlim_max = n});
}

/* In the child: nothing of ours but the two pipes. */
static void
become(const struct ctx *ctx, int in, int out, char *width)
{
    static char program[] = "/usr/bin/rsvg-convert";
    char *const argv[] = {program, (char[]){"--format=png"},        (char[]){"--width"},
                          width,   (char[]){"--keep-aspect-ratio"}, NULL};
    char *const env[] = {(char[]){"LC_ALL=C.UTF-8"}, NULL};
    sigset_t none;
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* An older cache of fonts is not written anew, and no reason to die. */
    signal(SIGXFSZ, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (null >= 0 && dup2(in, 0) == 0 && dup2(out, 1) == 1 && dup2(null, 2) == 2) {
        close_range(3, ~0U, 0);
        limit(RLIMIT_CPU, CPU_S);
        limit(RLIMIT_AS, memory_max);
        limit(RLIMIT_FSIZE, 0);
        limit(RLIMIT_CORE, 0);
        execve(program, argv, env);
    }
    ctx->world->die(ctx->world->arg, 127);
}

static enum err
begin(struct ctx *ctx, int64_t width, struct child *c)
{
    char *text = arena_printf(ctx->arena, "%lld", (long long)width);
    int in[2], out[2];

    *c = (struct child){.in = -1, .out = -1};
    if (access("/usr/bin/rsvg-convert", X_OK) != 0)
        return ctx_fail(ctx, E_INTERNAL, "rsvg-convert is missing: install librsvg2-bin");
    if (pipe2(in, O_CLOEXEC) != 0)
        return ctx_fail(ctx, E_INTERNAL, "cannot make a pipe: %s", strerror(errno));
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]);
        close(in[1]);
        return ctx_fail(ctx, E_INTERNAL, "cannot make a pipe: %s", strerror(errno));
    }
    c->pid = fork();
    if (c->pid == 0)
        become(ctx, in[0], out[1], text);
    close(in[0]);
    close(out[1]);
    c->in = in[1];
    c->out = out[0];
    (void)fcntl(c->in, F_SETFL, O_NONBLOCK);
    (void)fcntl(c->out, F_SETFL, O_NONBLOCK);
    return c->pid > 0
               ? OK
               : ctx_fail(ctx, E_INTERNAL, "cannot start a process: %s", strerror(errno));
}

/* Gives what it takes; false when it takes no more. */
static bool
feed(struct child *c, struct str *svg)
{
    ssize_t n = write(c->in, svg->p, svg->n);

    if (n >= 0)
        *svg = str_sub(*svg, (size_t)n, svg->n);
    return svg->n && (n >= 0 || errno == EAGAIN || errno == EINTR);
}

/* False at its end. */
static bool
drink(struct child *c, struct buf *png)
{
    char piece[CHUNK];
    ssize_t n = read(c->out, piece, sizeof piece);

    if (n > 0)
        buf_add(png, (struct str){.p = piece, .n = (size_t)n});
    return !png->failed && (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)));
}

/* Both pipes until it closes its own; false: too long or too much. */
static bool
talk(const struct ctx *ctx, struct child *c, struct str svg, struct buf *png)
{
    int64_t end = tick(ctx) + TIME_MS, left;

    while (c->out >= 0 && (left = end - tick(ctx)) > 0) {
        struct pollfd p[] = {
            {.fd = c->out, .events = POLLIN },
            {.fd = c->in,  .events = POLLOUT}
        };

        (void)poll(p, ARRAY_SIZE(p), (int)left);
        if (p[1].revents && !feed(c, &svg))
            shut(&c->in);
        if (p[0].revents && !drink(c, png))
            shut(&c->out);
    }
    return c->out < 0 && !png->failed;
}

static enum err
convert(struct ctx *ctx, struct str svg, int64_t width, struct str *ret)
{
    static const char magic[] = "\x89PNG\r\n\x1a\n";
    struct buf png = buf_new(ctx->arena, PNG_MAX);
    struct child c;
    int status = 0;
    bool whole;
    enum err e = begin(ctx, width, &c);

    if (e)
        return e;
    whole = talk(ctx, &c, svg, &png);
    if (!whole)
        kill(c.pid, SIGKILL);
    shut(&c.in);
    shut(&c.out);
    while (waitpid(c.pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!whole)
        return ctx_fail(ctx, E_LIMIT, "the picture takes too long or is too large");
    if (status != 0 || !str_starts(buf_str(&png), str_of(magic)))
        return ctx_fail(ctx, E_INVALID, "the picture cannot be drawn");
    *ret = buf_str(&png);
    return OK;
}

/* A program that goes away while we write is no reason for us to go. */
enum err
picture_png(struct ctx *ctx, struct str svg, int64_t width, struct str *ret)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    enum err e;

    if (svg.n > SVG_MAX)
        return ctx_fail(ctx, E_LIMIT, "the drawing is too large");
    sigaction(SIGPIPE, &ignore, &before);
    e = convert(ctx, svg, width, ret);
    sigaction(SIGPIPE, &before, NULL);
    return e;
}

static const char *
type_of(struct str s)
{
    if (str_starts(s, str_of("\x89PNG\r\n\x1a\n")))
        return "image/png";
    if (str_starts(s, str_of("\xff\xd8\xff")))
        return "image/jpeg";
    if (str_starts(s, STR("RIFF")) && str_eq_text(str_sub(s, 8, 4), "WEBP"))
        return "image/webp";
    return NULL;
}

/* The picture as data within a drawing of ours: only its dots come out. */
static enum err
embed(struct ctx *ctx, const char *type, struct str bytes, int64_t size, struct str *ret)
{
    struct str data = enc_base64(ctx->arena, bytes.p, bytes.n);
    struct buf b = buf_new(ctx->arena, SVG_MAX);
    enum err e;

    buf_printf(&b,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%lld\" height=\"%lld\">"
               "<image width=\"%lld\" height=\"%lld\" href=\"data:%s;base64,",
               (long long)size, (long long)size, (long long)size, (long long)size, type);
    buf_add(&b, data);
    buf_add_text(&b, "\"/></svg>");
    if ((e = buf_err(&b)))
        return ctx_fail(ctx, e, "the picture is too large");
    return picture_png(ctx, buf_str(&b), size, ret);
}

enum err
picture_clean(struct ctx *ctx, struct str bytes, int64_t size, struct str *ret)
{
    const char *type = type_of(bytes);

    if (!type)
        return ctx_fail(ctx, E_INVALID, "that is no PNG, JPEG or WebP");
    if (bytes.n > PICTURE_BYTES_MAX)
        return ctx_fail(ctx, E_LIMIT, "the picture is over 1 MiB");
    return embed(ctx, type, bytes, size, ret);
}

enum err
picture_clean_svg(struct ctx *ctx, struct str svg, int64_t size, struct str *ret)
{
    if (svg.n > PICTURE_BYTES_MAX || !str_is_utf8(svg))
        return ctx_fail(ctx, E_INVALID, "that is no SVG of at most 1 MiB");
    return embed(ctx, "image/svg+xml", svg, size, ret);
}

static enum err
put(struct ctx *ctx, const char *path, struct str png)
{
    const char *temp = arena_printf(ctx->arena, "%s.new", path);
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    enum err e = OK;

    if (fd < 0)
        return ctx_fail(ctx, errno == ENOSPC ? E_FULL : E_INTERNAL, "cannot write %s: %s", temp,
                        strerror(errno));
    if (fchmod(fd, 0644) != 0)
        e = ctx_fail(ctx, E_INTERNAL, "cannot give %s its rights", temp);
    while (!e && png.n) {
        ssize_t n = write(fd, png.p, png.n);

        if (n >= 0)
            png = str_sub(png, (size_t)n, png.n);
        else if (errno != EINTR)
            e = ctx_fail(ctx, errno == ENOSPC ? E_FULL : E_INTERNAL, "cannot write %s: %s",
                         temp, strerror(errno));
    }
    if (close(fd) != 0 && !e)
        e = ctx_fail(ctx, E_INTERNAL, "cannot write %s: %s", temp, strerror(errno));
    if (!e && rename(temp, path) != 0)
        e = ctx_fail(ctx, E_INTERNAL, "cannot rename %s: %s", temp, strerror(errno));
    return e;
}

static bool
is_name(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9') &&
            s.p[i] != '-')
            return false;
    return s.n > 0 && s.n <= NAME_MAX_SIGNS;
}

enum err
picture_store(struct ctx *ctx, const char *folder, struct str name, struct str png)
{
    struct str media = ctx->conf->path.media;
    const char *into = arena_printf(ctx->arena, "%.*s/%s", STR_ARG(media), folder);

    if (!is_name(name))
        return ctx_fail(ctx, E_INVALID, "no picture can be called %.*s", STR_ARG(name));
    if (mkdir(into, 0755) == 0)
        (void)chmod(into, 0755);
    return put(ctx, arena_printf(ctx->arena, "%s/%.*s.png", into, STR_ARG(name)), png);
}

enum err
picture_forget(struct ctx *ctx, const char *folder, struct str name)
{
    struct str media = ctx->conf->path.media;

    if (!is_name(name))
        return ctx_fail(ctx, E_INVALID, "no picture can be called %.*s", STR_ARG(name));
    (void)unlink(
        arena_printf(ctx->arena, "%.*s/%s/%.*s.png", STR_ARG(media), folder, STR_ARG(name)));
    ctx_clear(ctx);
    return OK;
}
