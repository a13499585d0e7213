/* A payout as the domain and a provider speak of it, in our words. Not for: states of a payout
 * (payout/payout.h), requests to a provider (provider/payer.h). */
#pragma once

#include "base/money.h"

/* A payout as whoever pays it needs it; fixed before the first attempt and the same ever after.
 */
struct pay_order {
    int64_t id;       /* ours */
    struct str key;   /* idempotency key, 1 to 60 signs [a-z0-9-]; also our name of it there */
    struct str to;    /* acct_…, a mail address, user_… */
    int64_t amount;   /* minor units */
    char currency[4]; /* "USD" */
    struct str ref;   /* the provider's id of it; "" while it is not known */
    int64_t first_at; /* of the first attempt, ms; 0: there was none */
    int64_t turn;     /* which attempt or look this is: its answer says the same number */
    int64_t spent;    /* so many times the key stood for a refusal that a provider keeps: its
                       * next attempt needs another one, its name there stays key */
    bool lacks;       /* the last attempt found too little money there: ask how much there is */
    bool hold;        /* nothing may be sent now, not even what only asks */
};

enum pay_what {
    PAY_SENT,   /* taken; it is not known yet how it ends */
    PAY_PAID,   /* the provider's proof that it arrived */
    PAY_FAILED, /* it will not arrive: the money is ours again */
    PAY_ABSENT, /* only after looking: they never heard of it */
    PAY_WAIT,   /* nothing happened; later again */
    PAY_UNKNOWN /* nobody knows: look first */
};

struct pay_answer {
    enum pay_what what;
    struct str ref;  /* the provider's id of it; "" when it said none */
    struct str why;  /* FAILED, WAIT, UNKNOWN: in words for people, without secrets */
    int64_t fee;     /* what it cost us beyond the amount, minor units; -1: not said */
    int64_t wait_ms; /* WAIT: at least; 0: not said */
    int64_t turn;    /* of the order it answers; 0: of none, something that was told unasked */
    bool lacks;      /* WAIT: our own balance there does not suffice */
    bool spent;      /* and they keep that answer under the key */
    int64_t holds;   /* what is available there, minor units; -1: not said */
};
