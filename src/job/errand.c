/* Both sides: a start by exec, so that nothing of the first process is shared; a loop over its
 * own jobs. */
#include "job/errand.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/log.h"
#include "db/db.h"
#include "job/paint.h"
#include "job/runner.h"
#include "queue/outbox.h"

enum {
    VAULT_MS = 1500,
    JOBS_A_ROUND = 20,
    OPEN_AGAIN_MS = 200,
    BREATH_MS = 20,
    IDLE_MS = 1000,
    START_AGAIN_MS = 500,
    LOOK_MS = 5000,               /* between two looks whether something waits for long */
    PATIENCE_MS = 10 * 60 * 1000, /* then a person is told */
    STOP_MS = 8 * 1000,
    SIGN_MS = 1000,     /* between two signs of life */
    LOST_MS = 10 * 1000 /* that long a killed one may take to be gone */
};

static const char *const option[KINDS_LANES] = {
    [KINDS_TALK] = "--talk", [KINDS_MONEY] = "--money", [KINDS_BOOKS] = "--books"};

/* The lease of a job is a minute, and no job asks for as long; the books take what they take.
 */
static const int64_t hung_ms[KINDS_LANES] = {
    [KINDS_TALK] = 3 * 60 * 1000,
    [KINDS_MONEY] = 3 * 60 * 1000,
    [KINDS_BOOKS] = 60 * 60 * 1000,
};

struct day {
    enum kinds_lane lane;
    int sig;
    bool ending;
    struct call vault;
    struct outside *out;
    struct bank *bank;
    int64_t look, sign;
    bool looked, told; /* told: the alert stands */
};

static int64_t
tick(const struct ctx *ctx)
{
    return ctx->world->tick_ms(ctx->world->arg);
}

enum err
errand_open(struct ctx *ctx, enum kinds_lane lane, struct errand *x)
{
    int fd[2];

    *x = (struct errand){.lane = lane, .poke = -1, .far = -1};
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd) != 0)
        return ctx_fail(ctx, E_INTERNAL, "cannot make a socket: %s", strerror(errno));
    x->poke = fd[0];
    x->far = fd[1];
    return OK;
}

