/* Views of text, and the two questions asked of every input: is it a number, is it text. Not
 * for: building text (buf.c). */
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

/* ASCII only: the locale has no say in protocols. */
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
    int order = n ? memcmp(a.p, b.p, n) : 0;

    if (order != 0)
        return order;
    return (a.n > b.n) - (a.n < b.n);
}

bool
str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool
str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n &&
           (suffix.n == 0 || memcmp(s.p + (s.n - suffix.n), suffix.p, suffix.n) == 0);
}

bool
str_has(struct str s, char c)
{
    return s.n > 0 && memchr(s.p, c, s.n) != NULL;
}

size_t
str_find(struct str s, struct str needle, size_t from)
{
    const char *hit = NULL;

    if (from > s.n)
        return SIZE_MAX;
    if (needle.n == 0)
        return from;
    if (s.n - from < needle.n)
        return SIZE_MAX;
    hit = memmem(s.p + from, s.n - from, needle.p, needle.n);
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

static bool
is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str
str_trim(struct str s)
{
    while (s.n > 0 && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
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
    const char *hit = NULL;

    /* A used-up text has no pointer: "a," gives "a" and "" and then ends. */
    if (s->p == NULL)
        return false;
    hit = s->n ? memchr(s->p, sep, s->n) : NULL;
    if (hit == NULL) {
        *ret_part = *s;
        *s = STR_NULL;
        return true;
    }
    *ret_part = (struct str){.p = s->p, .n = (size_t)(hit - s->p)};
    s->n -= ret_part->n + 1;
    s->p = hit + 1;
    return true;
}

struct str
str_lower(struct arena *a, struct str s)
{
    char *p = arena_text(a, s.p, s.n);

    for (size_t i = 0; i < s.n; i++)
        p[i] = lower(p[i]);
    return (struct str){.p = p, .n = s.n};
}

struct str
str_upper(struct arena *a, struct str s)
{
    char *p = arena_text(a, s.p, s.n);

    for (size_t i = 0; i < s.n; i++)
        if (p[i] >= 'a' && p[i] <= 'z')
            p[i] = (char)(p[i] - 'a' + 'A');
    return (struct str){.p = p, .n = s.n};
}

bool
str_i64(struct str s, int64_t lo, int64_t hi, int64_t *ret)
{
    bool minus = s.n > 0 && s.p[0] == '-';
    size_t i = minus ? 1 : 0;
    int64_t v = 0;

    if (i == s.n || (s.p[i] == '0' && (minus || s.n > 1)))
        return false;
    /* Built up below zero, because INT64_MIN has no positive twin. */
    for (; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, s.p[i] - '0', &v))
            return false;
    }
    if (!minus && __builtin_sub_overflow((int64_t)0, v, &v))
        return false;
    if (v < lo || v > hi)
        return false;
    *ret = v;
    return true;
}

/* Length of the well-formed sequence at p (Unicode table 3-7), 0 when there is none. */
static size_t
sequence(const unsigned char *p, size_t n)
{
    unsigned char lo = 0x80;
    unsigned char hi = 0xbf;
    size_t len = 0;

    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        len = 2;
    else if (p[0] >= 0xe0 && p[0] <= 0xef)
        len = 3;
    else if (p[0] >= 0xf0 && p[0] <= 0xf4)
        len = 4;
    if (len == 0 || len > n)
        return 0;
    /* Over-long forms, surrogates and what lies behind U+10FFFF show in the second byte. */
    if (p[0] == 0xe0)
        lo = 0xa0;
    else if (p[0] == 0xed)
        hi = 0x9f;
    else if (p[0] == 0xf0)
        lo = 0x90;
    else if (p[0] == 0xf4)
        hi = 0x8f;
    if (p[1] < lo || p[1] > hi)
        return 0;
    for (size_t i = 2; i < len; i++)
        if (p[i] < 0x80 || p[i] > 0xbf)
            return 0;
    return len;
}

bool
str_is_text(struct str s, const char *allow)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t i = 0;

    while (i < s.n) {
        size_t len = 1;

        if (p[i] >= 0x20 && p[i] < 0x7f) {
            i++;
            continue;
        }
        len = sequence(p + i, s.n - i);
        if (len == 0 || p[i] == 0)
            return false;
        if (len == 1 && strchr(allow, p[i]) == NULL)
            return false;
        if (len == 2 && p[i] == 0xc2 && p[i + 1] < 0xa0)
            return false;
        i += len;
    }
    return true;
}

bool
str_is_utf8(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;

    for (size_t i = 0; i < s.n;) {
        size_t len = sequence(p + i, s.n - i);

        if (len == 0)
            return false;
        i += len;
    }
    return true;
}

size_t
str_length(struct str s)
{
    size_t count = 0;

    for (size_t i = 0; i < s.n; i++)
        count += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return count;
}
