/* Word by word. See fill.h. */
#include "setup/fill.h"

#include <string.h>

#include "base/buf.h"

enum { TEXT_MAX = 1024 * 1024 };

/* Length of "@NAME@" at the head of text, 0 when it is something else. */
static size_t
mark(struct str text)
{
    size_t n = 1;

    while (n < text.n && text.p[n] &&
           strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789", text.p[n]))
        n++;
    return n > 1 && n < text.n && text.p[n] == '@' ? n + 1 : 0;
}

enum err
fill_text(struct ctx *ctx, struct str text, const struct fill *with, struct str *ret)
{
    struct buf b = buf_new(ctx->arena, TEXT_MAX);

    for (size_t at; (at = str_find(text, STR("@"), 0)) != SIZE_MAX;) {
        size_t n = mark(str_sub(text, at, text.n));
        struct str name = str_sub(text, at + 1, n > 2 ? n - 2 : 0);
        const struct fill *f = with;

        buf_add(&b, str_sub(text, 0, at));
        text = str_sub(text, at + (n ? n : 1), text.n);
        if (!n) {
            buf_add_char(&b, '@');
            continue;
        }
        while (f->name && !str_eq_text(name, f->name))
            f++;
        if (!f->name)
            return ctx_fail(ctx, E_INVALID, "there is no value for @%.*s@", STR_ARG(name));
        buf_add(&b, f->value);
    }
    buf_add(&b, text);
    *ret = buf_str(&b);
    return buf_err(&b);
}
