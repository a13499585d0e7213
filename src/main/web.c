/* cozykart-web: the master of the web workers. Reads settings and templates once, so that all
 * workers share that memory; starts workers, starts again what dies, kills what is stuck, stops
 * all. SIGTERM or SIGINT: every worker finishes its request, then all is over. SIGHUP: settings
 * and templates are read again and workers replaced one at a time, the new one first. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/log.h"
#include "base/notify.h"
#include "main/web_listen.h"
#include "main/web_sign.h"
#include "main/web_worker.h"
#include "page/layout.h"
#include "page/routes.h"

enum {
    WORKERS_MAX = 64,
    GENERATION_CEILING = 32 * 1024 * 1024,
    TICK_MS = 200,
    STUCK_MS = 15000,
    DRAIN_MS = 20000,
    BACKOFF_FIRST_MS = 100,
    BACKOFF_MAX_MS = 1000, /* what dies is back within two seconds */
    HEALTHY_MS = 5000
};

/* Two hearts a place: while workers are replaced the old and the new one live side by side. */
struct shared {
    struct site_stats stats;
    struct web_heart heart[WORKERS_MAX][2];
};

/* What one reading of settings and templates gave. */
struct generation {
    struct arena *arena;
    struct conf conf;
    struct tmpl *tmpl;
    struct layout *layout;
    struct site site;
    int64_t number;
};

struct place {
    pid_t pid;     /* 0 none */
    pid_t leaving; /* the one being replaced, finishing its request */
    int side;      /* which heart pid uses */
    int64_t generation;
    int64_t started_ms; /* monotonic */
    int64_t next_ms;    /* when a dead one may start again */
    int64_t backoff_ms;
};

struct master {
    const struct world *world;
    const char *conf_file;
    struct generation *now;
    struct generation *old; /* until its last worker is gone */
    struct shared *shared;
    struct limit *limit;
    struct place place[WORKERS_MAX];
    size_t n;
    int listen_fd;
    int signal_fd;
    struct web_sign sign;
    sigset_t before; /* signal mask at start */
    bool ready;      /* the service manager knows */
    bool stopping;
    int64_t stop_ms;
    bool unclean;
    bool past; /* the ledger is a newer version's: the service manager starts that one */
};

static int64_t
tick(const struct master *m)
{
    return m->world->tick_ms(m->world->arg);
}

/* Reads everything; NULL with the reason on stderr. */
static struct generation *
generation_load(const struct master *m, int64_t number)
{
    struct arena *a = arena_new(GENERATION_CEILING);
    struct arena *scratch = arena_new(GENERATION_CEILING);
    struct generation *g = ARENA_NEW(a, struct generation);
    struct ctx ctx;

    ctx_init(&ctx, scratch, m->world);
    g->arena = a;
    g->number = number;
    enum err e = conf_load(&ctx, a, m->conf_file, &g->conf);

    if (e == OK && g->conf.mode == CONF_LIVE && world_is_moved())
        e = ctx_fail(&ctx, E_CONFLICT, "a live installation does not run with a moved clock");
    if (e == OK) {
        const char *dir = arena_printf(a, "%.*s/templates", STR_ARG(g->conf.path.share));

        e = tmpl_load(&ctx, a, dir, false, &g->tmpl);
        if (e == OK)
            e = layout_load(&ctx, a, str_text(a, g->conf.path.share), &g->layout);
    }
    if (e != OK) {
        log_line(LOG_ERROR, "event=load_failed why=\"%s\"", ctx.fail_text);
        arena_free(scratch);
        arena_free(a);
        return NULL;
    }
    g->site =
        (struct site){.conf = &g->conf, .tmpl = g->tmpl, .limit = m->limit, .page = g->layout};
    if (m->shared != NULL)
        g->site.stats = &m->shared->stats;
    arena_free(scratch);
    return g;
}

/* In the child: never returns. */
NORETURN static void
worker_main(struct master *m, size_t i, int side, pid_t parent)
{
    struct web_worker_opts o = {.listen_fd = m->listen_fd,
                                .site = &m->now->site,
                                .routes = routes_table,
                                .n_routes = routes_count,
                                .heart = &m->shared->heart[i][side],
                                .world = m->world};

    close(m->signal_fd);
    notify_close();
    int code = getppid() == parent ? web_worker_run(&o) : 1;

    m->world->die(m->world->arg, code);
    _exit(1);
}

static void
place_start(struct master *m, size_t i)
{
    struct place *p = &m->place[i];
    pid_t self = getpid();

    p->side = !p->side;
    m->shared->heart[i][p->side].busy_since_ms = 0;
    m->shared->heart[i][p->side].serving = false;
    pid_t pid = fork();

    if (pid == 0)
        worker_main(m, i, p->side, self);
    p->started_ms = tick(m);
    if (pid < 0) {
        log_line(LOG_ERROR, "event=fork_failed errno=%d", errno);
        p->next_ms = p->started_ms + BACKOFF_MAX_MS;
        return;
    }
    p->pid = pid;
    p->generation = m->now->number;
}

