/* The books for other programs, straight to the output: no book is too long for it. Not for:
 * what an export looks like (ledger/export.h). */
#include <stdio.h>

#include "ledger/export.h"
#include "main/ctl.h"
#include "user/member.h"

static enum err
read_options(struct ctl *c, struct export_opts *o)
{
    const char *format = ctl_option(c, "format"), *member = ctl_option(c, "member");
    const char *from = ctl_option(c, "from"), *to = ctl_option(c, "to");
    struct member m;
    enum err e;

    if (!format || !export_format_of(str_of(format), &o->format))
        return ctx_fail(c->ctx, E_INVALID, "--format is csv, hledger or beancount");
    if (c->json)
        return ctx_fail(c->ctx, E_INVALID, "--json does not go with an export: say --format");
    if ((from && (e = ctl_time(c, from, &o->from))) || (to && (e = ctl_time(c, to, &o->to))))
        return e;
    if (!member)
        return OK;
    if ((e = member_find(c->ctx, str_of(member), &m)))
        return e;
    o->member_id = m.id;
    return OK;
}

enum err
ctl_export_books(struct ctl *c)
{
    struct export_opts o = {.format = EXPORT_CSV};
    struct export *x;
    bool more = true;
    enum err e;

    if ((e = ctl_open(c)) || (e = read_options(c, &o)) || (e = export_begin(c->ctx, &o, &x)))
        return e;
    while (more) {
        struct arena_mark mark = arena_mark(c->ctx->arena);
        struct buf b = buf_new(c->ctx->arena, EXPORT_PIECE);

        if ((e = export_more(c->ctx, x, &b, &more)))
            return e;
        if (b.n && fwrite(b.p, 1, b.n, stdout) != b.n)
            return ctx_fail(c->ctx, E_FULL, "the output takes no more");
        arena_release(c->ctx->arena, mark);
    }
    return fflush(stdout) ? ctx_fail(c->ctx, E_FULL, "the output takes no more") : OK;
}
