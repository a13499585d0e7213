/* Runs a request through the router, without nginx and FastCGI. Not for: the wire
 * (unit/fcgi.c).
 */
#pragma once

#include "http/router.h"

struct sim {
    const char *method; /* NULL: GET */
    const char *target; /* "/race/7?x=1" */
    const char *cookie; /* NULL: none */
    const char *origin; /* NULL: none */
    const char *type;   /* content type of the body, NULL: urlencoded */
    struct str body;
    const struct req_param *more; /* further parameters: {"HTTP_STRIPE_SIGNATURE", …} */
    size_t n_more;
};

/* The whole way: read, match, limits, handler, headers. ret points into ctx's arena. */
void sim_run(struct router *r, struct ctx *ctx, const struct sim *s, struct res *ret);
