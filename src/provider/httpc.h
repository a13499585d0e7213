/* One HTTP request with limits of time and size, no redirects, certificates checked; the only
 * user of libcurl. Not for: what is asked (the ask and read pairs of the providers). */
#pragma once

#include "base/ctx.h"

enum { HTTPC_WANT_MAX = 6, HTTPC_HEADERS_MAX = 6 };

struct httpc;

/* Keeps connections for reuse. E_INTERNAL when libcurl does not start. */
enum err httpc_open(struct ctx *ctx, struct arena *process, struct httpc **ret) MUST_USE;
void httpc_close(struct httpc *h);

enum httpc_method { HTTPC_GET, HTTPC_POST, HTTPC_PUT, HTTPC_PATCH, HTTPC_DELETE };

/* A part of a multipart body. */
struct httpc_part {
    const char *name; /* "payload_json", "files[0]" */
    const char *file; /* what the file is called there; NULL: no file */
    const char *type; /* "image/png" */
    struct str body;
};

struct httpc_ask {
    enum httpc_method method;
    const char *url; /* http:// or https:// */
    /* The provider's address out of the settings: the URL must be it, or go on with / or ?, so
     * that what other people wrote cannot lead elsewhere. Needed unless socket is set. */
    struct str base;
    const char *socket; /* unix socket instead of the network; NULL: the network */
    const char *header[HTTPC_HEADERS_MAX]; /* "Name: value"; NULL ends them */
    bool once; /* on a connection of its own: what a kept one loses is sent again unasked */
    struct str body;               /* sent when type is set */
    const char *type;              /* "application/json"; NULL: no body */
    const struct httpc_part *part; /* instead of body and type: multipart/form-data */
    size_t n_parts;
    const char *want[HTTPC_WANT_MAX]; /* headers of the answer to keep; NULL ends them */
    int64_t timeout_ms;               /* the whole request */
    size_t answer_max;                /* bytes of the answer's body */
};

struct httpc_answer {
    int64_t status;
    struct str body;                   /* in ctx->arena */
    struct str header[HTTPC_WANT_MAX]; /* as ask->want; empty when absent */
};

/* OK for any complete answer, whatever its status; redirects are answers. E_REMOTE: nothing was
 * sent (no connection); E_UNCERTAIN: sent, but no whole answer within the limits. */
enum err httpc_do(struct ctx *ctx, struct httpc *h, const struct httpc_ask *ask,
                  struct httpc_answer *ret) MUST_USE;

/* "a=1&b=2": adds one pair of a form, percent-coded. */
struct str httpc_form(struct ctx *ctx, struct str before, const char *name, struct str value);
