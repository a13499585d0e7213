/* One HTTP request with limits of time and size, no redirects; the only user of libcurl. Not
 * for: what is asked (the ask and read pairs of the providers). */
#pragma once

#include "base/ctx.h"

struct httpc;

/* Keeps one connection for reuse. E_INTERNAL when libcurl does not start. */
enum err httpc_open(struct ctx *ctx, struct arena *process, struct httpc **ret) MUST_USE;
void httpc_close(struct httpc *h);

struct httpc_ask {
    const char *url;    /* http:// or https:// */
    const char *socket; /* unix socket instead of the network; NULL: the network */
    struct str body;    /* POST when type is set, else GET */
    const char *type;   /* "application/json" */
    int64_t timeout_ms; /* the whole request */
    size_t answer_max;  /* bytes of the answer's body */
};

struct httpc_answer {
    int64_t status;
    struct str body; /* in ctx->arena */
};

/* OK for any complete answer, whatever its status. E_REMOTE: nothing was sent (no connection);
 * E_UNCERTAIN: sent, but no whole answer within the limits. */
enum err httpc_do(struct ctx *ctx, struct httpc *h, const struct httpc_ask *ask,
                  struct httpc_answer *ret) MUST_USE;
