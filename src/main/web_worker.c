/* A worker has no power: it reads the ledger through a read-only connection, and asks the vault
 * for everything else. */
#include "main/web_worker.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/log.h"
#include "db/db.h"
#include "db/peek.h"
#include "db/stmt.h"
#include "http/fcgi.h"
#include "page/again.h"
#include "page/routes.h"
#include "user/right.h"

/* Address space, not memory: only what a request really uses is ever touched. */
enum { REQUEST_CEILING = 24 * 1024 * 1024, PROCESS_CEILING = 16 * 1024 * 1024 };
enum { LINES_MAX = 144 }; /* to the vault, of all workers: it takes a few more, for a reload */

enum { LOOK_MS = 500 }; /* between two looks at the schema */

struct ledger {
    struct arena *process;
    struct db *db;
};

struct beat {
    struct web_heart *heart;
    const struct world *world;
    struct ctx *ctx;
    const struct ledger *ledger;
    int64_t look;
    bool past;
};

static void
worker_beat(void *arg, bool busy)
{
    struct beat *b = arg;

    b->heart->busy_since_ms = busy ? b->world->tick_ms(b->world->arg) : 0;
}

/* TERM as a descriptor; the others are the master's business. */
static int
stop_fd_make(void)
{
    sigset_t term;
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    if (sigemptyset(&term) != 0 || sigaddset(&term, SIGTERM) != 0 ||
        sigaction(SIGHUP, &ignore, NULL) != 0 || sigaction(SIGINT, &ignore, NULL) != 0)
        return -1;
    return signalfd(-1, &term, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* What was added to the schema is in nobody's way, so the request in hand is answered as ever;
 * then somebody is needed who knows what is new. */
static bool
worker_over(void *arg)
{
    struct beat *b = arg;
    int64_t now = b->world->tick_ms(b->world->arg);

    if (b->ledger->db == NULL || now < b->look)
        return false;
    b->look = now + LOOK_MS;
    b->ctx->db = b->ledger->db;
    if (db_fits(b->ctx) != E_CONFLICT)
        return false;
    log_line(LOG_NOTICE, "event=worker_past why=\"%s\"", b->ctx->fail_text);
    b->past = true;
    return true;
}

/* Every statement is prepared at once: a file that does not fit this program is noticed here,
 * not in the middle of a page. */
static enum err
ledger_open(struct ctx *ctx, void *arg, struct db **ret)
{
    struct ledger *l = arg;
    struct arena_mark mark = arena_mark(l->process);
    enum err e = db_open(ctx, l->process, str_text(l->process, ctx->conf->path.ledger),
                         DB_READER, &l->db);

    if (e != OK) {
        arena_release(l->process, mark);
        return e;
    }
    e = stmt_prepare_all(ctx);
    if (e == OK) {
        *ret = l->db;
        return OK;
    }
    db_close(l->db);
    l->db = NULL;
    ctx->db = NULL;
    return e;
}

void
web_worker_look(const struct conf *conf, const struct world *world)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(PROCESS_CEILING);
    struct ctx ctx;

    ctx_init(&ctx, a, world);
    ctx.conf = conf;
    if (peek_fits(&ctx, str_text(a, conf->path.ledger)) != OK)
        log_line(LOG_ERROR, "event=no_ledger why=\"%s\"", ctx.fail_text);
}

/* Each worker has a line for what waits by itself, and its part of the others. */
static size_t
waiting_of(const struct conf *conf)
{
    size_t n = LINES_MAX / (size_t)conf->web.workers - 1;

    return n < 1 ? 1 : n > FCGI_WAITING_MAX ? FCGI_WAITING_MAX : n;
}

int
web_worker_run(const struct web_worker_opts *o)
{
    struct arena *process = arena_new(PROCESS_CEILING);
    const struct conf *conf = o->site->conf;
    struct site site = *o->site;
    struct call vault;
    struct ledger ledger = {.process = process};
    struct db *db = NULL;
    struct ctx ctx;
    struct beat beat = {.heart = o->heart, .world = o->world, .ctx = &ctx, .ledger = &ledger};
    int stop = stop_fd_make();

    ctx_init(&ctx, process, o->world);
    ctx.conf = conf;
    /* When the master dies without a word the workers drain, so that two generations never mix.
     */
    if (stop < 0 || prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || fcgi_init() != OK) {
        log_line(LOG_ERROR, "event=worker_start_failed why=\"system call refused\"");
        return 1;
    }
    enum err e = ledger_open(&ctx, &ledger, &db);

    /* Without the vault there is no ledger to read yet; requests get 503 and try again. */
    if (e != OK && e != E_BUSY && e != E_NOTFOUND) {
        log_line(LOG_ERROR, "event=worker_start_failed why=\"%s\"", ctx.fail_text);
        return 1;
    }
    call_init(&vault, arena_printf(process, "%.*s/vault-web.sock", STR_ARG(conf->path.run)));
    site.vault = &vault;
    struct router_opts r = {.routes = o->routes,
                            .n_routes = o->n_routes,
                            .site = &site,
                            .db = db,
                            .ledger_open = ledger_open,
                            .ledger_arg = &ledger,
                            .session_find = routes_session,
                            .login_again = again_ask,
                            .role_words = right_words,
                            .error_page = routes_error};
    struct fcgi_opts f = {.listen_fd = o->listen_fd,
                          .stop_fd = stop,
                          .router = router_new(process, &r),
                          .world = o->world,
                          .conf = conf,
                          .ceiling = REQUEST_CEILING,
                          .vault = vault.path,
                          .waiting = waiting_of(conf),
                          .beat = worker_beat,
                          .over = worker_over,
                          .beat_arg = &beat};

    o->heart->serving = true;
    fcgi_loop(&f);
    call_done(&vault);
    db_close(ledger.db);
    arena_free(process);
    close(stop);
    return beat.past ? WEB_WORKER_PAST : 0;
}
