/* What providers say moved and what they hold, against our postings: each line of theirs has a
 * verdict. Changes nothing in the books. Not for: asking them (job/compare.h), alerts
 * (vault/books.h). */
#pragma once

#include "base/ctx.h"

struct tx;

enum {
    THEIRS_GRACE_MS = 3 * 60 * 1000,  /* a notice may be on its way */
    THEIRS_FEE_MS = 24 * 3600 * 1000, /* and so long its fee */
    THEIRS_AGAIN_MAX = 500
};

struct theirs_line {
    struct str object, kind, source, currency;
    int64_t amount, fee, at;
    bool ours;          /* it carries our mark */
    struct str verdict; /* expected, missing, over, under, wrong_currency, other, open */
    struct str ref;     /* sale:77, payout:3; "" when nothing here is called so */
};

/* Keeps a line and judges what it belongs to. Fills ref and verdict. What belongs together is
 * judged by its sum: over means that they have more than we posted, under less; missing that
 * one of both has nothing; open that it may yet come. */
enum err theirs_take(struct ctx *ctx, struct tx *tx, struct str provider,
                     struct theirs_line *l) MUST_USE;
/* Something of ours, old enough, that they do not list. */
enum err theirs_unlisted(struct ctx *ctx, struct tx *tx, struct str provider, struct str ref,
                         struct str source, struct str currency, int64_t at) MUST_USE;
/* Judges again all that was not as expected. */
enum err theirs_again(struct ctx *ctx, struct tx *tx, struct str provider) MUST_USE;

struct theirs_state {
    struct str provider, cursor, why;
    bool says;           /* they tell what they hold */
    int64_t holds, ours; /* ours: debit balance of A:processor:<provider> */
    int64_t base;        /* what they held beyond ours when first compared */
    int64_t off;         /* of the difference, what nothing explains */
    int64_t at;          /* last whole reading; 0: none yet */
};
/* Lines that are not as expected, newest first. */
enum err theirs_list(struct ctx *ctx, struct str provider, size_t max, struct theirs_line **ret,
                     size_t *ret_n) MUST_USE;
/* Every provider that was ever read. */
enum err theirs_states(struct ctx *ctx, struct theirs_state **ret, size_t *ret_n) MUST_USE;
/* E_NOTFOUND: never read. */
enum err theirs_state(struct ctx *ctx, struct str provider, struct theirs_state *ret) MUST_USE;

/* A whole reading: explained is what lines account for of holds - ours. */
enum err theirs_read(struct ctx *ctx, struct tx *tx, const struct theirs_state *s,
                     int64_t explained) MUST_USE;
enum err theirs_failed(struct ctx *ctx, struct tx *tx, struct str provider,
                       struct str why) MUST_USE;
/* How many lines differ (neither other nor open), and one of them. */
enum err theirs_count(struct ctx *ctx, struct str provider, int64_t *ret_n,
                      struct theirs_line *ret) MUST_USE;
