/* Reads the folder of templates once, before the workers are forked, so that all of them share
 * the memory. Not for: watching the folder; new templates come with a restart. */
#include "view/tmpl.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TMPL_MAX = 200, TMPL_SIZE_MAX = 256 * 1024, TMPL_FOLDERS_MAX = 4, RAW_MAX = 32 };

struct entry {
    struct str name;
    const struct mustache *m;
};

struct tmpl {
    struct entry e[TMPL_MAX]; /* sorted by name once loaded */
    size_t n;
    bool strict;
    struct str raw[RAW_MAX];
    size_t n_raw;
};

static const struct mustache *
tmpl_find(void *arg, struct str name)
{
    const struct tmpl *t = arg;
    size_t lo = 0, hi = t->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = str_cmp(name, t->e[mid].name);

        if (c == 0)
            return t->e[mid].m;
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

static void
fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static void
dir_close(DIR **d)
{
    if (*d != NULL)
        closedir(*d);
}

static enum err
file_read(struct ctx *ctx, const char *path, struct str *ret)
{
    int fd CLEANUP(fd_close) = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;

    if (fd < 0)
        return ctx_fail(ctx, E_NOTFOUND, "%s: cannot be read", path);
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > TMPL_SIZE_MAX)
        return ctx_fail(ctx, E_INVALID, "%s: not a file of at most 256 KiB", path);
    char *p = arena_alloc(ctx->arena, (size_t)st.st_size + 1);
    size_t n = 0;

    while (n < (size_t)st.st_size) {
        ssize_t k = read(fd, p + n, (size_t)st.st_size - n);

        if (k <= 0)
            break;
        n += (size_t)k;
    }
    *ret = (struct str){p, n};
    if (!str_is_text(*ret, "\n\t"))
        return ctx_fail(ctx, E_INVALID, "%s: not plain UTF-8 text", path);
    return OK;
}

static enum err
tmpl_add(struct ctx *ctx, struct arena *process, struct tmpl *t, const char *path,
         struct str name)
{
    struct str text;
    enum err e = file_read(ctx, path, &text);

    if (e != OK)
        return e;
    if (t->n == TMPL_MAX)
        return ctx_fail(ctx, E_LIMIT, "more than %d templates", TMPL_MAX);
    struct entry *n = &t->e[t->n];

    n->name = str_dup(process, name);
    e = mustache_parse(ctx, process, n->name, text, &n->m);
    t->n += e == OK;
    return e;
}

/* prefix is "" or "race/". */
static enum err
folder_read(struct ctx *ctx, struct arena *process, struct tmpl *t, const char *dir,
            const char *prefix, int depth)
{
    static const char ending[] = ".mustache";
    DIR *d CLEANUP(dir_close) = opendir(dir);

    if (d == NULL)
        return ctx_fail(ctx, E_NOTFOUND,
                        "%s: cannot be read; install the package again, or mend path.share",
                        dir);
    if (depth > TMPL_FOLDERS_MAX)
        return ctx_fail(ctx, E_LIMIT, "%s: folders too deep", dir);
    for (const struct dirent *f = readdir(d); f != NULL; f = readdir(d)) {
        struct str file = str_of(f->d_name);
        const char *path = arena_printf(ctx->arena, "%s/%s", dir, f->d_name);
        struct stat st;
        enum err e = OK;

        if (file.p[0] == '.' || stat(path, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode)) {
            e = folder_read(ctx, process, t, path,
                            arena_printf(ctx->arena, "%s%s/", prefix, f->d_name), depth + 1);
        } else if (str_ends(file, str_of(ending))) {
            file.n -= sizeof(ending) - 1;
            e = tmpl_add(ctx, process, t, path,
                         str_of(arena_printf(ctx->arena, "%s%.*s", prefix, STR_ARG(file))));
        }
        if (e != OK)
            return e;
    }
    return OK;
}

static int
entry_cmp(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    return str_cmp(x->name, y->name);
}

/* One name a line; '#' begins a remark. No file: no raw names. */
static enum err
raw_read(struct ctx *ctx, struct arena *process, struct tmpl *t, const char *dir)
{
    const char *path = arena_printf(ctx->arena, "%s/raw-names", dir);
    struct str text, line;

    if (access(path, F_OK) != 0)
        return OK;
    enum err e = file_read(ctx, path, &text);

    if (e != OK)
        return e;
    text = str_dup(process, text);
    while (str_split(&text, '\n', &line)) {
        line = str_trim(line);
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (t->n_raw == RAW_MAX)
            return ctx_fail(ctx, E_LIMIT, "%s: more than %d names", path, RAW_MAX);
        t->raw[t->n_raw++] = line;
    }
    return OK;
}

struct check {
    struct ctx *ctx;
    struct tmpl *t;
    struct str file;
    enum err e;
};

static void
check_name(void *arg, char kind, struct str name)
{
    struct check *c = arg;

    if (c->e != OK)
        return;
    if (kind != '{') {
        if (tmpl_find(c->t, name) == NULL)
            c->e = ctx_fail(c->ctx, E_INVALID, "%.*s: there is no template %.*s",
                            STR_ARG(c->file), STR_ARG(name));
        return;
    }
    for (size_t i = 0; i < c->t->n_raw; i++)
        if (str_eq(c->t->raw[i], name))
            return;
    c->e = ctx_fail(c->ctx, E_INVALID, "%.*s: {{{%.*s}}} is not listed in raw-names",
                    STR_ARG(c->file), STR_ARG(name));
}

enum err
tmpl_load(struct ctx *ctx, struct arena *process, const char *dir, bool strict,
          struct tmpl **ret)
{
    struct tmpl *t = ARENA_NEW(process, struct tmpl);
    struct check c = {.ctx = ctx, .t = t, .e = OK};
    enum err e = folder_read(ctx, process, t, dir, "", 0);

    if (e == OK)
        e = raw_read(ctx, process, t, dir);
    if (e != OK)
        return e;
    if (t->n == 0)
        return ctx_fail(ctx, E_NOTFOUND, "%s: no templates", dir);
    qsort(t->e, t->n, sizeof(t->e[0]), entry_cmp);
    for (size_t i = 0; i < t->n && c.e == OK; i++) {
        c.file = t->e[i].name;
        mustache_names(t->e[i].m, check_name, &c);
    }
    t->strict = strict;
    if (c.e == OK)
        *ret = t;
    return c.e;
}

enum err
tmpl_render(struct ctx *ctx, const struct tmpl *t, const char *name, const struct view *v,
            struct buf *out)
{
    union { /* the renderer hands it back unchanged */
        const struct tmpl *in;
        void *arg;
    } self = {.in = t};
    struct mustache_opts o = {.find = tmpl_find, .arg = self.arg, .strict = t->strict};
    const struct mustache *m = tmpl_find(self.arg, str_of(name));

    BUG_IF(m == NULL);
    return mustache_render(ctx, m, v, &o, out);
}
