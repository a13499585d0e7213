/* Messages over a unix seqpacket socket, from both ends. Not for: what is in them (msg.c). */
#include "call/call.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "call/packet.h"

enum { AGAIN_MS = 20 }; /* between two tries to reach the vault */

void
call_init(struct call *c, const char *path)
{
    *c = (struct call){.path = path, .fd = -1, .timeout_ms = 10000};
}

void
call_done(struct call *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

static uint32_t
get32(const char *s)
{
    const unsigned char *p = (const unsigned char *)s;

    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void
put32(unsigned char *p, size_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(v >> (8 * i));
}

enum err
call_in_add(struct call_in *in, struct arena *a, struct str packet, struct str *ret)
{
    size_t total, offset, n;

    *ret = STR_NULL;
    if (packet.n <= CALL_HEAD || packet.n > CALL_PACKET)
        return *in = (struct call_in){0}, E_INVALID;
    total = get32(packet.p);
    offset = get32(packet.p + 4);
    n = packet.n - CALL_HEAD;
    if (total > MSG_SIZE_MAX || offset != in->have || n > total - in->have ||
        (in->total && total != in->total))
        return *in = (struct call_in){0}, E_INVALID;
    if (!in->total && n == total) {
        *ret = (struct str){.p = packet.p + CALL_HEAD, .n = n};
        return OK;
    }
    if (!in->total) {
        in->p = arena_alloc(a, total);
        in->total = total;
    }
    memcpy(in->p + in->have, packet.p + CALL_HEAD, n);
    in->have += n;
    if (in->have == in->total) {
        *ret = (struct str){.p = (const char *)in->p, .n = in->total};
        *in = (struct call_in){0};
    }
    return OK;
}

/* One packet, from byte at on; the bytes of the message sent, or -1 with errno. */
static ssize_t
send_packet(int fd, struct str bytes, size_t at, int flags)
{
    unsigned char head[CALL_HEAD];
    size_t n = bytes.n - at;
    struct iovec part[2] = {
        {.iov_base = head, .iov_len = sizeof head}
    };
    struct msghdr h = {.msg_iov = part, .msg_iovlen = 2};
    ssize_t got;

    if (n > CALL_PACKET - CALL_HEAD)
        n = CALL_PACKET - CALL_HEAD;
    put32(head, bytes.n);
    put32(head + 4, at);
    /* sendmsg reads only; its type does not say so. */
    part[1].iov_base = (void *)(uintptr_t)(bytes.p + at);
    part[1].iov_len = n;
    do {
        got = sendmsg(fd, &h, flags | MSG_NOSIGNAL);
    } while (got < 0 && errno == EINTR);
    return got < 0 ? -1 : (ssize_t)n;
}

enum err
call_send(int fd, struct str bytes, size_t *at)
{
    while (*at < bytes.n) {
        ssize_t n = send_packet(fd, bytes, *at, MSG_DONTWAIT);

        if (n < 0)
            return errno == EAGAIN || errno == ENOBUFS ? E_BUSY : E_REMOTE;
        *at += (size_t)n;
    }
    return OK;
}

/* How long one sending or receiving may take. */
static bool
set_wait(const struct call *c, int64_t ms)
{
    struct timeval wait = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

    return setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0 &&
           setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) == 0;
}

static bool
reach(struct call *c, int64_t ms)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t n = strlen(c->path);

    if (n >= sizeof to.sun_path)
        return false;
    memcpy(to.sun_path, c->path, n + 1);
    c->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        return false;
    if (!set_wait(c, ms) || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0) {
        call_done(c);
        return false;
    }
    return true;
}

/* Sends all packets of the question; false when the other side went away. */
static bool
send_asked(struct call *c)
{
    for (size_t at = 0; at < c->asked.n;) {
        ssize_t n = send_packet(c->fd, c->asked, at, 0);

        if (n < 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

/* Waits for all packets of the answer. False when the other side went away or the answer was
 * cut: the same message may go again. */
static bool
receive(struct ctx *ctx, const struct call *c, struct str *ret)
{
    static char packet[CALL_PACKET]; /* one thread */
    struct call_in in = {0};
    struct str whole = STR_NULL;

    while (!whole.p) {
        ssize_t n = recv(c->fd, packet, sizeof packet, MSG_TRUNC);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || (size_t)n > sizeof packet ||
            call_in_add(&in, ctx->arena, (struct str){.p = packet, .n = (size_t)n}, &whole) !=
                OK)
            return false;
    }
    /* A short answer is a view into the one buffer. */
    *ret = whole.p == packet + CALL_HEAD ? str_dup(ctx->arena, whole) : whole;
    return true;
}

static enum err
verdict(struct ctx *ctx, const struct msg *m)
{
    struct str why = msg_opt(m, "why");

    if (str_eq_text(m->name, "ok"))
        return OK;
    for (int i = 1; i < ERR_COUNT; i++)
        if (str_eq(m->name, err_info((enum err)i)->name))
            return ctx_fail(ctx, (enum err)i, "%.*s", STR_ARG(why));
    return ctx_fail(ctx, E_INTERNAL, "the vault answered %.*s", STR_ARG(m->name));
}

static int64_t
left_of(const struct ctx *ctx, const struct call *c)
{
    return c->until - ctx->world->tick_ms(ctx->world->arg);
}

enum err
call_begin(struct ctx *ctx, struct call *c, const struct msg *m)
{
    enum err e = msg_encode(ctx, m, &c->asked);

    if (e)
        return e;
    c->until = ctx->world->tick_ms(ctx->world->arg) + c->timeout_ms;
    c->sent = (c->fd >= 0 || reach(c, c->timeout_ms)) && send_asked(c);
    if (!c->sent)
        call_done(c);
    return OK;
}

enum err
call_end(struct ctx *ctx, struct call *c, struct msg *ret)
{
    bool again = false, late = left_of(ctx, c) <= 0;
    struct str answer;

    while (late || !c->sent || !receive(ctx, c, &answer)) {
        int64_t left;

        /* An answer that comes late must not be taken for that of the next question. */
        call_done(c);
        left = left_of(ctx, c) - AGAIN_MS;
        if (left <= 0)
            return ctx_fail(ctx, E_BUSY, "the vault does not answer");
        /* A kept connection that turns out to be dead is worth a new one at once. */
        if (again)
            (void)poll(NULL, 0, AGAIN_MS);
        again = true;
        c->sent = reach(c, left) && send_asked(c);
    }
    if (again && !set_wait(c, c->timeout_ms))
        call_done(c);
    if (msg_decode(ctx, answer, ret) != OK) {
        call_done(c);
        return ctx_fail(ctx, E_INTERNAL, "the vault's answer cannot be read");
    }
    return verdict(ctx, ret);
}

enum err
call_ask(struct ctx *ctx, struct call *c, const struct msg *m, struct msg *ret)
{
    enum err e = call_begin(ctx, c, m);

    return e ? e : call_end(ctx, c, ret);
}