static void
place_died(struct master *m, struct place *p, int status)
{
    int64_t now = tick(m);
    bool past = WIFEXITED(status) && WEXITSTATUS(status) == WEB_WORKER_PAST;
    bool good = WIFEXITED(status) && (WEXITSTATUS(status) == 0 || past);

    p->pid = 0;
    m->past = m->past || past;
    if (m->stopping) {
        m->unclean = m->unclean || !good;
        return;
    }
    p->backoff_ms = now - p->started_ms >= HEALTHY_MS || p->backoff_ms == 0 ? BACKOFF_FIRST_MS
                                                                            : p->backoff_ms * 2;
    if (p->backoff_ms > BACKOFF_MAX_MS)
        p->backoff_ms = BACKOFF_MAX_MS;
    p->next_ms = now + p->backoff_ms;
    m->shared->stats.restarts++;
    log_line(LOG_WARNING, "event=worker_died status=%d signal=%d again_in_ms=%lld",
             WIFEXITED(status) ? WEXITSTATUS(status) : -1,
             WIFSIGNALED(status) ? WTERMSIG(status) : 0, (long long)p->backoff_ms);
}

static void
children_reap(struct master *m)
{
    int status;

    for (pid_t pid = waitpid(-1, &status, WNOHANG); pid > 0;
         pid = waitpid(-1, &status, WNOHANG))
        for (size_t i = 0; i < WORKERS_MAX; i++) {
            if (m->place[i].leaving == pid)
                m->place[i].leaving = 0;
            else if (m->place[i].pid == pid)
                place_died(m, &m->place[i], status);
        }
}

/* True while it has a request. */
static bool
heart_check(struct master *m, size_t i, int side, pid_t pid)
{
    struct web_heart *h = &m->shared->heart[i][side];
    int64_t since = h->busy_since_ms;

    if (pid == 0 || since == 0 || tick(m) - since < STUCK_MS)
        return pid != 0 && since != 0;
    log_line(LOG_ERROR, "event=worker_stuck pid=%d ms=%lld", (int)pid,
             (long long)(tick(m) - since));
    h->busy_since_ms = 0;
    m->shared->stats.stuck++;
    kill(pid, SIGKILL);
    return false;
}

/* Replaces one worker of an older generation, if nobody is being replaced now. */
static void
roll_on(struct master *m)
{
    for (size_t i = 0; i < WORKERS_MAX; i++)
        if (m->place[i].leaving != 0)
            return;
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        struct place *p = &m->place[i];

        if (p->pid == 0 || (p->generation == m->now->number && i < m->n))
            continue;
        p->leaving = p->pid;
        p->pid = 0;
        if (i < m->n)
            place_start(m, i);
        kill(p->leaving, SIGTERM);
        return;
    }
    if (m->old != NULL) {
        arena_free(m->old->arena);
        m->old = NULL;
        log_line(LOG_INFO, "event=reloaded generation=%lld", (long long)m->now->number);
        notify_say("READY=1\nSTATUS=settings and templates were read again");
    }
}

static void
workers_tend(struct master *m)
{
    int64_t now = tick(m), busy = 0;

    for (size_t i = 0; i < WORKERS_MAX; i++) {
        struct place *p = &m->place[i];

        busy += heart_check(m, i, p->side, p->pid);
        busy += heart_check(m, i, !p->side, p->leaving);
        if (!m->stopping && i < m->n && p->pid == 0 && p->next_ms <= now)
            place_start(m, i);
    }
    m->shared->stats.busy = busy;
    if (!m->stopping)
        roll_on(m);
}

static void
master_stop(struct master *m)
{
    if (m->stopping)
        return;
    m->stopping = true;
    m->stop_ms = tick(m);
    log_line(LOG_INFO, "event=stopping");
    notify_say("STOPPING=1");
    for (size_t i = 0; i < WORKERS_MAX; i++)
        if (m->place[i].pid != 0)
            kill(m->place[i].pid, SIGTERM);
}

static void
master_reload(struct master *m)
{
    if (m->stopping || m->old != NULL)
        return; /* one at a time */
    struct generation *g = generation_load(m, m->now->number + 1);

    if (g == NULL) {
        notify_status("the new settings are wrong, the old ones stay; the log says why");
        return;
    }
    notify_say("RELOADING=1");
    m->old = m->now;
    m->now = g;
    m->n = (size_t)g->conf.web.workers;
    m->shared->stats.workers = (int64_t)m->n;
    log_line(LOG_INFO, "event=reload generation=%lld workers=%zu", (long long)g->number, m->n);
}

static void
signals_read(struct master *m)
{
    struct signalfd_siginfo s;

    while (read(m->signal_fd, &s, sizeof(s)) == (ssize_t)sizeof(s)) {
        if (s.ssi_signo == SIGTERM || s.ssi_signo == SIGINT)
            master_stop(m);
        else if (s.ssi_signo == SIGHUP)
            master_reload(m);
    }
}

