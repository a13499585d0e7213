/* Recomputes the whole ledger: every check of sql/FORMAT.md section 3. Reading only, in one
 * snapshot. Not for: the second opinion (audit/ shares nothing with it). */
#pragma once

#include "base/ctx.h"

/* Called for each difference (for 50 of each check; found counts all): check "I3", the thing
 * "account L:wallet:3", what is wrong. */
typedef void (*verify_found_fn)(void *arg, const char *check, struct str thing,
                                struct str what);

struct verify_sum {
    int64_t entries, postings, splits; /* looked at */
    int64_t found;                     /* differences */
    int64_t head_seq;
    struct str head_sha; /* hex */
};

/* A listener that keeps the first: arg is a struct verify_first, words empty before. */
struct verify_first {
    struct arena *arena;
    struct str words; /* "I3 account L:wallet:3: what is wrong" */
};
void verify_first(void *arg, const char *check, struct str thing, struct str what);

/* OK when everything was looked at, whatever was found. */
enum err verify_run(struct ctx *ctx, verify_found_fn fn, void *arg,
                    struct verify_sum *ret) MUST_USE;
