/* cozykart-house: starts every process of one installation, starts again what dies, stops all
 * in order. For machines without systemd, the sandbox and the tests. Not for: doing anything
 * itself. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/log.h"
#include "main/start.h"

enum {
    ARENA = 1024 * 1024,
    CHILDREN_MAX = 8,
    BACKOFF_FIRST_MS = 100,
    BACKOFF_MAX_MS = 1000,
    STEADY_MS = 10 * 1000, /* lived that long: the next death is a new story */
    SOFT_MS = 3 * 1000,    /* an nginx waits that long for open streams */
    LOOK_MS = 20,          /* between two looks for what a first start waits for */
    LOOK_MAX_MS = 5 * 1000,
    STOP_MS = 15 * 1000 /* a drain takes less; then it is killed */
};

struct child {
    const char *name;
    char *argv[8];
    int stop;              /* signal that asks it to end in peace */
    pid_t pid;             /* 0: not running */
    int64_t begun;         /* tick of the last start */
    int64_t next;          /* tick of the next one, when not running */
    int64_t wait;          /* before the start after the next death */
    const char *after;     /* the first start waits for this file, for a while; or NULL */
    const char *socket[2]; /* socket files to clear away before each start; NULL ends them */
};

struct house {
    struct ctx *ctx;
    struct child child[CHILDREN_MAX];
    size_t n;
    int64_t opened; /* tick of the first start of all */
    int sig;
    const char *pid_file;
    sigset_t before; /* the mask that children get back */
};

static int64_t
tick(const struct house *h)
{
    return h->ctx->world->tick_ms(h->ctx->world->arg);
}

static void
add(struct house *h, const char *name, int stop, char *const argv[])
{
    struct child *c = &h->child[h->n++];

    *c = (struct child){.name = name, .stop = stop, .wait = BACKOFF_FIRST_MS};
    for (size_t i = 0; argv[i]; i++)
        c->argv[i] = argv[i];
}

static const char *
run_path(const struct house *h, const char *name)
{
    return arena_printf(h->ctx->arena, "%.*s/%s", STR_ARG(h->ctx->conf->path.run), name);
}

static enum err
add_ours(struct house *h, const char *name)
{
    char *file = start_sibling(h->ctx, arena_printf(h->ctx->arena, "cozykart-%s", name));

    if (!file || access(file, X_OK) != 0)
        return ctx_fail(h->ctx, E_NOTFOUND, "cannot find %s", file ? file : name);
    add(h, name, SIGTERM,
        (char *[]){file, arena_text(h->ctx->arena, "--config", 8),
                   str_text(h->ctx->arena, str_of(h->ctx->conf->file)), NULL});
    return OK;
}

static enum err
add_nginx(struct house *h, const char *name, const char *nginx, const char *conf)
{
    if (!conf)
        return OK;
    if (access(nginx, X_OK) != 0)
        return ctx_fail(h->ctx, E_NOTFOUND,
                        "there is no %s: apt install nginx, or name it with --nginx", nginx);
    if (access(conf, R_OK) != 0)
        return ctx_fail(h->ctx, E_NOTFOUND, "cannot read %s: %s", conf, strerror(errno));
    /* QUIT: requests under way end first. */
    add(h, name, strcmp(name, "live") == 0 ? SIGTERM : SIGQUIT,
        (char *[]){str_text(h->ctx->arena, str_of(nginx)), arena_text(h->ctx->arena, "-e", 2),
                   arena_text(h->ctx->arena, "stderr", 6), arena_text(h->ctx->arena, "-c", 2),
                   str_text(h->ctx->arena, str_of(conf)), NULL});
    return OK;
}

NORETURN static void
become(const struct house *h, const struct child *c, pid_t parent)
{
    sigprocmask(SIG_SETMASK, &h->before, NULL);
    /* When the house is killed nothing stays behind. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(127);
    setpgid(0, 0); /* Ctrl-C at the terminal is for the house, which stops all in order */
    execv(c->argv[0], c->argv);
    log_line(LOG_ERROR, "event=exec program=%s why=\"%s\"", c->argv[0], strerror(errno));
    _exit(127);
}

