/* Blocks in a chain, the newest first. The only user of malloc in the house. Not for: single
 * frees. Under the address sanitizer what is not handed out is poisoned, with a gap between
 * neighbours, so that running over an end is seen here as it would be with malloc. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_GUARDED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_GUARDED 1
#endif
#endif

#ifdef ARENA_GUARDED
#include <sanitizer/asan_interface.h>
#define ARENA_GAP  16
#define HIDE(p, n) __asan_poison_memory_region((p), (n))
#define SHOW(p, n) __asan_unpoison_memory_region((p), (n))
/* Zeroed, because the compiler takes the poisoning for a read. */
#define GET(n)     calloc(1, (n))
#else
#define ARENA_GAP  0
#define HIDE(p, n) ((void)(p), (void)(n))
#define SHOW(p, n) ((void)(p), (void)(n))
#define GET(n)     malloc(n)
#endif

enum { ALIGN = 16, BLOCK_FIRST = 16 * 1024, BLOCK_MORE = 64 * 1024, BLOCK_KEPT = 256 * 1024 };

struct block {
    struct block *older;
    size_t size;   /* bytes of data */
    size_t used;   /* bytes of data handed out */
    size_t before; /* bytes handed out of older blocks */
    _Alignas(ALIGN) unsigned char data[];
};

struct arena {
    struct block *top;
    size_t ceiling;
};

static struct block *
block_new(struct block *older, size_t size)
{
    struct block *b = GET(sizeof *b + size);

    BUG_IF(b == NULL);
    b->older = older;
    b->size = size;
    b->used = 0;
    b->before = older ? older->before + older->used : 0;
    HIDE(b->data, size);
    return b;
}

static void
block_free(struct block *b)
{
    SHOW(b->data, b->size);
    free(b);
}

struct arena *
arena_new(size_t ceiling)
{
    struct arena *a = malloc(sizeof *a);

    BUG_IF(a == NULL);
    a->ceiling = ceiling;
    a->top = block_new(NULL, BLOCK_FIRST);
    return a;
}

/* Frees blocks down to keep. */
static void
drop(struct arena *a, const struct block *keep)
{
    while (a->top != keep) {
        struct block *older = a->top->older;

        block_free(a->top);
        a->top = older;
        BUG_IF(a->top == NULL && keep != NULL);
    }
}

void
arena_free(struct arena *a)
{
    if (a == NULL)
        return;
    drop(a, NULL);
    free(a);
}

void
arena_freep(struct arena **a)
{
    arena_free(*a);
    *a = NULL;
}

/* Rounds of one kind need about the same: after the first of them one block holds it all, since
 * blocks that come and go make the heap grow and shrink each time. */
void
arena_reset(struct arena *a)
{
    struct block *first = a->top;
    size_t needed = arena_used(a);

    if (first->older != NULL && needed <= BLOCK_KEPT) {
        drop(a, NULL);
        a->top = block_new(NULL, (needed + BLOCK_MORE - 1) / BLOCK_MORE * BLOCK_MORE);
        return;
    }
    while (first->older != NULL)
        first = first->older;
    drop(a, first);
    first->used = 0;
    HIDE(first->data, first->size);
}

void *
arena_alloc(struct arena *a, size_t n)
{
    struct block *b = a->top;
    size_t room = 0;
    void *p = NULL;

    /* Checked before rounding up, so that the sum cannot wrap. */
    BUG_IF(n > a->ceiling);
    room = (n + ARENA_GAP + ALIGN - 1) / ALIGN * ALIGN;
    BUG_IF(room > a->ceiling - (b->before + b->used) + ALIGN + ARENA_GAP);
    if (room > b->size - b->used) {
        b = block_new(b, room > BLOCK_MORE ? room : BLOCK_MORE);
        a->top = b;
    }
    p = b->data + b->used;
    b->used += room;
    SHOW(p, n);
    if (n > 0)
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
    char *text = NULL;

    BUG_IF(n == SIZE_MAX);
    text = arena_alloc(a, n + 1);
    if (n > 0)
        memcpy(text, p, n);
    return text;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
    char small[256];
    char *text = NULL;
    va_list ap;
    int n = 0;

    va_start(ap, fmt);
    n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    BUG_IF(n < 0);
    if ((size_t)n < sizeof small)
        return arena_text(a, small, (size_t)n);
    text = arena_alloc(a, (size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(text, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return text;
}

struct arena_mark
arena_mark(struct arena *a)
{
    return (struct arena_mark){.block = a->top, .used = a->top->used};
}

void
arena_release(struct arena *a, struct arena_mark m)
{
    drop(a, m.block);
    BUG_IF(m.used > a->top->used);
    a->top->used = m.used;
    HIDE(a->top->data + m.used, a->top->size - m.used);
}

size_t
arena_used(const struct arena *a)
{
    return a->top->before + a->top->used;
}
