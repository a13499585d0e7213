/* Pipes between them and us, their time, their end. See child.h. */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child_start.h"

enum {
    CHUNK = 8 * 1024,
    COMPLAINT_MAX = 300,
    LOOK_MS = 50 /* where the system does not tell that one has ended */
};

struct process {
    const char *name;
    pid_t pid;
    int life; /* readable once it has ended; -1: the system has no such thing */
};

struct chain {
    const struct child_ask *ask;
    struct process one[CHILD_CHAIN_MAX];
    size_t n;
    int in, out, complaints; /* our ends of their wires; -1: none, or closed */
    struct str input;        /* what is still to be given */
    struct buf said;
    char complaint[COMPLAINT_MAX];
    size_t n_complaint;
};

static void
shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* A pipe between them and us: our end never waits. */
static enum err
open_pipe(struct ctx *ctx, int fd[2], int ours)
{
    if (pipe2(fd, O_CLOEXEC) != 0)
        return ctx_fail(ctx, E_INTERNAL, "cannot make a pipe: %s", strerror(errno));
    if (ours >= 0)
        (void)fcntl(fd[ours], F_SETFL, O_NONBLOCK);
    return OK;
}

static enum err
start(struct ctx *ctx, struct chain *c, const struct child_program *p,
      const struct child_wires *w)
{
    struct process *one = &c->one[c->n];
    enum err e = child_start(ctx, c->ask, p, w, &one->pid);

    if (one->pid < 0)
        return e;
    one->name = p->name;
    one->life = pidfd_open(one->pid, 0);
    c->n++;
    return e;
}

/* All of them, from one descriptor to another; c has those that were started, also when one
 * could not be. */
static enum err
begin(struct ctx *ctx, struct chain *c, int in, int out)
{
    const struct child_program *p = c->ask->chain;
    int said[2] = {-1, -1}, next[2], from = in;
    bool last = false;
    enum err e = OK;

    BUG_IF(!p->name);
    if (!c->ask->together)
        e = open_pipe(ctx, said, 0);
    c->complaints = said[0];
    for (size_t i = 0; !e && !last; i++) {
        last = i + 1 == CHILD_CHAIN_MAX || !p[i + 1].name;
        next[0] = next[1] = -1;
        if (last || !(e = open_pipe(ctx, next, -1)))
            e = start(ctx, c, &p[i],
                      &(struct child_wires){.in = from,
                                            .out = last ? out : next[1],
                                            .complaints = c->ask->together ? out : said[1]});
        if (from != in)
            shut(&from);
        shut(&next[1]);
        from = next[0];
    }
    if (from != in)
        shut(&from);
    shut(&said[1]);
    return e;
}

/* Gives what they take. */
static void
feed(struct chain *c)
{
    ssize_t n = write(c->in, c->input.p, c->input.n);

    if (n > 0)
        c->input = str_sub(c->input, (size_t)n, c->input.n);
    if (!c->input.n || (n < 0 && errno != EAGAIN && errno != EINTR))
        shut(&c->in);
}

/* The next piece of what one of these wires says; 0: nothing just now, or never again. */
static size_t
hear(int *fd, char *piece, size_t size)
{
    ssize_t n = *fd >= 0 ? read(*fd, piece, size) : 0;

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        shut(fd);
    return n > 0 ? (size_t)n : 0;
}

static bool
hear_text(struct chain *c)
{
    char piece[CHUNK];
    size_t n = hear(&c->out, piece, sizeof piece);

    if (n)
        buf_add(&c->said, (struct str){.p = piece, .n = n});
    return n && !c->said.failed;
}

static void
hear_complaint(struct chain *c)
{
    char piece[CHUNK];
    size_t n = hear(&c->complaints, piece, sizeof piece);

    for (size_t i = 0; i < n && c->n_complaint < COMPLAINT_MAX; i++)
        c->complaint[c->n_complaint++] = (unsigned char)piece[i] < 0x20 ? ' ' : piece[i];
}

/* Looks without collecting any: until then no other process gets its number, which kill needs.
 */
