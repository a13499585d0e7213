/* Load generator: signed sale notices over N keep-alive connections, or plain GETs. Everything
 * is made and signed before the clock starts, so that it costs the machine little while it
 * runs. One process, one epoll loop. Prints one line: rate, p50, p99, answers that were not
 * 200.
 *
 *     load --port 8080 --connections 128 --requests 20000 --secret-file F --race 12
 *     load --port 8080 --connections 16 --requests 20000 --path / [--cookie ck=…]
 *     load --port 8080 --connections 16 --file F    (requests as they are, "length\nbytes"
 * each) */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/world.h"
#include "bench/order.h"

enum { ANSWER_MAX = 256 * 1024 };

struct request {
    const char *p;
    size_t n;
};

struct connection {
    int fd;
    struct request now;
    size_t sent;
    int64_t start_us;
    size_t got;
    size_t want; /* whole answer, 0 while the head is not complete */
    int status;
    char *answer;
};

static struct {
    int port, connections, requests, race, seconds;
    const char *secret, *path, *cookie, *salt, *file;
} opt = {.port = 8080, .connections = 16, .requests = 10000, .path = NULL, .salt = "b"};

static struct arena *arena;
static struct request *requests;
static int next_request, finished, bad;
static int32_t *took_us;

static int64_t
now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void
fail(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, errno ? strerror(errno) : "unexpected answer");
    exit(1);
}

static struct request
make_sale(int i, int64_t now_s)
{
    struct order o = order_make(arena, opt.secret, opt.salt, i, now_s, opt.race);
    char *text = arena_printf(arena,
                              "POST /hooks/stripe HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                              "Content-Type: application/json\r\nContent-Length: %zu\r\n"
                              "Stripe-Signature: %.*s\r\n\r\n%.*s",
                              o.body.n, STR_ARG(o.signature), STR_ARG(o.body));

    return (struct request){.p = text, .n = strlen(text)};
}

/* Requests that somebody else made. */
static void
read_requests(void)
{
    FILE *in = fopen(opt.file, "r");
    char line[32];
    int64_t n = 0;

    if (!in)
        fail(opt.file);
    requests = ARENA_ARRAY(arena, (size_t)opt.requests, struct request);
    for (opt.requests = 0; fgets(line, sizeof line, in); opt.requests++) {
        if (!str_i64(str_trim(str_of(line)), 1, ANSWER_MAX, &n))
            fail(opt.file);
        char *p = ARENA_ARRAY(arena, (size_t)n, char);
        if (fread(p, 1, (size_t)n, in) != (size_t)n)
            fail(opt.file);
        requests[opt.requests] = (struct request){.p = p, .n = (size_t)n};
    }
    fclose(in);
}

static void
make_requests(void)
{
    int64_t now_s = world_real()->now_ms(world_real()->arg) / 1000;

    took_us = ARENA_ARRAY(arena, (size_t)opt.requests, int32_t);
    if (opt.file) {
        read_requests();
        return;
    }
    requests = ARENA_ARRAY(arena, (size_t)opt.requests, struct request);
    for (int i = 0; i < opt.requests; i++) {
        if (!opt.path) {
            requests[i] = make_sale(i, now_s);
        } else if (i == 0) {
            char *text = arena_printf(arena, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s%s\r\n",
                                      opt.path, opt.cookie ? "Cookie: " : "",
                                      opt.cookie ? opt.cookie : "", opt.cookie ? "\r\n" : "");
            requests[0] = (struct request){.p = text, .n = strlen(text)};
        } else {
            requests[i] = requests[0];
        }
    }
}

static void
begin(struct connection *c)
{
    ssize_t n;

    c->sent = c->got = c->want = 0;
    if (next_request >= opt.requests) {
        c->now.p = NULL;
        return;
    }
    c->now = requests[next_request++];
    c->start_us = now_us();
    n = send(c->fd, c->now.p, c->now.n, MSG_NOSIGNAL);
    if (n != (ssize_t)c->now.n)
        fail("send");
    c->sent = (size_t)n;
}

static void
parse_head(struct connection *c)
{
    char *end, *length;

    c->answer[c->got] = '\0';
    end = strstr(c->answer, "\r\n\r\n");
    if (!end)
        return;
    c->status = c->got > 12 ? (c->answer[9] - '0') * 100 + (c->answer[10] - '0') * 10 +
                                  (c->answer[11] - '0')
                            : 0;
    *end = '\0';
    length = strcasestr(c->answer, "\r\nContent-Length:");
    c->want = (size_t)(end - c->answer) + 4;
    if (length) {
        size_t n = 0;

        for (length += 17; *length == ' '; length++)
            ;
        for (; *length >= '0' && *length <= '9'; length++)
            n = n * 10 + (size_t)(*length - '0');
        c->want += n;
    } else if (strcasestr(c->answer, "\r\nTransfer-Encoding: chunked")) {
        c->want = SIZE_MAX; /* ends with "0\r\n\r\n" */
    }
    *end = '\r';
}

