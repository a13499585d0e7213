#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first block is small, so that sixteen idle workers cost little; later ones double. */
enum { FIRST_BLOCK = 16 * 1024, BIGGEST_BLOCK = 1024 * 1024, ALIGN = 16 };

struct block {
    struct block *before; /* the one used up before this, NULL for the first */
    size_t size, used;
    _Alignas(ALIGN) unsigned char data[];
};

struct arena {
    struct block *last;
    size_t ceiling;
    size_t held; /* bytes of all blocks */
};

static struct block *
block_new(size_t size)
{
    struct block *b = malloc(sizeof(*b) + size);

    BUG_IF(!b);
    b->before = NULL;
    b->size = size;
    b->used = 0;
    return b;
}

struct arena *
arena_new(size_t ceiling)
{
    struct arena *a = calloc(1, sizeof(*a));

    BUG_IF(!a);
    a->ceiling = ceiling;
    a->last = block_new(FIRST_BLOCK);
    a->held = FIRST_BLOCK;
    return a;
}

/* Gives blocks back until b is the last one. */
static void
drop_to(struct arena *a, const struct block *b)
{
    while (a->last != b) {
        struct block *gone = a->last;

        a->last = gone->before;
        a->held -= gone->size;
        free(gone);
    }
}

void
arena_free(struct arena *a)
{
    if (!a)
        return;
    drop_to(a, NULL);
    free(a);
}

void
arena_freep(struct arena **a)
{
    arena_free(*a);
}

void
arena_reset(struct arena *a)
{
    struct block *first = a->last;

    while (first->before)
        first = first->before;
    drop_to(a, first);
    first->used = 0;
}

static void
grow(struct arena *a, size_t n)
{
    size_t size = a->last->size * 2;
    struct block *b;

    if (size > BIGGEST_BLOCK)
        size = BIGGEST_BLOCK;
    if (size < n)
        size = n;
    BUG_IF(size > a->ceiling || a->held > a->ceiling - size);
    b = block_new(size);
    b->before = a->last;
    a->last = b;
    a->held += size;
}

void *
arena_alloc(struct arena *a, size_t n)
{
    void *p;

    BUG_IF(n > SIZE_MAX / 2);
    n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (n > a->last->size - a->last->used)
        grow(a, n);
    p = a->last->data + a->last->used;
    a->last->used += n;
    memset(p, 0, n);
    return p;
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{
    size_t bytes = 0;

    BUG_IF(__builtin_mul_overflow(n, size, &bytes));
    return arena_alloc(a, bytes);
}

char *
arena_text(struct arena *a, const char *p, size_t n)
{
    char *t;

    BUG_IF(n == SIZE_MAX);
    t = arena_alloc(a, n + 1);
    if (n)
        memcpy(t, p, n);
    return t;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap, again;
    char *t;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    BUG_IF(n < 0);
    t = arena_alloc(a, (size_t)n + 1);
    vsnprintf(t, (size_t)n + 1, fmt, again);
    va_end(again);
    return t;
}

struct arena_mark
arena_mark(struct arena *a)
{
    return (struct arena_mark){.block = a->last, .used = a->last->used};
}

void
arena_release(struct arena *a, struct arena_mark m)
{
    drop_to(a, m.block);
    BUG_IF(m.used > a->last->used);
    a->last->used = m.used;
}

size_t
arena_used(const struct arena *a)
{
    size_t n = 0;

    for (const struct block *b = a->last; b; b = b->before)
        n += b->used;
    return n;
}
