/* What a web process lends to its handlers: settings, templates, the line to the vault. Reached
 * as req->site. Not for: anything about one request (req.h) or one call (base/ctx.h). */
#pragma once

#include "call/call.h"
#include "view/tmpl.h"

struct conf;
struct limit;

/* Counters of all workers together; they live in memory shared by the master and its workers.
 */
struct site_stats {
    _Atomic int64_t requests[6]; /* by class of status; [0] counts requests that were cut off */
    _Atomic int64_t request_ms;  /* time spent in requests */
    _Atomic int64_t restarts;    /* workers started again after their death */
    _Atomic int64_t stuck;       /* workers killed because one request took too long */
    int64_t workers;             /* as configured */
    int64_t started_ms;          /* when the master started, UTC */
};

struct site {
    const struct conf *conf; /* the same as ctx->conf */
    const struct tmpl *tmpl; /* all templates; NULL only in tests that render nothing */
    struct call *vault; /* call_ask(ctx, req->site->vault, …); NULL in tests without vault */
    struct site_stats *stats; /* NULL in tests */
    struct limit *limit;      /* NULL: no limits */
    void *page;               /* whatever page/ keeps for a whole process; NULL if nothing */
};
