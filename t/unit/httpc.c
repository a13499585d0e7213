/* The client of HTTP against a server that answers from a list. */
#include "provider/httpc.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/tap.h"

static struct ctx ctx;
static struct httpc *http;
static char base[64];

/* One connection after the other, one answer each; the request comes back as its body where the
 * answer ends with "%". */
static void
serve(int fd, const char *const *answer, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char in[8192];
        size_t got = 0;
        int c = accept(fd, NULL, NULL);

        /* The tests' requests end with the word END, or with their headers. */
        while (got < sizeof in - 1) {
            ssize_t k = read(c, in + got, sizeof in - 1 - got);

            if (k <= 0)
                break;
            got += (size_t)k;
            in[got] = '\0';
            if (strstr(in, "END") || (!strstr(in, "Content-") && strstr(in, "\r\n\r\n")))
                break;
        }
        if (answer[i][0] == '%')
            dprintf(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s",
                    got, in);
        else
            dprintf(c, "%s", answer[i]);
        if (strstr(answer[i], "X-Slow"))
            pause();
        close(c);
    }
    _exit(0);
}

/* Answers once and keeps the connection; whatever comes next loses its connection, and what
 * comes after that is answered "again". */
static void
forget(int fd)
{
    static const char kept[] = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nkept";
    static const char again[] =
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nagain";
    char in[8192];
    int c = accept(fd, NULL, NULL), next;
    struct pollfd p[] = {
        {.fd = c,  .events = POLLIN},
        {.fd = fd, .events = POLLIN}
    };

    if (read(c, in, sizeof in) <= 0 || write(c, kept, sizeof kept - 1) < 0)
        _exit(1);
    (void)poll(p, 2, -1);
    next = p[0].revents ? c : accept(fd, NULL, NULL);
    (void)!read(next, in, sizeof in);
    close(next);
    p[1].revents = 0;
    if (poll(p + 1, 1, -1) == 1) {
        next = accept(fd, NULL, NULL);
        (void)!read(next, in, sizeof in);
        (void)!write(next, again, sizeof again - 1);
        close(next);
    }
    _exit(0);
}

/* answer NULL: forget. Until its list ends, or it is ended. */
static pid_t
server(const char *const *answer, size_t n)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pid_t pid;

    if (bind(fd, (struct sockaddr *)&at, size) != 0 || listen(fd, 8) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &size) != 0) {
        printf("Bail out! no port\n");
        exit(99);
    }
    snprintf(base, sizeof base, "http://127.0.0.1:%d/api", ntohs(at.sin_port));
    if ((pid = fork()) == 0) {
        alarm(300);
        if (!answer)
            forget(fd);
        serve(fd, answer, n);
    }
    close(fd);
    return pid;
}

