/* What a web process lends to its handlers: settings, templates, the line to the vault. Reached
 * as req->site. Not for: anything about one request (req.h) or one call (base/ctx.h). */
#pragma once

#include "call/call.h"
#include "view/tmpl.h"

struct conf;
struct limit;

enum { SITE_STATUSES = 600, SITE_TOOK = 12 };

/* Counters of all workers together; they live in memory shared by the master and its workers.
 */
struct site_stats {
    _Atomic int64_t requests[SITE_STATUSES]; /* by status; [0]: cut off */
    _Atomic int64_t took[SITE_TOOK]; /* by site_took_ms; the last: longer than all of them */
    _Atomic int64_t request_ms;      /* time spent in requests */
    _Atomic int64_t restarts;        /* workers started again after their death */
    _Atomic int64_t stuck;           /* workers killed because one request took too long */
    _Atomic int64_t busy;            /* at the master's last look */
    int64_t workers;                 /* as configured */
    int64_t started_ms;              /* when the master started, UTC */
};

/* Upper bounds of how long a request took. */
extern const int64_t site_took_ms[SITE_TOOK - 1];
void site_count(struct site_stats *s, int status, int64_t ms);

struct site {
    const struct conf *conf; /* the same as ctx->conf */
    const struct tmpl *tmpl; /* all templates; NULL only in tests that render nothing */
    struct call *vault; /* call_ask(ctx, req->site->vault, …); NULL in tests without vault */
    struct site_stats *stats; /* NULL in tests */
    struct limit *limit;      /* NULL: no limits */
    void *page;               /* whatever page/ keeps for a whole process; NULL if nothing */
};
