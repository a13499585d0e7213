/* Text that grows, in an arena, up to a ceiling given at birth. The first failure latches:
 * append as often as needed, ask once. Not for: binary messages between processes (call/msg.h).
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct buf {
    struct arena *a;
    char *p;
    size_t n;       /* bytes in use */
    size_t size;    /* bytes allocated */
    size_t ceiling; /* most bytes it may ever hold */
    bool failed;    /* an append did not fit; nothing was written since */
};

struct buf buf_new(struct arena *a, size_t ceiling);
void buf_add(struct buf *b, struct str s);
void buf_add_text(struct buf *b, const char *text);
void buf_add_char(struct buf *b, char c);
void buf_add_i64(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The same text with & < > " ' escaped for HTML text and quoted attributes. */
void buf_add_html(struct buf *b, struct str s);
/* A JSON string with quotes; control characters, <, > and & escaped so that it may also stand
 * in HTML. */
void buf_add_json(struct buf *b, struct str s);
/* What was built; valid as long as the arena. */
struct str buf_str(const struct buf *b);
/* OK, or E_LIMIT when the ceiling was hit. */
enum err buf_err(const struct buf *b) MUST_USE;
void buf_clear(struct buf *b);
