/* Bump allocator: memory that is given back all at once. Not for: things that must be closed
 * (files, statements); those use CLEANUP.
 *
 * Three lifetimes exist: process, request (or command, or job), call. A pointer never moves to
 * a longer life without a copy. */
#pragma once

#include "base/base.h"

struct arena;

/* A position to return to; everything allocated after it is given back. */
struct arena_mark {
    void *block;
    size_t used;
};

/* Makes an arena that may hold at most ceiling bytes in all. Aborts the process when the system
 * has no memory. Ends with arena_free. */
struct arena *arena_new(size_t ceiling);
void arena_free(struct arena *a);
/* For CLEANUP: struct arena *a CLEANUP(arena_freep) = arena_new(…). */
void arena_freep(struct arena **a);

/* Gives back everything but one block, large enough for the next request of the same kind. */
void arena_reset(struct arena *a);

/* n bytes, zeroed, aligned for any type. Never NULL: the ceiling is far above what bounded
 * input can need, so reaching it is a bug and aborts. n may be 0. */
void *arena_alloc(struct arena *a, size_t n);
/* n elements of the given size with the product checked for overflow. */
void *arena_array(struct arena *a, size_t n, size_t size);
/* A terminated copy of n bytes. */
char *arena_text(struct arena *a, const char *p, size_t n);
/* Formatted, terminated text in the arena. */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

#define ARENA_NEW(a, type)      ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_array((a), (n), sizeof(type)))

struct arena_mark arena_mark(struct arena *a);
void arena_release(struct arena *a, struct arena_mark m);

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a);
