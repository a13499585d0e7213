/* One loop over a datagram socket, signals and a timetable. Not for: what the entries do. */
#include "job/work.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/log.h"
#include "base/notify.h"
#include "db/db.h"
#include "job/beat.h"
#include "job/errand.h"
#include "job/push.h"
#include "job/runner.h"

enum {
    GOODBYE_MS = 1000,
    VAULT_MS =
        1500, /* the vault is started again within two seconds; nothing here is in a hurry */
    JOBS_A_ROUND = 20,
    KEPT_MESSAGES = 1000,
    MUTE_TRIES = 3,
    OPEN_AGAIN_MS = 200,
    BREATH_MS = 5
};

enum { DUE_CLOCK, DUE_CANARY, DUE_REPLAY, DUE_HEARTBEAT, DUE_PRUNE, DUE_COUNT };

static const int64_t every_ms[DUE_COUNT] = {
    [DUE_CLOCK] = 1000,      [DUE_CANARY] = 5000,     [DUE_REPLAY] = 10 * 1000,
    [DUE_HEARTBEAT] = 15000, [DUE_PRUNE] = 60 * 1000,
};

struct work {
    int sig, poke;
    const char *poke_path;
    struct call vault;
    struct push *push;
    struct errand errand[KINDS_LANES]; /* the live lane is this process */
    int64_t due[DUE_COUNT];
    bool muted; /* an alert stands for it */
    bool ready; /* the service manager knows */
    bool ending;
};

static int64_t
tick(const struct ctx *ctx)
{
    return ctx->world->tick_ms(ctx->world->arg);
}

static bool
somebody_listens(const struct sockaddr_un *at)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool yes = fd >= 0 && connect(fd, (const struct sockaddr *)at, sizeof *at) == 0;

    if (fd >= 0)
        close(fd);
    return yes;
}

static enum err
open_poke(struct ctx *ctx, struct arena *process, struct work *w)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    mode_t before;
    int bound;

    w->poke_path = arena_printf(process, "%.*s/jobs.sock", STR_ARG(ctx->conf->path.run));
    if (strlen(w->poke_path) >= sizeof at.sun_path)
        return ctx_fail(ctx, E_INTERNAL, "path.run is too long for a socket");
    memcpy(at.sun_path, w->poke_path, strlen(w->poke_path) + 1);
    w->poke = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (w->poke < 0)
        return ctx_fail(ctx, E_INTERNAL, "cannot make a socket: %s", strerror(errno));
    if (somebody_listens(&at))
        log_line(LOG_WARNING, "event=second why=\"another cozykart-jobs runs here: end one of "
                              "them; nothing is done twice meanwhile\"");
    /* What a dead runner left there; a second runner takes the wake-ups, leases keep both
     * right. */
    unlink(w->poke_path);
    before = umask(0117);
    bound = bind(w->poke, (struct sockaddr *)&at, sizeof at);
    umask(before);
    return bound == 0 ? OK
                      : ctx_fail(ctx, E_INTERNAL, "cannot listen at %s: %s", w->poke_path,
                                 err_system(errno));
}

static enum err
open_errands(struct ctx *ctx, struct work *w)
{
    enum err e = OK;

    for (enum kinds_lane i = KINDS_LIVE + 1; !e && i < KINDS_LANES; i++)
        e = errand_open(ctx, i, &w->errand[i]);
    return e;
}

/* All are asked first, so that they end at the same time. */
static void
end_errands(struct work *w)
{
    for (enum kinds_lane i = KINDS_LIVE + 1; i < KINDS_LANES; i++)
        errand_end(&w->errand[i]);
    for (enum kinds_lane i = KINDS_LIVE + 1; i < KINDS_LANES; i++)
        errand_close(&w->errand[i]);
}

static enum err
open_signals(struct ctx *ctx, struct work *w)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    w->sig = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return w->sig >= 0
               ? OK
               : ctx_fail(ctx, E_INTERNAL, "cannot wait for signals: %s", strerror(errno));
}

/* Waits at most ms, for a signal or a wake-up; takes all of both. */
static void
rest(struct work *w, int64_t ms)
{
    struct pollfd p[] = {
        {.fd = w->sig,  .events = POLLIN},
        {.fd = w->poke, .events = POLLIN}
    };
    struct signalfd_siginfo got;
    char one[16];

    /* Wake-ups of a storm are taken together. */
    if (ms > BREATH_MS)
        (void)poll(p, 1, BREATH_MS);
    (void)poll(p, ARRAY_SIZE(p), (int)(ms > BREATH_MS ? ms - BREATH_MS : ms));
    while (read(w->sig, &got, sizeof got) == (ssize_t)sizeof got)
        w->ending = w->ending || got.ssi_signo != SIGHUP;
    if (recv(w->poke, one, sizeof one, MSG_DONTWAIT) < 0)
        return;
    while (recv(w->poke, one, sizeof one, MSG_DONTWAIT) >= 0)
        continue;
    for (enum kinds_lane i = KINDS_LIVE + 1; i < KINDS_LANES; i++)
        errand_poke(&w->errand[i]);
}

/* The vault makes WAL and index; until then there is nothing to read. */
static enum err
open_ledger(struct ctx *ctx, struct arena *process, struct work *w, struct db **ret)
{
    struct arena_mark mark = arena_mark(process);
    enum err e = E_BUSY;

    while (!w->ending) {
        arena_reset(ctx->arena);
        e = db_open(ctx, process, str_text(ctx->arena, ctx->conf->path.ledger), DB_READER, ret);
        if (e != E_BUSY)
            return e;
        arena_release(process, mark);
        rest(w, OPEN_AGAIN_MS);
    }
    return OK;
}

