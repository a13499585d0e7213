/* From parameters to a request. */
#include "http/req.h"

#include "lib/tap.h"

static struct ctx ctx;

struct given {
    const char *method, *uri, *length;
};

static enum err
read_it(const struct given *g, struct req *r)
{
    static struct req_param p[3];
    size_t n = 0;

    if (g->method != NULL)
        p[n++] = (struct req_param){STR("REQUEST_METHOD"), str_of(g->method)};
    if (g->uri != NULL)
        p[n++] = (struct req_param){STR("REQUEST_URI"), str_of(g->uri)};
    if (g->length != NULL)
        p[n++] = (struct req_param){STR("CONTENT_LENGTH"), str_of(g->length)};
    return req_read(&ctx, p, n, r);
}

static enum err
path_try(const char *uri, struct req *r)
{
    return read_it(&(struct given){.method = "GET", .uri = uri}, r);
}

static void
test_path(void)
{
    static const char *const bad[] = {
        "",          "race",       "//evil", "/a//b",  "/a/../b", "/..",    "/.", "/a/%2e%2e/b",
        "/a%2fb",    "/a%2Fb",     "/a%00b", "/a%0ab", "/a\\b",   "/a%5cb", "/%", "/%zz",
        "/\xff\xfe", "http://x/a", "*",      "/a%ff",  "/a/./b"};
    struct req r;

    is_int(path_try("/race/7?x=1&y=%20", &r), OK, "an address is read");
    is_str(r.path, STR("/race/7"), "path apart");
    is_str(r.query, STR("x=1&y=%20"), "query as sent");
    is_int(path_try("/", &r), OK, "the root is an address");
    is_str(r.query, STR(""), "without a query it is empty");
    is_int(path_try("/a%20b+c", &r), OK, "escapes are decoded");
    is_str(r.path, STR("/a b+c"), "and plus stays plus in a path");
    is_int(path_try("/a/", &r), OK, "a slash at the end is another address, not an error");
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        ok(path_try(bad[i], &r) == E_INVALID, "refused: address %zu", i);
        is_str(r.path, STR("/"), "and the path says nothing");
    }
    char *longer = str_text(ctx.arena, str_of(arena_printf(ctx.arena, "/%01100d", 0)));

    is_int(path_try(longer, &r), E_LIMIT, "an address over 1024 bytes is refused");
}

static void
test_method_length(void)
{
    struct req r;

    is_int(read_it(&(struct given){"POST", "/x", "12"}, &r), OK, "a body is announced");
    ok(r.length == 12 && r.method == REQ_POST, "by its length");
    is_int(read_it(&(struct given){"PROPFIND", "/x", NULL}, &r), OK,
           "other methods are known as such");
    ok(r.method == REQ_OTHER && r.length == -1, "and have no length");
    is_int(read_it(&(struct given){NULL, "/x", NULL}, &r), E_INVALID, "a method is needed");
    is_int(read_it(&(struct given){"get", "/x", NULL}, &r), E_INVALID, "in upper case");
    is_int(read_it(&(struct given){"GET", NULL, NULL}, &r), E_INVALID, "an address is needed");
    is_int(read_it(&(struct given){"POST", "/x", ""}, &r), OK, "an empty length is none");
    static const char *const bad[] = {
        "-1", "+1", "1 ", "0x1", "01", "1e3", "99999999999999999999"};

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        ok(read_it(&(struct given){"POST", "/x", bad[i]}, &r) == E_INVALID,
           "refused: length %s", bad[i]);
}

static void
test_headers(void)
{
    struct req_param p[] = {
        {STR_INIT("REQUEST_METHOD"),        STR_INIT("GET")                             },
        {STR_INIT("REQUEST_URI"),           STR_INIT("/")                               },
        {STR_INIT("REMOTE_ADDR"),           STR_INIT("10.1.2.3")                        },
        {STR_INIT("REQUEST_SCHEME"),        STR_INIT("https")                           },
        {STR_INIT("REQUEST_ID"),            STR_INIT("0123456789abcdef0123456789abcdef")},
        {STR_INIT("CONTENT_TYPE"),          STR_INIT("Text/HTML; charset=x")            },
        {STR_INIT("HTTP_STRIPE_SIGNATURE"), STR_INIT("t=1,v1=2")                        },
        {STR_INIT("HTTP_X_TWICE"),          STR_INIT("a")                               },
        {STR_INIT("HTTP_X_TWICE"),          STR_INIT("b")                               },
        {STR_INIT("HTTP_REMOTE_ADDR"),      STR_INIT("6.6.6.6")                         },
        {STR_INIT("HTTP_COOKIE"),           STR_INIT("ck=tok")                          }
    };
    struct req r;

    is_int(req_read(&ctx, p, ARRAY_SIZE(p), &r), OK, "a request is read");
    is_str(req_header(&r, "stripe-signature"), STR("t=1,v1=2"), "a header by its name");
    is_str(req_header(&r, "x-twice"), STR(""), "a header given twice counts as none");
    is_str(req_header(&r, "stripe"), STR(""), "names are whole");
    is_str(req_cookie(&r, "ck"), STR("tok"), "a cookie");
    is_str(r.addr, STR("10.1.2.3"), "the address is nginx's word, not a header");
    is_str(r.type, STR("text/html"), "the media type without parameters");
    is_str(str_of(ctx.trace), STR("0123456789abcdef0123456789abcdef"),
           "nginx's request id is ours");
    ok(r.https, "the scheme is nginx's word");
    p[6].name = STR("REQUEST_METHOD");
    is_int(req_read(&ctx, p, ARRAY_SIZE(p), &r), E_INVALID, "two methods are refused");

    struct req_param *many = ARENA_ARRAY(ctx.arena, REQ_PARAMS_MAX + 1, struct req_param);

    for (size_t i = 0; i <= REQ_PARAMS_MAX; i++)
        many[i] = (struct req_param){STR("HTTP_X"), STR("")};
    is_int(req_read(&ctx, many, REQ_PARAMS_MAX + 1, &r), E_LIMIT,
           "too many parameters are refused");
    many[0].value = (struct str){arena_alloc(ctx.arena, 70000), 70000};
    is_int(req_read(&ctx, many, 1, &r), E_LIMIT, "too long ones as well");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(8 << 20);

    ctx_init(&ctx, a, world_real());
    test_path();
    test_method_length();
    test_headers();
    return done();
}
