/* epoll over four sockets, their connections and the signals. Not for: transactions (batch.c).
 */
#include "vault/loop.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/room.h"
#include "call/packet.h"
#include "db/db.h"
#include "vault/actor.h"
#include "vault/batch.h"
#include "vault/gate.h"
#include "vault/gauge.h"
#include "vault/pulse.h"
#include "vault/secrets.h"

enum {
    CONN_MAX = 256,
    WEB_MAX = 160,
    JOBS_MAX = 16,
    CTL_MAX = 64,
    REFUSED_MAX = 8, /* who may not speak takes nobody's place */
    BATCH_MAX = 256,
    BATCH_BYTES = 4 * 1024 * 1024,
    BATCH_ARENA = 64 * 1024 * 1024,
    CONN_ARENA = 4 * 1024 * 1024,
    PARTS_BYTES = 64 * 1024 * 1024, /* unfinished messages of all connections together */
    STALE_MS = 10 * 1000,           /* half a message, or an answer nobody takes */
    REFUSED_MS = 2000,              /* to ask and hear the reason */
    IDLE_MS = 1000,
    CHECKPOINT_PAGES = 4000,
    WAL_WATCH_PAGES = 100 * 1000,
    ROOM_BYTES = 4 * ROOM_MB /* the last of the disk is left for what is under way */
};

/* Tags of epoll events: gates, signals, then connections. */
enum { TAG_SIGNAL = GATE_COUNT, TAG_CONN };

struct conn {
    int fd; /* -1: free */
    struct vault_actor who;
    char who_text[24];
    bool refused;    /* gets one answer, then is closed */
    int64_t since;   /* when the half message or answer began */
    struct arena *a; /* NULL unless parts of a message or an answer are kept */
    struct call_in in;
    struct str out;
    size_t out_at;
};

struct loop {
    int ep, sig, poke;
    struct sockaddr_un jobs; /* where the poke goes */
    struct gate gate[GATE_COUNT];
    struct arena *keep;
    const char *ledger;
    struct conn conn[CONN_MAX];
    size_t n_from[FROM_UPKEEP + 1], n_refused;
    size_t parts; /* bytes announced in unfinished messages */
    struct batch_item item[BATCH_MAX];
    struct conn *asker[BATCH_MAX];
    size_t n, bytes;
    int64_t checkpoint_at, swept, watched;
    bool ending;
    enum err lost; /* the disk failed at the start: who asks now is refused, then it ends … */
    char why[sizeof((struct ctx *)NULL)->fail_text]; /* … for that reason */
    char packet[CALL_PACKET + 1];
};

static enum err
watch(struct ctx *ctx, struct loop *l, int fd, uint64_t tag)
{
    struct epoll_event ev = {.events = EPOLLIN, .data.u64 = tag};

    if (epoll_ctl(l->ep, EPOLL_CTL_ADD, fd, &ev) != 0)
        return ctx_fail(ctx, E_INTERNAL, "cannot watch a descriptor: %s", strerror(errno));
    return OK;
}

static enum err
open_signals(struct ctx *ctx, struct loop *l)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    l->sig = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (l->sig < 0)
        return ctx_fail(ctx, E_INTERNAL, "cannot wait for signals: %s", strerror(errno));
    return watch(ctx, l, l->sig, TAG_SIGNAL);
}

static enum err
open_poke(struct ctx *ctx, struct loop *l, struct str run)
{
    int n;

    l->jobs.sun_family = AF_UNIX;
    n = snprintf(l->jobs.sun_path, sizeof l->jobs.sun_path, "%.*s/jobs.sock", STR_ARG(run));
    if (n < 0 || (size_t)n >= sizeof l->jobs.sun_path)
        return ctx_fail(ctx, E_INTERNAL, "path.run is too long for a socket");
    l->poke = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (l->poke < 0)
        return ctx_fail(ctx, E_INTERNAL, "cannot make a socket: %s", strerror(errno));
    return OK;
}

static enum err
open_steps(struct ctx *ctx, struct arena *process, struct loop *l)
{
    enum err e;

    l->ep = epoll_create1(EPOLL_CLOEXEC);
    if (l->ep < 0)
        return ctx_fail(ctx, E_INTERNAL, "cannot make an epoll: %s", strerror(errno));
    if ((e = open_signals(ctx, l)) || (e = open_poke(ctx, l, ctx->conf->path.run)) ||
        (e = gate_open(ctx, process, l->gate)))
        return e;
    for (size_t i = 0; i < GATE_COUNT; i++)
        if ((e = watch(ctx, l, l->gate[i].fd, i)))
            return e;
    return OK;
}

