/* .cozykart-untold-BEGAN-KIND, with "key value" lines. See untold.h. */
#include "upkeep/untold.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "upkeep/workroom.h"

enum { TEXT_MAX = 4096, FILES_MAX = 1000 };

#define STEM ".cozykart-untold-"

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const struct untold *)a)->file, ((const struct untold *)b)->file);
}

static bool
read_one(struct ctx *ctx, struct untold *one)
{
    char *text = arena_alloc(ctx->arena, TEXT_MAX);
    int fd = open(one->file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = fd < 0 ? -1 : read(fd, text, TEXT_MAX);
    struct upkeep *u = &one->run;
    struct str rest = {.p = text, .n = n > 0 ? (size_t)n : 0}, line, key;
    int64_t good = 0;
    bool whole = true;

    if (fd >= 0)
        close(fd);
    *u = (struct upkeep){.kind = STR(""), .words = STR(""), .head = STR("")};
    while (str_split(&rest, '\n', &line)) {
        if (!str_split(&line, ' ', &key))
            continue;
        if (str_eq_text(key, "kind"))
            u->kind = line;
        else if (str_eq_text(key, "words"))
            u->words = line;
        else if (str_eq_text(key, "head"))
            u->head = line;
        else if (str_eq_text(key, "began"))
            whole = str_i64(line, 0, INT64_MAX, &u->began_at) && whole;
        else if (str_eq_text(key, "ended"))
            whole = str_i64(line, 0, INT64_MAX, &u->ended_at) && whole;
        else if (str_eq_text(key, "seq"))
            whole = str_i64(line, 0, INT64_MAX, &u->seq) && whole;
        else if (str_eq_text(key, "bytes"))
            whole = str_i64(line, 0, INT64_MAX, &u->bytes) && whole;
        else if (str_eq_text(key, "good"))
            whole = str_i64(line, 0, 1, &good) && whole;
    }
    u->good = good != 0;
    return whole && u->kind.n && u->words.n;
}

enum err
untold_list(struct ctx *ctx, const char *dir, struct untold **ret, size_t *ret_n)
{
    struct untold *list = ARENA_ARRAY(ctx->arena, FILES_MAX, struct untold);
    DIR *d = opendir(dir);
    size_t n = 0, good = 0;

    *ret = list;
    *ret_n = 0;
    if (!d)
        return ctx_fail(ctx, E_NOTFOUND, "%s: %s", dir, strerror(errno));
    for (const struct dirent *f = readdir(d); f && n < FILES_MAX; f = readdir(d))
        if (strncmp(f->d_name, STEM, sizeof STEM - 1) == 0)
            list[n++].file = arena_printf(ctx->arena, "%s/%s", dir, f->d_name);
    closedir(d);
    qsort(list, n, sizeof *list, by_name);
    for (size_t i = 0; i < n; i++) {
        if (read_one(ctx, &list[i]))
            list[good++] = list[i];
        else
            (void)unlink(list[i].file); /* of a run that died while it wrote */
    }
    *ret_n = good;
    return OK;
}

void
untold_drop(const struct untold *one)
{
    (void)unlink(one->file);
}

static struct str
one_line(struct ctx *ctx, struct str s)
{
    char *p = str_text(ctx->arena, s);

    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)p[i] < 0x20)
            p[i] = ' ';
    return (struct str){.p = p, .n = s.n};
}

enum err
untold_keep(struct ctx *ctx, const char *dir, const struct upkeep *u)
{
    const char *name = arena_printf(ctx->arena, "%s/" STEM "%015lld-%.*s", dir,
                                    (long long)u->began_at, STR_ARG(u->kind));
    struct buf b = buf_new(ctx->arena, TEXT_MAX - 1);
    struct str words = one_line(ctx, str_sub(u->words, 0, 500));
    struct untold *list;
    size_t n;
    int fd = -1;
    enum err e = untold_list(ctx, dir, &list, &n);

    if (e)
        return e;
    for (size_t i = 0; n >= UNTOLD_MAX && i <= n - UNTOLD_MAX; i++)
        untold_drop(&list[i]);
    buf_printf(&b, "kind %.*s\nbegan %lld\nended %lld\ngood %d\nseq %lld\nbytes %lld\n",
               STR_ARG(u->kind), (long long)u->began_at, (long long)u->ended_at, u->good,
               (long long)u->seq, (long long)u->bytes);
    if (u->head.n)
        buf_printf(&b, "head %.*s\n", STR_ARG(u->head));
    buf_printf(&b, "words %.*s\n", STR_ARG(words));
    (void)unlink(name);
    if ((e = workroom_make(ctx, name, &fd)))
        return e;
    if (write(fd, b.p, b.n) != (ssize_t)b.n)
        e = ctx_fail(ctx, E_FULL, "no room for %s", name);
    e = workroom_finish(ctx, name, &fd, e);
    if (e)
        (void)unlink(name);
    return e;
}
