/* FastCGI without libfcgi's accept loop, which hangs on half records and misses signals. The
 * head of a request is looked at in the socket's buffer before libfcgi reads a byte: it takes
 * parameters of any size and number, we do not. Not for: choosing an answer (router.c). */
#include "http/fcgi.h"

#include <errno.h>
#include <fcgiapp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/log.h"

enum {
    PATIENCE_S = 2,       /* silence of the other side */
    HEAD_MS = 5000,       /* the whole head, however it dribbles */
    HEAD_MAX = 96 * 1024, /* records up to the end of the parameters */
    RECORD_HEAD = 8,
    TYPE_BEGIN = 1,
    TYPE_PARAMS = 4,
    LOOK_MS = 1000 /* between two looks at who has waited too long */
};

/* A request under way. */
struct slot {
    FCGX_Request f;
    struct arena *arena;
    struct ctx ctx;
    struct req *req;
    struct res res;
    struct call line; /* path NULL: its request waits by itself */
    bool waiting;
};

enum err
fcgi_init(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    /* libfcgi takes over signals that nobody wants; how long it waits for the peer to close. */
    if (sigaction(SIGPIPE, &ignore, NULL) != 0 || sigaction(SIGUSR1, &ignore, NULL) != 0 ||
        setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "100", 1) != 0 || FCGX_Init() != 0)
        return E_INTERNAL;
    return OK;
}

static void
fd_close(int fd)
{
    if (close(fd) != 0)
        log_line(LOG_WARNING, "event=close_failed errno=%d", errno);
}

/* Walks over the records in head. 1: the parameters are complete; 0: more is needed; -1: this
 * is no request that we would take. */
static int
head_scan(const unsigned char *p, size_t n)
{
    bool begun = false;

    for (size_t at = 0; n - at >= RECORD_HEAD;) {
        const unsigned char *r = p + at;
        size_t length = (size_t)r[4] << 8 | r[5], padding = r[6];
        int type = r[1];

        /* Version 1, request 1; BEGIN first, then only PARAMS. */
        if (r[0] != 1 || r[2] != 0 || r[3] != 1)
            return -1;
        if (begun ? type != TYPE_PARAMS : type != TYPE_BEGIN || length != 8)
            return -1;
        begun = true;
        if (type == TYPE_PARAMS && length == 0)
            return 1;
        if (length + padding + RECORD_HEAD > n - at)
            return 0;
        at += length + padding + RECORD_HEAD;
    }
    return 0;
}

/* Joins the contents of all parameter records at the front of the buffer; head_scan found them
 * whole. */
static size_t
params_join(unsigned char *p, size_t n)
{
    size_t out = 0;

    for (size_t at = 0; n - at >= RECORD_HEAD;) {
        bool params = p[at + 1] == TYPE_PARAMS;
        size_t length = (size_t)p[at + 4] << 8 | p[at + 5], padding = p[at + 6];

        at += RECORD_HEAD;
        if (params && length == 0)
            break;
        if (params) {
            memmove(p + out, p + at, length);
            out += length;
        }
        at += length + padding;
    }
    return out;
}

/* One length of a name or value: one byte, or four with the highest bit set. */
static bool
length_take(const unsigned char *p, size_t n, size_t *at, size_t *ret)
{
    if (*at < n && p[*at] < 0x80) {
        *ret = p[(*at)++];
        return true;
    }
    if (*at >= n || n - *at < 4)
        return false;
    *ret = (size_t)(p[*at] & 0x7fU) << 24 | (size_t)p[*at + 1] << 16 | (size_t)p[*at + 2] << 8 |
           p[*at + 3];
    *at += 4;
    return true;
}

/* Every name and value lies within what was sent: libfcgi asks for memory by these numbers, and
 * its sum of both is an int. */
static bool
params_fit(const unsigned char *p, size_t n)
{
    for (size_t at = 0; at < n;) {
        size_t name, value;

        if (!length_take(p, n, &at, &name) || !length_take(p, n, &at, &value) ||
            name + value > n - at)
            return false;
        at += name + value;
    }
    return true;
}

