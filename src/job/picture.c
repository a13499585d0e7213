/* rsvg-convert in a process that has nothing; files of pictures. Not for: the process
 * (base/child.h). */
#include "job/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/conf.h"
#include "base/enc.h"

enum {
    TIME_MS = 10 * 1000,
    PNG_MAX = 4 * 1024 * 1024,
    SVG_MAX = 4 * PICTURE_BYTES_MAX,
    NAME_MAX_SIGNS = 100
};

enum err
picture_png(struct ctx *ctx, struct str svg, int64_t width, struct str *ret)
{
    static const char magic[] = "\x89PNG\r\n\x1a\n";
    const struct child_ask ask = {
        .chain = {{"/usr/bin/rsvg-convert",
                   {"--format=png", "--width",
                    arena_printf(ctx->arena, "%lld", (long long)width),
                    "--keep-aspect-ratio"}}},
        .time_ms = TIME_MS,
        .poor = true,
    };
    struct child_end end;

    if (svg.n > SVG_MAX)
        return ctx_fail(ctx, E_LIMIT, "the drawing is too large");
    enum err e = child_talk(ctx, &ask, svg, PNG_MAX, ret, &end);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_INTERNAL, "rsvg-convert is missing: install librsvg2-bin");
    if (e == E_LIMIT)
        return ctx_fail(ctx, E_LIMIT, "the picture takes too long or is too large");
    if (e)
        return e;
    if (end.code != 0 || !str_starts(*ret, str_of(magic)))
        return ctx_fail(ctx, E_INVALID, "the picture cannot be drawn");
    return OK;
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
                        err_system(errno));
    if (fchmod(fd, 0644) != 0)
        e = ctx_fail(ctx, E_INTERNAL, "cannot give %s its rights", temp);
    while (!e && png.n) {
        ssize_t n = write(fd, png.p, png.n);

        if (n >= 0)
            png = str_sub(png, (size_t)n, png.n);
        else if (errno != EINTR)
            e = ctx_fail(ctx, errno == ENOSPC ? E_FULL : E_INTERNAL, "cannot write %s: %s",
                         temp, err_system(errno));
    }
    /* Else a loss of power may leave the name with nothing in it, and nobody draws it anew. */
    if (!e && fsync(fd) != 0)
        e = ctx_fail(ctx, E_INTERNAL, "cannot write %s: %s", temp, err_system(errno));
    if (close(fd) != 0 && !e)
        e = ctx_fail(ctx, E_INTERNAL, "cannot write %s: %s", temp, err_system(errno));
    if (!e && rename(temp, path) != 0)
        e = ctx_fail(ctx, E_INTERNAL, "cannot rename %s: %s", temp, err_system(errno));
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
