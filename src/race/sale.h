/* A paid order: which race it counts for, what each gets, and the booking. The plan is a pure
 * reading; booking writes exactly the plan. Not for: a provider's formats, refunds (refund.h).
 */
#pragma once

#include "base/fact.h"
#include "race/race.h"

struct tx;

enum { SALE_RACES_MAX = 8 };

struct sale_plan {
    struct str reason; /* in_window, tagged, in_grace, shared_between_races, gate_closed, … */
    struct str words;  /* the reason for people */
    struct str title;  /* "Hoodie", "Hoodie + 2 more" */
    int64_t cost, fee, basis, uncapped, pool; /* minor units */
    int64_t bps, rule_id;                     /* of the rule that made the pool; 0 for none */
    bool cost_known;
    bool house_currency;
    int64_t house;    /* may be negative */
    int64_t near;     /* the race it missed, 0 for none */
    int64_t near_pot; /* that race's pot */
    int64_t unit_cost[FACT_ITEMS_MAX];
    struct str item_title[FACT_ITEMS_MAX];
    size_t n_races;
    struct sale_plan_race {
        int64_t race_id, pool, bonus, unit;
        bool settled;                  /* credits go to available at once */
        bool over;                     /* the race has settled: what waits is divided at once */
        int64_t pot, waiting, sales;   /* before this sale */
        int64_t total[RACE_SEATS_MAX]; /* of each seat, before this sale */
        struct race_rule rule;
        size_t n_seats;
        struct sale_plan_seat {
            int64_t no, member_id, weight, carry, paid, left;
        } seat[RACE_SEATS_MAX];
    } race[SALE_RACES_MAX];
};

/* What this order would give now; also `cozykart simulate`. Writes nothing. E_INVALID with the
 * reason: amount, currency or order time cannot be. */
enum err sale_plan(struct ctx *ctx, const struct fact *f, struct sale_plan *ret) MUST_USE;

/* The plan of an order that is booked, as if it carried the tag of that race: its own figures,
 * costs as they were. fact: as much of the order as booking needs. E_NOTFOUND: no such sale.
 * E_CONFLICT with the rule in words: it cannot count for that race. */
enum err sale_plan_tagged(struct ctx *ctx, int64_t sale_id, int64_t race, struct fact *ret_fact,
                          struct sale_plan *ret) MUST_USE;

/* "sale:77": what the next sale will be called, whether this order becomes one or not. */
enum err sale_next(struct ctx *ctx, const struct fact *f, struct str *ret_ref) MUST_USE;

/* Books a FACT_SALE once per payment: sale, items, shares, pot, journal, live message; applies
 * refunds that came before it. Of a payment that is booked, what came for it since is a further
 * sale (addon.h). E_DUPLICATE: nothing of it is new. E_INVALID with the reason:
 * amount, currency or order time cannot be (the notice is set aside). ret_ref: "sale:77", also
 * with E_DUPLICATE. */
enum err sale_book(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t inbox_id,
                   struct str *ret_ref) MUST_USE;

struct journal_draft;

/* What booking writes about a plan's races, for others that divide an order again (retag.h):
 * lines of the entry's meta; credits of its seats and of what waits; rows and live messages. */
struct str sale_meta(struct ctx *ctx, const struct fact *f, const struct sale_plan *p,
                     int64_t id);
enum err sale_credit(struct ctx *ctx, struct tx *tx, struct journal_draft *d, const char *ccy,
                     const struct sale_plan *p) MUST_USE;
enum err sale_rows(struct ctx *ctx, struct tx *tx, const struct fact *f, struct sale_plan *p,
                   int64_t id, int64_t seq) MUST_USE;
