/* Those who can pay somebody for us: one interface, pure functions around one request. Not for:
 * states of a payout (payout/payout.h), when it is tried (job/pay.h). */
#pragma once

#include "base/pay.h"
#include "provider/remote.h"

/* How we come to them: out of the settings. */
struct payer_way {
    struct str base;    /* address without slash at the end */
    struct str token;   /* bearer token or API key */
    struct str account; /* whose balance pays, where the provider wants to know; or "" */
};

struct payer {
    struct str name;   /* "stripe", "paypal", "whop": also the method and A:processor:<name> */
    int64_t memory_ms; /* how long their idempotency key surely lives, less a margin: after that
                        * nothing is sent again before looking */
    /* E_INVALID: the order or destination cannot be. */
    enum err (*send)(struct ctx *ctx, const struct payer_way *way, const struct pay_order *o,
                     struct remote_ask *ret);
    void (*sent)(struct ctx *ctx, const struct pay_order *o, const struct remote_ask *ask,
                 enum err e, const struct httpc_answer *a, struct pay_answer *ret);
    /* Looks for it: by ref, else by key. Never sends. E_NOTFOUND: this provider finds nothing
     * by our key; the order once more, under the same key, is as good while the key lives. */
    enum err (*look)(struct ctx *ctx, const struct payer_way *way, const struct pay_order *o,
                     struct remote_ask *ret);
    void (*seen)(struct ctx *ctx, const struct pay_order *o, const struct remote_ask *ask,
                 enum err e, const struct httpc_answer *a, struct pay_answer *ret);
    /* What is available there to be sent; both NULL: they do not say. room: -1 when the answer
     * cannot be read. */
    enum err (*ask_room)(struct ctx *ctx, const struct payer_way *way, struct remote_ask *ret);
    int64_t (*room)(struct ctx *ctx, const struct pay_order *o, const struct remote_ask *ask,
                    enum err e, const struct httpc_answer *a);
    /* True when that can be a destination of theirs. */
    bool (*fits)(struct str to);
};

extern const struct payer payer_stripe, payer_paypal, payer_whop;
/* No answer came, in words: what e of httpc_do means. */
struct str payer_lost(struct ctx *ctx, struct str who, enum err e);
/* NULL when there is none of that name. */
const struct payer *payer_find(struct str name);
