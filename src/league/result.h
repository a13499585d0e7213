/* What a FINAL race gave each driver: rows by version, and everything that follows from them.
 * Not for: reports before FINAL (race/report.h). */
#pragma once

#include "league/season.h"

struct result_row {
    int64_t race_id, version, seat_no, member_id, season_id; /* season 0: friendly */
    bool start;    /* false: substituted, no points and no start */
    int64_t place; /* 0: DNF */
    int64_t points, rounds, raced_at, at;
};

/* Rows of a race as its seats and stints stand, by the points table (NULL: a friendly race, no
 * points). Pure: rounds driven by place_rounds (race/place.h); points go to the driver with
 * most rounds, of several to the one who drove last; the others are "substituted". Who has two
 * seats of a race has two results in it. */
void result_reckon(const struct race *r, const struct points_table *t, struct result_row *ret,
                   size_t *ret_n); /* at most 4 * RACE_SEATS_MAX */

struct stmt;
/* The present row of a statement that selects all columns of result by their own names. */
void result_read(struct stmt *s, struct result_row *ret);

/* FINAL races without rows (found by season_id and state) get version 1, trophies, live
 * standings.changed on season/<id>, tell race.final. At most max. Runs in clock.tick after
 * lobby_tick. */
enum err result_tick(struct ctx *ctx, struct tx *tx, size_t max, size_t *ret_n) MUST_USE;
/* Writes a FINAL or SETTLED race's rows again as its seats stand now, by its season's points
 * table: the next version, then its trophies (why: of what they lose), live standings.changed.
 * The caller writes the fix row of that version. E_CONFLICT: no rows yet, or the season is
 * closed. */
enum err result_again(struct ctx *ctx, struct tx *tx, int64_t race, struct str why,
                      int64_t *ret_version) MUST_USE;
/* Newest version of a race's rows, in order of place. E_NOTFOUND: not FINAL yet. */
enum err result_of(struct ctx *ctx, int64_t race, struct result_row **ret,
                   size_t *ret_n) MUST_USE;
/* A member's races, newest first, id < before (0: newest). */
enum err result_by_member(struct ctx *ctx, int64_t member_id, int64_t before, size_t max,
                          struct result_row **ret, size_t *ret_n) MUST_USE;
/* Reckons every row and trophy of every race anew and compares; *ret_bad: how many differ, the
 * first one in ctx's text. Writes nothing. */
enum err result_check(struct ctx *ctx, int64_t *ret_bad) MUST_USE;
