/* Length-prefixed fields into SHA-256. Not for: reading the rows. */
#include "ledger/hash.h"

#include <string.h>

enum { PIECE = 4096 };

/* Many short fields, few calls into the hash. */
struct out {
    struct crypt_hash *h;
    size_t n;
    unsigned char b[PIECE];
};

static void
put(struct out *o, const void *p, size_t n)
{
    if (o->n + n > PIECE) {
        crypt_hash_add(o->h, o->b, o->n);
        o->n = 0;
    }
    if (n > PIECE) {
        crypt_hash_add(o->h, p, n);
        return;
    }
    if (n)
        memcpy(o->b + o->n, p, n);
    o->n += n;
}

static void
put_str(struct out *o, struct str s)
{
    unsigned char length[4] = {(unsigned char)(s.n >> 24), (unsigned char)(s.n >> 16),
                               (unsigned char)(s.n >> 8), (unsigned char)s.n};

    BUG_IF(s.n > UINT32_MAX);
    put(o, length, sizeof(length));
    put(o, s.p, s.n);
}

static void
put_i64(struct out *o, int64_t v)
{
    char digits[24], *p = digits + sizeof(digits);
    uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;

    do {
        *--p = (char)('0' + u % 10);
        u /= 10;
    } while (u);
    if (v < 0)
        *--p = '-';
    put_str(o, (struct str){.p = p, .n = (size_t)(digits + sizeof(digits) - p)});
}

void
hash_sort(struct hash_line *line, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct hash_line l = line[i];
        size_t k = i;

        for (; k > 0; k--) {
            int c = str_cmp(line[k - 1].code, l.code);

            if (c < 0 || (c == 0 && str_cmp(line[k - 1].item, l.item) <= 0))
                break;
            line[k] = line[k - 1];
        }
        line[k] = l;
    }
}

struct sha256
hash_make(const struct hash_entry *e)
{
    static const char tag[] = "cozykart/journal/1"; /* with its 0 byte */
    static struct crypt_hash *running;
    struct out o;

    if (!running)
        running = crypt_hash_new();
    o.h = running;
    o.n = 0;
    crypt_hash_start(o.h);
    put(&o, tag, sizeof(tag));
    put_str(&o, e->prev);
    put_i64(&o, e->seq);
    put_str(&o, e->kind);
    put_str(&o, e->scope);
    put_str(&o, e->key);
    put_str(&o, e->request);
    put_i64(&o, e->effective_at);
    put_i64(&o, e->recorded_at);
    put_str(&o, e->ref);
    if (e->reverses)
        put_i64(&o, e->reverses);
    else
        put_str(&o, STR(""));
    put_str(&o, e->policy);
    put_str(&o, e->actor);
    put_str(&o, e->meta);
    put_i64(&o, e->n_lines);
    for (size_t i = 0; i < e->n; i++) {
        put_str(&o, e->line[i].code);
        put_str(&o, e->line[i].item);
        put_i64(&o, e->line[i].amount);
        put_str(&o, str_of(e->line[i].currency));
        put_i64(&o, e->line[i].ver);
        put_i64(&o, e->line[i].after);
    }
    crypt_hash_add(o.h, o.b, o.n);
    return crypt_hash_end(o.h);
}
