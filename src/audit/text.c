/* Words and numbers of the file's texts, and a small map for what a pass has to remember. Not
 * for: what they mean. */
#include "audit.h"

#include <stdlib.h>
#include <string.h>

bool
text_is(struct text t, const char *s)
{
    return t.n == strlen(s) && memcmp(t.p, s, t.n) == 0;
}

bool
text_int(struct text t, int64_t *ret)
{
    bool minus = t.n > 0 && t.p[0] == '-';
    size_t i = minus ? 1 : 0;
    wide v = 0;

    if (i == t.n || t.n > 20 || (t.p[i] == '0' && t.n > 1))
        return false;
    for (; i < t.n; i++) {
        if (t.p[i] < '0' || t.p[i] > '9')
            return false;
        v = v * 10 + (t.p[i] - '0');
    }
    v = minus ? -v : v;
    if (v > INT64_MAX || v < INT64_MIN)
        return false;
    *ret = (int64_t)v;
    return true;
}

bool
text_after(struct text t, const char *prefix, struct text *ret)
{
    size_t n = strlen(prefix);

    if (t.n < n || memcmp(t.p, prefix, n) != 0)
        return false;
    *ret = (struct text){t.p + n, t.n - n};
    return true;
}

bool
text_id_after(struct text t, const char *prefix, int64_t *ret)
{
    struct text rest;
    int64_t id;

    if (!text_after(t, prefix, &rest) || !text_int(rest, &id) || id <= 0)
        return false;
    *ret = id;
    return true;
}

bool
text_line(struct text *rest, struct text *ret)
{
    const char *end = rest->n > 0 ? memchr(rest->p, '\n', rest->n) : NULL;

    if (end == NULL)
        return false;
    *ret = (struct text){rest->p, (size_t)(end - rest->p)};
    *rest = (struct text){end + 1, rest->n - ret->n - 1};
    return true;
}

bool
text_head(struct text line, const char *word)
{
    size_t n = strlen(word);

    return line.n > n && memcmp(line.p, word, n) == 0 && line.p[n] == ' ';
}

bool
text_value(struct text line, const char *key, struct text *ret)
{
    size_t n = strlen(key);

    for (size_t i = 0; i + n + 1 < line.n; i++) {
        size_t from = i + n + 2, to = from;

        if (line.p[i] != ' ' || memcmp(line.p + i + 1, key, n) != 0 || line.p[i + n + 1] != '=')
            continue;
        while (to < line.n && line.p[to] != ' ')
            to++;
        *ret = (struct text){line.p + from, to - from};
        return true;
    }
    return false;
}

bool
text_number(struct text line, const char *key, int64_t *ret)
{
    struct text v;

    return text_value(line, key, &v) && text_int(v, ret);
}

bool
text_canonical(struct text meta)
{
    for (size_t i = 0; i < meta.n; i++) {
        char c = meta.p[i], before = i > 0 ? meta.p[i - 1] : '\n';

        if (c == '\0' || (c == '\n' && (before == '\n' || before == ' ')) ||
            (c == ' ' && (before == ' ' || before == '\n')))
            return false;
    }
    return meta.n == 0 || meta.p[meta.n - 1] == '\n';
}

static size_t
slot_of(const struct audit_map *m, int64_t a, int64_t b)
{
    uint64_t h = ((uint64_t)a * 0x9e3779b97f4a7c15u + (uint64_t)b) * 0xbf58476d1ce4e5b9u;
    size_t i = (size_t)(h >> 20) & (m->size - 1);

    while (m->slot[i].used && (m->slot[i].a != a || m->slot[i].b != b))
        i = (i + 1) & (m->size - 1);
    return i;
}

void
map_set(struct audit_map *m, int64_t a, int64_t b, int64_t x, int64_t y)
{
    size_t i;

    if (m->n * 2 >= m->size) {
        struct audit_map big = {.size = m->size == 0 ? 256 : m->size * 2};

        big.slot = calloc(big.size, sizeof *big.slot);
        if (big.slot == NULL) {
            fputs("cozykart-audit: no memory left\n", stderr);
            exit(2);
        }
        for (size_t k = 0; k < m->size; k++)
            if (m->slot[k].used)
                big.slot[slot_of(&big, m->slot[k].a, m->slot[k].b)] = m->slot[k];
        big.n = m->n;
        free(m->slot);
        *m = big;
    }
    i = slot_of(m, a, b);
    m->n += !m->slot[i].used;
    m->slot[i] = (struct audit_map_slot){a, b, x, y, true};
}

const struct audit_map_slot *
map_get(const struct audit_map *m, int64_t a, int64_t b)
{
    size_t i = m->size == 0 ? 0 : slot_of(m, a, b);

    return m->size > 0 && m->slot[i].used ? &m->slot[i] : NULL;
}

wide
wide_floor(wide a, wide b)
{
    return a / b - (a % b < 0);
}