static void
begin(struct house *h, struct child *c)
{
    pid_t parent = getpid(), pid;

    /* nginx does not bind over the socket files that a killed one left behind. */
    for (size_t i = 0; i < ARRAY_SIZE(c->socket) && c->socket[i]; i++)
        unlink(c->socket[i]);
    pid = fork();
    c->begun = tick(h);
    if (pid == 0)
        become(h, c, parent);
    if (pid < 0) {
        log_line(LOG_ERROR, "event=fork child=%s why=\"%s\"", c->name, strerror(errno));
        c->next = c->begun + BACKOFF_MAX_MS;
        return;
    }
    c->pid = pid;
    log_line(LOG_NOTICE, "event=begin child=%s pid=%d", c->name, (int)pid);
}

static bool
comes_later(const struct house *h, const struct child *c)
{
    return c->after && c->begun == 0 && tick(h) - h->opened < LOOK_MAX_MS &&
           access(c->after, F_OK) != 0;
}

static void
begin_due(struct house *h)
{
    for (size_t i = 0; i < h->n; i++) {
        struct child *c = &h->child[i];

        if (c->pid != 0 || c->next > tick(h))
            continue;
        if (comes_later(h, c))
            c->next = tick(h) + LOOK_MS;
        else
            begin(h, c);
    }
}

/* Deaths: what lived long enough begins again almost at once, what dies again and again waits
 * longer, but never more than a second. */
static void
bury(struct house *h, bool ending)
{
    pid_t pid;
    int status;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t i = 0; i < h->n; i++) {
            struct child *c = &h->child[i];

            if (c->pid != pid)
                continue;
            c->pid = 0;
            /* Killed, a master leaves workers behind, and they would keep its port. */
            kill(-pid, SIGTERM);
            if (tick(h) - c->begun > STEADY_MS)
                c->wait = BACKOFF_FIRST_MS;
            c->next = tick(h) + c->wait;
            c->wait = c->wait * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : c->wait * 2;
            log_line(ending ? LOG_NOTICE : LOG_WARNING, "event=end child=%s pid=%d %s=%d",
                     c->name, (int)pid, WIFSIGNALED(status) ? "signal" : "status",
                     WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        }
    }
}

/* TERM and INT end the house, HUP goes on to the children. */
static bool
wants_end(struct house *h)
{
    struct signalfd_siginfo got;
    bool end = false;

    while (read(h->sig, &got, sizeof got) == (ssize_t)sizeof got) {
        if (got.ssi_signo == SIGTERM || got.ssi_signo == SIGINT)
            end = true;
        for (size_t i = 0; got.ssi_signo == SIGHUP && i < h->n; i++)
            if (h->child[i].pid)
                kill(h->child[i].pid, SIGHUP);
    }
    return end;
}

static void
wait_for_news(struct house *h, int64_t ms)
{
    struct pollfd p = {.fd = h->sig, .events = POLLIN};

    (void)poll(&p, 1, (int)ms);
}

/* How long until somebody must be started. */
static int64_t
patience(const struct house *h)
{
    int64_t now = tick(h), ms = 60 * 1000;

    for (size_t i = 0; i < h->n; i++)
        if (h->child[i].pid == 0 && h->child[i].next - now < ms)
            ms = h->child[i].next > now ? h->child[i].next - now : 0;
    return ms;
}

/* From the street to the cellar: nobody loses the one it asks. */
static void
stop_all(struct house *h)
{
    for (size_t i = h->n; i-- > 0;) {
        struct child *c = &h->child[i];
        int64_t soft = tick(h) + SOFT_MS, until = tick(h) + STOP_MS;

        if (c->pid)
            kill(c->pid, c->stop);
        while (c->pid) {
            if (c->stop != SIGTERM && tick(h) > soft) {
                kill(c->pid, SIGTERM);
                soft = until;
            }
            if (tick(h) > until) {
                log_line(LOG_ERROR, "event=kill child=%s pid=%d", c->name, (int)c->pid);
                kill(c->pid, SIGKILL);
                until = tick(h) + STOP_MS;
            }
            wait_for_news(h, 100);
            (void)wants_end(h);
            bury(h, true);
        }
    }
}

