/* The way to shops and payment providers for the kinds of jobs: one client of HTTP, the keys,
 * PayPal's token, and when not to ask. Not for: what is asked (provider/), Discord (outside.h).
 */
#pragma once

#include "base/ctx.h"
#include "provider/payer.h"

struct bank;

enum err bank_open(struct ctx *ctx, struct arena *process, struct bank **ret) MUST_USE;
void bank_close(struct bank *b);

/* First line of a secret file, "" while it is not set up. Read anew each time: a wrong key is
 * put right without a restart. key: "stripe.api_key". A Stripe key must fit the mode. */
enum err bank_key(struct ctx *ctx, const char *key, struct str file, struct str *ret) MUST_USE;

/* How a payer is asked: "stripe", "paypal", "whop". E_BUSY: it is not set up here. E_REMOTE:
 * PayPal gives no token; nothing else was asked. */
enum err bank_way(struct ctx *ctx, struct bank *b, struct str name,
                  struct payer_way *ret) MUST_USE;
/* After a 401: true when the token was an old one and the way asked for again has another. */
bool bank_was_stale(struct bank *b, struct str name);

/* What httpc_do says, which remote_read and the readers of the providers take as it is. Whoever
 * does not answer is left alone for 1, 2, 4 … 30 s: E_REMOTE at once, nothing is sent. Never
 * while a transaction is open; a job has none. */
enum err bank_ask(struct ctx *ctx, struct bank *b, const struct remote_ask *ask,
                  struct httpc_answer *ret) MUST_USE;
