/* Seals of days for everybody: the list, one day with the way to check it by hand, and the file
 * to keep. Not for: making them (ledger/seal.h). */
#include "base/clock.h"
#include "ledger/leaf.h"
#include "ledger/seal.h"
#include "page/layout.h"
#include "page/routes.h"

enum { SEALS_MAX = 400, LINES_AT_ONCE = 2000 };

static void
fill(struct ctx *ctx, struct view *v, const struct seal *s)
{
    view_text(v, "day", s->day);
    view_url(v, "url", layout_printf(ctx, "/seal/%.*s", STR_ARG(s->day)));
    view_url(v, "file_url", layout_printf(ctx, "/seal/%.*s.txt", STR_ARG(s->day)));
    view_i64(v, "first", s->first_seq);
    view_i64(v, "last", s->last_seq);
    view_flag(v, "has_entries", s->last_seq >= s->first_seq);
    view_i64(v, "entries", s->last_seq - s->first_seq + 1);
    layout_hash(v, s->head_sha);
    view_text(v, "trial_sha", s->trial_sha);
    view_text(v, "list_sha", s->list_sha);
    if (s->list_sha.n)
        view_url(v, "list_url", layout_printf(ctx, "/seal/%.*s.hashes", STR_ARG(s->day)));
    else
        view_flag(v, "list_url", false);
    view_text(v, "key", s->public_key);
    view_text(v, "signature", s->signature);
    layout_time(v, "at", s->at);
}

static enum err
fill_list(struct ctx *ctx, struct view *v)
{
    struct view *list = view_list(v, "seals");
    struct seal *s = NULL;
    size_t n = 0;
    enum err e = seal_list(ctx, SEALS_MAX, &s, &n);

    for (size_t i = 0; !e && i < n; i++)
        fill(ctx, view_add(list), &s[i]);
    view_flag(v, "has_seals", n > 0);
    view_text(v, "newest_key", n ? s[0].public_key : STR(""));
    return e;
}

enum err
sealpage_list(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = layout_view(ctx, req, "status");
    enum err e = fill_list(ctx, v);

    res_cache(res, RES_SHORT);
    return e ? e : res_page(res, req, "books/seals", v);
}

enum err
sealpage_json(struct ctx *ctx, const struct req *req UNUSED, struct res *res)
{
    struct view *v = view_new(ctx->arena);
    enum err e = fill_list(ctx, v);

    res_cache(res, RES_SHORT);
    return e ? e : res_json(res, v);
}

static enum err
find(struct ctx *ctx, const struct req *req, struct seal *ret)
{
    enum err e = seal_get(ctx, req_arg(req, "day"), ret);

    return e == E_NOTFOUND
               ? ctx_fail(ctx, e, "that day has no seal; /seals lists all that have")
               : e;
}

enum err
sealpage_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = layout_view(ctx, req, "status");
    struct seal s;
    enum err e = find(ctx, req, &s);

    if (e)
        return e;
    fill(ctx, v, &s);
    view_text(v, "text", s.text);
    res_cache(res, RES_SHORT);
    return res_page(res, req, "books/seal", v);
}

/* What people keep, as sql/FORMAT.md section 8 says. */
enum err
sealpage_file(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct seal s;
    enum err e = find(ctx, req, &s);

    if (e || (e = res_header(res, "Content-Disposition",
                             layout_printf(ctx, "attachment; filename=\"seal-%.*s.txt\"",
                                           STR_ARG(s.day)))))
        return e;
    res_cache(res, RES_SHORT);
    res_body(res, "text/plain; charset=utf-8", seal_file(ctx->arena, &s));
    return OK;
}

struct list {
    struct str secret;
    int64_t next, last;
};

static enum err
piece(struct ctx *ctx, void *arg, struct buf *b, bool *ret_more)
{
    struct list *l = arg;
    int64_t first = l->next;
    enum err e = leaf_lines(ctx, l->secret, first, l->last, LINES_AT_ONCE, b, &l->next);

    *ret_more = !e && l->next > first && l->next <= l->last;
    return e;
}

/* The list whose sum the seal names: who holds a receipt finds the entries of it here. */
enum err
sealpage_hashes(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct list *l = ARENA_NEW(ctx->arena, struct list);
    struct seal s;
    enum err e = find(ctx, req, &s);

    if (e)
        return e;
    if (!s.list_sha.n)
        return ctx_fail(ctx, E_NOTFOUND,
                        "the seal of that day was made before there were lists");
    if ((e = leaf_secret(ctx, &l->secret)) ||
        (e = res_header(
             res, "Content-Disposition",
             layout_printf(ctx, "attachment; filename=\"hashes-%.*s.txt\"", STR_ARG(s.day)))))
        return e;
    l->next = s.first_seq;
    l->last = s.last_seq;
    res_cache(res, RES_SHORT);
    res_stream(res, "text/plain; charset=utf-8", piece, l);
    return OK;
}