/* One house an installation; the file is also how others find it. */
static enum err
write_pid(struct house *h)
{
    struct ctx *ctx = h->ctx;
    char text[32];
    int fd, n;

    h->pid_file = run_path(h, "house.pid");
    fd = open(h->pid_file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return ctx_fail(ctx, E_DENIED, "cannot write %s: %s", h->pid_file, err_system(errno));
    /* The descriptor stays open as long as the process: it is the lock. */
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return ctx_fail(ctx, E_CONFLICT, "another cozykart-house runs here (%s)", h->pid_file);
    n = snprintf(text, sizeof text, "%d\n", (int)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n)
        return ctx_fail(ctx, E_FULL, "cannot write %s: %s", h->pid_file, err_system(errno));
    return OK;
}

static enum err
open_signals(struct house *h)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, &h->before);
    h->sig = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return h->sig >= 0
               ? OK
               : ctx_fail(h->ctx, E_INTERNAL, "cannot wait for signals: %s", strerror(errno));
}

struct options {
    const char *config, *nginx, *nginx_conf, *live_conf;
};

static enum err
read_options(struct ctx *ctx, int argc, char **argv, struct options *ret)
{
    static const char usage[] = "usage: cozykart-house [--config FILE] [--nginx PROGRAM] "
                                "[--nginx-conf FILE] [--live-conf FILE]";
    static const struct option known[] = {
        {"config",     required_argument, NULL, 'c'},
        {"nginx",      required_argument, NULL, 'n'},
        {"nginx-conf", required_argument, NULL, 'm'},
        {"live-conf",  required_argument, NULL, 'l'},
        {"help",       no_argument,       NULL, 'h'},
        {NULL,         0,                 NULL, 0  }
    };
    int got;

    *ret = (struct options){.config = start_file(), .nginx = "/usr/sbin/nginx"};
    while ((got = getopt_long(argc, argv, "", known, NULL)) >= 0) {
        if (got == 'c')
            ret->config = optarg;
        else if (got == 'n')
            ret->nginx = optarg;
        else if (got == 'm')
            ret->nginx_conf = optarg;
        else if (got == 'l')
            ret->live_conf = optarg;
        else if (got == 'h')
            printf("%s\n", usage), exit(0);
        else
            return ctx_fail(ctx, E_INVALID, "%s", usage);
    }
    return optind == argc ? OK : ctx_fail(ctx, E_INVALID, "%s", usage);
}

/* In the order of their starts; they stop the other way round. */
static enum err
furnish(struct house *h, const struct options *o)
{
    enum err e;

    if ((e = add_ours(h, "vault")) || (e = add_nginx(h, "live", o->nginx, o->live_conf)))
        return e;
    if (o->live_conf) {
        h->child[h->n - 1].socket[0] = run_path(h, "live.sock");
        h->child[h->n - 1].socket[1] = run_path(h, "pub/live-pub.sock");
    }
    if ((e = add_ours(h, "jobs")) || (e = add_ours(h, "web")))
        return e;
    if ((e = add_nginx(h, "nginx", o->nginx, o->nginx_conf)))
        return e;
    /* The street opens when somebody can answer at the door. */
    if (o->nginx_conf)
        h->child[h->n - 1].after = run_path(h, "web.sock");
    return OK;
}

static enum err
keep(struct ctx *ctx, const struct options *o)
{
    struct house h = {.ctx = ctx, .sig = -1};
    enum err e;

    if ((e = furnish(&h, o)) || (e = write_pid(&h)) || (e = open_signals(&h)))
        return e;
    h.opened = tick(&h);
    log_line(LOG_NOTICE, "event=start config=%s", o->config);
    while (!wants_end(&h)) {
        bury(&h, false);
        begin_due(&h);
        wait_for_news(&h, patience(&h));
    }
    log_line(LOG_NOTICE, "event=stop");
    stop_all(&h);
    unlink(h.pid_file);
    return OK;
}

int
main(int argc, char **argv)
{
    struct arena *arena CLEANUP(arena_freep) = arena_new(ARENA);
    struct options o;
    struct conf conf;
    struct ctx ctx;

    log_name("house");
    ctx_init(&ctx, arena, world_real());
    if (read_options(&ctx, argc, argv, &o) != OK ||
        conf_load(&ctx, arena, o.config, &conf) != OK) {
        fprintf(stderr, "cozykart-house: %s\n", ctx.fail_text);
        return err_info(ctx.fail)->exit;
    }
    ctx.conf = &conf;
    if (keep(&ctx, &o) != OK) {
        fprintf(stderr, "cozykart-house: %s\n", ctx.fail_text);
        return err_info(ctx.fail)->exit;
    }
    return 0;
}
