/* The way to shops and payment providers for the kinds of jobs: one client of HTTP, and the
 * keys. Not for: what is asked (provider/), Discord (outside.h). */
#pragma once

#include "base/ctx.h"
#include "provider/remote.h"

struct bank;

enum err bank_open(struct ctx *ctx, struct arena *process, struct bank **ret) MUST_USE;
void bank_close(struct bank *b);

/* First line of a secret file, "" while it is not set up. Read anew each time: a wrong key is
 * put right without a restart. key: "stripe.api_key". A Stripe key must fit the mode. */
enum err bank_key(struct ctx *ctx, const char *key, struct str file, struct str *ret) MUST_USE;

/* What httpc_do says, which remote_read and the readers of the providers take as it is. Never
 * while a transaction is open; a job has none. */
enum err bank_ask(struct ctx *ctx, struct bank *b, const struct remote_ask *ask,
                  struct httpc_answer *ret) MUST_USE;
