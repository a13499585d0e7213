/* What of a sale is unreversed, line by line, and the rows when it is taken: shared by refunds,
 * disputes and voids. Grammar and order of the lines: sql/FORMAT.md. Not for: how much goes
 * back (refund.h), from whom (take.h). */
#pragma once

#include "ledger/journal.h"
#include "race/race.h"

enum { PART_MAX = 48, PART_RACES_MAX = 8, PART_BY_MAX = 4 };

enum part_kind { PART_WALLET, PART_PLACE, PART_POOL, PART_MFG, PART_TAX, PART_HOUSE };

/* One of several drivers between whom the settlement cut a seat's money. */
struct part_by {
    int64_t member_id, weight;
    int64_t back, missing; /* as of the part */
};

struct part {
    enum part_kind kind;
    int64_t race_id, seat_no, member_id; /* seat_no 0 unless a wallet or place */
    int64_t left;                        /* cents unreversed, negative only for the house */
    int64_t share;                       /* of it in the seat's share rows */
    int64_t back;                        /* to take now */
    int64_t missing;                     /* of back: the wallet no longer held it */
    /* A freeze had taken it, from the pot too. Above back: the hold gave the rest back. */
    int64_t held;
    size_t n_by; /* 0: all of it is member_id's */
    struct part_by by[PART_BY_MAX];
};

struct part_race {
    int64_t id, pot, waiting, sales;
    bool available; /* its shares are in the wallets proper */
    bool settled, is_void;
    int64_t total[RACE_SEATS_MAX], residue[RACE_SEATS_MAX], unit[RACE_SEATS_MAX];
    int64_t pool; /* of this sale, unreversed, waiting or divided */
};

struct parts {
    int64_t sale_id, seq, inbox_id, order_at, amount, returned;
    struct str provider, payment, title, ref;
    char currency[4];
    size_t n_races;
    struct part_race race[PART_RACES_MAX];
    size_t n;
    struct part part[PART_MAX];
};

/* E_NOTFOUND when the payment is no sale of ours. seq 0: a test order, no parts. */
enum err part_load(struct ctx *ctx, struct str provider, struct str payment,
                   struct parts *ret) MUST_USE;
enum err part_load_sale(struct ctx *ctx, int64_t sale_id, struct parts *ret) MUST_USE;
/* Fills back of each part for amount cents. E_INVALID when less is left. */
enum err part_spread(struct ctx *ctx, struct parts *p, int64_t amount) MUST_USE;

/* Rows of pot and shares for what was taken, and sale.refunded on each race's channel. */
enum err part_write(struct ctx *ctx, struct tx *tx, struct parts *p, int64_t seq,
                    struct str reason) MUST_USE;
/* Adds (or takes, below 0) to what went back of the sale. */
enum err part_count(struct ctx *ctx, const struct parts *p, int64_t amount) MUST_USE;
/* Sender of journal lines: id of an account in the sale's currency, and amount to its line. */
enum err part_line(struct ctx *ctx, struct tx *tx, struct journal_draft *d,
                   const struct parts *p, struct str code, struct str item,
                   int64_t amount) MUST_USE;
struct part_race *part_race_of(struct parts *p, int64_t race_id);

/* For those that load parts. The first part of that member, or NULL. */
struct part *part_wallet(struct parts *p, int64_t member_id);
struct part *part_add(struct parts *p, struct part one);
/* The same or a new one: somebody who holds no seat of the sale got money by place. */
struct part *part_of_member(struct parts *p, int64_t race_id, int64_t member_id);
