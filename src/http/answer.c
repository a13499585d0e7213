/* Errors as pages and as problem documents (RFC 9457); headers of every answer. */
#include "http/answer.h"

#include "base/conf.h"

enum { RETRY_BUSY_S = 2, RETRY_FULL_S = 30 };

#define CSP                                                                                    \
    "default-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "          \
    "form-action 'self'; frame-ancestors "

static struct router_problem
problem_make(struct ctx *ctx, const struct res *res, enum err e)
{
    const struct err_info *info = err_info(e);
    struct router_problem p = {.status = info->http, .code = info->code, .title = info->title};

    if (res->fail_status != 0) {
        p.status = res->fail_status;
        p.code = res->fail_code;
    }
    p.retry_s = res->retry_s;
    if (p.retry_s == 0 && e == E_BUSY)
        p.retry_s = RETRY_BUSY_S;
    if (p.retry_s == 0 && e == E_FULL)
        p.retry_s = RETRY_FULL_S;
    /* What went wrong inside is for the log, under the same id. */
    if (e != E_INTERNAL)
        p.detail = str_dup(ctx->arena, ctx_why(ctx));
    return p;
}

static void
problem_json(struct ctx *ctx, struct res *res, const struct router_problem *p)
{
    struct buf b = buf_new(ctx->arena, 16 * 1024);
    struct str site = ctx->conf == NULL ? STR("") : ctx->conf->site.url;

    buf_add_text(&b, "{\"type\":");
    buf_add_json(&b, str_of(arena_printf(ctx->arena, "%.*s/problems/%.*s", STR_ARG(site),
                                         STR_ARG(p->code))));
    buf_add_text(&b, ",\"title\":");
    buf_add_json(&b, p->title);
    buf_printf(&b, ",\"status\":%d,\"detail\":", p->status);
    buf_add_json(&b, p->detail);
    buf_add_text(&b, ",\"code\":");
    buf_add_json(&b, p->code);
    buf_add_text(&b, ",\"request_id\":");
    buf_add_json(&b, str_of(ctx->trace));
    buf_add_text(&b, "}\n");
    res_body(res, "application/problem+json", buf_str(&b));
}

/* No style sheet, no template: this must work when nothing else does. */
static void
problem_plain(struct ctx *ctx, struct res *res, const struct router_problem *p)
{
    struct buf b = buf_new(ctx->arena, 16 * 1024);

    buf_add_text(&b,
                 "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>");
    buf_add_html(&b, p->title);
    buf_add_text(&b, "</title></head><body><h1>");
    buf_add_html(&b, p->title);
    buf_add_text(&b, "</h1><p>");
    buf_add_html(&b, p->detail);
    buf_add_text(&b, "</p><p>Error id: <code>");
    buf_add_html(&b, str_of(ctx->trace));
    buf_add_text(&b, "</code></p></body></html>\n");
    res_body(res, "text/html; charset=utf-8", buf_str(&b));
}

static void
header_set(struct res *res, const char *name, const char *value)
{
    enum err e = res_header(res, name, str_of(value));

    BUG_IF(e != OK); /* all our own words */
}

/* The handler's half-made answer goes, except what the router itself said: Allow. */
static void
res_empty(struct ctx *ctx, struct res *res, int status)
{
    struct str allow = res_get(res, "Allow");

    res_init(res, ctx);
    res->status = status;
    if (allow.n != 0)
        header_set(res, "Allow", arena_printf(ctx->arena, "%.*s", STR_ARG(allow)));
}

void
answer_error(struct ctx *ctx, const struct req *req, struct res *res, enum err e,
             enum err (*error_page)(struct ctx *, const struct req *, struct res *,
                                    const struct router_problem *))
{
    struct router_problem p = problem_make(ctx, res, e);
    struct ctx first = *ctx; /* the log tells of the first failure, not of the page's own */

    res_empty(ctx, res, p.status);
    if (req_is_machine(req)) {
        problem_json(ctx, res, &p);
    } else if (error_page == NULL || error_page(ctx, req, res, &p) != OK) {
        res_empty(ctx, res, p.status);
        problem_plain(ctx, res, &p);
    }
    *ctx = first;
    res->status = p.status;
    res->cache = RES_NO_STORE;
    if (p.retry_s > 0)
        header_set(res, "Retry-After", arena_printf(ctx->arena, "%lld", (long long)p.retry_s));
}

void
answer_headers(struct ctx *ctx, const struct req *req, struct res *res)
{
    bool overlay = req->route != NULL && (req->route->flags & ROUTE_OVERLAY) != 0;
    static const char *const cache[] = {[RES_NO_STORE] = "no-store",
                                        [RES_SHORT] = "public, max-age=2",
                                        [RES_LONG] = "public, max-age=31536000, immutable"};

    if (req->session.token.n != 0)
        res->cache = RES_NO_STORE;
    header_set(res, "Content-Security-Policy", overlay ? CSP "*" : CSP "'none'");
    header_set(res, "X-Content-Type-Options", "nosniff");
    header_set(res, "Referrer-Policy", "same-origin");
    header_set(res, "Cross-Origin-Opener-Policy", "same-origin");
    header_set(res, "Cache-Control", cache[res->cache]);
    header_set(res, "X-Request-Id", ctx->trace);
}
