/* Requests to Whop: address, headers, key, ids. Not for: what is asked (payer_whop.c,
 * tally_whop.c), their notices (whop.h). */
#pragma once

#include "provider/payer.h"

/* An id that begins so and goes on; begins "": any. */
bool whop_api_is_id(struct str id, const char *begins);
/* What the account has there: available, or with all also what is pending or kept in reserve.
 * It may be below zero. False: the answer cannot be read. */
enum err whop_api_balance(struct ctx *ctx, const struct payer_way *way,
                          struct remote_ask *ret) MUST_USE;
bool whop_api_has(struct ctx *ctx, const struct json *body, struct str currency, bool all,
                  int64_t *ret);
/* A request without a body. path: "/transfers?…". E_INVALID: key or account cannot be right. */
enum err whop_api_begin(struct ctx *ctx, const struct payer_way *way, enum httpc_method method,
                        const char *path, struct remote_ask *ret) MUST_USE;
