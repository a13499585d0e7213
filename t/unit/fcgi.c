/* FastCGI records as they should not come: halves, cuts, lies about lengths, floods. Each case
 * is a connection of its own to a process that serves it, and must leave that process able to
 * serve the next one. */
#include "http/fcgi.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/tap.h"

enum { BEGIN = 1, ABORT = 2, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6 };

static struct arena *mem;
static int handler_calls[2]; /* a pipe: one byte for each call of a handler */

static enum err
echo(struct ctx *ctx, const struct req *req, struct res *res)
{
    if (write(handler_calls[1], "x", 1) != 1)
        return ctx_fail(ctx, E_INTERNAL, "pipe");
    res_body(res, "text/plain",
             str_of(arena_printf(ctx->arena, "%.*s %zu", STR_ARG(req->path), req->body.n)));
    return OK;
}

enum { PIECES = 700, PIECE = 3000 }; /* more than a request's memory would hold at once */

/* Piece after piece; the one after broken fails. */
struct source {
    int made, broken;
};

static enum err
piece(struct ctx *ctx, void *arg, struct buf *b, bool *ret_more)
{
    struct source *s = arg;

    if (s->made == s->broken)
        return ctx_fail(ctx, E_INTERNAL, "the source broke");
    (void)arena_alloc(ctx->arena, 40000); /* given back with each piece */
    for (int i = 0; i < PIECE; i++)
        buf_add_char(b, (char)('a' + s->made % 26));
    *ret_more = ++s->made < PIECES;
    return OK;
}

static enum err
flow(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct source *s = ARENA_NEW(ctx->arena, struct source);

    s->broken = str_eq_text(req->path, "/broken") ? 3 : -1;
    res_stream(res, "text/plain", piece, s);
    return OK;
}

static const struct route routes[] = {
    {"GET",  "/long",    flow, ROUTE_PUBLIC, 0,      LIMIT_NONE},
    {"GET",  "/broken",  flow, ROUTE_PUBLIC, 0,      LIMIT_NONE},
    {"GET",  "/a",       echo, ROUTE_PUBLIC, 0,      LIMIT_NONE},
    {"POST", "/hooks/x", echo, ROUTE_RAW,    100000, LIMIT_NONE}
};

/* Bytes of a request under construction. */
struct wire {
    char *p;
    size_t n, size;
};

static struct wire
wire_new(size_t size)
{
    return (struct wire){.p = arena_alloc(mem, size), .size = size};
}

static void
record(struct wire *w, int type, const void *p, size_t n)
{
    unsigned char h[8] = {
        1, (unsigned char)type, 0, 1, (unsigned char)(n >> 8), (unsigned char)(n & 255U), 0, 0};

    BUG_IF(w->n + 8 + n > w->size || n > 65535);
    memcpy(w->p + w->n, h, 8);
    if (n != 0)
        memcpy(w->p + w->n + 8, p, n);
    w->n += 8 + n;
}

static void
begin(struct wire *w)
{
    static const unsigned char role[8] = {0, 1, 0};

    record(w, BEGIN, role, 8);
}

/* Adds "name value" to a text of parameters; both shorter than 128. */
static void
param(struct buf *b, const char *name, const char *value)
{
    buf_add_char(b, (char)strlen(name));
    buf_add_char(b, (char)strlen(value));
    buf_add_text(b, name);
    buf_add_text(b, value);
}

static void
head(struct wire *w, const char *method, const char *uri, const char *length)
{
    struct buf b = buf_new(mem, 4096);

    begin(w);
    if (method != NULL)
        param(&b, "REQUEST_METHOD", method);
    param(&b, "REQUEST_URI", uri);
    param(&b, "CONTENT_TYPE", "application/json");
    if (length != NULL)
        param(&b, "CONTENT_LENGTH", length);
    record(w, PARAMS, b.p, b.n);
    record(w, PARAMS, NULL, 0);
}

/* Sends all of w, or as much as the other side takes. */
static void
wire_send(int fd, const struct wire *w)
{
    for (size_t at = 0; at < w->n;) {
        ssize_t k = send(fd, w->p + at, w->n - at, MSG_NOSIGNAL);

        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return;
        at += (size_t)k;
    }
}

static bool whole; /* the last answer said that it had ended */

/* Everything that comes back until the end, without record heads. */
static struct str
answer_read(int fd)
{
    struct buf raw = buf_new(mem, 4 << 20), out = buf_new(mem, 4 << 20);
    char piece[4096];

    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};

        if (poll(&p, 1, 120000) <= 0)
            return STR("nothing for two minutes");
        ssize_t k = read(fd, piece, sizeof(piece));

        if (k <= 0)
            break;
        buf_add(&raw, (struct str){piece, (size_t)k});
    }
    whole = false;
    for (size_t at = 0; at + 8 <= raw.n;) {
        const unsigned char *h = (const unsigned char *)raw.p + at;
        size_t n = (size_t)h[4] << 8 | h[5];

        whole = whole || h[1] == END;
        if (h[1] == STDOUT)
            buf_add(&out, str_sub(buf_str(&raw), at + 8, n));
        at += 8 + n + h[6];
    }
    return buf_str(&out);
}

