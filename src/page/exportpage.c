/* Downloads of the books: one's own for every member, all of them for auditors and operators.
 * Not for: what they look like (ledger/export.h). */
#include <stdio.h>

#include "base/clock.h"
#include "ledger/export.h"
#include "ledger/kind.h"
#include "page/routes.h"
#include "page/walletrows.h"

enum { DAY_END = 24 * 3600 * 1000 - 1 };

static const struct form_field FIELDS[] = {
    {.name = "from", .kind = FORM_TIME},
    {.name = "to",   .kind = FORM_TIME},
    {.name = "kind", .kind = FORM_WORD, .words = KIND_GROUP_WORDS},
    {.name = "race",              .kind = FORM_ID                 },
    {.name = "member",              .kind = FORM_ID}
};

static enum err
piece(struct ctx *ctx, void *arg, struct buf *b, bool *ret_more)
{
    return export_more(ctx, arg, b, ret_more);
}

/* A day stands for its whole length; a time for itself. */
static int64_t
end_of(const struct form *f)
{
    int64_t to = form_i64(f, "to", 0);

    return to && form_text(f, "to").n == sizeof("2026-05-01") - 1 ? to + DAY_END : to;
}

static enum err
send(struct ctx *ctx, const struct req *req, struct res *res, struct export_opts *o,
     const char *what)
{
    struct str path = req->path;
    struct export *x;
    char name[96], day[CLOCK_TEXT];
    enum err e;

    while (str_has(path, '.'))
        path = str_sub(path, str_find(path, STR("."), 0) + 1, path.n);
    if (!export_format_of(path, &o->format))
        return ctx_fail(ctx, E_NOTFOUND, "there is no such format");
    o->max = EXPORT_WEB_MAX;
    if ((e = export_begin(ctx, o, &x)))
        return e;
    snprintf(name, sizeof(name), "attachment; filename=\"%s-%s.%s\"", what,
             clock_date(ctx_now(ctx), day), str_text(ctx->arena, path));
    res_stream(res, export_type(o->format), piece, x);
    return res_header(res, "Content-Disposition", str_of(name));
}

enum err
exportpage_own(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct walletrows w;
    struct form f;
    enum err e = form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e || (e = walletrows_whose(ctx, req, form_i64(&f, "member", 0), &w)))
        return e;
    struct export_opts o = {.member_id = w.member,
                            .from = form_i64(&f, "from", 0),
                            .to = end_of(&f),
                            .kinds = kind_of_group(form_text(&f, "kind")),
                            .race = form_i64(&f, "race", 0)};

    return send(ctx, req, res, &o, "wallet");
}

enum err
exportpage_all(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct form f;
    enum err e = form_query(ctx, req, FIELDS, 2, &f);

    if (e)
        return e;
    struct export_opts o = {.from = form_i64(&f, "from", 0), .to = end_of(&f)};

    return send(ctx, req, res, &o, "journal");
}
