/* cozykart-jobs: everything that leaves the house or happens by time. Arguments and start; the
 * work is job/work.c. */
#include <signal.h>

#include "base/log.h"
#include "base/notify.h"
#include "db/peek.h"
#include "job/errand.h"
#include "job/work.h"
#include "main/start.h"

enum { PROCESS_ARENA = 64 * 1024 * 1024, ROUND_ARENA = 64 * 1024 * 1024 };

int
main(int argc, char **argv)
{
    struct arena *process CLEANUP(arena_freep) = arena_new(PROCESS_ARENA);
    struct arena *round CLEANUP(arena_freep) = arena_new(ROUND_ARENA);
    struct conf conf;
    struct ctx ctx;
    sigset_t set;
    /* How the first process starts the others; not for people. */
    enum kinds_lane lane = argc > 1 ? errand_lane(argv[1]) : KINDS_LIVE;
    int own = lane != KINDS_LIVE;

    log_name("jobs");
    notify_open();
    ctx_init(&ctx, round, world_real());
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if (start_conf(&ctx, process, argc - own, argv + own, "cozykart-jobs", &conf) != OK ||
        (!own && peek_fits(&ctx, str_text(process, conf.path.ledger)) != OK) ||
        (own ? errand_run(&ctx, process, lane) : work_run(&ctx, process)) != OK)
        return start_failed(&ctx);
    return 0;
}
