/* Words of a text against words of a list. See filter.h. */
#include "dj/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/point.h"

enum { LIST_BYTES = 16384 };

static void
fd_close(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

/* Letters and digits of any alphabet; signs below 0x80 that are neither end a word. */
static bool
in_word(uint32_t c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return c > 0xBF && !(c >= 0x2000 && c <= 0x206F) && !(c >= 0x3000 && c <= 0x303F);
}

static uint32_t
fold(uint32_t c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ||
        (c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F))
        return c + 0x20;
    return c >= 0x400 && c <= 0x40F ? c + 0x50 : c;
}

/* " word word " in folded code points, words parted by one blank. */
static size_t
words_of(struct arena *a, struct str s, uint32_t **ret)
{
    uint32_t *p = ARENA_ARRAY(a, s.n + 2, uint32_t);
    size_t n = 0;

    p[n++] = ' ';
    for (size_t at = 0; at < s.n;) {
        uint32_t c = point_next(s, &at);

        if (point_is_mark(c) || point_is_tricky(c))
            continue;
        if (in_word(c))
            p[n++] = fold(c);
        else if (p[n - 1] != ' ')
            p[n++] = ' ';
    }
    if (p[n - 1] != ' ')
        p[n++] = ' ';
    *ret = p;
    return n;
}

static bool
has(const uint32_t *text, size_t n, const uint32_t *word, size_t m)
{
    for (size_t i = 0; i + m <= n; i++) {
        size_t k = 0;

        while (k < m && text[i + k] == word[k])
            k++;
        if (k == m)
            return true;
    }
    return false;
}

bool
filter_hits(struct arena *a, struct str list, struct str text)
{
    struct arena_mark mark = arena_mark(a);
    struct str line;
    uint32_t *t, *w;
    size_t n, m;
    bool hit = false;

    if (!str_is_utf8(text) || !str_is_utf8(list))
        return false;
    n = words_of(a, text, &t);
    while (!hit && str_split(&list, '\n', &line)) {
        if (str_starts(line, STR("#")))
            continue;
        m = words_of(a, line, &w);
        hit = m > 1 && has(t, n, w, m);
    }
    arena_release(a, mark);
    return hit;
}

struct str
filter_house(struct ctx *ctx)
{
    char *text;
    size_t n = 0;

    if (!ctx->conf || !ctx->conf->path.share.n)
        return STR("");
    int fd CLEANUP(fd_close) =
        open(arena_printf(ctx->arena, "%.*s/words.txt", STR_ARG(ctx->conf->path.share)),
             O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return STR("");
    text = arena_alloc(ctx->arena, LIST_BYTES);
    while (n < LIST_BYTES) {
        ssize_t k = read(fd, text + n, LIST_BYTES - n);

        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            break;
        n += (size_t)k;
    }
    return (struct str){.p = text, .n = n};
}
