/* A member's view of the journal: balance, lines with running balance, and why it is so.
 * Reading only. Not for: what did not count (race/sale.h lists those). */
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

/* Lines of pending, available and clawback accounts with seq < before (0: newest), at most max.
 * from/to in ms limit recorded_at, 0 for open. */
enum err statement_page(struct ctx *ctx, int64_t member_id, int64_t before, int64_t from,
                        int64_t to, size_t max, struct statement_page *ret) MUST_USE;

struct statement_reason {
    struct str ref;  /* race:12, payout:3, …: the thing a group of lines belongs to */
    struct str what; /* "shares", "refunds", "winner bonus", "payout": in words */
    int64_t amount;  /* for the member */
    int64_t lines;
    int64_t first_seq, last_seq;
};
struct statement_why {
    int64_t at;
    int64_t pending, available, owed; /* at that moment */
    struct statement_reason *reason;  /* sums exactly to pending + available */
    size_t n;
    int64_t head_seq; /* last entry counted */
    struct str head_sha;
};
/* Why the balance is (was) what it is at that moment (recorded_at <= at). The reasons add up to
 * the cent: checked here, E_INTERNAL otherwise. */
enum err statement_why(struct ctx *ctx, int64_t member_id, int64_t at,
                       struct statement_why *ret) MUST_USE;