static struct str
run(int sock, const struct wire *w, bool close_write)
{
    int pair[2];

    BUG_IF(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0);
    struct msghdr m = {0};
    char control[CMSG_SPACE(sizeof(int))] = {0}, byte = 'f';
    struct iovec io = {&byte, 1};

    m.msg_iov = &io;
    m.msg_iovlen = 1;
    m.msg_control = control;
    m.msg_controllen = sizeof(control);
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);

    BUG_IF(c == NULL);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &pair[1], sizeof(int));
    BUG_IF(sendmsg(sock, &m, 0) != 1);
    close(pair[1]);
    wire_send(pair[0], w);
    if (close_write)
        BUG_IF(shutdown(pair[0], SHUT_WR) != 0);
    struct str s = answer_read(pair[0]);

    close(pair[0]);
    return s;
}

/* The serving process: takes descriptors from the test and serves them one after the other. */
NORETURN static void
server(int sock)
{
    struct arena *process = arena_new(1 << 20);
    struct router_opts r = {.routes = routes, .n_routes = ARRAY_SIZE(routes)};
    struct fcgi_opts o = {
        .router = router_new(process, &r), .world = world_real(), .arena = arena_new(16 << 20)};

    BUG_IF(fcgi_init() != OK);
    for (;;) {
        struct msghdr m = {0};
        char control[CMSG_SPACE(sizeof(int))], byte;
        struct iovec io = {&byte, 1};
        int fd;

        m.msg_iov = &io;
        m.msg_iovlen = 1;
        m.msg_control = control;
        m.msg_controllen = sizeof(control);
        if (recvmsg(sock, &m, 0) != 1)
            _exit(0);
        const struct cmsghdr *c = CMSG_FIRSTHDR(&m);

        BUG_IF(c == NULL);
        memcpy(&fd, CMSG_DATA(c), sizeof(int));
        fcgi_serve(&o, fd);
        /* A descriptor left open would be seen here: the next free number stays the same. */
        int probe = dup(sock);

        if (probe > 10)
            _exit(3);
        close(probe);
    }
}

static size_t
calls_so_far(void)
{
    char piece[64];
    struct pollfd p = {.fd = handler_calls[0], .events = POLLIN};

    return poll(&p, 1, 0) == 1 ? (size_t)read(handler_calls[0], piece, sizeof(piece)) : 0;
}

static void
is_served(int sock, const char *after)
{
    struct wire w = wire_new(4096);

    head(&w, "GET", "/a", NULL);
    record(&w, STDIN, NULL, 0);
    struct str s = run(sock, &w, false);

    ok(str_starts(s, STR("Status: 200\r\n")) && str_ends(s, STR("\r\n\r\n/a 0")),
       "after %s the next request is served", after);
    is_int((int64_t)calls_so_far(), 1, "by its handler");
}

static void
is_dropped(int sock, const struct wire *w, bool close_write, const char *name)
{
    is_str(run(sock, w, close_write), STR(""), name);
    is_int((int64_t)calls_so_far(), 0, "and no handler ran");
    is_served(sock, name);
}

static void
test_good(int sock)
{
    struct wire w = wire_new(80000);
    char *big = arena_alloc(mem, 60000);

    is_served(sock, "the start");
    head(&w, "POST", "/hooks/x", "60000");
    record(&w, STDIN, big, 40000);
    record(&w, STDIN, big, 20000);
    record(&w, STDIN, NULL, 0);
    ok(str_ends(run(sock, &w, false), STR("/hooks/x 60000")),
       "a body in two records is joined");
    is_int((int64_t)calls_so_far(), 1, "for one call");
    w.n = 0;
    head(&w, "HEAD", "/a", NULL);
    record(&w, STDIN, NULL, 0);
    struct str s = run(sock, &w, false);

    ok(str_find(s, STR("Content-Length: 4\r\n"), 0) != SIZE_MAX && str_ends(s, STR("\r\n\r\n")),
       "HEAD has the length and no body");
    is_int((int64_t)calls_so_far(), 1, "from the same handler");
}

