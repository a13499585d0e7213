/* What people and programs are told: lines, or the same as JSON. Not for: the words themselves.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "main/ctl.h"

void
ctl_say(struct ctl *c, const char *fmt, ...)
{
    va_list ap, again;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n >= 0) {
        char *line = arena_alloc(c->ctx->arena, (size_t)n + 1);

        vsnprintf(line, (size_t)n + 1, fmt, again);
        buf_add_text(&c->text, line);
        buf_add_char(&c->text, '\n');
    }
    va_end(again);
}

struct view *
ctl_list(struct ctl *c)
{
    if (!c->items)
        c->items = view_list(c->out, "items");
    return c->items;
}

void
ctl_judge(struct ctl *c, const char *what, bool good, const char *advice)
{
    struct view *v;

    if (!c->checks)
        c->checks = view_list(c->out, "checks");
    v = view_add(c->checks);
    view_textz(v, "what", what);
    view_flag(v, "good", good);
    view_textz(v, "advice", good ? "" : advice);
    ctl_say(c, "%s  %s%s%s", good ? "ok " : "BAD", what, good ? "" : ": ", good ? "" : advice);
    if (!good)
        c->code = 1;
}

const char *
ctl_show(struct ctl *c, int64_t minor)
{
    char *out = arena_alloc(c->ctx->arena, MONEY_TEXT);
    struct money m;

    if (money_make(minor, c->conf->money.currency, &m) != OK)
        return "?";
    return money_show(m, out);
}

const char *
ctl_when(struct ctl *c, int64_t ms)
{
    return ms ? clock_rfc3339(ms, arena_alloc(c->ctx->arena, CLOCK_TEXT)) : "";
}

void
ctl_flush(struct ctl *c)
{
    if (!c->json)
        fwrite(buf_str(&c->text).p, 1, buf_str(&c->text).n, stdout);
    fflush(stdout);
    buf_clear(&c->text);
}

void
ctl_print(struct ctl *c)
{
    struct buf b = buf_new(c->ctx->arena, CTL_TEXT_MAX);

    if (!c->json) {
        ctl_flush(c);
        return;
    }
    view_json(&b, c->items ? c->items : c->out);
    printf("%.*s\n", STR_ARG(buf_str(&b)));
}
