/* Our requests to Stripe, and what its answers mean. Pure: makes what httpc_do sends and reads
 * what came back. Not for: notices (stripe.h), refunds and balances (stripe_books.h),
 * payouts (payer.h), when to try again (the jobs). */
#pragma once

#include "provider/payer.h"

enum { STRIPE_API_MS = 20000, STRIPE_API_LINES_MAX = 20 };

/* Out of the settings: base, and the first line of the key file, which must fit the mode.
 * E_BUSY: no key is set. Only the jobs may read that file. */
enum err stripe_api_way(struct ctx *ctx, struct payer_way *ret) MUST_USE;

/* How every request begins. path: "/v1/transfers", with its query. form: the body of a POST,
 * httpc_form; key: idempotency key of a POST, 1 to 255 signs; money: remote_ask. E_INVALID: the
 * token or key cannot be one. way->account goes along as the connected account asked about. ret
 * must stay where it is. */
enum err stripe_api_get(struct ctx *ctx, const struct payer_way *way, const char *path,
                        struct remote_ask *ret) MUST_USE;
enum err stripe_api_post(struct ctx *ctx, const struct payer_way *way, const char *path,
                         struct str key, struct str form, bool money,
                         struct remote_ask *ret) MUST_USE;
/* True for what an id of theirs can be: letters, digits and _, with that beginning ("acct_").
 */
bool stripe_api_is_id(struct str id, const char *begins);

/* remote_read, corrected by their own codes and by Stripe-Should-Retry; why in words. */
void stripe_api_read(struct ctx *ctx, const struct remote_ask *ask, enum err e,
                     const struct httpc_answer *a, struct remote_answer *ret);

/* One of our checkouts. */
struct stripe_api_line {
    struct str name;
    int64_t price, quantity;
};
struct stripe_api_checkout {
    int64_t id;                   /* ours: metadata ck_checkout */
    struct str reference;         /* our name of it there: client_reference_id */
    struct str key;               /* idempotency key of this request */
    struct str kind;              /* sale, tip */
    struct str title, items, tag; /* metadata as stripe.h says; may be empty */
    struct str back, cancel;      /* whole addresses of ours */
    int64_t shipping, expires_at; /* minor units; ms */
    struct stripe_api_line line[STRIPE_API_LINES_MAX];
    size_t n_lines;
};
enum err stripe_api_open(struct ctx *ctx, const struct payer_way *way,
                         const struct stripe_api_checkout *c, struct remote_ask *ret) MUST_USE;
/* The newest ones since then (ms), to look for one whose answer was lost. */
enum err stripe_api_sessions(struct ctx *ctx, const struct payer_way *way, int64_t since,
                             struct remote_ask *ret) MUST_USE;
/* What a session is; state: open, complete, expired. E_REMOTE: that is no session. */
struct stripe_api_opened {
    struct str id, url, state;
    int64_t expires_at; /* ms */
};
enum err stripe_api_opened(struct ctx *ctx, const struct remote_answer *a,
                           struct stripe_api_opened *ret) MUST_USE;
/* Of a list, the one with our reference; E_NOTFOUND. */
enum err stripe_api_found(struct ctx *ctx, const struct remote_answer *a, struct str reference,
                          struct stripe_api_opened *ret) MUST_USE;
