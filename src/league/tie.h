/* The order of a table's rows and what separated each from the next one. Pure. Not for: points
 * (standing.h).
 *
 * A group of equal rows is looked at by one criterion after the other: points; wins, 2nd …
 * 8th places; head-to-head; the latest race in which all of the group started; who reached the
 * total earlier. The first that tells any two apart cuts the group by its figure, and each part
 * is a new group that begins again with the first criterion: so the order is total, and does
 * not depend on the order of the rows. Parts only shrink, so it ends.
 *
 * Head-to-head: a duel is a race in which both started and one was better (a place before a
 * DNF). Figure of a row: duels won less duels lost against the others of its group, a table of
 * their own. A dropped result is a result here and in the count of places. */
#pragma once

#include "league/standing.h"

enum tie_by { TIE_POINTS, TIE_PLACES, TIE_DUELS, TIE_LATEST, TIE_EARLIER, TIE_NONE };

struct tie {
    struct standing *row;
    int64_t reached; /* number of the season's race that brought the total; 0: before all */
    /* What separated it from the next row: filled by tie_order. */
    enum tie_by by;
    int64_t figure, next; /* of this row, of the next one */
    int64_t detail; /* TIE_PLACES: which; TIE_DUELS: rows of the group; TIE_LATEST: race */
    int64_t key;    /* work */
    int64_t won;    /* work: duels */
};

/* Sorts, best first; equal rows by member. Each row's races are in the season's order. */
void tie_order(struct tie *list, size_t n);
/* "ahead of racer 7 on 2nd places, 4 : 3"; empty when points decided. next: the row after it.
 */
struct str tie_words(struct ctx *ctx, const struct tie *t, const struct standing *next);
