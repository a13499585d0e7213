/* What providers say moved and what they hold: their own lists, page by page, as lines in our
 * words. Pure functions around one request, as payer.h. Not for: judging the lines
 * (ledger/theirs.h), when they are read (job/compare.h). */
#pragma once

#include "provider/payer.h"

enum { TALLY_ID_MAX = 120, TALLY_LINES_MAX = 250 };

struct tally_line {
    struct str object; /* their id of the movement: one line for ever, its figures may change */
    const char *kind;  /* charge, refund, dispute, fee, transfer, other */
    struct str source; /* payment, transfer, batch or order that it belongs to */
    struct str currency; /* "USD" */
    int64_t amount, fee; /* minor units; amount as they have it: what came is positive */
    int64_t at;          /* ms */
    bool ours;           /* it carries a mark of ours, or nothing else can be there */
};

/* An order of a shop as its notice would have told it. */
struct tally_notice {
    struct str order, key, type, body;
};

struct tally_at {
    int64_t since;   /* ms */
    struct str page; /* "" first; then what the page before said */
};

struct tally_page {
    struct tally_line *line;
    size_t n;
    struct tally_notice *notice; /* one a line at most; NULL: this provider has none */
    size_t n_notices;
    struct str next; /* "": that was all */
};

struct tally {
    struct str name;    /* "stripe": A:processor:<name> */
    int64_t overlap_ms; /* how far before the newest known line a reading begins */
    /* Pages are asked for by the ids of our payouts: there is no list. */
    bool by_payout;
    enum err (*ask)(struct ctx *ctx, const struct payer_way *way, const struct tally_at *at,
                    struct remote_ask *ret);
    /* E_REMOTE: not now, or nothing that can be read; with the reason. */
    enum err (*read)(struct ctx *ctx, const struct payer_way *way, const struct tally_at *at,
                     const struct remote_ask *ask, enum err e, const struct httpc_answer *a,
                     struct tally_page *ret);
    /* What they hold of ours, available and pending; both NULL: they do not say. E_NOTFOUND:
     * not to us, the lists are compared all the same. */
    enum err (*ask_held)(struct ctx *ctx, const struct payer_way *way, struct remote_ask *ret);
    enum err (*held)(struct ctx *ctx, const struct remote_ask *ask, enum err e,
                     const struct httpc_answer *a, struct str currency, int64_t *ret);
};

extern const struct tally tally_stripe, tally_whop, tally_paypal, tally_shopify;
/* NULL when there is none of that name. */
const struct tally *tally_find(struct str name);
