/* Growing text. Doubles inside its arena; what it leaves behind goes with the arena. Not for:
 * texts that outlive the request. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

enum { SIZE_FIRST = 256 };

struct buf
buf_new(struct arena *a, size_t ceiling)
{
    return (struct buf){.a = a, .ceiling = ceiling};
}

/* Room for n more bytes, or NULL and latched. Takes them as used. */
static char *
take(struct buf *b, size_t n)
{
    char *p = NULL;

    if (b->failed || n > b->ceiling - b->n) {
        b->failed = true;
        return NULL;
    }
    if (n > b->size - b->n || b->p == NULL) {
        size_t size = b->size ? b->size : SIZE_FIRST;

        while (size - b->n < n)
            size *= 2;
        if (size > b->ceiling)
            size = b->ceiling;
        p = arena_alloc(b->a, size);
        if (b->p != NULL)
            memcpy(p, b->p, b->n);
        b->p = p;
        b->size = size;
    }
    p = b->p + b->n;
    b->n += n;
    return p;
}

void
buf_add(struct buf *b, struct str s)
{
    char *p = NULL;

    if (s.n == 0)
        return;
    p = take(b, s.n);
    if (p != NULL)
        memcpy(p, s.p, s.n);
}

void
buf_add_text(struct buf *b, const char *text)
{
    buf_add(b, str_of(text));
}

void
buf_add_char(struct buf *b, char c)
{
    char *p = take(b, 1);

    if (p != NULL)
        *p = c;
}

void
buf_add_i64(struct buf *b, int64_t v)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

    do {
        digits[--at] = (char)('0' + (char)(left % 10));
        left /= 10;
    } while (left > 0);
    if (v < 0)
        digits[--at] = '-';
    buf_add(b, (struct str){.p = digits + at, .n = sizeof digits - at});
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
    char small[512];
    struct arena_mark mark;
    char *text = NULL;
    va_list ap;
    int n = 0;

    va_start(ap, fmt);
    n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    BUG_IF(n < 0);
    if ((size_t)n < sizeof small) {
        buf_add(b, (struct str){.p = small, .n = (size_t)n});
        return;
    }
    /* Asked first: the scratch copy below must not break the arena when the text cannot fit. */
    if (b->failed || (size_t)n > b->ceiling - b->n) {
        b->failed = true;
        return;
    }
    /* Room is made before the mark, so that the release does not take it away. */
    text = take(b, (size_t)n);
    mark = arena_mark(b->a);
    va_start(ap, fmt);
    {
        char *scratch = arena_alloc(b->a, (size_t)n + 1);

        vsnprintf(scratch, (size_t)n + 1, fmt, ap);
        memcpy(text, scratch, (size_t)n);
    }
    va_end(ap);
    arena_release(b->a, mark);
}

void
buf_add_html(struct buf *b, struct str s)
{
    size_t from = 0;

    for (size_t i = 0; i < s.n; i++) {
        const char *entity = NULL;

        switch (s.p[i]) {
        case '&':
            entity = "&amp;";
            break;
        case '<':
            entity = "&lt;";
            break;
        case '>':
            entity = "&gt;";
            break;
        case '"':
            entity = "&quot;";
            break;
        case '\'':
            entity = "&#39;";
            break;
        default:
            continue;
        }
        buf_add(b, str_sub(s, from, i - from));
        buf_add_text(b, entity);
        from = i + 1;
    }
    buf_add(b, str_sub(s, from, s.n - from));
}

/* What a sign of a JSON string is written as; empty when it may stand as it is. */
static struct str
json_escape(unsigned char c, char out[6])
{
    static const char digit[] = "0123456789abcdef";

    switch (c) {
    case '"':
        return STR("\\\"");
    case '\\':
        return STR("\\\\");
    case '\n':
        return STR("\\n");
    case '\r':
        return STR("\\r");
    case '\t':
        return STR("\\t");
    default:
        break;
    }
    if (c >= 0x20 && c != 0x7f && c != '<' && c != '>' && c != '&')
        return STR_NULL;
    memcpy(out, "\\u00", 4);
    out[4] = digit[c >> 4];
    out[5] = digit[c & 15];
    return (struct str){.p = out, .n = 6};
}

void
buf_add_json(struct buf *b, struct str s)
{
    size_t from = 0;

    buf_add_char(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        char out[6];
        struct str escape = json_escape((unsigned char)s.p[i], out);

        if (escape.n == 0)
            continue;
        buf_add(b, str_sub(s, from, i - from));
        buf_add(b, escape);
        from = i + 1;
    }
    buf_add(b, str_sub(s, from, s.n - from));
    buf_add_char(b, '"');
}

struct str
buf_str(const struct buf *b)
{
    return (struct str){.p = b->p ? b->p : "", .n = b->n};
}

enum err
buf_err(const struct buf *b)
{
    return b->failed ? E_LIMIT : OK;
}

void
buf_clear(struct buf *b)
{
    b->n = 0;
    b->failed = false;
}
