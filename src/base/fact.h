/* What the outside tells us, in our words. Providers make facts from verified bytes; domains
 * know facts and have never heard of a provider's formats. Not for: our own events. */
#pragma once

#include "base/money.h"

enum fact_kind {
    FACT_NONE,          /* a type we do not act on: stored, acknowledged */
    FACT_SALE,          /* an order was paid */
    FACT_SALE_FAILED,   /* a delayed payment failed: nothing was ever paid */
    FACT_REFUND,        /* one refund, by its own id: amount of this refund */
    FACT_REFUND_TOTAL,  /* all refunds of a payment so far: cumulative amount */
    FACT_REFUND_FAILED, /* a refund that was reported before did not happen */
    FACT_DISPUTE_OPEN,
    FACT_DISPUTE_WON,
    FACT_DISPUTE_LOST,
    FACT_PRIZE,   /* a season's grand prize was paid in */
    FACT_TIP,     /* a tip to a DJ was paid */
    FACT_PAYOUT,  /* a provider's word about a payout of ours: ask it how the payout is */
    FACT_FUNDS,   /* there is more money of ours at the provider than there was */
    FACT_ACCOUNT, /* the same about an account that payouts go to */
    FACT_REDACT,  /* somebody asks that a buyer's data be shown or removed */
    FACT_BANK,    /* where the money of such an account is on its way to a bank */
    FACT_CLOSED   /* the provider ended its connection with us: nothing will come any more */
};

enum { FACT_ITEMS_MAX = 50 };

struct fact_item {
    struct str sku; /* our product code, "" when unknown */
    struct str title;
    int64_t quantity; /* 1 … 10000 */
    int64_t price;    /* minor units for one */
};

struct fact {
    enum fact_kind kind;
    struct str provider; /* "stripe" */
    struct str type;     /* the provider's own word, for display: "charge.refunded" */
    struct str payment;  /* the provider's id of the payment: one payment, one sale */
    struct str object;   /* refund or dispute id; "" for sales */
    int64_t at_ms;       /* order time for a sale, else when it happened at the provider */
    struct str currency; /* upper case as sent; may be one we do not know */
    int64_t amount;      /* minor units; a sale: everything the buyer paid. May be absurd:
                          * the domain sets such facts aside */
    int64_t tax;         /* of it, minor units */
    int64_t fee;         /* of a dispute: what the provider keeps for it, 0 when not told */
    int64_t shipping;    /* of it, minor units */
    struct str tag;      /* race code, "" when none: "128" */
    struct fact_item *items;
    size_t n_items;
    struct str season; /* of a prize: slug or number */
    int64_t place;     /* of a prize; 0 when it cannot be read */
    bool test;         /* a test order */
    bool cancelled;    /* of a sale: it was paid when it was cancelled already */
    /* Of an order that can be changed after it was paid: all that came for it so far, 0 when
     * that is not certain; and the tax in it. What no sale has is a further sale. */
    int64_t received, received_tax;
    size_t n_first;  /* how many of the items were bought at first; the others came later */
    bool known_only; /* it tells nothing of an order that we do not know */
    /* When the provider last changed the order, ms; 0: it does not say. What is older than what
     * is known of the same payment tells nothing new. */
    int64_t version_ms;
    /* Of a tip: */
    int64_t checkout;   /* our own checkout (shop/checkout.h), 0: none */
    struct str from;    /* what the fan calls themselves, "": nobody is named */
    struct str message; /* as written */
    /* Of FACT_PAYOUT: object is the provider's id of it, payment our key of it where the
     * provider repeats that. Of FACT_ACCOUNT, FACT_BANK: object is the account; of the latter
     * message says where, in words for its owner. */
    /* Of FACT_REDACT: object is the buyer, "" for all of a shop's. */
    bool remove;          /* their data must go; otherwise they ask what we hold */
    struct str *payments; /* their orders */
    size_t n_payments;
};
