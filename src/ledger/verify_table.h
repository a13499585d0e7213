/* What verify remembers between rows, found by two numbers and a text. Not for: anything that
 * outlives one run. */
#pragma once

#include "base/arena.h"
#include "base/str.h"

struct verify_table {
    struct arena *a;
    size_t size; /* of what is kept for a key */
    size_t n, room;
    struct verify_slot *slot;
};

struct verify_table verify_table_new(struct arena *a, size_t size);
/* What is kept for the key, NULL when it is new. */
void *verify_table_find(const struct verify_table *t, int64_t x, int64_t y, struct str s);
/* The same, made and zeroed when it is new. Pointers stay valid. */
void *verify_table_get(struct verify_table *t, int64_t x, int64_t y, struct str s);
/* The next of what is kept, in no order, with its key; NULL at the end. *at starts at 0. */
void *verify_table_next(const struct verify_table *t, size_t *at, int64_t *ret_x,
                        int64_t *ret_y, struct str *ret_s);
