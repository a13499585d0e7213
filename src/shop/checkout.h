/* Checkouts of our own: what a visitor is about to pay at Stripe, from the form to the notice.
 * The page cannot reach the network: a job opens the checkout there, the visitor's page waits
 * for its address. Not for: what a payment causes (race/sale.h, dj/tip.h). */
#pragma once

#include "base/ctx.h"

struct tx;

enum { CHECKOUT_TOKEN = 43, CHECKOUT_LIVES_MS = 3600 * 1000, CHECKOUT_LINES_MAX = 10 };

struct checkout_new {
    const char *kind;  /* "sale", "tip" */
    int64_t amount;    /* minor units of the house's currency */
    struct str title;  /* what Stripe's page calls it: "Hoodie", "Tip for DJ Nova" */
    struct str items;  /* sale: "sku:quantity:price,…"; "" for a tip */
    struct str tag;    /* sale: race number; "" none */
    int64_t shipping;  /* of amount */
    int64_t member_id; /* who is logged in; 0: a visitor */
    struct str back;   /* our path after paying or giving up, without the token at its end:
                        * "/shop/thanks/", "/tip/" */
};

struct checkout {
    int64_t id;
    struct str token; /* its address: whoever knows it may see it */
    struct str kind;
    struct str state; /* new, open (url is there), paid, gone (expired), failed */
    int64_t amount, shipping, created_at, expires_at, member_id;
    struct str title, items, tag, session; /* session: Stripe's id */
    struct str back;                       /* our path with the token */
    struct str key;                        /* idempotency key of the one session it may have */
    struct str url;                        /* where it is paid; "" while new */
    struct str why;                        /* failed: in words */
    struct str ref;                        /* paid: "sale:77", "tip:5" */
};

/* Writes it and the job "checkout" that opens it at Stripe. E_BUSY: Stripe is not set up.
 * E_INVALID: the amount. */
enum err checkout_add(struct ctx *ctx, struct tx *tx, const struct checkout_new *n,
                      struct checkout *ret) MUST_USE;
/* By token, or by number; E_NOTFOUND. */
enum err checkout_find(struct ctx *ctx, struct str token, struct checkout *ret) MUST_USE;
enum err checkout_get(struct ctx *ctx, int64_t id, struct checkout *ret) MUST_USE;
/* What is on it: a sale's items with their titles, a tip as one line. n: at most
 * CHECKOUT_LINES_MAX. */
struct checkout_line {
    struct str sku, title;
    int64_t price, quantity;
};
enum err checkout_lines(struct ctx *ctx, const struct checkout *c, struct checkout_line **ret,
                        size_t *ret_n) MUST_USE;
/* What the job learned. A checkout that is paid stays paid. */
enum err checkout_opened(struct ctx *ctx, struct tx *tx, int64_t id, struct str session,
                         struct str url) MUST_USE;
enum err checkout_failed(struct ctx *ctx, struct tx *tx, int64_t id, struct str why) MUST_USE;
/* Its payment is booked as ref; whatever it was before, and twice does no harm. */
enum err checkout_paid(struct ctx *ctx, struct tx *tx, int64_t id, struct str ref) MUST_USE;
/* What time does: open ones whose life is over are gone. */
enum err checkout_tick(struct ctx *ctx, struct tx *tx, size_t max, size_t *ret_n) MUST_USE;