/* Looks at the head without taking it; false when it is too long, malformed or does not come.
 */
static bool
head_wait(const struct fcgi_opts *o, int fd)
{
    static unsigned char p[HEAD_MAX]; /* not of the arena: that would be cleared each time */
    int64_t end = o->world->tick_ms(o->world->arg) + HEAD_MS;
    size_t n = 0;
    int zero = 0, off = -1, seen = 0;

    /* Each look begins where the last one ended, and waits for more there. */
    if (setsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &zero, sizeof(zero)) != 0)
        return false;
    while (seen == 0 && n < HEAD_MAX && o->world->tick_ms(o->world->arg) < end) {
        ssize_t k = recv(fd, p + n, HEAD_MAX - n, MSG_PEEK);

        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        n += (size_t)k;
        seen = head_scan(p, n);
    }
    return seen == 1 && params_fit(p, params_join(p, n)) &&
           setsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &off, sizeof(off)) == 0;
}

/* "NAME=value" texts to parameters; what is over the limit is kept out and makes req_read
 * refuse. */
static const struct req_param *
params_take(struct arena *a, FCGX_ParamArray env, size_t *ret_n)
{
    struct req_param *p = ARENA_ARRAY(a, REQ_PARAMS_MAX + 1, struct req_param);
    size_t n = 0;

    for (; *env != NULL && n <= REQ_PARAMS_MAX; env++) {
        struct str all = str_of(*env);
        size_t eq = str_find(all, STR("="), 0);

        if (eq == SIZE_MAX)
            continue;
        p[n++] = (struct req_param){str_sub(all, 0, eq), str_sub(all, eq + 1, SIZE_MAX)};
    }
    *ret_n = n;
    return p;
}

/* The whole body, or false when it is not exactly as long as announced: then it was cut off. */
static bool
body_take(struct arena *a, FCGX_Stream *in, size_t length, struct str *ret)
{
    char *p = arena_alloc(a, length + 1), more;
    size_t n = 0;

    while (n < length) {
        int k = FCGX_GetStr(p + n, (int)(length - n), in);

        if (k <= 0)
            return false;
        n += (size_t)k;
    }
    *ret = (struct str){p, n};
    return FCGX_GetStr(&more, 1, in) == 0;
}

static void
put(FCGX_Stream *out, struct str s)
{
    if (s.n != 0)
        FCGX_PutStr(s.p, (int)s.n, out);
}

static void
beat(const struct fcgi_opts *o, bool busy)
{
    if (o->beat != NULL)
        o->beat(o->beat_arg, busy);
}

/* Pieces until the last; false when one failed or the visitor has gone. */
static bool
pieces_send(const struct fcgi_opts *o, FCGX_Stream *out, struct ctx *ctx, const struct res *res)
{
    bool more = true;

    while (more) {
        struct arena_mark mark = arena_mark(ctx->arena);
        struct buf b = buf_new(ctx->arena, RES_PIECE_MAX);

        beat(o, true);
        if (res->piece(ctx, res->piece_arg, &b, &more) != OK) {
            log_line(LOG_WARNING, "event=answer_cut trace=%s why=\"%s\"", ctx->trace,
                     ctx->fail_text);
            return false;
        }
        put(out, buf_str(&b));
        arena_release(ctx->arena, mark);
        if (FCGX_GetError(out) != 0)
            return false;
    }
    return true;
}

/* A broken connection shows up nowhere: the visitor has gone, and there is nobody to tell.
 * False: what was sent must not look complete. */
