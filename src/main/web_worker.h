/* One worker process: its life from fork to exit. Not for: starting and watching workers
 * (web.c). */
#pragma once

#include "http/router.h"

/* Shared with the master: when the request in hand began, on the monotonic clock; 0 when there
 * is none. serving: it takes requests. */
struct web_heart {
    _Atomic int64_t busy_since_ms;
    _Atomic bool serving;
};

struct web_worker_opts {
    int listen_fd;
    const struct site *site; /* vault is filled in by the worker itself */
    const struct route *routes;
    size_t n_routes;
    struct web_heart *heart;
    const struct world *world;
};

/* The ledger got another schema: the next one must be of the program that made it. */
enum { WEB_WORKER_PAST = 3 };

/* Serves until SIGTERM, which the caller has blocked. Returns the exit code: 0 after a drain, 1
 * when the worker could not begin (said in the log), WEB_WORKER_PAST. */
int web_worker_run(const struct web_worker_opts *o);
/* Before the first worker: a ledger that will never open is told in one line. */
void web_worker_look(const struct conf *conf, const struct world *world);
