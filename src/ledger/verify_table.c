/* Open addressing, doubled when two thirds full; values live in the arena. Not for: removal. */
#include "ledger/verify_table.h"

#include <string.h>

struct verify_slot {
    int64_t x, y;
    struct str s;
    void *value; /* NULL: free */
};

struct verify_table
verify_table_new(struct arena *a, size_t size)
{
    return (struct verify_table){
        .a = a, .size = size, .room = 256, .slot = ARENA_ARRAY(a, 256, struct verify_slot)};
}

static uint64_t
mix(uint64_t h)
{
    h = (h ^ (h >> 31)) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ (h >> 29);
}

static struct verify_slot *
slot_of(const struct verify_table *t, int64_t x, int64_t y, struct str s)
{
    uint64_t h = mix((uint64_t)x + mix((uint64_t)y + s.n));

    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
    for (size_t i = (size_t)(mix(h) & (t->room - 1));; i = (i + 1) & (t->room - 1)) {
        struct verify_slot *v = &t->slot[i];

        if (!v->value || (v->x == x && v->y == y && str_eq(v->s, s)))
            return v;
    }
}

void *
verify_table_find(const struct verify_table *t, int64_t x, int64_t y, struct str s)
{
    return slot_of(t, x, y, s)->value;
}

static void
grow(struct verify_table *t)
{
    struct verify_slot *old = t->slot;
    size_t n = t->room;

    t->room *= 2;
    t->slot = ARENA_ARRAY(t->a, t->room, struct verify_slot);
    for (size_t i = 0; i < n; i++)
        if (old[i].value)
            *slot_of(t, old[i].x, old[i].y, old[i].s) = old[i];
}

void *
verify_table_get(struct verify_table *t, int64_t x, int64_t y, struct str s)
{
    struct verify_slot *v = slot_of(t, x, y, s);

    if (v->value)
        return v->value;
    if (++t->n * 3 > t->room * 2) {
        grow(t);
        v = slot_of(t, x, y, s);
    }
    *v = (struct verify_slot){.x = x,
                              .y = y,
                              .s = s.n ? str_dup(t->a, s) : STR_NULL,
                              .value = arena_alloc(t->a, t->size)};
    return v->value;
}

void *
verify_table_next(const struct verify_table *t, size_t *at, int64_t *ret_x, int64_t *ret_y,
                  struct str *ret_s)
{
    while (*at < t->room) {
        const struct verify_slot *v = &t->slot[(*at)++];

        if (!v->value)
            continue;
        *ret_x = v->x;
        *ret_y = v->y;
        *ret_s = v->s;
        return v->value;
    }
    return NULL;
}