static bool
answer_send(const struct fcgi_opts *o, FCGX_Stream *out, struct ctx *ctx, const struct req *req,
            const struct res *res)
{
    bool whole = true;

    FCGX_FPrintF(out, "Status: %d\r\n", res->status);
    for (size_t i = 0; i < res->n_headers; i++) {
        put(out, res->headers[i].name);
        put(out, STR(": "));
        put(out, res->headers[i].value);
        put(out, STR("\r\n"));
    }
    if (res->type.n != 0) {
        put(out, STR("Content-Type: "));
        put(out, res->type);
        put(out, STR("\r\n"));
    }
    if (res->piece != NULL)
        put(out, STR("\r\n"));
    else
        FCGX_FPrintF(out, "Content-Length: %lu\r\n\r\n", (unsigned long)res->body.n);
    if (req->method != REQ_HEAD && res->piece != NULL)
        whole = pieces_send(o, out, ctx, res);
    else if (req->method != REQ_HEAD)
        put(out, res->body);
    FCGX_FFlush(out);
    return whole;
}

enum how { CUT_OFF, CUT_SHORT, ANSWERED, WAITS };

/* CUT_OFF: nothing may happen then, not even an answer. */
static enum how
request_run(const struct fcgi_opts *o, struct slot *s)
{
    FCGX_Request *f = &s->f;
    struct req *req = s->req = ARENA_NEW(s->arena, struct req);
    size_t n = 0;
    const struct req_param *params = params_take(s->arena, f->envp, &n);

    if (n == 0 || FCGX_GetParam("REQUEST_METHOD", f->envp) == NULL)
        return CUT_OFF;
    ctx_init(&s->ctx, s->arena, o->world);
    s->ctx.conf = o->conf;
    enum err e = req_read(&s->ctx, params, n, req);

    if (e != OK) {
        router_refuse(o->router, &s->ctx, req, &s->res, e);
        answer_send(o, f->out, &s->ctx, req, &s->res);
        return ANSWERED;
    }
    size_t length = req->length < 0 ? 0 : (size_t)req->length;

    req->too_big = length > router_body_max(o->router, req);
    if (!req->too_big && !body_take(s->arena, f->in, length, &req->body))
        return CUT_OFF;
    req->line = s->line.path == NULL ? NULL : &s->line;
    if (!router_run(o->router, &s->ctx, req, &s->res))
        return WAITS;
    return answer_send(o, f->out, &s->ctx, req, &s->res) ? ANSWERED : CUT_SHORT;
}

static void
slot_end(struct slot *s, enum how how)
{
    s->f.keepConnection = 0;
    /* Without the record that ends an answer nginx knows that this one has no end. */
    if (how == CUT_SHORT && shutdown(s->f.ipcFd, SHUT_RDWR) != 0)
        log_line(LOG_NOTICE, "event=shutdown_failed errno=%d", errno);
    FCGX_Finish_r(&s->f);
    if (how == CUT_OFF)
        log_line(LOG_NOTICE, "event=request_dropped why=\"cut off\"");
    s->waiting = false;
    arena_reset(s->arena);
}

static void
slot_serve(const struct fcgi_opts *o, struct slot *s, int fd)
{
    struct timeval patience = {.tv_sec = PATIENCE_S};

    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) != 0 ||
        !head_wait(o, fd) || FCGX_InitRequest(&s->f, -1, 0) != 0) {
        log_line(LOG_NOTICE, "event=request_dropped why=\"no whole head\"");
        fd_close(fd);
        return;
    }
    s->f.ipcFd = fd;
    s->f.keepConnection = 1; /* or it would close our descriptor first */
    if (FCGX_Accept_r(&s->f) != 0) {
        FCGX_Free(&s->f, 1);
        log_line(LOG_NOTICE, "event=request_dropped why=\"not FastCGI\"");
        return;
    }
    enum how how = request_run(o, s);

    if (how == WAITS)
        s->waiting = true;
    else
        slot_end(s, how);
}

static void
slot_finish(const struct fcgi_opts *o, struct slot *s)
{
    router_finish(o->router, &s->ctx, s->req, &s->res);
    slot_end(s, answer_send(o, s->f.out, &s->ctx, s->req, &s->res) ? ANSWERED : CUT_SHORT);
}

void
fcgi_serve(const struct fcgi_opts *o, int fd)
{
    struct slot s = {.arena = o->arena};

    beat(o, true);
    slot_serve(o, &s, fd);
    beat(o, false);
}