static void
told(struct ctx *ctx, const char *what, enum err e)
{
    if (e && e != E_NOTFOUND)
        log_line(LOG_WARNING, "event=%s result=%.*s why=\"%s\"", what,
                 STR_ARG(err_info(e)->name), ctx->fail_text);
}

/* Nobody hears us: one alert, taken back when it works again. */
static enum err
watch_live(struct ctx *ctx, struct work *w)
{
    bool mute = push_mute(w->push) >= MUTE_TRIES;
    enum err e;

    if (mute == w->muted)
        return OK;
    e = beat_alert(ctx, &w->vault, mute, STR("live_mute"),
                   STR("the live nginx takes no messages: pages are up to two seconds behind"));
    if (!e)
        w->muted = mute;
    return e;
}

static enum err
do_due(struct ctx *ctx, struct work *w, int which)
{
    int64_t upto;
    enum err e;

    switch (which) {
    case DUE_CLOCK:
        return beat_clock(ctx, &w->vault);
    case DUE_CANARY:
        e = push_canary(ctx, w->push);
        return e ? e : watch_live(ctx, w);
    case DUE_REPLAY:
        return beat_replay(ctx, &w->vault);
    case DUE_HEARTBEAT:
        return push_heartbeat(ctx, w->push);
    default:
        upto = push_seen(w->push) - KEPT_MESSAGES;
        return upto > 0 ? beat_prune(ctx, &w->vault, upto) : OK;
    }
}

/* Everything whose time has come; gives how long nothing will be due. */
static int64_t
round_of(struct ctx *ctx, struct work *w)
{
    static const char *const name[DUE_COUNT] = {"clock", "canary", "replay", "heartbeat",
                                                "prune"};
    const struct kinds_tools tools = {.push = w->push, .vault = &w->vault};
    int64_t left = 1000, again = -1;
    size_t n = 0;

    told(ctx, "push", push_news(ctx, w->push, &again));
    for (int i = 0; i < DUE_COUNT && !w->ending; i++) {
        if (tick(ctx) >= w->due[i]) {
            told(ctx, name[i], do_due(ctx, w, i));
            w->due[i] = tick(ctx) + every_ms[i];
            arena_reset(ctx->arena);
            /* News do not wait for the rest of the timetable. */
            told(ctx, "push", push_news(ctx, w->push, &again));
        }
        if (w->due[i] - tick(ctx) < left)
            left = w->due[i] - tick(ctx);
    }
    told(ctx, "jobs", runner_run(ctx, &w->vault, &tools, KINDS_LIVE, JOBS_A_ROUND, &n));
    if (n == JOBS_A_ROUND)
        left = 0;
    if (again >= 0 && again < left)
        left = again;
    return left > 0 ? left : 0;
}

/* The manager hears of us as long as the others are well too, and that we serve when they do.
 */
static void
notify_manager(const struct ctx *ctx, struct work *w)
{
    bool alive = true, serving = true;

    for (enum kinds_lane i = KINDS_LIVE + 1; i < KINDS_LANES; i++) {
        alive = alive && errand_alive(ctx, &w->errand[i]);
        serving = serving && w->errand[i].serving;
    }
    if (alive)
        notify_alive(tick(ctx));
    if (!w->ready && serving) {
        w->ready = true;
        notify_say("READY=1");
    }
}

static enum err
run(struct ctx *ctx, struct arena *process, struct work *w)
{
    struct db *db CLEANUP(db_closep) = NULL;
    bool past = false;
    enum err e;

    if ((e = open_signals(ctx, w)) || (e = open_poke(ctx, process, w)) ||
        (e = open_errands(ctx, w)) || (e = push_open(ctx, process, &w->push)) ||
        (e = open_ledger(ctx, process, w, &db)))
        return e;
    if (!w->ending)
        told(ctx, "start", push_start(ctx, w->push));
    log_line(LOG_NOTICE, "event=start");
    while (!w->ending) {
        arena_reset(ctx->arena);
        ctx_clear(ctx);
        if ((past = db_fits(ctx) == E_CONFLICT)) {
            log_line(LOG_NOTICE, "event=past why=\"%s\"", ctx->fail_text);
            break;
        }
        for (enum kinds_lane i = KINDS_LIVE + 1; i < KINDS_LANES; i++)
            errand_watch(ctx, &w->errand[i]);
        notify_manager(ctx, w);
        rest(w, round_of(ctx, w));
    }
    notify_say("STOPPING=1");
    arena_reset(ctx->arena);
    ctx_clear(ctx);
    w->vault.timeout_ms = GOODBYE_MS;
    told(ctx, "end", beat_end(ctx, &w->vault));
    log_line(LOG_NOTICE, "event=end");
    return past ? ctx_fail(ctx, E_BUSY, "a newer version of the programs has the ledger") : OK;
}

enum err
work_run(struct ctx *ctx, struct arena *process)
{
    struct work w = {.sig = -1, .poke = -1};
    enum err e;

    for (enum kinds_lane i = KINDS_LIVE; i < KINDS_LANES; i++)
        w.errand[i] = (struct errand){.poke = -1, .far = -1};
    call_init(&w.vault,
              arena_printf(process, "%.*s/vault-jobs.sock", STR_ARG(ctx->conf->path.run)));
    w.vault.timeout_ms = VAULT_MS;
    e = run(ctx, process, &w);
    end_errands(&w);
    call_done(&w.vault);
    if (w.push)
        push_close(w.push);
    if (w.poke >= 0) {
        close(w.poke);
        unlink(w.poke_path);
    }
    if (w.sig >= 0)
        close(w.sig);
    return e;
}
