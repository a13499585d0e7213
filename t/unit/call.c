/* Asking over a socket: big messages, a vault that dies, answers that are errors. */
#include "call/call.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "call/packet.h"
#include "lib/place.h"

static struct ctx ctx;
static char big[1200 * 1024];

static struct str
encode(const struct msg *m)
{
    struct str bytes = STR_NULL;

    if (msg_encode(&ctx, m, &bytes) != OK)
        printf("# not encoded: %.*s\n", STR_ARG(ctx_why(&ctx)));
    return bytes;
}

static int
listen_at(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    memcpy(at.sun_path, path, strlen(path) + 1);
    unlink(path);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 16) != 0) {
        printf("Bail out! no socket at %s\n", path);
        exit(99);
    }
    return fd;
}

static bool
send_all(int fd, struct str bytes)
{
    size_t at = 0;
    enum err e;

    while ((e = call_send(fd, bytes, &at)) == E_BUSY) {
        struct pollfd p = {.fd = fd, .events = POLLOUT};

        poll(&p, 1, -1);
    }
    return e == OK;
}

/* One message from fd; false when it closed. */
static bool
receive(int fd, struct msg *m)
{
    static char packet[CALL_PACKET];
    struct call_in in = {0};
    struct str whole = STR_NULL;

    while (!whole.p) {
        ssize_t n = recv(fd, packet, sizeof packet, 0);

        if (n <= 0 || call_in_add(&in, ctx.arena, (struct str){.p = packet, .n = (size_t)n},
                                  &whole) != OK)
            return false;
    }
    return msg_decode(&ctx, str_dup(ctx.arena, whole), m) == OK;
}

/* A vault for the tests: does what the name of the message says. */
static void
answer(int fd, const struct msg *q)
{
    struct msg r;

    if (str_eq_text(q->name, "die"))
        _exit(0);
    if (str_eq_text(q->name, "close")) {
        close(fd);
        return;
    }
    if (str_eq_text(q->name, "mute"))
        return;
    if (str_eq_text(q->name, "noise")) {
        (void)!send(fd, "\5\0\0\0\0\0\0\0hello", 13, MSG_NOSIGNAL);
        return;
    }
    if (str_eq_text(q->name, "half")) {
        (void)!send(fd, "\5\0\0\0\3\0\0\0hello", 13, MSG_NOSIGNAL);
        return;
    }
    if (str_eq_text(q->name, "refuse")) {
        msg_init(&r, STR("E_CONFLICT"));
        msg_add_str(&r, "why", STR("the race runs already"));
        msg_add_i64(&r, "more", 7);
    } else if (str_eq_text(q->name, "odd")) {
        msg_init(&r, STR("what"));
    } else {
        msg_init(&r, STR("ok"));
        msg_add_str(&r, "body", msg_opt(q, "body"));
        msg_add_i64(&r, "n", msg_opt_i64(q, "n", -1) + 1);
    }
    send_all(fd, encode(&r));
}

static pid_t
start(int at)
{
    pid_t child = fork();
    int fds[8], n = 0;

    if (child)
        return child;
    for (;;) {
        struct pollfd p[9] = {
            {.fd = at, .events = POLLIN}
        };
        struct msg q;

        arena_reset(ctx.arena);
        for (int i = 0; i < n; i++)
            p[i + 1] = (struct pollfd){.fd = fds[i], .events = POLLIN};
        poll(p, (nfds_t)n + 1, -1);
        for (int i = n; i > 0; i--) {
            if (!p[i].revents)
                continue;
            if (receive(fds[i - 1], &q)) {
                answer(fds[i - 1], &q);
                if (!str_eq_text(q.name, "close"))
                    continue;
            } else {
                close(fds[i - 1]);
            }
            fds[i - 1] = fds[--n];
        }
        if (p[0].revents && n < 8)
            fds[n++] = accept(at, NULL, NULL);
    }
}

static void
test_ask(struct call *c)
{
    struct msg q, r;
    struct str s = STR_NULL;
    int64_t n = 41;
    int fd;

    msg_init(&q, STR("echo"));
    msg_add_i64(&q, "n", n);
    msg_add_str(&q, "body", STR("small"));
    is_int(call_ask(&ctx, c, &q, &r), OK, "a question is answered");
    is_int(msg_opt_i64(&r, "n", 0), 42, "with the vault's field");
    is_str(msg_opt(&r, "body"), STR("small"), "and ours");
    fd = c->fd;
    for (size_t size = CALL_PACKET - 80; size <= sizeof big;
         size += size < 70000 ? 16 : 99991) {
        msg_init(&q, STR("echo"));
        msg_add_i64(&q, "n", (int64_t)size);
        msg_add_str(&q, "body", (struct str){.p = big, .n = size});
        if (call_ask(&ctx, c, &q, &r) != OK || msg_bytes(&ctx, &r, "body", size, &s) != OK ||
            s.n != size || memcmp(s.p, big, size) != 0)
            n = -1;
        arena_reset(ctx.arena);
    }
    is_int(n, 41, "messages of all sizes around a packet and up to the largest go both ways");
    is_int(c->fd, fd, "over one connection");
}

