/* Connected accounts at Stripe, which people are paid by: made, set up by a link, looked at.
 * Pure. Not for: transfers to them (payer.h), notices of them (stripe_connect.h). */
#pragma once

#include "provider/stripe_api.h"

/* A new account of method_id; made_at: of the method, ms. Both are the key, so that one asked
 * for twice is one, and another ledger's method of that number another. country: "US". */
enum err stripe_account_make(struct ctx *ctx, const struct payer_way *way, int64_t method_id,
                             int64_t made_at, struct str country,
                             struct remote_ask *ret) MUST_USE;
enum err stripe_account_get(struct ctx *ctx, const struct payer_way *way, struct str account,
                            struct remote_ask *ret) MUST_USE;
/* A fresh link each time it is asked; it lives for minutes and is good once. key: a new one
 * each time. back: an address of ours. */
enum err stripe_account_link(struct ctx *ctx, const struct payer_way *way, struct str account,
                             struct str back, struct str key, struct remote_ask *ret) MUST_USE;

struct stripe_account {
    struct str id;  /* acct_… */
    bool ready;     /* transfers to it work */
    bool open;      /* its owner has something to do: a link helps */
    struct str why; /* not ready: in words for its owner */
};
/* E_REMOTE: that is no account. */
enum err stripe_account_read(struct ctx *ctx, const struct remote_answer *a,
                             struct stripe_account *ret) MUST_USE;
/* The address of a link, https or what the tests have; E_REMOTE: there is none. */
enum err stripe_account_url(struct ctx *ctx, const struct remote_answer *a,
                            struct str *ret) MUST_USE;
