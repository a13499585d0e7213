/* Blocks of memory for SQLite, asked for through its own functions: big enough, apart from each
 * other, handed out again. */
#include "db/heap.h"

#include <sqlite3.h>

#include "lib/tap.h"

enum { MANY = 2000, BIGGEST = 70000 };

static UNUSED void
test_sizes(void)
{
    int small = 0, wide = 0, slanted = 0;

    for (int n = 1; n <= BIGGEST; n++) {
        unsigned char *p = sqlite3_malloc(n);
        int size = (int)sqlite3_msize(p);

        small += size < n;
        wide += size - n > 15 && size - n > n / 32;
        slanted += ((uintptr_t)p & 7) != 0;
        memset(p, 0xa5, (size_t)size);
        sqlite3_free(p);
    }
    is_int(small, 0, "no block is smaller than it was asked for");
    is_int(wide, 0, "none wastes more than 15 bytes or a thirty-second part");
    is_int(slanted, 0, "all are aligned as SQLite wants them");
}

/* Of every size one, all at the same time, each filled with its own number. */
static void
test_apart(void)
{
    static unsigned char *p[MANY];
    int torn = 0;

    for (int i = 0; i < MANY; i++) {
        p[i] = sqlite3_malloc(1 + 35 * i);
        memset(p[i], i % 251, (size_t)sqlite3_msize(p[i]));
    }
    for (int i = 0; i < MANY; i++) {
        for (sqlite3_uint64 k = 0; k < sqlite3_msize(p[i]); k++)
            torn += p[i][k] != i % 251;
        sqlite3_free(p[i]);
    }
    is_int(torn, 0, "blocks that live together do not overlap");
}

static UNUSED void
test_again(void)
{
    unsigned char *p = sqlite3_malloc(4368), *q;
    int lost = 0;

    sqlite3_free(p);
    q = sqlite3_malloc(4368);
    ok(p == q, "a block that was given back is the next of its size");
    for (int i = 0; i < 4368; i++)
        q[i] = (unsigned char)i;
    for (int n = 4368; n < 3 * BIGGEST; n += 4999)
        q = sqlite3_realloc(q, n);
    q = sqlite3_realloc(q, 4368);
    for (int i = 0; i < 4368; i++)
        lost += q[i] != (unsigned char)i;
    is_int(lost, 0, "growing and shrinking keeps what is in it");
    q = sqlite3_realloc(q, 10);
    ok(sqlite3_msize(q) < 4368, "a block that shrank much is another one");
    sqlite3_free(q);
}

int
main(void)
{
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    heap_install();
    test_apart();
#ifndef __SANITIZE_ADDRESS__ /* there SQLite keeps its own way */
    test_sizes();
    test_again();
#endif
    return done();
}
