/* The way of a request: matching, flags, errors, headers. */
#include "http/router.h"

#include <string.h>

#include "base/conf.h"
#include "http/csrf.h"
#include "lib/sim.h"
#include "lib/tap.h"
#include "user/right.h"

#define STAFF (ROUTE_USER | ROUTE_ROLES(RIGHT_STAFF | RIGHT_AUDITOR))

static struct ctx ctx;
static struct conf conf;
static struct res res;
static struct router *router;
static int calls; /* of the handlers: what a flag stops must not get there */

static enum err
echo(struct ctx *c, const struct req *req, struct res *r)
{
    struct buf b = buf_new(c->arena, 4096);

    calls++;
    buf_add_text(&b, req->route->pattern);
    for (size_t i = 0; i < req->n_args; i++)
        buf_printf(&b, " %.*s=%.*s/%lld", STR_ARG(req->args[i].name),
                   STR_ARG(req->args[i].text), (long long)req->args[i].id);
    if (req->session.user_id != 0)
        buf_printf(&b, " user=%lld", (long long)req->session.user_id);
    if (req->form_key.n != 0)
        buf_printf(&b, " key=%zu", req->form_key.n);
    if (req->body.n != 0)
        buf_printf(&b, " body=%zu", req->body.n);
    res_body(r, "text/plain", buf_str(&b));
    res_cache(r, RES_SHORT);
    return OK;
}

static enum err
fail_as_asked(struct ctx *c, const struct req *req, struct res *r)
{
    int64_t e = req_id(req, "id");

    if (e == 99) {
        res_fail_as(r, 410, STR("gone"));
        return ctx_fail(c, E_NOTFOUND, "the lobby was closed");
    }
    enum err w = res_header(r, "X-Half", STR("made"));

    return w != OK ? w : ctx_fail(c, (enum err)e, "as <asked>");
}

static enum err
split_header(struct ctx *c, const struct req *req, struct res *r)
{
    (void)c;
    (void)req;
    return res_header(r, "X-Name", STR("a\r\nSet-Cookie: b=1"));
}

static const struct route routes[] = {
    {"GET",  "/",                     echo,          ROUTE_PUBLIC,            0,    LIMIT_NONE },
    {"GET",  "/race/:id",             echo,          ROUTE_SESSION,           0,    LIMIT_NONE },
    {"GET",  "/race/:id.json",        echo,          ROUTE_PUBLIC,            0,    LIMIT_NONE },
    {"GET",  "/race/new",             echo,          ROUTE_PUBLIC,            0,    LIMIT_NONE },
    {"GET",  "/race/:name",           echo,          ROUTE_PUBLIC,            0,    LIMIT_NONE },
    {"GET",  "/overlay/:token/:kind", echo,          ROUTE_OVERLAY,           0,    LIMIT_NONE },
    {"GET",  "/r/:name_any",          echo,          ROUTE_PUBLIC,            0,    LIMIT_NONE },
    {"GET",  "/r/:name_any.json",     echo,          ROUTE_PUBLIC,            0,    LIMIT_NONE },
    {"GET",  "/wallet",               echo,          ROUTE_USER,              0,    LIMIT_NONE },
    {"GET",  "/ops",                  echo,          STAFF,                   0,    LIMIT_NONE },
    {"POST", "/race/:id/join",        echo,          ROUTE_USER | ROUTE_FORM, 100,  LIMIT_NONE },
    {"POST", "/login/:token",         echo,          ROUTE_FORM,              100,  LIMIT_LOGIN},
    {"POST", "/hooks/stripe",         echo,          ROUTE_RAW,               1000, LIMIT_NONE },
    {"GET",  "/fail/:id",             fail_as_asked, ROUTE_PUBLIC,            0,    LIMIT_NONE },
    {"GET",  "/api/fail/:id",         fail_as_asked, ROUTE_PUBLIC,            0,    LIMIT_NONE },
    {"GET",  "/split",                split_header,  ROUTE_PUBLIC,            0,    LIMIT_NONE }
};

static enum err
session_find(struct ctx *c, const struct site *site, struct str token, struct req_session *ret)
{
    (void)site;
    if (str_eq_text(token, "busy"))
        return ctx_fail(c, E_BUSY, "the ledger is away");
    if (!str_eq_text(token, "nova") && !str_eq_text(token, "marlow"))
        return ctx_fail(c, E_AUTH, "unknown session");
    ret->user_id = 7;
    ret->name = STR("Nova");
    ret->roles = str_eq_text(token, "marlow") ? RIGHT_STAFF : RIGHT_HOST;
    return OK;
}