enum err
loop_open(struct ctx *ctx, struct arena *process, struct loop **ret)
{
    struct loop *l = ARENA_NEW(process, struct loop);
    enum err e;

    l->ep = l->sig = l->poke = -1;
    for (size_t i = 0; i < GATE_COUNT; i++)
        l->gate[i].fd = -1;
    for (size_t i = 0; i < CONN_MAX; i++)
        l->conn[i].fd = -1;
    l->keep = arena_new(BATCH_ARENA);
    l->ledger = str_text(process, ctx->conf->path.ledger);
    l->checkpoint_at = CHECKPOINT_PAGES;
    if ((e = open_steps(ctx, process, l)))
        return loop_close(l), e;
    *ret = l;
    return OK;
}

/* Memory of a half message or answer. */
static void
conn_empty(struct loop *l, struct conn *c)
{
    l->parts -= c->in.total;
    c->in = (struct call_in){0};
    c->out = STR_NULL;
    c->out_at = 0;
    arena_free(c->a);
    c->a = NULL;
}

static void
conn_close(struct loop *l, struct conn *c)
{
    if (c->fd < 0)
        return;
    conn_empty(l, c);
    close(c->fd);
    c->fd = -1;
    if (c->refused)
        l->n_refused--;
    else
        l->n_from[c->who.from]--;
}

void
loop_close(struct loop *l)
{
    for (size_t i = 0; i < CONN_MAX; i++)
        conn_close(l, &l->conn[i]);
    gate_close(l->gate);
    if (l->poke >= 0)
        close(l->poke);
    if (l->sig >= 0)
        close(l->sig);
    if (l->ep >= 0)
        close(l->ep);
    arena_free(l->keep);
}

static int64_t
tick(const struct ctx *ctx)
{
    return ctx->world->tick_ms(ctx->world->arg);
}

static struct conn *
conn_free(struct loop *l, enum vault_from from, bool refused)
{
    size_t most = from == FROM_WEB ? WEB_MAX : from == FROM_JOBS ? JOBS_MAX : CTL_MAX;

    if (refused ? l->n_refused >= REFUSED_MAX : l->n_from[from] >= most)
        return NULL;
    for (size_t i = 0; i < CONN_MAX; i++)
        if (l->conn[i].fd < 0)
            return &l->conn[i];
    return NULL;
}

/* All that wait. One caller's connections must not use up those of the others. */
static void
accept_all(struct ctx *ctx, struct loop *l, const struct gate *g)
{
    unsigned uid = 0;
    int fd;

    while ((fd = gate_accept(g, &uid)) >= 0) {
        struct conn *c;
        bool refused;

        arena_reset(ctx->arena);
        refused = actor_may(ctx, g->from, g->uid, uid) != OK;
        c = conn_free(l, g->from, refused);
        if (!c) {
            log_line(LOG_WARNING, "event=refused at=%s why=\"too many connections\"", g->path);
            close(fd);
            continue;
        }
        *c = (struct conn){.fd = fd, .since = tick(ctx), .refused = refused};
        c->who = actor_make(ctx->arena, g->from, uid);
        snprintf(c->who_text, sizeof c->who_text, "%.*s", STR_ARG(c->who.text));
        c->who.text = str_of(c->who_text);
        if (refused)
            l->n_refused++;
        else
            l->n_from[g->from]++;
        if (watch(ctx, l, fd, TAG_CONN + (uint64_t)(c - l->conn)) != OK)
            conn_close(l, c);
    }
}

static void
listen_for(struct loop *l, struct conn *c, uint32_t events)
{
    struct epoll_event ev = {.events = events, .data.u64 = TAG_CONN + (uint64_t)(c - l->conn)};

    if (epoll_ctl(l->ep, EPOLL_CTL_MOD, c->fd, &ev) != 0)
        conn_close(l, c);
}

/* What does not fit into the socket now is kept and goes when there is room; until then nothing
 * more is read from this caller. */
static void
send_answer(struct ctx *ctx, struct loop *l, struct conn *c, struct str answer)
{
    size_t at = 0;
    enum err e = call_send(c->fd, answer, &at);

    if (e == E_BUSY) {
        conn_empty(l, c);
        c->a = arena_new(CONN_ARENA);
        c->out = str_dup(c->a, answer);
        c->out_at = at;
        c->since = tick(ctx);
        listen_for(l, c, EPOLLOUT);
        return;
    }
    if (e || c->refused)
        conn_close(l, c);
    else
        conn_empty(l, c);
}

