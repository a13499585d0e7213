/* Token buckets in a small table of shared memory. Two workers may read the same bucket at the
 * same moment: then one request too many passes, which is harmless; a lock that a dying worker
 * holds would not be. Not for: exact counting. */
#include "http/limit.h"

#include <sys/mman.h>

enum { SLOTS = 4096, WAYS = 8 };

struct slot {
    _Atomic uint64_t key;  /* class and address, 0 empty */
    _Atomic int64_t until; /* monotonic ms at which the bucket is full again */
};

struct limit {
    struct slot s[SLOTS];
};

struct rule {
    int64_t burst;   /* requests at once */
    int64_t each_ms; /* one more in this time */
};

static const struct rule rules[LIMIT_COUNT] = {
    [LIMIT_LOGIN] = {10, 6000},
    [LIMIT_FORM] = {30, 1000},
};

struct limit *
limit_new(void)
{
    void *p = mmap(NULL, sizeof(struct limit), PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    BUG_IF(p == MAP_FAILED);
    return p;
}

/* FNV-1a; never 0. Who can pick addresses can pick collisions, and shares a bucket then. */
static uint64_t
key_make(enum limit_class c, struct str addr)
{
    uint64_t h = UINT64_C(14695981039346656037) ^ (uint64_t)c;

    for (size_t i = 0; i < addr.n; i++) {
        h *= UINT64_C(1099511628211);
        h ^= (unsigned char)addr.p[i];
    }
    h *= UINT64_C(1099511628211);
    return h == 0 ? 1 : h;
}

/* The slot of key, or the one of its neighbours that is full again first. */
static struct slot *
slot_find(struct limit *l, uint64_t key)
{
    size_t from = (size_t)(key >> 32) % (SLOTS / WAYS) * WAYS;
    struct slot *best = &l->s[from];

    for (size_t i = from; i < from + WAYS; i++) {
        if (l->s[i].key == key)
            return &l->s[i];
        if (l->s[i].until < best->until)
            best = &l->s[i];
    }
    best->key = key;
    best->until = 0;
    return best;
}

bool
limit_take(struct limit *l, enum limit_class c, struct str addr, int64_t tick_ms,
           int64_t *ret_retry_s)
{
    if (c <= LIMIT_NONE || c >= LIMIT_COUNT)
        return true;
    const struct rule *r = &rules[c];
    struct slot *s = slot_find(l, key_make(c, addr));
    int64_t until = s->until > tick_ms ? s->until : tick_ms;

    if (until + r->each_ms > tick_ms + r->burst * r->each_ms) {
        *ret_retry_s = (until + r->each_ms - tick_ms - r->burst * r->each_ms + 999) / 1000;
        return false;
    }
    s->until = until + r->each_ms;
    return true;
}
