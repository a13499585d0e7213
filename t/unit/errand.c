/* The first process of the jobs and those beside it: who dies is started again, who gives no
 * sign of life between two jobs is killed. The test itself is the child, with a clock of ours.
 */
#include "job/errand.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/world.h"
#include "lib/tap.h"

enum { MINUTE = 60 * 1000 };

static int64_t now = 1000;

static int64_t
tick_ms(void *arg)
{
    (void)arg;
    return now;
}

static void
nap(void)
{
    usleep(20 * 1000);
}

/* Until the child has said that it lives. */
static bool
comes(struct ctx *ctx, struct errand *x)
{
    x->serving = false;
    for (int i = 0; i < 3000 && !x->serving; i++) {
        nap();
        errand_watch(ctx, x);
    }
    return x->serving;
}

static void
test_lane(struct ctx *ctx, enum kinds_lane lane, const char *name, int64_t limit)
{
    struct errand x;
    pid_t first;

    ok(errand_open(ctx, lane, &x) == OK, "%s: opened", name);
    errand_watch(ctx, &x);
    ok(x.pid > 0 && comes(ctx, &x), "it runs and says that it lives");
    first = x.pid;
    now += limit - 1;
    errand_watch(ctx, &x);
    ok(x.pid == first && kill(first, 0) == 0, "it may be silent for as long as a job takes");
    ok(errand_alive(ctx, &x), "and the house may say that all is well");
    now += 2;
    errand_watch(ctx, &x);
    for (int i = 0; i < 3000 && x.pid == first; i++) {
        nap();
        errand_watch(ctx, &x);
    }
    ok(x.pid != first, "longer than that: it is killed");
    now += MINUTE;
    errand_watch(ctx, &x);
    ok(x.pid > 0 && x.pid != first && comes(ctx, &x), "and started again");
    ok(errand_alive(ctx, &x), "with time of its own");
    now += limit + MINUTE;
    ok(!errand_alive(ctx, &x), "who could not even be killed: the house falls silent");
    errand_close(&x);
    ok(x.pid == 0, "an end");
}

/* As a child: one sign of life, then nothing, as somebody who hangs. */
NORETURN static void
child(void)
{
    (void)send(0, "", 1, MSG_NOSIGNAL);
    for (;;)
        pause();
}

int
main(int argc, char **argv)
{
    static struct conf conf = {.file = "/dev/null"};
    struct arena *a = arena_new(1024 * 1024);
    struct world world = *world_real();
    struct ctx ctx;

    if (argc > 1 && errand_lane(argv[1]) != KINDS_LIVE)
        child();
    world.tick_ms = tick_ms;
    ctx_init(&ctx, a, &world);
    ctx.conf = &conf;
    test_lane(&ctx, KINDS_TALK, "Discord", 3 * MINUTE);
    test_lane(&ctx, KINDS_MONEY, "payments", 3 * MINUTE);
    test_lane(&ctx, KINDS_BOOKS, "books", 60 * MINUTE);
    arena_free(a);
    return done();
}
