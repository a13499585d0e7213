/* Limits, both ends of its pipes, its end. See child.h. */
#include "job/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"

enum { CPU_S = 8, CHUNK = 8 * 1024 };
/* glib and the fonts map much that is never touched. */
static const rlim_t memory_max = (rlim_t)1024 * 1024 * 1024;

struct child {
    pid_t pid;
    int in, out; /* its standard input and output; -1: closed */
};

static int64_t
tick(const struct ctx *ctx)
{
    return ctx->world->tick_ms(ctx->world->arg);
}

static void
shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void
limit(__rlimit_resource_t what, rlim_t n)
{
    (void)setrlimit(what, &(struct rlimit){.rlim_cur = n, .rlim_max = n});
}

static void
make_poor(void)
{
    /* An older cache of fonts is not written anew, and no reason to die. */
    signal(SIGXFSZ, SIG_IGN);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    limit(RLIMIT_CPU, CPU_S);
    limit(RLIMIT_AS, memory_max);
    limit(RLIMIT_FSIZE, 0);
}

/* In the child: nothing of ours but the two pipes. */
static void
become(const struct ctx *ctx, const struct child_ask *ask, int in, int out)
{
    char *argv[CHILD_ARGS_MAX + 2] = {
        arena_text(ctx->arena, ask->program, strlen(ask->program))};
    char *const env[] = {(char[]){"LC_ALL=C.UTF-8"}, NULL};
    sigset_t none;
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

    for (size_t i = 0; i < CHILD_ARGS_MAX && ask->arg[i]; i++)
        argv[i + 1] = arena_text(ctx->arena, ask->arg[i], strlen(ask->arg[i]));
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (null >= 0 && dup2(in, 0) == 0 && dup2(out, 1) == 1 && dup2(null, 2) == 2) {
        close_range(3, ~0U, 0);
        limit(RLIMIT_CORE, 0);
        if (ask->poor)
            make_poor();
        execve(ask->program, argv, env);
    }
    ctx->world->die(ctx->world->arg, 127);
}

static enum err
begin(struct ctx *ctx, const struct child_ask *ask, struct child *c)
{
    int in[2], out[2];

    *c = (struct child){.in = -1, .out = -1};
    if (access(ask->program, X_OK) != 0)
        return ctx_fail(ctx, E_NOTFOUND, "%s is not installed", ask->program);
    if (pipe2(in, O_CLOEXEC) != 0)
        return ctx_fail(ctx, E_INTERNAL, "cannot make a pipe: %s", strerror(errno));
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]);
        close(in[1]);
        return ctx_fail(ctx, E_INTERNAL, "cannot make a pipe: %s", strerror(errno));
    }
    c->pid = fork();
    if (c->pid == 0)
        become(ctx, ask, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    c->in = in[1];
    c->out = out[0];
    (void)fcntl(c->in, F_SETFL, O_NONBLOCK);
    (void)fcntl(c->out, F_SETFL, O_NONBLOCK);
    return c->pid > 0
               ? OK
               : ctx_fail(ctx, E_INTERNAL, "cannot start a process: %s", strerror(errno));
}

/* Gives what it takes; false when it takes no more. */
static bool
feed(struct child *c, struct str *input)
{
    ssize_t n = write(c->in, input->p, input->n);

    if (n >= 0)
        *input = str_sub(*input, (size_t)n, input->n);
    return input->n && (n >= 0 || errno == EAGAIN || errno == EINTR);
}

/* False at its end. */
static bool
drink(struct child *c, struct buf *said)
{
    char piece[CHUNK];
    ssize_t n = read(c->out, piece, sizeof piece);

    if (n > 0)
        buf_add(said, (struct str){.p = piece, .n = (size_t)n});
    return !said->failed && (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)));
}

/* Both pipes until it closes its own; false: too long or too much. */
static bool
talk(const struct ctx *ctx, struct child *c, const struct child_ask *ask, struct buf *said)
{
    int64_t end = tick(ctx) + ask->time_ms, left;
    struct str input = ask->input;

    while (c->out >= 0 && (left = end - tick(ctx)) > 0) {
        struct pollfd p[] = {
            {.fd = c->out, .events = POLLIN },
            {.fd = c->in,  .events = POLLOUT}
        };

        (void)poll(p, ARRAY_SIZE(p), (int)left);
        if (p[1].revents && !feed(c, &input))
            shut(&c->in);
        if (p[0].revents && !drink(c, said))
            shut(&c->out);
    }
    return c->out < 0 && !said->failed;
}

static enum err
run(struct ctx *ctx, const struct child_ask *ask, struct str *ret_out, int *ret_status)
{
    struct buf said = buf_new(ctx->arena, ask->out_max);
    struct child c;
    bool whole;
    enum err e = begin(ctx, ask, &c);

    if (e)
        return e;
    whole = talk(ctx, &c, ask, &said);
    if (!whole)
        kill(c.pid, SIGKILL);
    shut(&c.in);
    shut(&c.out);
    while (waitpid(c.pid, ret_status, 0) < 0 && errno == EINTR)
        continue;
    if (!whole)
        return ctx_fail(ctx, E_LIMIT, "%s takes too long or says too much", ask->program);
    *ret_out = buf_str(&said);
    return OK;
}

/* A program that goes away while we write is no reason for us to go. */
enum err
child_run(struct ctx *ctx, const struct child_ask *ask, struct str *ret_out, int *ret_status)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;

    sigaction(SIGPIPE, &ignore, &before);
    enum err e = run(ctx, ask, ret_out, ret_status);
    sigaction(SIGPIPE, &before, NULL);
    return e;
}
