/* The daily seal: number, hash and trial balance of the books at a day's end, signed with the
 * installation's key and public. Not for: the chain itself (hash.h), receipts (page/). */
#pragma once

#include "base/ctx.h"

struct tx;

struct seal {
    struct str day; /* "2026-05-01", UTC */
    int64_t first_seq, last_seq, at;
    struct str head_sha;   /* hex, of entry last_seq */
    struct str trial_sha;  /* hex, of the trial balance text */
    struct str text;       /* what is signed, as sql/FORMAT.md section 8 has it */
    struct str signature;  /* base64; "" when there is no key */
    struct str public_key; /* hex */
};
/* Seals every day that is over and not yet sealed; a day without entries is sealed too. Without
 * a key nothing is sealed (alert seal_key). */
enum err seal_tick(struct ctx *ctx, struct tx *tx, size_t *ret_n) MUST_USE;
/* Newest first. */
enum err seal_list(struct ctx *ctx, size_t max, struct seal **ret, size_t *ret_n) MUST_USE;
/* The seal that covers an entry; E_NOTFOUND: not sealed yet. */
enum err seal_of(struct ctx *ctx, int64_t seq, struct seal *ret) MUST_USE;