static enum err
error_page(struct ctx *c, const struct req *req, struct res *r, const struct router_problem *p)
{
    if (str_eq_text(req->path, "/fail/11"))
        return ctx_fail(c, E_INTERNAL, "the error page failed");
    res_body(r, "text/html; charset=utf-8",
             str_of(arena_printf(c->arena, "page %d", p->status)));
    return OK;
}

static void
get(const char *target, const char *cookie)
{
    struct sim s = {.target = target, .cookie = cookie};

    sim_run(router, &ctx, &s, &res);
}

static void
post(const char *target, const char *cookie, const char *origin, const char *type,
     const char *body)
{
    struct sim s = {.method = "POST",
                    .target = target,
                    .cookie = cookie,
                    .origin = origin,
                    .type = type,
                    .body = str_of(body)};

    sim_run(router, &ctx, &s, &res);
}

static void
is_body(const char *target, const char *want)
{
    get(target, NULL);
    is_str(res.body, str_of(want), want);
}

static void
test_match(void)
{
    is_body("/", "/");
    is_body("/race/7", "/race/:id id=7/7");
    is_body("/race/7.json", "/race/:id.json id=7/7");
    is_body("/race/new", "/race/new");
    is_body("/race/next", "/race/:name name=next/0");
    is_body("/race/07", "/race/:name name=07/0");
    is_body("/r/Nova", "/r/:name_any name_any=Nova/0");
    is_body("/r/%D9%86%D9%88%20%3Cb%3E%20%F0%9F%8F%81",
            "/r/:name_any name_any=\xD9\x86\xD9\x88 <b> \xF0\x9F\x8F\x81/0");
    is_body("/r/a.b.json", "/r/:name_any.json name_any=a.b/0");
    is_body("/overlay/a-_Z9/pot?x=1", "/overlay/:token/:kind token=a-_Z9/0 kind=pot/0");
    static const char *const none[] = {"/r/",
                                       "/r",
                                       "/race",
                                       "/race/",
                                       "/race/7/",
                                       "/race/a.b",
                                       "/race/7.json.x",
                                       "/overlay/a",
                                       "/race/a%20b",
                                       "/Race/7",
                                       "/race/9007199254740992.json",
                                       "/race/.json"};

    for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
        get(none[i], NULL);
        ok(res.status == 404, "no such address: %s", none[i]);
    }
}

static void
test_method(void)
{
    struct sim s = {.method = "HEAD", .target = "/"};

    sim_run(router, &ctx, &s, &res);
    is_int(res.status, 200, "HEAD is answered where GET is");
    s.method = "DELETE";
    sim_run(router, &ctx, &s, &res);
    is_int(res.status, 405, "another method is refused");
    is_str(res_get(&res, "Allow"), STR("GET, HEAD"), "and it is said which would do");
    get("/hooks/stripe", NULL);
    is_int(res.status, 405, "GET on a hook is refused");
    is_str(res_get(&res, "Allow"), STR("POST"), "POST would do");
    s.method = "get";
    sim_run(router, &ctx, &s, &res);
    is_int(res.status, 400, "no method at all");
}

static void
test_body(void)
{
    struct buf b = buf_new(ctx.arena, 2000);

    for (int i = 0; i < 1001; i++)
        buf_add_char(&b, 'x');
    buf_add_char(&b, '\0');
    calls = 0;
    post("/hooks/stripe", NULL, NULL, "application/json", "{}");
    ok(res.status == 200 && calls == 1, "a hook gets its raw body");
    post("/hooks/stripe", NULL, NULL, "application/json", b.p);
    is_int(res.status, 413, "a body over the route's size is refused");
    post("/hooks/stripe", NULL, NULL, "text/plain", "{}");
    is_int(res.status, 415, "another content type is refused");
    is_str(res.type, STR("application/problem+json"), "as a problem document");
    is_int(calls, 1, "and none of them reached the handler");
}

