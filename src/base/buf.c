#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

struct buf
buf_new(struct arena *a, size_t ceiling)
{
    return (struct buf){.a = a, .ceiling = ceiling};
}

/* Room for n more bytes, or false and the latch. */
static bool
room(struct buf *b, size_t n)
{
    size_t size = b->size ? b->size : 256;
    char *p;

    if (b->failed || n > b->ceiling - b->n) {
        b->failed = true;
        return false;
    }
    if (n <= b->size - b->n)
        return true;
    while (size - b->n < n)
        size *= 2;
    if (size > b->ceiling)
        size = b->ceiling;
    p = arena_alloc(b->a, size);
    if (b->n)
        memcpy(p, b->p, b->n);
    b->p = p;
    b->size = size;
    return true;
}

void
buf_add(struct buf *b, struct str s)
{
    if (!s.n || !room(b, s.n))
        return;
    memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
}

void
buf_add_text(struct buf *b, const char *text)
{
    buf_add(b, str_of(text));
}

void
buf_add_char(struct buf *b, char c)
{
    if (!room(b, 1))
        return;
    b->p[b->n++] = c;
}

void
buf_add_i64(struct buf *b, int64_t v)
{
    char text[20], *p = text + sizeof(text);
    uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;

    do {
        *--p = (char)('0' + u % 10);
        u /= 10;
    } while (u);
    if (v < 0)
        *--p = '-';
    buf_add(b, (struct str){.p = p, .n = (size_t)(text + sizeof(text) - p)});
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    char small[256];
    int n;

    va_start(ap, fmt);
    n = vsnprintf(small, sizeof(small), fmt, ap);
    va_end(ap);
    BUG_IF(n < 0);
    if ((size_t)n < sizeof(small)) {
        buf_add(b, (struct str){.p = small, .n = (size_t)n});
        return;
    }
    if (!room(b, (size_t)n + 1))
        return;
    va_start(ap, fmt);
    vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->n += (size_t)n;
}

void
buf_add_html(struct buf *b, struct str s)
{
    size_t from = 0;

    for (size_t i = 0; i < s.n; i++) {
        const char *instead = NULL;

        switch (s.p[i]) {
        case '&':
            instead = "&amp;";
            break;
        case '<':
            instead = "&lt;";
            break;
        case '>':
            instead = "&gt;";
            break;
        case '"':
            instead = "&quot;";
            break;
        case '\'':
            instead = "&#39;";
            break;
        default:
            continue;
        }
        buf_add(b, str_sub(s, from, i - from));
        buf_add_text(b, instead);
        from = i + 1;
    }
    buf_add(b, str_sub(s, from, s.n - from));
}

void
buf_add_json(struct buf *b, struct str s)
{
    size_t from = 0;

    buf_add_char(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' && c != 0x7F)
            continue;
        buf_add(b, str_sub(s, from, i - from));
        if (c == '"' || c == '\\') {
            buf_add_char(b, '\\');
            buf_add_char(b, (char)c);
        } else if (c == '\n') {
            buf_add_text(b, "\\n");
        } else {
            buf_printf(b, "\\u%04x", c);
        }
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
