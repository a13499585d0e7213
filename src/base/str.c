#include "base/str.h"

#include <string.h>

#include "base/arena.h"

struct str
str_of(const char *text)
{
    return (struct str){.p = text, .n = text ? strlen(text) : 0};
}

struct str
str_dup(struct arena *a, struct str s)
{
    return (struct str){.p = arena_text(a, s.p, s.n), .n = s.n};
}

char *
str_text(struct arena *a, struct str s)
{
    return arena_text(a, s.p, s.n);
}

bool
str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
str_eq_text(struct str a, const char *b)
{
    return str_eq(a, str_of(b));
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
str_ieq(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    return true;
}

int
str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int d = n ? memcmp(a.p, b.p, n) : 0;

    return d ? d : (a.n > b.n) - (a.n < b.n);
}

bool
str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n && str_eq(str_sub(s, s.n - suffix.n, suffix.n), suffix);
}

bool
str_has(struct str s, char c)
{
    return s.n && memchr(s.p, c, s.n);
}

size_t
str_find(struct str s, struct str needle, size_t from)
{
    const char *at;

    if (from > s.n || needle.n > s.n - from)
        return SIZE_MAX;
    if (needle.n == 0)
        return from;
    at = memmem(s.p + from, s.n - from, needle.p, needle.n);
    return at ? (size_t)(at - s.p) : SIZE_MAX;
}

static bool
is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str
str_trim(struct str s)
{
    while (s.n && is_blank(s.p[0]))
        s = (struct str){.p = s.p + 1, .n = s.n - 1};
    while (s.n && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct str
str_sub(struct str s, size_t from, size_t n)
{
    if (from > s.n)
        from = s.n;
    if (n > s.n - from)
        n = s.n - from;
    return (struct str){.p = s.p ? s.p + from : NULL, .n = n};
}

bool
str_split(struct str *s, char sep, struct str *ret_part)
{
    const char *at;

    if (!s->p)
        return false;
    at = s->n ? memchr(s->p, sep, s->n) : NULL;
    if (!at) {
        *ret_part = *s;
        *s = STR_NULL;
        return true;
    }
    *ret_part = (struct str){.p = s->p, .n = (size_t)(at - s->p)};
    *s = (struct str){.p = at + 1, .n = s->n - ret_part->n - 1};
    return true;
}

struct str
str_lower(struct arena *a, struct str s)
{
    char *t = arena_text(a, s.p, s.n);

    for (size_t i = 0; i < s.n; i++)
        t[i] = lower(t[i]);
    return (struct str){.p = t, .n = s.n};
}

bool
str_i64(struct str s, int64_t lo, int64_t hi, int64_t *ret)
{
    bool minus = s.n && s.p[0] == '-';
    size_t i = minus;
    int64_t v = 0;

    if (s.n == i || (s.p[i] == '0' && (s.n > i + 1 || minus)))
        return false;
    for (; i < s.n; i++) {
        int d = s.p[i] - '0';

        if (d < 0 || d > 9 || __builtin_mul_overflow(v, 10, &v) ||
            (minus ? __builtin_sub_overflow(v, d, &v) : __builtin_add_overflow(v, d, &v)))
            return false;
    }
    if (v < lo || v > hi)
        return false;
    *ret = v;
    return true;
}

/* One code point at s.p[i]; its length in bytes, 0 when it is not well-formed. */
static size_t
code_point(struct str s, size_t i, uint32_t *ret)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char c = (unsigned char)s.p[i];
    size_t n = c < 0x80 ? 1 : (c & 0xE0) == 0xC0 ? 2 : (c & 0xF0) == 0xE0 ? 3 : (c & 0xF8) == 0xF0 ? 4 : 0;
    uint32_t v = n == 1 ? c : n == 2 ? c & 0x1F : n == 3 ? c & 0x0F : c & 0x07;

    if (n == 0 || n > s.n - i)
        return 0;
    for (size_t k = 1; k < n; k++) {
        unsigned char d = (unsigned char)s.p[i + k];

        if ((d & 0xC0) != 0x80)
            return 0;
        v = v << 6 | (d & 0x3F);
    }
    if (v < least[n] || v > 0x10FFFF || (v >= 0xD800 && v <= 0xDFFF))
        return 0;
    *ret = v;
    return n;
}

bool
str_is_text(struct str s, const char *allow)
{
    for (size_t i = 0; i < s.n;) {
        uint32_t v = 0;
        size_t n = code_point(s, i, &v);

        if (n == 0)
            return false;
        if ((v < 0x20 || (v >= 0x7F && v < 0xA0)) && (v == 0 || v > 0x7F || !strchr(allow, (int)v)))
            return false;
        i += n;
    }
    return true;
}

size_t
str_length(struct str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}