static bool
all_over(const struct chain *c)
{
    for (size_t i = 0; i < c->n; i++) {
        siginfo_t at = {.si_pid = 0};

        if (waitid(P_PID, (id_t)c->one[i].pid, &at, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            at.si_pid == 0)
            return false;
    }
    return true;
}

static void
wait_for_news(struct chain *c, int64_t left_ms)
{
    enum { IN, OUT, COMPLAINTS, LIFE };
    struct pollfd p[LIFE + CHILD_CHAIN_MAX] = {
        [IN] = {.fd = c->in,         .events = POLLOUT},
        [OUT] = {.fd = c->out,        .events = POLLIN },
        [COMPLAINTS] = {.fd = c->complaints, .events = POLLIN },
    };

    for (size_t i = 0; i < c->n; i++)
        p[LIFE + i] = (struct pollfd){.fd = c->one[i].life, .events = POLLIN};
    if (poll(p, LIFE + c->n, left_ms < LOOK_MS ? (int)left_ms : LOOK_MS) <= 0)
        return;
    if (p[IN].revents)
        feed(c);
    if (p[OUT].revents)
        (void)hear_text(c);
    if (p[COMPLAINTS].revents)
        hear_complaint(c);
    /* It stays readable: one that ended before the others is no news again. */
    for (size_t i = 0; i < c->n; i++)
        if (p[LIFE + i].revents)
            shut(&c->one[i].life);
}

/* Until all have ended. */
static enum err
attend(struct ctx *ctx, struct chain *c)
{
    const struct world *w = ctx->world;
    int64_t end = w->tick_ms(w->arg) + c->ask->time_ms, left;
    const char *last = c->one[c->n - 1].name;

    while (!all_over(c) && !c->said.failed) {
        if ((left = end - w->tick_ms(w->arg)) <= 0)
            return ctx_fail(ctx, E_LIMIT, "%s took longer than %lld seconds and was ended",
                            last, (long long)(c->ask->time_ms / 1000));
        wait_for_news(c, left);
    }
    /* What they said last; one that they left behind may hold the other end. */
    while (hear_text(c))
        continue;
    hear_complaint(c);
    return c->said.failed ? ctx_fail(ctx, E_LIMIT, "%s said more than %zu bytes and was ended",
                                     last, c->said.ceiling)
                          : OK;
}

/* Collects them all; those who are to go go with all that they started. */
static void
collect(struct chain *c, bool to_go, struct child_end *ret)
{
    *ret = (struct child_end){.name = c->n ? c->one[c->n - 1].name : ""};
    for (size_t i = 0; i < c->n; i++) {
        pid_t pid = c->one[i].pid;
        int status = 0, code;

        if (to_go) {
            kill(-pid, SIGKILL);
            kill(pid, SIGKILL);
        }
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
        shut(&c->one[i].life);
        code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (code && (code != 128 + SIGPIPE || i + 1 == c->n)) {
            ret->code = code;
            ret->name = c->one[i].name;
        }
    }
}

/* After begin, which ended with e. */
static enum err
finish(struct ctx *ctx, struct chain *c, enum err e, struct child_end *ret)
{
    if (!e)
        e = attend(ctx, c);
    collect(c, e != OK, ret);
    ret->complaint =
        str_trim(str_dup(ctx->arena, (struct str){.p = c->complaint, .n = c->n_complaint}));
    shut(&c->in);
    shut(&c->out);
    shut(&c->complaints);
    return e;
}

static enum err
talk(struct ctx *ctx, struct chain *c, struct child_end *ret)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1};
    enum err e = c->input.n ? open_pipe(ctx, in, 1) : OK;

    if (!e)
        e = open_pipe(ctx, out, 0);
    c->in = in[1];
    c->out = out[0];
    if (!e)
        e = begin(ctx, c, in[0], out[1]);
    shut(&in[0]);
    shut(&out[1]);
    return finish(ctx, c, e, ret);
}

/* A program that goes away while we write is no reason for us to go. */
enum err
child_talk(struct ctx *ctx, const struct child_ask *ask, struct str input, size_t said_max,
           struct str *ret_said, struct child_end *ret)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    struct chain c = {.ask = ask,
                      .in = -1,
                      .out = -1,
                      .complaints = -1,
                      .input = input,
                      .said = buf_new(ctx->arena, said_max)};

    sigaction(SIGPIPE, &ignore, &before);
    enum err e = talk(ctx, &c, ret);
    sigaction(SIGPIPE, &before, NULL);
    *ret_said = buf_str(&c.said);
    return e;
}

/* How they ended, in words. */
static enum err
judge(struct ctx *ctx, const struct child_end *end)
{
    struct str said = end->complaint;

    if (str_find(str_lower(ctx->arena, said), STR("no space left"), 0) != SIZE_MAX)
        return ctx_fail(ctx, E_FULL, "no room on the disk");
    if (end->code == 0)
        return OK;
    return ctx_fail(ctx, E_INTERNAL, "%s failed (%d)%s%.*s", end->name, end->code,
                    said.n ? ": " : "", STR_ARG(said));
}

enum err
child_pour(struct ctx *ctx, const struct child_ask *ask, int in, int out, struct child_end *ret)
{
    struct chain c = {.ask = ask, .in = -1, .out = -1, .complaints = -1};
    struct child_end end;
    enum err e = begin(ctx, &c, in, out);

    e = finish(ctx, &c, e, &end);
    if (ret)
        *ret = end;
    return e || ret ? e : judge(ctx, &end);
}
