/* A request made in memory. Not for: the wire. */
#include "lib/sim.h"

enum { SIM_PARAMS_MAX = 40 };

static void
param_add(struct req_param *p, size_t *n, const char *name, const char *value)
{
    BUG_IF(*n == SIM_PARAMS_MAX);
    if (value != NULL)
        p[(*n)++] = (struct req_param){str_of(name), str_of(value)};
}

/* A body of pieces as one. */
static void
body_take(struct ctx *ctx, struct res *res)
{
    struct buf b = buf_new(ctx->arena, RES_PIECE_MAX);
    bool more = res->piece != NULL;

    while (more)
        if (res->piece(ctx, res->piece_arg, &b, &more) != OK)
            return;
    if (res->piece != NULL)
        res->body = buf_str(&b);
}

void
sim_run(struct router *r, struct ctx *ctx, const struct sim *s, struct res *ret)
{
    struct req_param *p = ARENA_ARRAY(ctx->arena, SIM_PARAMS_MAX, struct req_param);
    struct req *req = ARENA_NEW(ctx->arena, struct req);
    size_t n = 0;
    bool post = s->method != NULL && str_eq_text(str_of(s->method), "POST");

    ctx_clear(ctx);
    param_add(p, &n, "REQUEST_METHOD", s->method == NULL ? "GET" : s->method);
    param_add(p, &n, "REQUEST_URI", s->target);
    param_add(p, &n, "REMOTE_ADDR", "127.0.0.1");
    param_add(p, &n, "REQUEST_SCHEME", "http");
    param_add(p, &n, "HTTP_COOKIE", s->cookie);
    param_add(p, &n, "HTTP_ORIGIN", s->origin);
    if (post) {
        param_add(p, &n, "CONTENT_TYPE",
                  s->type == NULL ? "application/x-www-form-urlencoded" : s->type);
        param_add(p, &n, "CONTENT_LENGTH", arena_printf(ctx->arena, "%zu", s->body.n));
    }
    for (size_t i = 0; i < s->n_more; i++) {
        BUG_IF(n == SIM_PARAMS_MAX);
        p[n++] = s->more[i];
    }
    enum err e = req_read(ctx, p, n, req);

    if (e != OK) {
        router_refuse(r, ctx, req, ret, e);
        return;
    }
    req->too_big = s->body.n > router_body_max(r, req);
    if (!req->too_big)
        req->body = s->body;
    router_run(r, ctx, req, ret);
    body_take(ctx, ret);
}
