/* What buying one product now would give each racer, for a shop's page: the domain's own plan
 * of such an order, in one number. Not for: booking (sale.h). */
#pragma once

#include "race/race.h"

struct teaser {
    size_t racers;   /* who would share; 0: the order would give nobody a share */
    int64_t each;    /* about: all shares and what waits, over the racers, rounded down */
    size_t races;    /* how many races share it */
    int64_t race_id; /* the first of them */
};

struct teaser_of {
    struct str sku;
    int64_t price, shipping; /* minor units */
    struct str tag;          /* race number, or empty */
};
enum err teaser_plan(struct ctx *ctx, const struct teaser_of *of, struct teaser *ret) MUST_USE;