static void
test_session(void)
{
    calls = 0;
    get("/wallet", NULL);
    is_int(res.status, 401, "a page for members needs a session");
    get("/wallet", "ck=wrong");
    is_int(res.status, 401, "a good one");
    get("/wallet", "ck=nova; ck=nova");
    is_int(res.status, 401, "exactly one");
    is_int(calls, 0, "nobody else gets there");
    get("/wallet", "ck=nova");
    is_str(res.body, STR("/wallet user=7"), "a member does");
    is_str(res_get(&res, "Cache-Control"), STR("no-store"), "and the page is kept nowhere");
    get("/race/7", "ck=wrong");
    is_str(res.body, STR("/race/:id id=7/7"), "where it is optional a wrong session is none");
    is_str(res_get(&res, "Cache-Control"), STR("public, max-age=2"),
           "public pages may be kept");
    get("/race/7", "ck=nova");
    is_str(res_get(&res, "Cache-Control"), STR("no-store"), "but not a member's");
    calls = 0;
    get("/ops", NULL);
    is_int(res.status, 401, "a page for a role needs a session first");
    get("/ops", "ck=nova");
    is_int(res.status, 403, "and the role");
    is_int(calls, 0, "other roles do not get there");
    ok(strstr(ctx.fail_text, "you are logged in as Nova, this page is for staff or auditor") !=
           NULL,
       "the refusal says who one is and whose page it is: %s", ctx.fail_text);
    get("/ops", "ck=marlow");
    is_str(res.body, STR("/ops user=7"), "who has one of the roles does");
    get("/wallet", "ck=busy");
    is_int(res.status, 503, "when nobody can say who asks it is said");
    is_str(res_get(&res, "Retry-After"), STR("2"), "with a time to wait");
}

static void
test_form(void)
{
    struct req_session s = {.token = STR("nova")}, other = {.token = STR("rook")};
    const char *body = arena_printf(ctx.arena, "form_token=%.*s",
                                    STR_ARG(csrf_token(&ctx, &s, STR("/race/7/join"))));
    const char *foreign = arena_printf(ctx.arena, "form_token=%.*s",
                                       STR_ARG(csrf_token(&ctx, &other, STR("/race/7/join"))));
    const char *site = "http://kart.test";

    calls = 0;
    post("/race/7/join", "ck=nova", site, NULL, body);
    ok(str_find(res.body, STR("user=7 key=22"), 0) != SIZE_MAX,
       "a member's form arrives, with its one-time key");
    is_int(calls, 1, "once");
    post("/race/7/join", "ck=nova", site, NULL, "");
    is_int(res.status, 403, "a form needs its token");
    post("/race/8/join", "ck=nova", site, NULL, body);
    is_int(res.status, 403, "for its own address");
    post("/race/7/join", "ck=nova", site, NULL, foreign);
    is_int(res.status, 403, "of its own session");
    post("/race/7/join", "ck=nova", "https://evil.example", NULL, body);
    is_int(res.status, 403, "from our own site");
    post("/race/7/join", NULL, site, NULL, body);
    is_int(res.status, 401, "by a member");
    post("/race/7/join", "ck=nova", site, "text/plain", body);
    is_int(res.status, 415, "sent as a form");
    is_int(calls, 1, "none of those reached the handler");
    post("/login/abc", NULL, site, NULL, "");
    is_int(res.status, 200, "without a session the origin is enough");
    post("/login/abc", NULL, NULL, NULL, "");
    is_int(res.status, 403, "but it must be there");
}

static void
test_errors(void)
{
    for (int e = E_INVALID; e < ERR_COUNT; e++) {
        if (e == E_DUPLICATE)
            continue;
        get(arena_printf(ctx.arena, "/api/fail/%d", e), NULL);
        ok(res.status == err_info((enum err)e)->http && res.status >= 400, "status of %s",
           err_info((enum err)e)->name.p);
    }
    get("/api/fail/1", NULL);
    const char *want = arena_printf(
        ctx.arena,
        "{\"type\":\"http://kart.test/problems/invalid\",\"title\":\"%.*s\",\"status\":400,"
        "\"detail\":\"as \\u003casked\\u003e\",\"code\":\"invalid\",\"request_id\":\"%s\"}\n",
        STR_ARG(err_info(E_INVALID)->title), ctx.trace);

    is_str(res.body, str_of(want), "a problem document tells all");
    is_str(res_get(&res, "X-Half"), STR(""), "nothing of a half-made answer is left");
    get("/fail/1", NULL);
    is_str(res.body, STR("page 400"), "people get a page");
    get("/fail/99", NULL);
    is_int(res.status, 410, "a handler may choose the status");
    get("/fail/11", NULL);
    ok(str_starts(res.body, STR("<!DOCTYPE html>")), "a page even when the error page fails");
    ok(str_find(res.body, str_of(ctx.trace), 0) != SIZE_MAX, "with the error's id");
    ok(str_find(res.body, STR("<asked>"), 0) == SIZE_MAX, "and escaped");
    get("/api/fail/13", NULL);
    ok(str_find(res.body, STR("asked"), 0) == SIZE_MAX, "what went wrong inside is not told");
    get("/nowhere.json", NULL);
    is_str(res.type, STR("application/problem+json"), "machines get problem documents");
    get("/split", NULL);
    is_int(res.status, 400, "a line end in a header is refused");
}