static bool
complete(struct connection *c)
{
    if (!c->want)
        parse_head(c);
    if (!c->want)
        return false;
    if (c->want == SIZE_MAX)
        return c->got > 5 && memcmp(c->answer + c->got - 5, "0\r\n\r\n", 5) == 0;
    return c->got >= c->want;
}

static void
readable(struct connection *c)
{
    ssize_t n = recv(c->fd, c->answer + c->got, ANSWER_MAX - 1 - c->got, 0);

    if (n <= 0)
        fail("the connection ended");
    c->got += (size_t)n;
    if (!complete(c))
        return;
    took_us[finished++] = (int32_t)(now_us() - c->start_us);
    if (c->status != 200 && c->status != 304) {
        if (!bad++)
            fprintf(stderr, "load: first bad answer: %.*s\n",
                    (int)(c->got < 600 ? c->got : 600), c->answer);
    }
    begin(c);
}

static int
by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

static void
run(void)
{
    struct connection *all = ARENA_ARRAY(arena, (size_t)opt.connections, struct connection);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)opt.port)};
    int ep = epoll_create1(EPOLL_CLOEXEC), one = 1;
    int64_t start, end;

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < opt.connections; i++) {
        struct epoll_event ev = {.events = EPOLLIN, .data.ptr = &all[i]};

        all[i].answer = ARENA_ARRAY(arena, ANSWER_MAX, char);
        all[i].fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(all[i].fd, (struct sockaddr *)&to, sizeof(to)) != 0)
            fail("connect");
        setsockopt(all[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        epoll_ctl(ep, EPOLL_CTL_ADD, all[i].fd, &ev);
    }
    start = now_us();
    for (int i = 0; i < opt.connections; i++)
        begin(&all[i]);
    while (finished < opt.requests) {
        struct epoll_event ev[64];
        int n = epoll_wait(ep, ev, ARRAY_SIZE(ev), 30000);

        if (n <= 0)
            fail("no answer within 30 s");
        for (int i = 0; i < n; i++)
            readable(ev[i].data.ptr);
    }
    end = now_us();
    qsort(took_us, (size_t)finished, sizeof(took_us[0]), by_number);
    printf("%lld/s p50_us=%d p99_us=%d max_us=%d bad=%d\n",
           (long long)finished * 1000000 / (end - start), took_us[finished / 2],
           took_us[finished - 1 - finished / 100], took_us[finished - 1], bad);
}

static char *
read_secret(const char *file)
{
    static char text[200];
    FILE *in = fopen(file, "r");

    if (!in || !fgets(text, sizeof(text), in))
        fail(file);
    fclose(in);
    text[strcspn(text, "\r\n")] = '\0';
    return text;
}

int
main(int argc, char **argv)
{
    static const struct option known[] = {
        {"port",        1, NULL, 'p'},
        {"connections", 1, NULL, 'c'},
        {"requests",    1, NULL, 'n'},
        {"secret-file", 1, NULL, 's'},
        {"race",        1, NULL, 'r'},
        {"path",        1, NULL, 'u'},
        {"cookie",      1, NULL, 'k'},
        {"salt",        1, NULL, 'a'},
        {"file",        1, NULL, 'f'},
        {NULL,          0, NULL, 0  },
    };
    int64_t v = 0;
    int c;

    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        bool number = c == 'p' || c == 'c' || c == 'n' || c == 'r';

        if (c == '?' || (number && !str_i64(str_of(optarg), 1, 10000000, &v))) {
            fprintf(stderr, "load: see the head of t/bench/load.c\n");
            return 2;
        }
        switch (c) {
        case 'p':
            opt.port = (int)v;
            break;
        case 'c':
            opt.connections = (int)v;
            break;
        case 'n':
            opt.requests = (int)v;
            break;
        case 'r':
            opt.race = (int)v;
            break;
        case 's':
            opt.secret = read_secret(optarg);
            break;
        case 'u':
            opt.path = optarg;
            break;
        case 'f':
            opt.file = optarg;
            opt.requests = 1000000;
            break;
        case 'k':
            opt.cookie = optarg;
            break;
        default:
            opt.salt = optarg;
            break;
        }
    }
    arena = arena_new((size_t)4 << 30);
    make_requests();
    run();
    return bad != 0;
}