static void
test_cut(int sock)
{
    struct wire w = wire_new(4096), half;

    head(&w, "POST", "/hooks/x", "10");
    record(&w, STDIN, "12345", 5);
    is_dropped(sock, &w, true, "a body that was cut off is dropped");
    record(&w, STDIN, NULL, 0);
    is_dropped(sock, &w, false, "a body shorter than announced is dropped");
    w.n = 0;
    head(&w, "POST", "/hooks/x", "3");
    record(&w, STDIN, "12345", 5);
    record(&w, STDIN, NULL, 0);
    is_dropped(sock, &w, false, "a body longer than announced is dropped");
    w.n = 0;
    head(&w, "POST", "/hooks/x", "10");
    record(&w, ABORT, NULL, 0);
    is_dropped(sock, &w, true, "an abort in the body is dropped");
    w.n = 0;
    begin(&w);
    record(&w, ABORT, NULL, 0);
    is_dropped(sock, &w, true, "an abort before the parameters is dropped");
    w.n = 0;
    head(&w, NULL, "/a", NULL);
    record(&w, STDIN, NULL, 0);
    is_dropped(sock, &w, true, "a request without method is dropped");
    w.n = 0;
    head(&w, "GET", "/a", NULL);
    half = (struct wire){.p = w.p, .n = 11, .size = w.size};
    is_dropped(sock, &half, false, "half a record is dropped when patience ends");
    half.n = 40;
    is_dropped(sock, &half, true, "parameters that end early are dropped");
    half.n = 0;
    is_dropped(sock, &half, true, "a connection without a byte is dropped");
}

/* A body made while it is sent comes whole, or visibly not. */
static void
test_pieces(int sock)
{
    struct wire w = wire_new(4096);

    head(&w, "GET", "/long", NULL);
    record(&w, STDIN, NULL, 0);
    struct str s = run(sock, &w, false);
    size_t body = str_find(s, STR("\r\n\r\n"), 0) + 4;
    bool same = s.n == body + (size_t)PIECES * PIECE;

    for (size_t i = body; same && i < s.n; i++)
        same = s.p[i] == (char)('a' + (i - body) / PIECE % 26);
    ok(same, "%d pieces arrive in order", PIECES);
    ok(whole, "and the answer ends");
    ok(str_find(str_sub(s, 0, body), STR("Content-Length"), 0) == SIZE_MAX,
       "its length is not promised");
    w = wire_new(4096);
    head(&w, "GET", "/broken", NULL);
    record(&w, STDIN, NULL, 0);
    s = run(sock, &w, false);
    ok(!whole, "what breaks off has no end, so that nobody takes it for the whole");
    w = wire_new(4096);
    head(&w, "HEAD", "/long", NULL);
    record(&w, STDIN, NULL, 0);
    s = run(sock, &w, false);
    ok(whole && s.n == str_find(s, STR("\r\n\r\n"), 0) + 4, "a question for the head alone");
}

static void
test_lies(int sock)
{
    struct wire w = wire_new(4096);

    head(&w, "POST", "/hooks/x", "1e1");
    record(&w, STDIN, NULL, 0);
    ok(str_starts(run(sock, &w, false), STR("Status: 400\r\n")),
       "a length that is no number: 400");
    w.n = 0;
    head(&w, "POST", "/hooks/x", "100001");
    record(&w, STDIN, NULL, 0);
    ok(str_starts(run(sock, &w, false), STR("Status: 413\r\n")),
       "a length over the limit: 413");
    w.n = 0;
    head(&w, "PURGE", "/a", NULL);
    record(&w, STDIN, NULL, 0);
    ok(str_starts(run(sock, &w, false), STR("Status: 405\r\n")), "an unknown method: 405");
    is_int((int64_t)calls_so_far(), 0, "and none of them got to a handler");
    memset(w.p, 0xff, 200);
    w.n = 200;
    is_dropped(sock, &w, false, "noise is dropped");
    w.n = 0;
    begin(&w);
    /* Both claim 2^31 - 1 bytes: libfcgi's sum of them is negative, and its assert ends the
     * process. */
    record(&w, PARAMS, "\xff\xff\xff\xff\xff\xff\xff\xffX", 9);
    record(&w, PARAMS, NULL, 0);
    record(&w, STDIN, NULL, 0);
    is_dropped(sock, &w, true, "a parameter that claims two gigabytes is dropped");
}

static void
test_flood(int sock)
{
    size_t all = (size_t)60 << 20;
    struct wire w = wire_new(all);
    char *piece = arena_alloc(mem, 65000);

    begin(&w);
    while (w.n + 8 + 65000 < all)
        record(&w, PARAMS, piece, 65000);
    is_dropped(sock, &w, false, "60 MB of parameters are dropped");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new((size_t)256 << 20);
    int pair[2], status = 0;

    mem = a;
    signal(SIGPIPE, SIG_IGN);
    BUG_IF(pipe(handler_calls) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0);
    pid_t child = fork();

    if (child == 0) {
        close(pair[0]);
        server(pair[1]);
    }
    close(pair[1]);
    test_good(pair[0]);
    test_cut(pair[0]);
    test_pieces(pair[0]);
    test_lies(pair[0]);
    test_flood(pair[0]);
    close(pair[0]);
    waitpid(child, &status, 0);
    ok(WIFEXITED(status) && WEXITSTATUS(status) == 0,
       "the process lived, and kept no descriptor");
    return done();
}
