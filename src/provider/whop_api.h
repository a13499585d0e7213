/* Requests to Whop: address, headers, key, ids. Not for: what is asked (payer_whop.c,
 * tally_whop.c), their notices (whop.h). */
#pragma once

#include "provider/payer.h"

/* An id that begins so and goes on; begins "": any. */
bool whop_api_is_id(struct str id, const char *begins);
/* A request without a body. path: "/transfers?…". E_INVALID: key or account cannot be right. */
enum err whop_api_begin(struct ctx *ctx, const struct payer_way *way, enum httpc_method method,
                        const char *path, struct remote_ask *ret) MUST_USE;
