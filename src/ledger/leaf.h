/* The public list behind a day's seal: one line an entry, the hash of its hash and of a salt
 * that only those get whom the entry concerns. A bare hash would let somebody who knows most of
 * an entry guess the rest. Not for: the seal itself (seal.h). */
#pragma once

#include "base/buf.h"
#include "base/ctx.h"

struct tx;

/* What the salts are made of, 64 hex signs, one for each ledger. E_NOTFOUND: no day was sealed
 * with a list yet. */
enum err leaf_secret(struct ctx *ctx, struct str *ret) MUST_USE;
/* The same, made now where there is none. */
enum err leaf_secret_make(struct ctx *ctx, struct tx *tx, struct str *ret) MUST_USE;

/* The salt of an entry, 32 hex signs. */
struct str leaf_salt(struct arena *a, struct str secret, int64_t seq);
/* Adds the lines of entries first to last, at most max of them, to b; ret_next: the first that
 * is missing, last + 1 when none is. */
enum err leaf_lines(struct ctx *ctx, struct str secret, int64_t first, int64_t last, size_t max,
                    struct buf *b, int64_t *ret_next) MUST_USE;
/* The SHA-256 of all their lines, hex. */
enum err leaf_sum(struct ctx *ctx, struct str secret, int64_t first, int64_t last,
                  struct str *ret) MUST_USE;
