/* The child's side: its words, its wires, what it may. See child_start.h. */
#include "base/child_start.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CPU_S = 8, LOST = 127 /* as a shell says that it could not run one */ };
/* glib and the fonts map much that is never touched. */
static const rlim_t memory_max = (rlim_t)1024 * 1024 * 1024;

static char **
words_of(struct ctx *ctx, const struct child_program *p)
{
    char **word = ARENA_ARRAY(ctx->arena, CHILD_ARGS_MAX + 2, char *);

    word[0] = str_text(ctx->arena, str_of(p->name));
    for (size_t i = 0; i < CHILD_ARGS_MAX && p->arg[i]; i++)
        word[i + 1] = str_text(ctx->arena, str_of(p->arg[i]));
    return word;
}

static char **
env_of(struct ctx *ctx, const struct child_ask *ask)
{
    const char *home = getenv("HOME");
    char **env = ARENA_ARRAY(ctx->arena, 4, char *);

    if (ask->env == CHILD_ENV_OURS)
        return environ;
    env[0] = str_text(ctx->arena, STR("LC_ALL=C.UTF-8"));
    if (ask->env == CHILD_ENV_USER) {
        env[1] = str_text(ctx->arena, STR("PATH=/usr/local/bin:/usr/bin:/bin"));
        env[2] = arena_printf(ctx->arena, "HOME=%s", home ? home : "/");
    }
    return env;
}

static void
limit(__rlimit_resource_t what, rlim_t n)
{
    (void)setrlimit(what, &(struct rlimit){.rlim_cur = n, .rlim_max = n});
}

/* In the child: what it may do. */
static bool
renounce(const struct child_ask *ask)
{
    if (ask->gid && (setgroups(1, &ask->gid) != 0 || setgid(ask->gid) != 0))
        return false;
    if (ask->uid && setuid(ask->uid) != 0)
        return false;
    /* Behind setuid, which forgets it: nothing goes on without who asked for it. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    limit(RLIMIT_CORE, 0);
    if (ask->poor) {
        /* An older cache of fonts is not written anew, and no reason to die. */
        signal(SIGXFSZ, SIG_IGN);
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        limit(RLIMIT_CPU, CPU_S);
        limit(RLIMIT_AS, memory_max);
        limit(RLIMIT_FSIZE, 0);
    }
    return true;
}

/* In the child: its three wires and told, which a new program does not get; nothing else. */
static bool
wire(const struct child_wires *w, int *told)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int fd[] = {w->in, w->out, w->complaints, *told};
    const int n = (int)ARRAY_SIZE(fd);

    /* Above their places first: one of them may stand where another belongs. */
    for (int i = 0; i < n; i++)
        if ((fd[i] = fcntl(fd[i] >= 0 ? fd[i] : null, F_DUPFD_CLOEXEC, n)) < 0)
            return false;
    *told = fd[n - 1];
    for (int i = 0; i < n; i++)
        if (dup3(fd[i], i, i == n - 1 ? O_CLOEXEC : 0) < 0)
            return false;
    *told = n - 1;
    (void)close_range((unsigned)n, ~0U, 0);
    return true;
}

/* In the child: the program, or its errno on told. */
static void
become(const struct ctx *ctx, const struct child_ask *ask, const struct child_wires *w,
       int told, char **word, char **env)
{
    sigset_t none;
    int why;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0);
    if (wire(w, &told) && renounce(ask))
        execvpe(word[0], word, env);
    why = errno;
    (void)!write(told, &why, sizeof why);
    ctx->world->die(ctx->world->arg, LOST);
}

static enum err
not_run(struct ctx *ctx, const char *name, int why)
{
    if (why == ENOENT || why == ENOTDIR)
        return ctx_fail(ctx, E_NOTFOUND, "%s is not installed", name);
    return ctx_fail(ctx, why == EACCES ? E_NOTFOUND : E_INTERNAL, "%s cannot be run: %s", name,
                    strerror(why));
}

enum err
child_start(struct ctx *ctx, const struct child_ask *ask, const struct child_program *p,
            const struct child_wires *w, pid_t *ret)
{
    char **word = words_of(ctx, p), **env = env_of(ctx, ask);
    int told[2], why = 0;

    *ret = -1;
    if (pipe2(told, O_CLOEXEC) != 0)
        return ctx_fail(ctx, E_INTERNAL, "cannot make a pipe: %s", strerror(errno));
    *ret = fork();
    if (*ret == 0)
        become(ctx, ask, w, told[1], word, env);
    if (*ret < 0)
        why = errno;
    close(told[1]);
    /* Closed without a word once it is the program. */
    while (read(told[0], &why, sizeof why) < 0 && errno == EINTR)
        continue;
    close(told[0]);
    return why ? not_run(ctx, p->name, why) : OK;
}
