/* Posting journal entries: balanced, once per key, chained by hash. Not for: deciding amounts
 * (split.h, the domains). The bytes of the hash are frozen in sql/FORMAT.md section 2. */
#pragma once

#include "base/crypt.h"
#include "base/ctx.h"

struct tx;

enum { JOURNAL_LINES_MAX = 256 };

struct journal_line {
    int64_t account_id;
    struct str item; /* "" unless the account is kept by item */
    int64_t amount;  /* debit positive */
};

struct journal_draft {
    struct str kind;       /* SALE_OPEN */
    struct str scope, key; /* idempotency: "stripe", "evt:ch_1" */
    struct sha256
        request;          /* hash of what was asked: same key with another hash is E_CONFLICT */
    int64_t effective_at; /* ms */
    struct str ref;       /* "sale:77" */
    int64_t reverses;     /* seq of the entry it corrects, 0 for none */
    struct str policy, actor, meta;
    size_t n;
    struct journal_line line[JOURNAL_LINES_MAX];
};

struct journal_done {
    int64_t seq;
    struct sha256 sha;
    bool replayed; /* the key was known with the same request: nothing was written */
};

/* Empty draft; effective_at as given. */
void journal_start(struct journal_draft *d, struct str kind, struct str scope, struct str key,
                   int64_t effective_at);
/* Adds amount to the line of that account and item (one line each); a line that ends at 0 is
 * left out when posted. Overflow beyond MINOR_MAX is a bug. */
void journal_add(struct journal_draft *d, int64_t account_id, struct str item, int64_t amount);
/* Posts it. E_CONFLICT: key known with another request. E_FUNDS: a bound would break (text
 * names the account). E_INVALID: not balanced or fewer than two lines: nothing was written. Any
 * number of entries may be posted in one transaction. */
enum err journal_post(struct ctx *ctx, struct tx *tx, const struct journal_draft *d,
                      struct journal_done *ret) MUST_USE;
/* The number the next entry will get: for rows written before their entry is. */
enum err journal_next(struct ctx *ctx, int64_t *ret_seq) MUST_USE;
/* Mirror of an entry: every line negated, reverses set; key is the caller's. E_DUPLICATE when
 * it was reversed before. */
enum err journal_reverse(struct ctx *ctx, struct tx *tx, int64_t seq, struct journal_draft *d,
                         struct journal_done *ret) MUST_USE;
