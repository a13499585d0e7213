/* The table of addresses: what the flags promise holds for every row, without a ledger. */
#include "page/routes.h"

#include "base/conf.h"
#include "lib/sim.h"
#include "lib/tap.h"

static struct conf conf = {
    .site = {.url = STR_INIT("http://127.0.0.1:8080"), .name = STR_INIT("Cozy-Kart")}
};
static struct ctx ctx;
static struct router *router;
static struct res res;

/* The pattern as an address: numbers for ids, signs for names. */
static const char *
target_of(const struct route *r)
{
    struct buf b = buf_new(ctx.arena, 256);
    struct str rest = str_of(r->pattern);

    while (rest.n) {
        if (rest.p[0] != ':') {
            buf_add_char(&b, rest.p[0]);
            rest = str_sub(rest, 1, rest.n);
            continue;
        }
        size_t n = 1;

        while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '.')
            n++;
        buf_add_text(&b, str_eq_text(str_sub(rest, 0, n), ":id") ? "7" : "abc");
        rest = str_sub(rest, n, rest.n);
    }
    return str_text(ctx.arena, buf_str(&b));
}

static int
ask(const char *method, const struct route *r, const char *origin, struct str body)
{
    struct sim s = {.method = method, .target = target_of(r), .origin = origin, .body = body};

    if (r->flags & ROUTE_ENCODED)
        s.type = "application/json";

    sim_run(router, &ctx, &s, &res);
    return res.status;
}

static void
test_row(const struct route *r)
{
    bool post = str_eq_text(str_of(r->method), "POST");

    ok(post == ((r->flags & (ROUTE_FORM | ROUTE_RAW)) != 0),
       "%s %s: what changes something is a form or a signed notice", r->method, r->pattern);
    ok((r->body_max > 0) == post, "%s %s: only these take a body", r->method, r->pattern);
    if (r->flags & ROUTE_USER && !post)
        is_int(ask("GET", r, NULL, STR("")), 401, "a visitor without login is asked who he is");
    if (r->flags & ROUTE_FORM) {
        is_int(ask("POST", r, "https://elsewhere.example", STR("")),
               r->flags & ROUTE_USER ? 401 : 403, "another site's form does not get through");
        is_int(ask("POST", r, NULL, STR("")), r->flags & ROUTE_USER ? 401 : 403,
               "nor one that does not say where it comes from");
    }
    if (r->flags & ROUTE_RAW)
        is_int(ask("POST", r, NULL, STR("{}")), 415,
               "a notice of another content type is refused");
    is_int(ask("DELETE", r, NULL, STR("")), 405, "other methods are refused");
    ok(r->flags & ROUTE_MACHINE || !str_starts(str_of(r->pattern), STR("/hooks/")),
       "machines get problem documents");
    ok(r->flags & ROUTE_USER || !str_starts(str_of(r->pattern), STR("/wallet")),
       "money of a member is for the member");
}

int
main(void)
{
    struct arena *process CLEANUP(arena_freep) = arena_new(8 << 20);
    struct arena *work CLEANUP(arena_freep) = arena_new(32 << 20);
    struct site site = {.conf = &conf};
    struct router_opts o = {.routes = routes_table,
                            .n_routes = routes_count,
                            .site = &site,
                            .session_find = routes_session,
                            .error_page = NULL};

    ctx_init(&ctx, work, world_real());
    ctx.conf = &conf;
    router = router_new(process, &o);
    for (size_t i = 0; i < routes_count; i++)
        test_row(&routes_table[i]);
    struct sim hook = {.method = "POST",
                       .target = "/hooks/stripe",
                       .type = "application/json",
                       .body = STR("{}")};

    sim_run(router, &ctx, &hook, &res);
    ok(res.status == 400 && str_find(res.body, STR("\"code\":\"signature\""), 0) != SIZE_MAX,
       "a notice without a signature is refused before anything is asked");
    return done();
}
