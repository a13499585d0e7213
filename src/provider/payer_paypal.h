/* PayPal's access token, which its payer wants in way.token. Pure. Not for: keeping it
 * (job/bank.h). */
#pragma once

#include "provider/payer.h"

/* E_INVALID: id or secret cannot be one. */
enum err payer_paypal_token(struct ctx *ctx, struct str base, struct str client_id,
                            struct str secret, struct remote_ask *ret) MUST_USE;
/* The token and until when it may be used, a minute before it ends. E_REMOTE: there is none,
 * and why. */
enum err payer_paypal_given(struct ctx *ctx, const struct remote_ask *ask, enum err e,
                            const struct httpc_answer *a, struct str *ret,
                            int64_t *ret_until) MUST_USE;
