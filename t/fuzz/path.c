/* Addresses: any bytes through the reading and the table of addresses. */
#include "lib/sim.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static enum err
answer(struct ctx *ctx, const struct req *req, struct res *res)
{
    BUG_IF(req->path.p[0] != '/' || str_find(req->path, STR("//"), 0) != SIZE_MAX ||
           str_find(req->path, STR("/../"), 0) != SIZE_MAX);
    for (size_t i = 0; i < req->n_args; i++)
        BUG_IF(req->args[i].text.n == 0 || str_has(req->args[i].text, '/'));
    res_body(res, "text/plain", str_of(ctx->trace));
    return OK;
}

static const struct route routes[] = {
    {.method = "GET", .pattern = "/",               .handler = answer},
    {.method = "GET", .pattern = "/race/:id",       .handler = answer},
    {.method = "GET", .pattern = "/race/:id.json",  .handler = answer},
    {.method = "GET", .pattern = "/race/new",       .handler = answer},
    {.method = "GET", .pattern = "/o/:token/:kind", .handler = answer}
};

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct arena *process, *a;
    static struct router *router;
    struct ctx ctx;
    struct res res;

    if (a == NULL) {
        struct router_opts o = {.routes = routes, .n_routes = ARRAY_SIZE(routes)};

        process = arena_new(1 << 20);
        a = arena_new(16 << 20);
        router = router_new(process, &o);
    }
    arena_reset(a);
    ctx_init(&ctx, a, world_real());
    struct sim s = {.target = arena_text(a, (const char *)p, n)};

    sim_run(router, &ctx, &s, &res);
    BUG_IF(res.status != 200 && (res.status < 400 || res.status > 499));
    return 0;
}