static void
become(struct ctx *ctx, const struct errand *x, pid_t parent)
{
    static char self[] = "/proc/self/exe";
    char *argv[] = {(char[]){"cozykart-jobs"}, str_text(ctx->arena, str_of(option[x->lane])),
                    (char[]){"--config"}, str_text(ctx->arena, str_of(ctx->conf->file)), NULL};

    /* When the first one is killed nothing stays behind. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() == parent && dup2(x->far, 0) == 0)
        execv(self, argv);
    ctx->world->die(ctx->world->arg, 127);
}

/* Signs of life come over the socket pair, the other way round. */
static void
take_signs(const struct ctx *ctx, struct errand *x)
{
    char one[16];

    while (x->poke >= 0 && recv(x->poke, one, sizeof one, MSG_DONTWAIT) >= 0) {
        x->sign = tick(ctx);
        x->serving = true;
    }
    if (x->pid > 0 && tick(ctx) - x->sign > hung_ms[x->lane]) {
        log_line(LOG_ERROR, "event=%s-hung pid=%d", option[x->lane] + 2, (int)x->pid);
        kill(x->pid, SIGKILL);
    }
}

bool
errand_alive(const struct ctx *ctx, const struct errand *x)
{
    return tick(ctx) - x->sign < hung_ms[x->lane] + LOST_MS;
}

void
errand_watch(struct ctx *ctx, struct errand *x)
{
    pid_t parent = getpid();
    int status;

    take_signs(ctx, x);

    if (x->pid > 0 && waitpid(x->pid, &status, WNOHANG) == x->pid) {
        log_line(LOG_WARNING, "event=%s-ended status=%d", option[x->lane] + 2, status);
        x->pid = 0;
    }
    if (x->pid || tick(ctx) < x->next)
        return;
    x->sign = tick(ctx);
    x->next = tick(ctx) + START_AGAIN_MS;
    x->pid = fork();
    if (x->pid == 0)
        become(ctx, x, parent);
    if (x->pid < 0) {
        log_line(LOG_ERROR, "event=fork why=\"%s\"", strerror(errno));
        x->pid = 0;
    }
}

void
errand_poke(const struct errand *x)
{
    if (x->poke >= 0)
        (void)send(x->poke, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void
errand_end(const struct errand *x)
{
    if (x->pid > 0)
        kill(x->pid, SIGTERM);
}

/* It may be in the middle of a request; that is given up after a while. */
void
errand_close(struct errand *x)
{
    const struct timespec nap = {.tv_nsec = 10 * 1000 * 1000};

    if (x->pid > 0) {
        errand_end(x);
        for (int i = 0; i < STOP_MS / 10; i++) {
            if (waitpid(x->pid, NULL, WNOHANG) == x->pid) {
                x->pid = 0;
                break;
            }
            nanosleep(&nap, NULL);
        }
        if (x->pid) {
            kill(x->pid, SIGKILL);
            (void)waitpid(x->pid, NULL, 0);
        }
        x->pid = 0;
    }
    if (x->poke >= 0)
        close(x->poke);
    if (x->far >= 0)
        close(x->far);
    x->poke = x->far = -1;
}

/* Waits at most ms, for a signal or a wake-up; takes all of both. */
static void
rest(struct day *d, int64_t ms)
{
    struct pollfd p[] = {
        {.fd = d->sig, .events = POLLIN},
        {.fd = 0,      .events = POLLIN}
    };
    struct signalfd_siginfo got;
    char one[16];

    (void)poll(p, 1, BREATH_MS);
    if (ms > BREATH_MS)
        (void)poll(p, ARRAY_SIZE(p), (int)(ms - BREATH_MS));
    while (read(d->sig, &got, sizeof got) == (ssize_t)sizeof got)
        d->ending = d->ending || got.ssi_signo != SIGHUP;
    while (recv(0, one, sizeof one, MSG_DONTWAIT) >= 0)
        continue;
}

static void
told(struct ctx *ctx, const char *what, enum err e)
{
    if (e && e != E_NOTFOUND)
        log_line(LOG_WARNING, "event=%s result=%.*s why=\"%s\"", what,
                 STR_ARG(err_info(e)->name), ctx->fail_text);
}

static enum err
alert(struct ctx *ctx, struct day *d, bool raise)
{
    struct msg *m = ARENA_NEW(ctx->arena, struct msg);
    struct msg *answer = ARENA_NEW(ctx->arena, struct msg);

    msg_init(m, raise ? STR("alert.raise") : STR("alert.resolve"));
    msg_add_str(m, "kind", STR("discord_down"));
    msg_add_str(m, "key", STR("house"));
    if (raise) {
        msg_add_str(m, "severity", STR("error"));
        msg_add_str(m, "who", STR("provider"));
        msg_add_str(m, "text",
                    STR("messages wait for Discord since over ten minutes; they go out by "
                        "themselves when it answers"));
    }
    return call_ask(ctx, &d->vault, m, answer);
}

/* Read from the file, not remembered: a start in between changes nothing. */
static enum err
watch_waiting(struct ctx *ctx, struct day *d)
{
    int64_t since = 0;
    bool late;
    enum err e = outbox_waiting(ctx, STR("tell"), &since);

    if (e)
        return e;
    late = since && ctx_now(ctx) - since > PATIENCE_MS;
    if (d->looked && late == d->told)
        return OK;
    if ((e = alert(ctx, d, late)))
        return e;
    d->looked = true;
    d->told = late;
    return OK;
}

/* Between two jobs: a job that never ends gives none. */
static void
give_sign(const struct ctx *ctx, struct day *d)
{
    if (tick(ctx) < d->sign)
        return;
    d->sign = tick(ctx) + SIGN_MS;
    (void)send(0, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static enum err
open_ledger(struct ctx *ctx, struct arena *process, struct day *d, struct db **ret)
{
    struct arena_mark mark = arena_mark(process);
    enum err e = E_BUSY;

    while (!d->ending) {
        arena_reset(ctx->arena);
        e = db_open(ctx, process, str_text(ctx->arena, ctx->conf->path.ledger), DB_READER, ret);
        if (e != E_BUSY)
            return e;
        arena_release(process, mark);
        give_sign(ctx, d);
        rest(d, OPEN_AGAIN_MS);
    }
    return OK;
}

static void
round_of(struct ctx *ctx, struct day *d)
{
    const struct kinds_tools tools = {.vault = &d->vault, .out = d->out, .bank = d->bank};
    size_t n = 0, one = 1;

    for (; n < JOBS_A_ROUND && one && !d->ending; n += one) {
        give_sign(ctx, d);
        told(ctx, option[d->lane] + 2, runner_run(ctx, &d->vault, &tools, d->lane, 1, &one));
    }
    if (d->lane == KINDS_TALK && tick(ctx) >= d->look) {
        told(ctx, "waiting", watch_waiting(ctx, d));
        d->look = tick(ctx) + LOOK_MS;
    }
    rest(d, n == JOBS_A_ROUND ? 0 : IDLE_MS);
}

static enum err
open_tools(struct ctx *ctx, struct arena *process, struct day *d)
{
    return d->lane == KINDS_TALK ? outside_open(ctx, process, &d->out)
                                 : bank_open(ctx, process, &d->bank);
}

static enum err
run(struct ctx *ctx, struct arena *process, struct day *d)
{
    struct db *db CLEANUP(db_closep) = NULL;
    sigset_t set;
    enum err e;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    d->sig = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (d->sig < 0)
        return ctx_fail(ctx, E_INTERNAL, "cannot wait for signals: %s", strerror(errno));
    if ((e = open_tools(ctx, process, d)) || (e = open_ledger(ctx, process, d, &db)))
        return e;
    log_line(LOG_NOTICE, "event=start lane=%s", option[d->lane] + 2);
    if (d->lane == KINDS_TALK && !d->ending)
        told(ctx, "card", paint_default(ctx));
    while (!d->ending) {
        arena_reset(ctx->arena);
        ctx_clear(ctx);
        round_of(ctx, d);
    }
    log_line(LOG_NOTICE, "event=end lane=%s", option[d->lane] + 2);
    return OK;
}

enum kinds_lane
errand_lane(const char *argument)
{
    for (enum kinds_lane i = KINDS_TALK; i < KINDS_LANES; i++)
        if (strcmp(argument, option[i]) == 0)
            return i;
    return KINDS_LIVE;
}

enum err
errand_run(struct ctx *ctx, struct arena *process, enum kinds_lane lane)
{
    struct day d = {.lane = lane, .sig = -1};
    enum err e;

    call_init(&d.vault,
              arena_printf(process, "%.*s/vault-jobs.sock", STR_ARG(ctx->conf->path.run)));
    d.vault.timeout_ms = VAULT_MS;
    e = run(ctx, process, &d);
    call_done(&d.vault);
    if (d.out)
        outside_close(d.out);
    if (d.bank)
        bank_close(d.bank);
    if (d.sig >= 0)
        close(d.sig);
    return e;
}
