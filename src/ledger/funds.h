/* What the house owes and what it has, as sums: the proof of funds and the trial balance. Names
 * nobody. Not for: one member's wallet (account.h), single lines of providers (theirs.h). */
#pragma once

#include "ledger/theirs.h"

enum { FUNDS_PROVIDERS_MAX = 8 };

struct funds_row {
    struct str name; /* account code; members' accounts together: "L:wallet:*" */
    struct str currency;
    int64_t debits, credits, bal; /* bal: debit positive */
    int64_t n;                    /* accounts in it */
};

struct funds_provider {
    struct str name; /* "stripe" */
    int64_t ours;    /* by our books: debit positive */
    bool read;       /* state was filled: their list was read at least once */
    struct theirs_state state;
};

/* Of the house's currency, in minor units; what is owed and what is held are both positive. */
struct funds {
    int64_t pending, available, payouts, pools, prizes, disputed, credit; /* members' money */
    int64_t members;                                                      /* all of these */
    int64_t maker, tax, unmatched;                                        /* of others */
    int64_t owed;                                                         /* all that we owe */
    int64_t bank, disputes; /* disputes: kept back by providers meanwhile */
    int64_t processors;     /* by our books */
    int64_t held;           /* bank, disputes and processors */
    int64_t told;           /* the same with their own figure where they told one */
    int64_t receivable;     /* what members owe after refunds */
    int64_t house;          /* income less costs */
    int64_t read_at;        /* the oldest of the figures told; 0: nobody told one */
    struct funds_provider provider[FUNDS_PROVIDERS_MAX];
    size_t n_providers;
};

enum err funds_trial(struct ctx *ctx, struct funds_row **ret, size_t *ret_n) MUST_USE;
enum err funds_get(struct ctx *ctx, struct funds *ret) MUST_USE;

/* Sentences that must hold over these sums. */
struct funds_check {
    const char *name, *words; /* "I11", "bank, …" */
    bool holds;
    bool hard; /* false: information, as sql/FORMAT.md says of I11 */
    int64_t off;
};
enum { FUNDS_CHECKS_MAX = 4 };
enum err funds_checks(struct ctx *ctx, struct funds_check ret[FUNDS_CHECKS_MAX],
                      size_t *ret_n) MUST_USE;

/* Checks that take longer: when they ran last, and what they found. */
struct funds_ran {
    struct str name, words, why; /* chain, whole; why: the first difference */
    int64_t at, seq, found;
};
enum err funds_ran_list(struct ctx *ctx, struct funds_ran **ret, size_t *ret_n) MUST_USE;
enum err funds_ran_keep(struct ctx *ctx, struct tx *tx, const struct funds_ran *r,
                        struct str sha) MUST_USE;