static size_t
workers_left(const struct master *m)
{
    size_t n = 0;

    for (size_t i = 0; i < WORKERS_MAX; i++)
        n += (size_t)(m->place[i].pid != 0) + (size_t)(m->place[i].leaving != 0);
    return n;
}

static void
workers_kill(struct master *m)
{
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        if (m->place[i].pid != 0)
            kill(m->place[i].pid, SIGKILL);
        if (m->place[i].leaving != 0)
            kill(m->place[i].leaving, SIGKILL);
    }
    m->unclean = true;
}

/* Ready is who answers: the first worker that takes requests. */
static void
notify_manager(struct master *m)
{
    for (size_t i = 0; !m->ready && i < m->n; i++)
        if (m->place[i].pid != 0 && m->shared->heart[i][m->place[i].side].serving) {
            m->ready = true;
            notify_say("READY=1");
        }
    notify_alive(tick(m));
}

static int
master_loop(struct master *m)
{
    struct pollfd p = {.fd = m->signal_fd, .events = POLLIN};

    while (!m->stopping || workers_left(m) != 0) {
        workers_tend(m);
        if (poll(&p, 1, TICK_MS) > 0)
            signals_read(m);
        children_reap(m);
        if (m->past)
            master_stop(m);
        notify_manager(m);
        if (!m->stopping)
            web_sign_turn(&m->sign, m->world);
        if (m->stopping && tick(m) - m->stop_ms > DRAIN_MS)
            workers_kill(m);
    }
    web_sign_end(&m->sign, m->world);
    log_line(LOG_INFO, "event=stopped clean=%s", m->unclean ? "no" : "yes");
    return m->past ? err_info(E_BUSY)->exit : m->unclean;
}

/* Blocked for good; workers inherit that and read TERM from a descriptor of their own. */
static bool
signals_take(struct master *m)
{
    sigset_t all;

    if (sigemptyset(&all) != 0 || sigaddset(&all, SIGTERM) != 0 ||
        sigaddset(&all, SIGINT) != 0 || sigaddset(&all, SIGHUP) != 0 ||
        sigaddset(&all, SIGCHLD) != 0 || sigprocmask(SIG_BLOCK, &all, &m->before) != 0)
        return false;
    m->signal_fd = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    return m->signal_fd >= 0;
}

static const char *
arguments_read(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--config") == 0)
        return argv[2];
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("cozykart-web " VERSION);
        return "";
    }
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        puts("usage: cozykart-web [--config FILE]\n"
             "Serves pages and webhooks to nginx over a unix socket: descriptor 0 or systemd's "
             "if\n"
             "one is given, otherwise web.sock in path.run.\n"
             "TERM finishes requests and stops; HUP reads settings and templates again.");
        return "";
    }
    const char *file = getenv("COZYKART_CONFIG");

    if (argc != 1)
        return NULL;
    return file != NULL && *file != '\0' ? file : SYSCONFDIR "/cozykart/cozykart.conf";
}

/* In a process of its own: workers are to be born without any state of a database. */
static void
look_at_ledger(const struct master *m)
{
    pid_t pid = fork();

    if (pid == 0) {
        web_worker_look(&m->now->conf, m->world);
        m->world->die(m->world->arg, 0);
    }
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

int
main(int argc, char **argv)
{
    static struct master m;
    bool made = false;
    struct ctx ctx;

    log_name("web");
    notify_open();
    m.world = world_real();
    m.conf_file = arguments_read(argc, argv);
    if (m.conf_file == NULL) {
        fputs("usage: cozykart-web [--config FILE]\n", stderr);
        return 2;
    }
    if (m.conf_file[0] == '\0')
        return 0;
    m.limit = limit_new();
    m.shared = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    BUG_IF(m.shared == MAP_FAILED);
    m.now = generation_load(&m, 1);
    if (m.now == NULL)
        return 1;
    look_at_ledger(&m);
    struct arena *a CLEANUP(arena_freep) = arena_new(64 * 1024);

    ctx_init(&ctx, a, m.world);
    const char *path = arena_printf(a, "%.*s/web.sock", STR_ARG(m.now->conf.path.run));

    if (web_listen(&ctx, path, &m.listen_fd, &made) != OK || !signals_take(&m)) {
        log_line(LOG_ERROR, "event=start_failed why=\"%s\"", ctx.fail_text);
        return 1;
    }
    web_sign_init(&m.sign, a, m.now->conf.path.run);
    m.n = (size_t)m.now->conf.web.workers;
    m.shared->stats.workers = (int64_t)m.n;
    m.shared->stats.started_ms = ctx_now(&ctx);
    log_line(LOG_INFO, "event=start workers=%zu socket=%s", m.n, made ? path : "inherited");
    int code = master_loop(&m);

    if (made)
        unlink(path);
    return code;
}
