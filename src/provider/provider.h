/* The one interface of every provider: pure functions from bytes to facts. No input, no output,
 * no database, no domain. Not for: what a fact causes. */
#pragma once

#include "base/ctx.h"
#include "base/fact.h"

enum { PROVIDER_WANTS_MAX = 8 };

/* A notice as it came: raw bytes and the headers that its provider wants, "" when absent. Read
 * again out of the inbox it has no headers, but the key and type that its first reading gave.
 */
struct provider_notice {
    struct str body;
    struct str header[PROVIDER_WANTS_MAX]; /* in the order of provider->wants */
    struct str key, type;                  /* "" the first time */
};

enum { PROVIDER_SECRETS_MAX = 8, PROVIDER_FACTS_MAX = 4 };

struct provider_parsed {
    struct str key;   /* the provider's id of the delivery: evt_… */
    struct str type;  /* charge.refunded */
    bool live;        /* from the provider's live mode; where there is none, as ours is */
    struct str about; /* the order or payment whose buyer the bytes tell of, "" for none: how
                       * they are found when that buyer asks */
    struct fact fact[PROVIDER_FACTS_MAX];
    size_t n; /* 0: a type we do not act on */
};

struct provider {
    struct str name;  /* "stripe": in A:processor:<name>, in /hooks/<name> */
    struct str place; /* whose money and payments these are: "stripe" for stripe_connect too */
    const char *wants[PROVIDER_WANTS_MAX]; /* headers in lower case, what proves the sender
                                            * first; ":path": what stands behind the address;
                                            * NULL ends them */
    /* Where the certificate lies that a notice is signed with, which then is a secret behind
     * the others; NULL: none is needed. E_INVALID: nowhere that can be the provider's. */
    enum err (*cert_url)(struct ctx *ctx, const struct provider_notice *n, struct str *ret);
    bool untold;       /* it sends nothing about money that goes back: people book it */
    bool unauthorized; /* a signature that does not fit is answered 401 instead of 400 */
    /* OK; E_INVALID (400) when the header is missing or malformed, or the time is off by more
     * than 300 s in either direction; E_AUTH (400 for Stripe) when no signature fits. secrets:
     * n >= 1, each with the mark of its source in front where a provider has several kinds. */
    enum err (*verify)(struct ctx *ctx, const struct provider_notice *n,
                       const struct str *secrets, size_t n_secrets);
    /* E_INVALID when the bytes are no notice of this provider. Only after verify. */
    enum err (*parse)(struct ctx *ctx, const struct provider_notice *n,
                      struct provider_parsed *ret);
    /* The bytes without what tells of a buyer; parse gives the same facts of them. NULL: nobody
     * can ask for that. */
    enum err (*redact)(struct ctx *ctx, const struct provider_notice *n, struct str *ret);
};
