/* The chain from where it was looked at last: each new entry's hash, sum and number; then
 * whether all accounts add up to nothing. Quick, so that it can be done every few minutes. Not
 * for: all other checks (verify.h). */
#pragma once

#include "base/crypt.h"
#include "base/ctx.h"

struct recheck {
    int64_t seq;       /* the last good entry */
    struct sha256 sha; /* its hash */
    int64_t looked;    /* entries looked at */
    struct str why;    /* "": all of them are good; else the first that is not */
};

/* Goes on behind *state, at most max entries; stops at the first that is not good, which the
 * next look finds again. */
enum err recheck_chain(struct ctx *ctx, size_t max, struct recheck *state) MUST_USE;
/* Whether the balances of each currency add up to nothing and the head is the last entry: only
 * when the chain was good, for *state says one thing at a time. */
enum err recheck_sums(struct ctx *ctx, struct recheck *state) MUST_USE;
/* How far it was checked before; 0 when it never was. */
enum err recheck_from(struct ctx *ctx, struct recheck *ret) MUST_USE;