static void
end(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static struct httpc_ask
asking(const char *path)
{
    return (struct httpc_ask){
        .url = arena_printf(ctx.arena, "%s%s", base, path),
        .base = str_of(base),
        .timeout_ms = 60000,
        .answer_max = 4096,
    };
}

static bool
has(struct str s, const char *part)
{
    return str_find(s, str_of(part), 0) != SIZE_MAX;
}

static void
test_methods(void)
{
    static const char *const answer[] = {"%", "%", "%", "%", "%"};
    struct httpc_part part[2] = {0};
    pid_t pid = server(answer, ARRAY_SIZE(answer));
    struct httpc_answer a = {0};
    struct httpc_ask ask = asking("/x");

    ask.header[0] = "Authorization: Bot t";
    ok(httpc_do(&ctx, http, &ask, &a) == OK && str_starts(a.body, STR("GET /api/x HTTP/1.1")) &&
           has(a.body, "Authorization: Bot t\r\n"),
       "GET, with a header");
    ask = asking("/x");
    ask.method = HTTPC_PUT;
    ask.type = "application/json";
    ask.body = STR("[\"END\"]");
    ok(httpc_do(&ctx, http, &ask, &a) == OK && str_starts(a.body, STR("PUT /api/x ")) &&
           has(a.body, "[\"END\"]") && !has(a.body, "Authorization"),
       "PUT with a body, without the header of the last one");
    ask.method = HTTPC_PATCH;
    ok(httpc_do(&ctx, http, &ask, &a) == OK && str_starts(a.body, STR("PATCH /api/x ")),
       "PATCH");
    ask = asking("/x");
    ask.method = HTTPC_DELETE;
    ok(httpc_do(&ctx, http, &ask, &a) == OK && str_starts(a.body, STR("DELETE /api/x ")),
       "DELETE");
    ask = asking("/x");
    ask.method = HTTPC_POST;
    part[0].name = "payload_json";
    part[0].type = "application/json";
    part[0].body = STR("{\"a\":1}");
    part[1].name = "files[0]";
    part[1].file = "a.png";
    part[1].type = "image/png";
    part[1].body = STR("PNG END");
    ask.part = part;
    ask.n_parts = 2;
    ok(httpc_do(&ctx, http, &ask, &a) == OK && str_starts(a.body, STR("POST /api/x ")) &&
           has(a.body, "multipart/form-data") && has(a.body, "name=\"payload_json\"") &&
           has(a.body, "filename=\"a.png\"") && has(a.body, "{\"a\":1}"),
       "POST of JSON and a file");
    waitpid(pid, NULL, 0);
}

static void
test_answers(void)
{
    static const char *const answer[] = {
        "HTTP/1.1 429 Slow\r\nX-RateLimit-Remaining: 0\r\nretry-after: 3\r\n"
        "Content-Length: 2\r\nConnection: close\r\n\r\n{}",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n"
        "Connection: close\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nConnection: close\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nX-Slow: 1\r\nContent-Length: 5000\r\n\r\nabc",
    };
    pid_t pid = server(answer, ARRAY_SIZE(answer));
    struct httpc_answer a = {0};
    struct httpc_ask ask = asking("/x");

    ask.want[0] = "X-RateLimit-Remaining";
    ask.want[1] = "Retry-After";
    ask.want[2] = "X-None";
    ok(httpc_do(&ctx, http, &ask, &a) == OK && a.status == 429, "any status is an answer");
    ok(str_eq_text(a.header[0], "0") && str_eq_text(a.header[1], "3") && a.header[2].n == 0,
       "with the headers that were asked for, however they are written");
    ask = asking("/x");
    ok(httpc_do(&ctx, http, &ask, &a) == OK && a.status == 302, "redirects are not followed");
    ok(httpc_do(&ctx, http, &ask, &a) == E_UNCERTAIN, "half an answer is uncertain");
    ask.timeout_ms = 1500;
    ok(httpc_do(&ctx, http, &ask, &a) == E_UNCERTAIN, "so is one that takes too long");
    end(pid);
    ask.timeout_ms = 60000;
    ok(httpc_do(&ctx, http, &ask, &a) == E_REMOTE, "where nobody listens nothing happened");
}

static void
test_once(void)
{
    for (int once = 0; once < 2; once++) {
        pid_t pid = server(NULL, 0);
        struct httpc_ask ask = asking("/x");
        struct httpc_answer a = {0};
        enum err e;

        ok(httpc_do(&ctx, http, &ask, &a) == OK && str_eq_text(a.body, "kept"),
           "a connection is kept");
        ask.method = HTTPC_POST;
        ask.type = "text/plain";
        ask.body = STR("END");
        ask.once = once;
        a = (struct httpc_answer){0};
        e = httpc_do(&ctx, http, &ask, &a);
        if (once)
            ok(e == E_UNCERTAIN, "what is sent once is not sent again when it is lost");
        else
            ok(e == OK && str_eq_text(a.body, "again"), "what it loses is sent once more");
        end(pid);
    }
}

static void
test_addresses(void)
{
    static const char *const bad[] = {"x", "@evil.example/", ".evil.example/", "/../admin/",
                                      "/x/../../admin"};
    struct httpc_answer a;
    bool refused = true;

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        struct httpc_ask ask = asking(bad[i]);

        refused = refused && httpc_do(&ctx, http, &ask, &a) == E_INTERNAL;
    }
    ok(refused, "only what lies below the provider's address is asked");
    is_str(httpc_form(&ctx, httpc_form(&ctx, STR(""), "a", STR("1&b=2")), "c", STR("d e")),
           STR("a=1%26b%3D2&c=d%20e"), "values cannot leave their place in a form");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(64 << 20);

    signal(SIGPIPE, SIG_IGN);
    ctx_init(&ctx, a, world_real());
    if (httpc_open(&ctx, a, &http) != OK) {
        printf("Bail out! no client\n");
        return 99;
    }
    test_methods();
    test_answers();
    test_once();
    test_addresses();
    httpc_close(http);
    return done();
}
