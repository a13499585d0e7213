/* What each seat of a settled race holds of the money that waited for its result: settlements
 * and fixes, less what went back. Not for: dividing it (place.h), moving it (settle.h). */
#pragma once

#include "race/race.h"

struct stmt;

enum { STAKE_BY_MAX = 4 };

struct stake {
    int64_t seq; /* of the entry whose places count now; 0: nothing was ever divided */
    bool fixed;
    struct stake_seat {
        int64_t weight; /* of its place */
        int64_t had;    /* cents by place, unreversed */
        /* A seat of several drivers: what each holds of all that was cut between them. */
        int64_t by[STAKE_BY_MAX];
    } seat[RACE_SEATS_MAX + 1]; /* by number */
};

enum err stake_load(struct ctx *ctx, const struct race *r, struct stake *ret) MUST_USE;
/* Parameters of SQL_stake_divided: the race's settlements and fixes, oldest first. */
void stake_bind(struct ctx *ctx, struct stmt *s, int64_t race);