static void
test_headers(void)
{
    get("/", NULL);
    is_str(res_get(&res, "Content-Security-Policy"),
           STR("default-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
               "form-action 'self'; frame-ancestors 'none'"),
           "no page stands in a frame");
    is_str(res_get(&res, "X-Content-Type-Options"), STR("nosniff"), "types are not guessed");
    is_str(res_get(&res, "X-Request-Id"), str_of(ctx.trace), "the request's id is told");
    get("/overlay/a/pot", NULL);
    ok(str_ends(res_get(&res, "Content-Security-Policy"), STR("frame-ancestors *")),
       "an overlay may stand in a frame");
    get("/nowhere", NULL);
    ok(res_get(&res, "Content-Security-Policy").n != 0, "errors have the headers too");
    is_str(res_get(&res, "Cache-Control"), STR("no-store"), "and are kept nowhere");
}

static void
test_redirect(void)
{
    static const char *const bad[] = {"",        "race", "//evil", "/\\evil", "https://evil",
                                      "/a\r\nb", "/ b",  "/a\\b"};

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        res_init(&res, &ctx);
        ok(res_redirect(&res, str_of(bad[i])) == E_INVALID && res.status == 200,
           "refused: redirect %zu", i);
    }
    is_int(res_redirect(&res, STR("/wallet?a=1")), OK, "our own address is taken");
    is_int(res.status, 303, "as 303");
}

static enum err
ledger_away(struct ctx *c, void *arg, struct db **ret)
{
    int *left = arg;

    if ((*left)-- > 0)
        return ctx_fail(c, E_BUSY, "the ledger is not open yet");
    static char db;

    *ret = (struct db *)&db;
    return OK;
}

static void
test_ledger(void)
{
    int left = 1;
    struct router_opts o = {.routes = routes,
                            .n_routes = ARRAY_SIZE(routes),
                            .ledger_open = ledger_away,
                            .ledger_arg = &left};
    struct router *kept = router;

    router = router_new(ctx.arena, &o);
    calls = 0;
    get("/", NULL);
    is_int(res.status, 503, "without a ledger nothing is answered");
    is_int(calls, 0, "and no handler runs");
    get("/", NULL);
    is_int(res.status, 200, "it is tried again with the next request");
    get("/", NULL);
    is_int(left, -1, "and then kept");
    router = kept;
    ctx.db = NULL;
}

static void
test_limit(void)
{
    struct site site = {.conf = &conf, .limit = limit_new()};
    struct router_opts o = {.routes = routes, .n_routes = ARRAY_SIZE(routes), .site = &site};
    struct router *kept = router;
    int good = 0;

    router = router_new(ctx.arena, &o);
    for (int i = 0; i < 12; i++) {
        post("/login/abc", NULL, "http://kart.test", NULL, "");
        good += res.status == 200;
    }
    is_int(good, 10, "ten guesses at a login link are allowed");
    is_int(res.status, 429, "then one must wait");
    ok(res_get(&res, "Retry-After").n != 0, "for as long as is said");
    get("/", NULL);
    is_int(res.status, 200, "other pages are not concerned");
    router = kept;
}

static void
test_limit_time(void)
{
    struct limit *l = limit_new();
    int64_t wait = 0;
    int good = 0;

    for (int i = 0; i < 40; i++)
        good += limit_take(l, LIMIT_FORM, STR("10.0.0.1"), 1000, &wait);
    is_int(good, 30, "a burst of thirty");
    is_int(wait, 1, "then a second");
    ok(limit_take(l, LIMIT_FORM, STR("10.0.0.2"), 1000, &wait), "another address has its own");
    ok(limit_take(l, LIMIT_FORM, STR("10.0.0.1"), 2000, &wait), "after a second one more");
    ok(!limit_take(l, LIMIT_FORM, STR("10.0.0.1"), 2000, &wait), "and only one");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(64 << 20);
    struct site site = {.conf = &conf};
    struct router_opts o = {.routes = routes,
                            .n_routes = ARRAY_SIZE(routes),
                            .site = &site,
                            .session_find = session_find,
                            .role_words = right_words,
                            .error_page = error_page};

    ctx_init(&ctx, a, world_real());
    conf.site.url = STR("http://kart.test");
    ctx.conf = &conf;
    router = router_new(a, &o);
    test_match();
    test_method();
    test_body();
    test_session();
    test_form();
    test_errors();
    test_headers();
    test_redirect();
    test_ledger();
    test_limit();
    test_limit_time();
    return done();
}
