/* Filling an answer. Not for: sending it. */
#include "http/res.h"

void
res_init(struct res *r, struct ctx *ctx)
{
    *r = (struct res){.ctx = ctx, .status = 200};
}

void
res_status(struct res *r, int status)
{
    BUG_IF(status < 200 || status > 599);
    r->status = status;
}

static bool
value_good(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
            return false;
    return true;
}

static bool
name_good(const char *name)
{
    for (const char *p = name; *p != '\0'; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
              (*p >= '0' && *p <= '9') || *p == '-'))
            return false;
    return *name != '\0';
}

enum err
res_header(struct res *r, const char *name, struct str value)
{
    if (!name_good(name) || !value_good(value))
        return ctx_fail(r->ctx, E_INVALID, "control character in a header");
    BUG_IF(r->n_headers == RES_HEADERS_MAX);
    r->headers[r->n_headers++] =
        (struct res_header){str_of(name), str_dup(r->ctx->arena, value)};
    return OK;
}

void
res_cache(struct res *r, enum res_cache cache)
{
    r->cache = cache;
}

void
res_body(struct res *r, const char *type, struct str body)
{
    r->type = str_of(type);
    r->body = body;
    r->piece = NULL;
}

void
res_stream(struct res *r, const char *type, res_piece piece, void *arg)
{
    r->type = str_of(type);
    r->piece = piece;
    r->piece_arg = arg;
}

enum err
res_page(struct res *r, const struct req *req, const char *tmpl, const struct view *v)
{
    struct buf b = buf_new(r->ctx->arena, RES_BODY_MAX);

    BUG_IF(req->site == NULL || req->site->tmpl == NULL);
    enum err e = tmpl_render(r->ctx, req->site->tmpl, tmpl, v, &b);

    if (e == OK)
        e = buf_err(&b);
    if (e == OK)
        res_body(r, "text/html; charset=utf-8", buf_str(&b));
    return e;
}

enum err
res_json(struct res *r, const struct view *v)
{
    struct buf b = buf_new(r->ctx->arena, RES_BODY_MAX);

    view_json(&b, v);
    buf_add_char(&b, '\n');
    if (buf_err(&b) != OK)
        return ctx_fail(r->ctx, E_LIMIT, "answer too long");
    res_body(r, "application/json", buf_str(&b));
    return OK;
}

enum err
res_redirect(struct res *r, struct str path)
{
    /* Browsers read '\' as '/', and skip blanks and control signs. */
    if (path.n == 0 || path.p[0] != '/' || (path.n > 1 && path.p[1] == '/') ||
        str_has(path, '\\') || str_has(path, ' ') || !value_good(path))
        return ctx_fail(r->ctx, E_INVALID, "not an address of this site");
    enum err e = res_header(r, "Location", path);

    if (e == OK)
        r->status = 303;
    return e;
}

enum err
res_leave(struct res *r, struct str base, struct str path)
{
    if ((!str_starts(base, STR("https://")) && !str_starts(base, STR("http://"))) ||
        path.n == 0 || path.p[0] != '/')
        return ctx_fail(r->ctx, E_INVALID, "not an address to send anybody to");
    enum err e = res_header(
        r, "Location",
        str_of(arena_printf(r->ctx->arena, "%.*s%.*s", STR_ARG(base), STR_ARG(path))));

    if (e == OK)
        r->status = 303;
    return e;
}

void
res_fail_as(struct res *r, int status, struct str code)
{
    BUG_IF(status < 400 || status > 599);
    r->fail_status = status;
    r->fail_code = code;
}

void
res_retry(struct res *r, int64_t seconds)
{
    r->retry_s = seconds;
}

enum err
res_ask(struct res *r, const struct req *req, const struct msg *ask, res_rest rest)
{
    return res_ask_within(r, req, ask, 0, rest);
}

enum err
res_ask_within(struct res *r, const struct req *req, const struct msg *ask, int64_t ms,
               res_rest rest)
{
    struct call *line = req->line ? req->line : req->site->vault;
    int64_t usual = line->timeout_ms;
    struct msg *answer;
    enum err e;

    line->timeout_ms = ms ? ms : usual;
    if (req->line != NULL) {
        r->rest = rest;
        e = call_begin(r->ctx, line, ask);
        line->timeout_ms = usual;
        return e;
    }
    answer = ARENA_NEW(r->ctx->arena, struct msg);
    e = call_ask(r->ctx, line, ask, answer);
    line->timeout_ms = usual;
    return rest(r->ctx, req, r, e, answer);
}

enum err
res_noted(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
          const struct msg *answer)
{
    (void)ctx;
    (void)req;
    (void)answer;
    if (how == OK)
        res_status(res, 204);
    return how;
}

struct str
res_get(const struct res *r, const char *name)
{
    for (size_t i = 0; i < r->n_headers; i++)
        if (str_ieq(r->headers[i].name, str_of(name)))
            return r->headers[i].value;
    return STR_NULL;
}
