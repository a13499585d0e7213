/* What an open ledger says of itself, and whether that holds. Not for: the file's pages
 * (db/sound.h). */
#pragma once

#include "base/ctx.h"

struct probe {
    struct str ledger, mode; /* its stamps */
    int64_t seq;             /* last entry, 0: none */
    struct str head;         /* its hash, 64 hex signs; "" with seq 0 */
    int64_t at;              /* when it was written, ms */
};

/* Its last entry alone: the stamps stay as they are. */
enum err probe_head(struct ctx *ctx, struct probe *ret) MUST_USE;
enum err probe_read(struct ctx *ctx, struct probe *ret) MUST_USE;
/* The hash of an entry, 64 hex signs; E_NOTFOUND. */
enum err probe_hash(struct ctx *ctx, int64_t seq, struct str *ret) MUST_USE;
/* The chain on from an entry that is known to be good (0: from the beginning), and that all
 * balances of each currency are 0 together. *ret_why: "", or the first thing that is wrong. */
enum err probe_since(struct ctx *ctx, int64_t seq, struct str head,
                     struct str *ret_why) MUST_USE;
/* Every check of ledger/verify.h. ret_entries: looked at. */
enum err probe_whole(struct ctx *ctx, int64_t *ret_entries, struct str *ret_why) MUST_USE;
