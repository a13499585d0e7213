/* The last failure, kept where it was found. Not for: logging it (the edges do). */
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
    if (id.n == 0 || id.n >= sizeof c->trace)
        return;
    for (size_t i = 0; i < id.n; i++) {
        char s = id.p[i];

        if (!((s >= '0' && s <= '9') || (s >= 'a' && s <= 'z') || (s >= 'A' && s <= 'Z') ||
              s == '-'))
            return;
    }
    memset(c->trace, 0, sizeof c->trace);
    memcpy(c->trace, id.p, id.n);
}

/* One line of well-formed text: what a message quotes may come from anybody, and what was cut
 * may have lost half a sign. */
static void
tidy(char *text)
{
    size_t n = strlen(text);

    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            text[i] = ' ';
    for (size_t cut = 0; cut < 4 && n > 0; cut++) {
        if (str_is_text((struct str){.p = text, .n = n}, ""))
            return;
        if (cut < 3)
            n--;
        if (str_is_text((struct str){.p = text, .n = n}, "")) {
            text[n] = '\0';
            return;
        }
    }
    for (size_t i = 0; text[i] != '\0'; i++)
        if ((unsigned char)text[i] >= 0x80)
            text[i] = '?';
}

enum err
ctx_fail_at(struct ctx *c, enum err e, const char *file, int line, const char *fmt, ...)
{
    char text[sizeof c->fail_text];
    va_list ap;

    /* By way of a copy: an argument may be the present fail_text. */
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    tidy(text);
    memcpy(c->fail_text, text, sizeof text);
    c->fail = e;
    c->fail_file = file;
    c->fail_line = line;
    return e;
}

void
ctx_note(struct ctx *c, const char *fmt, ...)
{
    char text[sizeof c->fail_text];
    size_t n = 0;
    va_list ap;

    if (c->fail == OK)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    n = strlen(text);
    /* The precision says that cutting is meant. */
    snprintf(text + n, sizeof text - n, ": %.*s", (int)(sizeof text - n), c->fail_text);
    tidy(text);
    memcpy(c->fail_text, text, sizeof text);
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
    return c->fail == OK ? STR("") : str_of(c->fail_text);
}

int64_t
ctx_now(const struct ctx *c)
{
    return c->world->now_ms(c->world->arg);
}
