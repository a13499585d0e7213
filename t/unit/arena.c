/* The arena: lifetimes, alignment, zeroes, and its end at the ceiling. */
#include "base/arena.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/tap.h"

/* True when fn(arg) ends its process by abort. */
static bool
aborts(void (*fn)(struct arena *a), struct arena *a)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(1);
        fn(a);
        _exit(0);
    }
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void
take_too_much(struct arena *a)
{
    for (int i = 0; i < 100; i++)
        (void)arena_alloc(a, 32768);
}

static void
take_all_at_once(struct arena *a)
{
    (void)arena_alloc(a, SIZE_MAX - 8);
}

static void
take_a_wrapped_product(struct arena *a)
{
    (void)arena_array(a, SIZE_MAX / 4, 8);
}

static void
test_memory(struct arena *a)
{
    bool aligned = true;
    bool zeroed = true;
    bool apart = true;
    unsigned char *last = NULL;
    size_t last_n = 0;

    for (size_t n = 0; n < 3000; n++) {
        unsigned char *p = arena_alloc(a, n);

        aligned = aligned && (uintptr_t)p % _Alignof(max_align_t) == 0;
        for (size_t i = 0; i < n; i++)
            zeroed = zeroed && p[i] == 0;
        memset(p, 0xa5, n);
        for (size_t i = 0; last && i < last_n; i++)
            apart = apart && last[i] == 0xa5;
        last = p;
        last_n = n;
    }
    ok(aligned, "memory is aligned for any type");
    ok(zeroed, "memory is zeroed");
    ok(apart, "pieces do not overlap");
    ok(arena_alloc(a, 0) != NULL, "zero bytes give a pointer too");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(8 << 20);
    struct arena *small CLEANUP(arena_freep) = arena_new(256 * 1024);
    struct arena_mark mark;
    size_t before = 0;
    char *text = NULL;
    char *first = NULL;

    is_int((int64_t)arena_used(a), 0, "a new arena has handed out nothing");
    test_memory(a);
    ok(arena_used(a) >= 2999 * 3000 / 2, "what was handed out is counted");
    arena_reset(a);
    is_int((int64_t)arena_used(a), 0, "a reset arena has handed out nothing");

    text = arena_alloc(a, 64);
    memset(text, 'x', 64);
    mark = arena_mark(a);
    before = arena_used(a);
    first = arena_alloc(a, 100);
    memset(first, 'y', 100);
    (void)arena_alloc(a, 1 << 20);
    (void)arena_alloc(a, 1 << 20);
    arena_release(a, mark);
    is_int((int64_t)arena_used(a), (int64_t)before, "release gives back all since the mark");
    ok(arena_alloc(a, 100) == first && first[0] == 0, "the same bytes come again, zeroed");
    ok(text[0] == 'x' && text[63] == 'x', "what is older than the mark stays");
    for (int i = 0; i < 1000; i++) {
        struct arena_mark m = arena_mark(a);

        (void)arena_alloc(a, 1 << 20);
        arena_release(a, m);
    }
    ok(true, "a loop with mark and release stays below the ceiling");

    is_str(str_of(arena_text(a, "abcdef", 3)), STR("abc"), "a copy of bytes is terminated");
    is_str(str_of(arena_text(a, NULL, 0)), STR(""), "a copy of nothing is the empty text");
    is_str(str_of(arena_printf(a, "%d-%s", 7, "x")), STR("7-x"), "text is formatted");
    text = arena_printf(a, "%0255d|%0256d", 1, 2);
    ok(strlen(text) == 512 && text[254] == '1' && text[511] == '2', "long text is formatted");
    ok(strlen(arena_printf(a, "%0255d", 1)) == 255, "text of 255 signs is whole");
    ok(strlen(arena_printf(a, "%0256d", 1)) == 256, "text of 256 signs is whole");

    ok(aborts(take_too_much, small), "many pieces over the ceiling abort");
    ok(aborts(take_all_at_once, small), "one piece over the ceiling aborts");
    ok(aborts(take_a_wrapped_product, small), "a product that overflows aborts");
    for (int i = 0; i < 7; i++)
        (void)arena_alloc(small, 32768);
    ok(true, "what fits below the ceiling is given");
    return done();
}
