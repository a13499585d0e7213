/* What a race means to each of its drivers as things stand: place, points, rank, trophies,
 * cents. A correction is two of these with a change between. Not for: changing anything
 * (fix.h). */
#pragma once

#include "base/buf.h"
#include "league/result.h"

enum { SIDE_MAX = 8 * 32 };

struct side_row {
    int64_t member_id, seat_no;         /* seat 0: of the season, not of the race */
    int64_t place, points, rank, cents; /* place 0: DNF, -1: none; rank 0: none */
    struct str name, trophies;          /* of this race */
};

struct side {
    size_t n;
    struct side_row row[SIDE_MAX];
};

enum err side_read(struct ctx *ctx, int64_t race, struct side *ret) MUST_USE;
/* The row of that driver of that seat; NULL: none. */
const struct side_row *side_find(const struct side *s, int64_t seat, int64_t member_id);
bool side_same(const struct side_row *a, const struct side_row *b);
/* Appends the row to a JSON array that was begun with "[". */
void side_json(struct buf *b, const struct side_row *r);
