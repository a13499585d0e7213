/* The table of a season: a pure function of result rows, penalties and the season's drops. Not
 * for: storing it.
 *
 * Order: points; more wins, more 2nd … 8th places; head-to-head in shared races; better place
 * in the latest shared race; the total reached earlier; else the same rank. product.md 2.5. */
#pragma once

#include "league/result.h"

struct standing_race {
    int64_t race_id, place, points, raced_at; /* place 0: DNF */
    bool start;                               /* false: substituted */
    bool dropped;                             /* does not count */
};

struct standing {
    int64_t rank, member_id;
    struct str name;   /* as the public may read it */
    struct str avatar; /* sha of our copy, or empty */
    bool hidden;
    int64_t points;  /* dropped results and penalties taken off */
    int64_t penalty; /* points taken off by penalties */
    int64_t starts, wins, podiums, dnfs, substituted;
    int64_t places[RACE_SEATS_MAX]; /* how many 1st, 2nd … */
    int64_t average_100;            /* average place in hundredths, 0 without a place */
    int64_t change; /* ranks gained since the season's race before; 0: none or new */
    bool is_new;
    int64_t earned;    /* cents of shares in the season's races; -1: the racer hides it */
    struct str reason; /* "ahead of Nova on 2nd places, 4 : 3", or empty */
    size_t n_races;
    struct standing_race *race; /* oldest first */
};

struct standing_table {
    struct season season;
    int64_t races; /* FINAL so far */
    int64_t at;    /* as it was then; 0: now */
    size_t n;
    struct standing *row; /* in order of rank */
};

/* at 0: now; a closed season's present table is the frozen order. viewer: whose eyes (0:
 * visitor), for earned. */
enum err standing_read(struct ctx *ctx, int64_t season, int64_t at, int64_t viewer,
                       struct standing_table *ret) MUST_USE;

/* standing_read as reckoned, closed or not, with "racer 7" for names and without money. */
enum err standing_bare(struct ctx *ctx, int64_t season, int64_t at,
                       struct standing_table *ret) MUST_USE;

/* Ranks after each race, for the chart: rank[i * races + k] of row i after race k, 0: none yet.
 */
struct standing_lines {
    size_t n, races;
    const struct standing *row; /* top max of the present table */
    int64_t *race_id;
    int64_t *rank;
};
enum err standing_lines(struct ctx *ctx, const struct standing_table *t, size_t max,
                        struct standing_lines *ret) MUST_USE;
/* {"v":1,"ch":"season/2","seq":…,"at":…,"state":{…}}: base file, .json page, overlay. */
enum err standing_snapshot(struct ctx *ctx, int64_t season, struct str *ret_json) MUST_USE;