static void
send_rest(struct loop *l, struct conn *c)
{
    enum err e = call_send(c->fd, c->out, &c->out_at);

    if (e == E_BUSY)
        return;
    if (e || c->refused) {
        conn_close(l, c);
        return;
    }
    conn_empty(l, c);
    listen_for(l, c, EPOLLIN);
}

static int64_t
gate_uid(const struct loop *l, enum vault_from from)
{
    for (size_t i = 0; i < GATE_COUNT; i++)
        if (l->gate[i].from == from)
            return l->gate[i].uid;
    return -1;
}

/* A whole message: into the batch, or refused when this user may not speak here. */
static void
take(struct ctx *ctx, struct loop *l, struct conn *c, struct str bytes, bool own)
{
    if (c->refused) {
        arena_reset(ctx->arena);
        if (actor_may(ctx, c->who.from, gate_uid(l, c->who.from), c->who.uid) != OK)
            send_answer(ctx, l, c, batch_refusal(ctx, l->keep, E_DENIED));
        else
            conn_close(l, c);
        return;
    }
    l->item[l->n] = (struct batch_item){
        .bytes = own ? bytes : str_dup(l->keep, bytes),
        .who = c->who,
    };
    l->asker[l->n++] = c;
    l->bytes += bytes.n;
}

/* Most messages are one packet: those need no memory of their own. */
static bool
is_whole(const char *packet, size_t n)
{
    const unsigned char *p = (const unsigned char *)packet;

    return n > CALL_HEAD && ((size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 |
                             (size_t)p[3] << 24) == n - CALL_HEAD;
}

/* Packets of one connection until its message is whole. */
static void
read_conn(struct ctx *ctx, struct loop *l, struct conn *c)
{
    for (;;) {
        ssize_t n = recv(c->fd, l->packet, sizeof l->packet, MSG_DONTWAIT | MSG_TRUNC);
        size_t before = c->in.total;
        struct str whole;

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0) {
            conn_close(l, c);
            return;
        }
        if (!c->a && !is_whole(l->packet, (size_t)n))
            c->a = arena_new(CONN_ARENA);
        if (call_in_add(&c->in, c->a, (struct str){.p = l->packet, .n = (size_t)n}, &whole) !=
            OK) {
            log_line(LOG_WARNING, "event=refused actor=%s why=\"not a message\"", c->who_text);
            l->parts -= before;
            conn_close(l, c);
            return;
        }
        if (whole.p) {
            l->parts -= before;
            take(ctx, l, c, whole, before != 0);
            return;
        }
        if (!before) {
            l->parts += c->in.total;
            c->since = tick(ctx);
        }
        if (l->parts > PARTS_BYTES) {
            conn_close(l, c);
            return;
        }
    }
}

static void
take_signals(struct ctx *ctx, struct loop *l)
{
    struct signalfd_siginfo got;

    while (read(l->sig, &got, sizeof got) == (ssize_t)sizeof got) {
        if (got.ssi_signo != SIGHUP) {
            l->ending = true;
            continue;
        }
        arena_reset(ctx->arena);
        if (secrets_load(ctx) != OK)
            log_line(LOG_ERROR, "event=secrets result=kept why=\"%s\"", ctx->fail_text);
        else
            log_line(LOG_NOTICE, "event=secrets result=reread");
    }
}

static bool
has_room(const struct loop *l)
{
    struct room room;

    return !room_look(l->ledger, &room) || room.bytes >= ROOM_BYTES + 4 * (int64_t)l->bytes;
}

static void
run_batch(struct ctx *ctx, struct loop *l)
{
    bool news;

    if (l->n == 0)
        return;
    if (l->lost)
        batch_refuse(ctx, l->keep, ctx_fail(ctx, l->lost, "%s", l->why), l->item, l->n);
    news = !l->lost && batch_run(ctx, l->keep, has_room(l), l->item, l->n);
    for (size_t i = 0; i < l->n; i++)
        send_answer(ctx, l, l->asker[i], l->item[i].answer);
    /* Nobody may be there: then the runner looks by itself a second later. */
    if (news)
        (void)sendto(l->poke, "!", 1, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&l->jobs,
                     sizeof l->jobs);
    l->n = l->bytes = 0;
    arena_reset(l->keep);
}

/* A reader can hold an old state: what could not be copied is not tried again at each batch. A
 * ledger that cannot grow leaves all in the WAL; any other failure ends the process. */
