/* Free lists by size before SQLite's own allocator. A sale takes and gives back some eight
 * hundred blocks, nearly all of sizes that come again with the next sale: frames of triggers,
 * cursors, pieces of the journals of savepoints. The general allocator joins and splits them
 * each time, which was a tenth of the vault's work; and Debian builds SQLite without its
 * lookaside memory. One thread a process. Not for: big blocks, which go through to SQLite's
 * own. */
#include "db/heap.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/base.h"

enum {
    STEP = 16,                /* between sizes up to FINE */
    FINE = 1024,              /* from here on SPLIT sizes for each doubling */
    SPLIT = 32,               /* so that a page wastes no more than a thirtieth */
    DOUBLINGS = 5,            /* up to MOST */
    MOST = FINE << DOUBLINGS, /* what is bigger goes through */
    N_FINE = FINE / STEP,     /* lists of each kind */
    N_LISTS = N_FINE + SPLIT * DOUBLINGS,
    CHUNK = 4 * MOST, /* taken from below at a time, and kept */
    THROUGH = N_LISTS /* the list of those that go through */
};

/* Stands before every block; SQLite wants its blocks aligned to 8. */
struct block {
    uint32_t list;
    uint32_t size;
};

struct spare {
    struct spare *next;
};

static sqlite3_mem_methods below;
static struct spare *spare[N_LISTS];
static char *chunk;
static size_t chunk_left;

/* Which list holds blocks of n bytes, n at most MOST. */
static uint32_t
list_of(uint32_t n)
{
    if (n <= FINE)
        return (n + STEP - 1) / STEP - 1;

    unsigned top = 31 - (unsigned)__builtin_clz(n - 1); /* 2^top < n <= 2^(top + 1) */
    uint32_t first = 1U << top, step = first / SPLIT;

    return N_FINE + (top - 10) * SPLIT + (n - first + step - 1) / step - 1;
}

static uint32_t
size_of(uint32_t list)
{
    if (list < N_FINE)
        return (list + 1) * STEP;

    uint32_t first = (uint32_t)FINE << ((list - N_FINE) / SPLIT);

    return first + ((list - N_FINE) % SPLIT + 1) * (first / SPLIT);
}

static void *
carve(uint32_t list)
{
    uint32_t size = size_of(list);
    size_t whole = sizeof(struct block) + size;

    if (whole > chunk_left) {
        char *p = below.xMalloc(CHUNK);

        if (!p)
            return NULL;
        chunk = p;
        chunk_left = CHUNK;
    }

    struct block *b = (struct block *)(void *)chunk;
    *b = (struct block){.list = list, .size = size};
    chunk += whole;
    chunk_left -= whole;
    return b + 1;
}

static void *
heap_malloc(int n)
{
    if (n <= 0)
        return NULL;
    if (n > MOST) {
        struct block *b =
            n > INT32_MAX - (int)sizeof *b ? NULL : below.xMalloc(n + (int)sizeof *b);

        if (!b)
            return NULL;
        *b = (struct block){.list = THROUGH, .size = (uint32_t)n};
        return b + 1;
    }

    uint32_t list = list_of((uint32_t)n);
    struct spare *s = spare[list];

    if (!s)
        return carve(list);
    spare[list] = s->next;
    return s;
}

static void
heap_free(void *p)
{
    if (!p)
        return;

    struct block *b = (struct block *)p - 1;
    struct spare *s = p;

    if (b->list == THROUGH) {
        below.xFree(b);
        return;
    }
    s->next = spare[b->list];
    spare[b->list] = s;
}

static int
heap_size(void *p)
{
    return p ? (int)((struct block *)p - 1)->size : 0;
}

static void *
heap_realloc(void *p, int n)
{
    int was = heap_size(p);
    void *q;

    if (n <= was && n > was / 2)
        return p;
    q = heap_malloc(n);
    if (!q)
        return NULL;
    memcpy(q, p, (size_t)(n < was ? n : was));
    heap_free(p);
    return q;
}

static int
heap_roundup(int n)
{
    return n > 0 && n <= MOST ? (int)size_of(list_of((uint32_t)n)) : n;
}

static int
heap_init(void *arg)
{
    (void)arg;
    return below.xInit ? below.xInit(below.pAppData) : SQLITE_OK;
}

/* What was taken stays: a process opens its ledger for as long as it lives. */
static void
heap_shutdown(void *arg)
{
    (void)arg;
}

void
heap_install(void)
{
    static const sqlite3_mem_methods ours = {.xMalloc = heap_malloc,
                                             .xFree = heap_free,
                                             .xRealloc = heap_realloc,
                                             .xSize = heap_size,
                                             .xRoundup = heap_roundup,
                                             .xInit = heap_init,
                                             .xShutdown = heap_shutdown};

#ifdef __SANITIZE_ADDRESS__
    return; /* every block by itself, so that running over an end is seen */
#endif
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &below) == SQLITE_OK)
        (void)sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
}