static void
test_errors(struct call *c)
{
    struct msg q, r;

    msg_init(&q, STR("refuse"));
    is_int(call_ask(&ctx, c, &q, &r), E_CONFLICT, "an error comes as that error");
    is_str(ctx_why(&ctx), STR("the race runs already"), "with its words");
    is_int(msg_opt_i64(&r, "more", 0), 7, "and the rest of the answer");
    msg_init(&q, STR("odd"));
    is_int(call_ask(&ctx, c, &q, &r), E_INTERNAL, "an unknown answer is an error of ours");
    msg_init(&q, STR("noise"));
    is_int(call_ask(&ctx, c, &q, &r), E_INTERNAL, "an answer that is no message as well");
    is_int(c->fd, -1, "and ends the connection");
    msg_init(&q, STR("echo"));
    is_int(call_ask(&ctx, c, &q, &r), OK, "the next question makes a new one");
}

static void
test_steps(struct call *c, int at, pid_t *vault)
{
    struct msg q, r;
    struct pollfd p = {.events = POLLIN};

    msg_init(&q, STR("echo"));
    msg_add_i64(&q, "n", 6);
    is_int(call_begin(&ctx, c, &q), OK, "a question is put");
    p.fd = c->fd;
    is_int(poll(&p, 1, 60000), 1, "the line tells that its answer has come");
    is_int(call_end(&ctx, c, &r), OK, "which is then read");
    is_int(msg_opt_i64(&r, "n", 0), 7, "as it is");
    msg_init(&q, STR("mute"));
    is_int(call_begin(&ctx, c, &q), OK, "a question that is not answered");
    kill(*vault, SIGKILL);
    waitpid(*vault, NULL, 0);
    p.fd = c->fd;
    is_int(poll(&p, 1, 60000), 1, "the line tells that the vault has gone");
    *vault = start(at);
    c->until -= c->timeout_ms - 200;
    is_int(call_end(&ctx, c, &r), E_BUSY, "then it was put again, until it was given up");
    is_int(c->fd, -1, "and no late answer will be read");
    msg_init(&q, STR("echo"));
    is_int(call_begin(&ctx, c, &q), OK, "a question");
    c->until -= c->timeout_ms + 1;
    is_int(call_end(&ctx, c, &r), E_BUSY, "that was left for too long is given up at once");
    is_int(call_ask(&ctx, c, &q, &r), OK, "the next one has a new line");
}

static void
test_death(struct call *c, int at, pid_t *vault)
{
    struct msg q, r;

    call_done(c); /* the limit is set with the connection */
    c->timeout_ms = 300;
    msg_init(&q, STR("mute"));
    is_int(call_ask(&ctx, c, &q, &r), E_BUSY, "no answer in time is E_BUSY");
    is_int(c->fd, -1, "and a late one will not be read");
    msg_init(&q, STR("half"));
    is_int(call_ask(&ctx, c, &q, &r), E_BUSY, "a cut answer is asked for again, then E_BUSY");
    msg_init(&q, STR("close"));
    is_int(call_ask(&ctx, c, &q, &r), E_BUSY, "so is one that never comes");
    c->timeout_ms = 10000;
    msg_init(&q, STR("echo"));
    is_int(call_ask(&ctx, c, &q, &r), OK, "a kept connection");
    ok(c->fd >= 0, "stays");
    kill(*vault, SIGKILL);
    waitpid(*vault, NULL, 0);
    *vault = start(at);
    is_int(call_ask(&ctx, c, &q, &r), OK, "a vault that was killed and started again answers");
    call_done(c);
    c->path = "/nonexistent/socket";
    c->timeout_ms = 60;
    is_int(call_ask(&ctx, c, &q, &r), E_BUSY, "no socket at all is E_BUSY");
}