static enum err
checkpoint(struct ctx *ctx, struct loop *l, bool idle)
{
    int64_t wal = db_wal(ctx->db), left = 0;

    if (wal + CHECKPOINT_PAGES < l->checkpoint_at)
        l->checkpoint_at = CHECKPOINT_PAGES; /* it began anew */
    if (wal < l->checkpoint_at && !(idle && wal > 0))
        return OK;
    arena_reset(ctx->arena);
    ctx_clear(ctx);
    if (db_checkpoint(ctx, &left) != OK) {
        if (db_broken(ctx->db))
            return ctx->fail;
        log_line(LOG_WARNING, "event=checkpoint why=\"%s\"", ctx->fail_text);
    }
    l->checkpoint_at = wal + CHECKPOINT_PAGES;
    if (wal > WAL_WATCH_PAGES && tick(ctx) - l->watched > 60 * 1000) {
        l->watched = tick(ctx);
        log_line(LOG_WARNING,
                 "event=wal pages=%lld left=%lld why=\"a reader holds an old state\"",
                 (long long)wal, (long long)left);
    }
    return OK;
}

/* A sign of life where no command takes it along. A full disk tells enough by itself. */
static enum err
live_on(struct ctx *ctx, const struct loop *l, enum pulse how)
{
    return has_room(l) ? pulse_alone(ctx, how) : OK;
}

/* Once a second: callers that stopped in the middle. */
static void
sweep(struct ctx *ctx, struct loop *l)
{
    int64_t now = tick(ctx);
    size_t open = 0;

    if (now - l->swept < IDLE_MS)
        return;
    l->swept = now;
    for (size_t i = 0; i < CONN_MAX; i++) {
        struct conn *c = &l->conn[i];

        open += c->fd >= 0;
        if (c->fd >= 0 && (c->in.total || c->out.p || c->refused) &&
            now - c->since > (c->refused ? REFUSED_MS : STALE_MS))
            conn_close(l, c);
    }
    gauge_conns(open);
}

static void
serve(struct ctx *ctx, struct loop *l, const struct epoll_event *ev)
{
    struct conn *c;

    if (ev->data.u64 < GATE_COUNT) {
        accept_all(ctx, l, &l->gate[ev->data.u64]);
        return;
    }
    if (ev->data.u64 == TAG_SIGNAL) {
        take_signals(ctx, l);
        return;
    }
    c = &l->conn[ev->data.u64 - TAG_CONN];
    if (c->fd < 0)
        return;
    if (c->out.p)
        send_rest(l, c);
    else
        read_conn(ctx, l, c);
    /* A big batch goes before the rest is read: the rest is the next one. */
    if (l->n == BATCH_MAX || l->bytes >= BATCH_BYTES)
        run_batch(ctx, l);
}

/* What a vault before this one could not make durable may stand in the kernel's memory alone,
 * and reads as if it were on the disk. Written anew into the ledger and synced it is. */
static enum err
settle(struct ctx *ctx)
{
    int64_t left;
    enum err e = db_checkpoint(ctx, &left);

    return e == E_FULL ? OK : e;
}

/* The first writes are the vault's own. On a disk that does not take them nobody waits for a
 * vault that dies again and again: who asks within the next second is refused, and knows that
 * nothing was tried. */
static void
begin(struct ctx *ctx, struct loop *l)
{
    enum err e = settle(ctx);

    if (e == OK)
        e = live_on(ctx, l, PULSE_BEGIN);
    l->lost = e == OK ? OK : e == E_FULL ? E_FULL : E_BUSY;
    memcpy(l->why, ctx->fail_text, sizeof l->why);
}

enum err
loop_run(struct ctx *ctx, struct loop *l)
{
    struct epoll_event ev[BATCH_MAX];
    int64_t begun = tick(ctx);
    enum err e;

    begin(ctx, l);
    while (!l->ending) {
        int n = epoll_wait(l->ep, ev, BATCH_MAX, IDLE_MS);

        notify_alive(tick(ctx));
        if (n < 0 && errno != EINTR)
            return ctx_fail(ctx, E_INTERNAL, "cannot wait: %s", strerror(errno));
        for (int i = 0; i < n; i++)
            serve(ctx, l, &ev[i]);
        run_batch(ctx, l);
        if (l->lost && tick(ctx) - begun >= IDLE_MS)
            return ctx_fail(ctx, E_INTERNAL, "%s", l->why);
        if (l->lost)
            continue;
        if ((n == 0 && (e = live_on(ctx, l, PULSE_ON))) || (e = checkpoint(ctx, l, n == 0)))
            return e;
        sweep(ctx, l);
    }
    return l->lost ? OK : live_on(ctx, l, PULSE_END);
}
