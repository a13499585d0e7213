/* What a race is, as the pages and the other files of this folder read it. Reading only. Not
 * for: changing it (lobby.h). */
#pragma once

#include "base/ctx.h"
#include "base/money.h"

enum { RACE_SEATS_MAX = 8 };

enum race_state {
    RACE_LOBBY,
    RACE_RUNNING,
    RACE_FINISHED,
    RACE_FINAL,
    RACE_SETTLED,
    RACE_VOID,
    RACE_CANCELLED
};

struct race_rule {
    int64_t id, version;
    struct str name;
    struct str basis;                /* gross, net */
    struct str share;                /* equal, weighted, winner_bonus */
    struct str weights_by;           /* seat, place */
    struct str overlap;              /* share, first, last */
    int64_t weights[RACE_SEATS_MAX]; /* 0 when none */
    int64_t pool_bps, bonus_bps, grace_s, clear_h, fee_bps, fee_fixed;
    bool floor_guard;
};

struct race_stint {
    int64_t member_id, from_round, from_at;
    struct str name;
};

struct race_seat {
    int64_t no;
    int64_t member_id; /* present driver */
    struct str name;
    int64_t joined_at, left_at; /* left_at 0: still in */
    int64_t place;              /* 0: not reported */
    bool dnf;
    bool contested;      /* another seat has the same place */
    int64_t reported_at; /* newest report; 0: none */
    int64_t share;       /* cents so far */
    int64_t n_stints;
    struct race_stint stint[4];
};

struct race {
    int64_t id; /* also the number people see */
    struct str name;
    enum race_state state;
    int64_t host_id;
    struct str host_name;
    struct race_rule rule;
    int64_t season_id; /* 0: a friendly race */
    struct str season_slug, season_name;
    int64_t seats, rounds;
    int64_t created_at, opened_at, closed_at, final_at, settled_at; /* 0: not yet */
    int64_t touched_at; /* last join, leave, report or closed dispute */
    int64_t grace_s, clear_h;
    struct str end_reason;
    int64_t pot, waiting, sales; /* cents, of it waiting for the result, counted sales */
    int64_t n_disputes;          /* open ones: the result is under review */
    int64_t last_seq;            /* journal number of the last change of the pot */
    size_t n_seats;
    struct race_seat seat[RACE_SEATS_MAX];
};

struct str race_currency(const struct ctx *ctx); /* the installation's: "USD" */
struct str race_state_name(enum race_state s);   /* "RUNNING" */
struct str race_state_word(enum race_state s);   /* "running": for people */
const char *race_state_shape(enum race_state s); /* of its badge: live, wait, done, void */

/* Whole race with seats. E_NOTFOUND "there is no race 12". */
enum err race_get(struct ctx *ctx, int64_t id, struct race *ret) MUST_USE;
/* Numbers of races, newest first, id < before (0: newest); live: only LOBBY, RUNNING and
 * FINISHED in grace. */
enum err race_list(struct ctx *ctx, bool live, int64_t before, size_t max, int64_t *ret_ids,
                   size_t *ret_n) MUST_USE;
/* The race shown on the home page: the newest running, else newest in grace, else newest lobby,
 * else the newest ended one; 0 when there never was one. */
enum err race_current(struct ctx *ctx, int64_t *ret_id) MUST_USE;
/* "20 % of the price after discounts, equal shares, 120 s grace" */
struct str race_rule_words(struct ctx *ctx, const struct race_rule *r);

struct race_line { /* one change of the pot */
    int64_t seq, sale_id, at, delta, pot, bonus;
    struct str title, reason, type; /* "Hoodie", "in_window", "sale" | "refund" | "void" |
                                       "recut" | "moved" | "tagged" */
    struct str words; /* "counted: …", "the end was set to 21:40 UTC by the host" */
    int64_t amount;   /* what the buyer paid, or got back */
    int64_t share[RACE_SEATS_MAX]; /* cents by seat number - 1 */
    bool leftover[RACE_SEATS_MAX]; /* this seat got an odd cent */
    int64_t uncapped, pool;        /* "pool capped by cost: $5.00 → $3.20" when they differ */
    struct str sha;                /* hex of the journal entry */
};
/* Newest first, seq < before (0: newest). */
enum err race_lines(struct ctx *ctx, int64_t id, int64_t before, size_t max,
                    struct race_line **ret, size_t *ret_n) MUST_USE;
/* Fills share and leftover of lines that are read, newest first: one range for each seat,
 * however many lines. */
enum err race_shares(struct ctx *ctx, int64_t race, struct race_line *list, size_t n) MUST_USE;

struct race_miss { /* a sale near the race that did not count for it */
    int64_t sale_id, order_at, arrived_at, amount;
    struct str title, reason, currency;
    struct str words; /* "the race had ended 4 min 10 s earlier" */
};
/* Sales whose order time lies between the start and one hour after the flag and that did not
 * count for this race. */
enum err race_misses(struct ctx *ctx, int64_t id, size_t max, struct race_miss **ret,
                     size_t *ret_n) MUST_USE;
/* "counted: ordered while the window was open" … for each reason code. */
struct str race_reason_words(struct str reason);

/* Snapshot of channel race/<id> as a JSON object, {"v":1,"ch":…,"seq":…,"at":…,"state":{…}}:
 * the base file, the .json page and the overlay read the same numbers. */
enum err race_snapshot(struct ctx *ctx, int64_t id, struct str *ret_json) MUST_USE;