static struct str
packet(unsigned total, unsigned offset, size_t n)
{
    unsigned char *p = arena_alloc(ctx.arena, n + CALL_HEAD);

    for (int i = 0; i < 4; i++) {
        p[i] = (unsigned char)(total >> (8 * i));
        p[i + 4] = (unsigned char)(offset >> (8 * i));
    }
    memset(p + CALL_HEAD, 'x', n);
    return (struct str){.p = (const char *)p, .n = n + CALL_HEAD};
}

static enum err
feed(struct call_in *in, unsigned total, unsigned offset, size_t n, struct str *ret)
{
    return call_in_add(in, ctx.arena, packet(total, offset, n), ret);
}

static void
test_packets(void)
{
    struct call_in in = {0};
    struct str r = STR_NULL;

    is_int(feed(&in, 5, 0, 5, &r), OK, "one packet");
    is_int((int64_t)r.n, 5, "is a message");
    is_int(feed(&in, 10, 0, 4, &r), OK, "the first of three");
    ok(!r.p, "is none yet");
    is_int(feed(&in, 10, 4, 5, &r), OK, "the second");
    is_int(feed(&in, 10, 9, 1, &r), OK, "the third");
    is_int((int64_t)r.n, 10, "makes it whole");
    is_int(feed(&in, 3, 0, 3, &r), OK, "and the next can come");
    is_int(feed(&in, 5, 0, 6, &r), E_INVALID, "more bytes than announced");
    is_int(feed(&in, 5, 1, 2, &r), E_INVALID, "a beginning in the middle");
    is_int(feed(&in, 0, 0, 1, &r), E_INVALID, "an empty message");
    is_int(feed(&in, MSG_SIZE_MAX + 1, 0, 9, &r), E_INVALID, "a message that is too long");
    is_int(call_in_add(&in, ctx.arena, STR("\1\0\0\0\0\0\0\0"), &r), E_INVALID, "a bare head");
    is_int(call_in_add(&in, ctx.arena, STR("\1\0"), &r), E_INVALID, "half a head");
    is_int(feed(&in, 10, 0, 4, &r), OK, "a first part");
    is_int(feed(&in, 11, 4, 4, &r), E_INVALID, "of which the size then changes");
    is_int(feed(&in, 10, 0, 4, &r), OK, "a first part");
    is_int(feed(&in, 10, 0, 4, &r), E_INVALID, "that comes twice");
    is_int(feed(&in, 10, 0, 4, &r), OK, "a first part");
    is_int(feed(&in, 10, 5, 4, &r), E_INVALID, "with a gap after it");
    is_int(feed(&in, 10, 0, 4, &r), OK, "a first part");
    is_int(feed(&in, 10, 4, 7, &r), E_INVALID, "and more than is missing");
}

static void
test_full_socket(void)
{
    int fd[2], e = OK;
    size_t at = 0;
    struct str bytes = {.p = big, .n = sizeof big};

    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) != 0)
        exit(99);
    e = (int)call_send(fd[0], bytes, &at);
    is_int(e, E_BUSY, "a socket that nobody reads gets full");
    ok(at > 0 && at < bytes.n, "in the middle of the message");
    is_int(call_send(fd[0], bytes, &at), E_BUSY, "and stays so");
    {
        static char packet_bytes[CALL_PACKET];
        struct call_in in = {0};
        struct str whole = STR_NULL;

        while (!whole.p) {
            ssize_t n = recv(fd[1], packet_bytes, sizeof packet_bytes, 0);

            if (n <= 0 ||
                call_in_add(&in, ctx.arena, (struct str){.p = packet_bytes, .n = (size_t)n},
                            &whole) != OK)
                break;
            if (at < bytes.n)
                (void)!call_send(fd[0], bytes, &at);
        }
        is_str(whole, bytes, "reading it frees the way and the message comes whole");
    }
    close(fd[1]);
    at = 0;
    is_int(call_send(fd[0], bytes, &at), E_REMOTE, "a reader that left is E_REMOTE");
    close(fd[0]);
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(256 << 20);
    struct call c;
    const char *path;
    int at;
    pid_t vault;

    place_make();
    path = arena_printf(a, "%s/vault.sock", place_dir);
    ctx_init(&ctx, arena_new(64 << 20), world_real());
    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (char)(i * 31 ^ i >> 9);
    at = listen_at(path);
    vault = start(at);
    call_init(&c, path);
    test_ask(&c);
    test_errors(&c);
    test_steps(&c, at, &vault);
    test_death(&c, at, &vault);
    test_packets();
    test_full_socket();
    call_done(&c);
    kill(vault, SIGKILL);
    waitpid(vault, NULL, 0);
    arena_free(ctx.arena);
    return place_done();
}
