#include "base/ctx.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"

void
ctx_init(struct ctx *c, struct arena *a, const struct world *w)
{
    *c = (struct ctx){.arena = a, .world = w};
    id_hex(w, c->trace);
}

void
ctx_trace(struct ctx *c, struct str id)
{
    if (id.n < 1 || id.n >= sizeof(c->trace))
        return;
    for (size_t i = 0; i < id.n; i++) {
        char s = id.p[i];

        if (!((s >= '0' && s <= '9') || (s >= 'a' && s <= 'z') || (s >= 'A' && s <= 'Z') || s == '-'))
            return;
    }
    memcpy(c->trace, id.p, id.n);
    c->trace[id.n] = '\0';
}

enum err
ctx_fail_at(struct ctx *c, enum err e, const char *file, int line, const char *fmt, ...)
{
    va_list ap;

    c->fail = e;
    c->fail_file = file;
    c->fail_line = line;
    va_start(ap, fmt);
    vsnprintf(c->fail_text, sizeof(c->fail_text), fmt, ap);
    va_end(ap);
    return e;
}

void
ctx_note(struct ctx *c, const char *fmt, ...)
{
    char old[sizeof(c->fail_text)];
    va_list ap;
    size_t n;

    memcpy(old, c->fail_text, sizeof(old));
    va_start(ap, fmt);
    vsnprintf(c->fail_text, sizeof(c->fail_text), fmt, ap);
    va_end(ap);
    n = strlen(c->fail_text);
    snprintf(c->fail_text + n, sizeof(c->fail_text) - n, ": %s", old);
}

void
ctx_clear(struct ctx *c)
{
    c->fail = OK;
    c->fail_file = NULL;
    c->fail_line = 0;
    c->fail_text[0] = '\0';
}

struct str
ctx_why(const struct ctx *c)
{
    return str_of(c->fail_text);
}

int64_t
ctx_now(const struct ctx *c)
{
    return c->world->now_ms(c->world->arg);
}
