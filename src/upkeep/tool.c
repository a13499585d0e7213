/* Their pipes, their end, and what they complain of. See tool.h. */
#include "upkeep/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAID_MAX = 300, LOOK_MS = 50, NOT_FOUND = 127 };

struct chain {
    pid_t pid[TOOL_CHAIN_MAX];
    int status[TOOL_CHAIN_MAX];
    bool over[TOOL_CHAIN_MAX];
    size_t n;
    int complaints; /* what all of them say on their standard error */
    char said[SAID_MAX + 1];
    size_t n_said;
};

static void
shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* In the child: nothing of ours but three descriptors. */
static void
become(struct ctx *ctx, const struct tool *t, const struct tool_run *r, int in, int out,
       int complaints)
{
    const char *home = r->home ? r->home : getenv("HOME");
    char *argv[TOOL_ARGS_MAX + 2] = {arena_text(ctx->arena, t->program, strlen(t->program))};
    char *const env[] = {(char[]){"LC_ALL=C.UTF-8"},
                         (char[]){"PATH=/usr/local/bin:/usr/bin:/bin"},
                         arena_printf(ctx->arena, "HOME=%s", home ? home : "/"), NULL};
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    sigset_t none;

    for (size_t i = 0; i < TOOL_ARGS_MAX && t->arg[i]; i++)
        argv[i + 1] = arena_text(ctx->arena, t->arg[i], strlen(t->arg[i]));
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (null >= 0 && dup2(in >= 0 ? in : null, 0) == 0 && dup2(out >= 0 ? out : null, 1) == 1 &&
        dup2(complaints, 2) == 2) {
        close_range(3, ~0U, 0);
        execvpe(t->program, argv, env);
    }
    ctx->world->die(ctx->world->arg, NOT_FOUND);
}

static enum err
begin(struct ctx *ctx, const struct tool_run *r, struct chain *c)
{
    int said[2], next[2], in = r->in;

    if (pipe2(said, O_CLOEXEC) != 0)
        return ctx_fail(ctx, E_INTERNAL, "cannot make a pipe: %s", strerror(errno));
    c->complaints = said[0];
    for (c->n = 0; c->n < r->n; c->n++) {
        bool last = c->n + 1 == r->n;
        pid_t pid;

        next[0] = next[1] = -1;
        if (!last && pipe2(next, O_CLOEXEC) != 0)
            break;
        pid = fork();
        if (pid == 0)
            become(ctx, &r->chain[c->n], r, in, last ? r->out : next[1], said[1]);
        if (in != r->in)
            shut(&in);
        shut(&next[1]);
        in = next[0];
        if (pid < 0)
            break;
        setpgid(pid, pid);
        c->pid[c->n] = pid;
    }
    if (in != r->in)
        shut(&in);
    shut(&said[1]);
    return c->n == r->n
               ? OK
               : ctx_fail(ctx, E_INTERNAL, "cannot start a process: %s", strerror(errno));
}

static void
listen_to(struct chain *c)
{
    char piece[512];
    ssize_t n;

    if (c->complaints < 0)
        return;
    n = read(c->complaints, piece, sizeof piece);
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) {
        shut(&c->complaints);
        return;
    }
    for (ssize_t i = 0; i < n && c->n_said < SAID_MAX; i++)
        c->said[c->n_said++] = (unsigned char)piece[i] < 0x20 ? ' ' : piece[i];
}

/* True when all have ended. */
static bool
reap(struct chain *c)
{
    bool all = true;

    for (size_t i = 0; i < c->n; i++) {
        if (!c->over[i])
            c->over[i] = waitpid(c->pid[i], &c->status[i], WNOHANG) == c->pid[i];
        all = all && c->over[i];
    }
    return all;
}

/* Until all have ended, or for too long; whoever is left then is killed with all it started. */
static bool
wait_for(struct ctx *ctx, struct chain *c, int64_t time_ms)
{
    int64_t end = ctx->world->tick_ms(ctx->world->arg) + time_ms;
    bool in_time = true;

    while (!reap(c)) {
        struct pollfd p = {.fd = c->complaints, .events = POLLIN};

        if (ctx->world->tick_ms(ctx->world->arg) > end) {
            in_time = false;
            break;
        }
        if (poll(&p, 1, LOOK_MS) > 0)
            listen_to(c);
    }
    for (size_t i = 0; i < c->n; i++) {
        if (!in_time)
            kill(-c->pid[i], SIGKILL);
        while (!c->over[i])
            c->over[i] = waitpid(c->pid[i], &c->status[i], 0) == c->pid[i] || errno != EINTR;
    }
    /* What they said last; one that they left behind may hold the other end. */
    if (c->complaints >= 0) {
        (void)fcntl(c->complaints, F_SETFL, O_NONBLOCK);
        listen_to(c);
    }
    shut(&c->complaints);
    return in_time;
}

static int
code_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static enum err
judge(struct ctx *ctx, const struct tool_run *r, const struct chain *c)
{
    struct str said = str_trim((struct str){.p = c->said, .n = c->n_said});

    if (str_find(str_lower(ctx->arena, said), STR("no space left"), 0) != SIZE_MAX)
        return ctx_fail(ctx, E_FULL, "no room on the disk");
    /* The last one that failed: those before it only lost their reader. */
    for (size_t i = c->n; i-- > 0;) {
        int code = code_of(c->status[i]);

        if (code == 0 || code == 128 + SIGPIPE)
            continue;
        if (code == NOT_FOUND && !said.n)
            return ctx_fail(ctx, E_NOTFOUND, "%s is not installed, or may not be run",
                            r->chain[i].program);
        return ctx_fail(ctx, E_INTERNAL, "%s failed (%d)%s%.*s", r->chain[i].program, code,
                        said.n ? ": " : "", STR_ARG(said));
    }
    return OK;
}

enum err
tool_run(struct ctx *ctx, const struct tool_run *r, int *ret_code)
{
    struct chain c = {.complaints = -1};
    enum err e;

    BUG_IF(r->n == 0 || r->n > TOOL_CHAIN_MAX);
    fflush(NULL);
    e = begin(ctx, r, &c);
    if (!wait_for(ctx, &c, e ? 0 : r->time_ms) && !e)
        return ctx_fail(ctx, E_LIMIT, "%s took longer than %lld seconds and was ended",
                        r->chain[c.n - 1].program, (long long)(r->time_ms / 1000));
    if (e)
        return e;
    if (ret_code) {
        *ret_code = code_of(c.status[c.n - 1]);
        if (*ret_code != NOT_FOUND)
            return OK;
    }
    return judge(ctx, r, &c);
}
