/* Runs of what looks after the ledger file: when, how they ended, what they saw. Not for: doing
 * any of it (backup.h and others), alerts (queue/alert.h). */
#pragma once

#include "base/ctx.h"

struct tx;

struct upkeep {
    int64_t id;
    struct str kind; /* backup drill verify audit restore upgrade */
    int64_t began_at, ended_at;
    bool good;
    struct str words; /* a sentence for people: what was done, or why not */
    int64_t seq;      /* last entry of the ledger it looked at, 0: none */
    struct str head;  /* that entry's hash, 64 hex signs; empty: none */
    int64_t bytes;    /* of the copy, 0: none */
};

/* E_INVALID: a kind, time or hash that cannot be. A bad run raises the alert "<kind>_failed"
 * with its words, a good one resolves it. */
enum err upkeep_add(struct ctx *ctx, struct tx *tx, const struct upkeep *u) MUST_USE;
/* The newest run of a kind, or its newest good one; E_NOTFOUND: there was none. */
enum err upkeep_last(struct ctx *ctx, struct str kind, bool good, struct upkeep *ret) MUST_USE;
/* All kinds, newest first. */
enum err upkeep_list(struct ctx *ctx, size_t max, struct upkeep **ret, size_t *ret_n) MUST_USE;
