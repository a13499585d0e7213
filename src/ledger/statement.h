/* A member's view of the journal: lines with running balance, from the newest down. Reading
 * only. Not for: why a balance is what it is (why.h), what did not count (race/sale.h). */
#pragma once

#include "base/ctx.h"

enum { STATEMENT_MAX = 1000 }; /* lines of a page */

struct statement_line {
    int64_t seq;
    int64_t at;         /* recorded, ms */
    int64_t effective;  /* ms */
    struct str kind;    /* SALE_OPEN */
    struct str ref;     /* sale:77 */
    struct str account; /* "pending", "available", "owed" */
    int64_t amount;     /* for the member: credit positive */
    int64_t after;      /* balance (pending + available) after this entry */
    struct str sha;     /* hex of the entry's hash */
};

struct statement_page {
    struct statement_line *line; /* newest first */
    size_t n;
    int64_t opening, closing; /* balance before the oldest and after the newest line */
    int64_t older_than;       /* pass as before for the next page; 0: no older lines */
};

/* Which lines; all zero: the newest of all. */
struct statement_filter {
    int64_t before;   /* seq < before; 0: from the newest on */
    int64_t from, to; /* of recorded_at, ms, both included; 0: open */
    struct str kinds; /* ",A,B," (kind_of_group); empty: all */
    int64_t race;     /* what concerns this race; 0: all */
};

/* Lines of pending, available and clawback accounts, at most max. Opening and closing are the
 * whole balance, whatever is left out between them. */
enum err statement_page(struct ctx *ctx, int64_t member_id, const struct statement_filter *f,
                        size_t max, struct statement_page *ret) MUST_USE;

/* A member's accounts in the house's currency; 0 where none was opened. */
struct statement_accounts {
    int64_t pending, available, owed;
};
enum err statement_accounts(struct ctx *ctx, int64_t member_id,
                            struct statement_accounts *ret) MUST_USE;
/* The first entry recorded after a moment; the head's number plus 1 when there is none. */
enum err statement_seq(struct ctx *ctx, int64_t at, int64_t *ret_seq) MUST_USE;
/* recorded_at of an entry, and its hash as hex when wanted. */
enum err statement_stamp(struct ctx *ctx, int64_t seq, int64_t *ret_at,
                         struct str *ret_sha) MUST_USE;
/* Balance of an account before an entry, debit positive. */
enum err statement_balance(struct ctx *ctx, int64_t account_id, int64_t before,
                           int64_t *ret) MUST_USE;
/* What the member had before an entry: credit positive, owed debit positive. */
struct statement_sum {
    int64_t pending, available, owed;
};
enum err statement_before(struct ctx *ctx, const struct statement_accounts *a, int64_t seq,
                          struct statement_sum *ret) MUST_USE;