struct loop {
    const struct fcgi_opts *o;
    int ep;
    bool listening;
    size_t n; /* requests that wait */
    struct slot slot[FCGI_WAITING_MAX];
};

static struct slot *
slot_free(struct loop *l)
{
    for (size_t i = 0; i < l->o->waiting; i++)
        if (!l->slot[i].waiting)
            return &l->slot[i];
    return NULL;
}

/* Nothing is accepted while every slot is taken: another worker may have room. One worker is
 * woken for a connection, not all of them. */
static void
listen_if_room(struct loop *l)
{
    struct epoll_event ev = {.events = EPOLLIN | EPOLLEXCLUSIVE};
    bool room = slot_free(l) != NULL;

    if (room != l->listening)
        BUG_IF(epoll_ctl(l->ep, room ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, l->o->listen_fd, &ev) !=
               0);
    l->listening = room;
}

static void
finish(struct loop *l, struct slot *s)
{
    struct epoll_event none = {0};

    beat(l->o, true);
    /* The line may be closed and opened anew. */
    if (s->line.fd >= 0)
        BUG_IF(epoll_ctl(l->ep, EPOLL_CTL_DEL, s->line.fd, &none) != 0);
    slot_finish(l->o, s);
    l->n--;
    beat(l->o, false);
}

static void
accept_one(struct loop *l)
{
    struct slot *s = slot_free(l);

    if (s == NULL)
        return;
    int fd = accept4(l->o->listen_fd, NULL, NULL, SOCK_CLOEXEC);

    if (fd < 0) {
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
            log_line(LOG_WARNING, "event=accept_failed errno=%d", errno);
        return;
    }
    beat(l->o, true);
    slot_serve(l->o, s, fd);
    beat(l->o, false);
    if (!s->waiting)
        return;
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = s};

    l->n++;
    if (s->line.fd < 0 || epoll_ctl(l->ep, EPOLL_CTL_ADD, s->line.fd, &ev) != 0) {
        call_done(&s->line);
        finish(l, s);
    }
}

static void
finish_late(struct loop *l, bool all)
{
    int64_t now = l->o->world->tick_ms(l->o->world->arg);

    for (size_t i = 0; i < l->o->waiting; i++)
        if (l->slot[i].waiting && (all || l->slot[i].line.until <= now))
            finish(l, &l->slot[i]);
}

/* False when it is time to stop. */
static bool
turn(struct loop *l)
{
    struct epoll_event ev[FCGI_WAITING_MAX + 2];
    int n = epoll_wait(l->ep, ev, ARRAY_SIZE(ev), l->n > 0 ? LOOK_MS : -1);
    bool come = false, going = true;

    for (int i = 0; i < n; i++) {
        if (ev[i].data.ptr == NULL)
            come = true;
        else if (ev[i].data.ptr == l)
            going = false;
        else
            finish(l, ev[i].data.ptr);
    }
    if (come && going)
        accept_one(l);
    if (l->n > 0)
        finish_late(l, false);
    listen_if_room(l);
    if (n > 0 && going && l->o->over != NULL && l->o->over(l->o->beat_arg))
        going = false;
    return going;
}

void
fcgi_loop(const struct fcgi_opts *o)
{
    struct loop l = {.o = o, .ep = epoll_create1(EPOLL_CLOEXEC)};
    struct epoll_event stop = {.events = EPOLLIN, .data.ptr = &l};

    BUG_IF(o->waiting < 1 || o->waiting > FCGI_WAITING_MAX);
    BUG_IF(l.ep < 0 || epoll_ctl(l.ep, EPOLL_CTL_ADD, o->stop_fd, &stop) != 0);
    for (size_t i = 0; i < o->waiting; i++) {
        l.slot[i].arena = arena_new(o->ceiling);
        call_init(&l.slot[i].line, o->vault);
    }
    listen_if_room(&l);
    while (turn(&l)) {
    }
    finish_late(&l, true);
    for (size_t i = 0; i < o->waiting; i++) {
        call_done(&l.slot[i].line);
        arena_free(l.slot[i].arena);
    }
    fd_close(l.ep);
}
