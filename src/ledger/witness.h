/* What people kept against the ledger as it is now: receipts and seal files of sql/FORMAT.md
 * sections 8 and 9. Reading only. Not for: recomputing the ledger (verify.h), writing receipts.
 */
#pragma once

#include "base/ctx.h"

enum { WITNESS_BYTES_MAX = 4 * 1024 * 1024, WITNESS_ENTRIES_MAX = 1000 };

/* Each thing that was kept: it stands, or why it does not. */
typedef void (*witness_fn)(void *arg, bool stands, struct str what, struct str why);

struct witness_sum {
    int64_t stand, fall;
};

/* OK when everything was looked at, whatever was found; E_INVALID: that is neither a receipt
 * nor a seal file. */
enum err witness_check(struct ctx *ctx, struct str bytes, witness_fn fn, void *arg,
                       struct witness_sum *ret) MUST_USE;
