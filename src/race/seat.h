/* Seats, stints and the wait list of one race, row by row. Not for: which step is allowed when
 * (lobby.h). */
#pragma once

#include "race/race.h"
#include "user/member.h"

struct tx;

/* E_CONFLICT when the member sits in a lobby or a running race. */
enum err seat_check_idle(struct ctx *ctx, const struct member *m) MUST_USE;
/* Lowest free seat, 0 when all are taken. */
enum err seat_lowest(struct ctx *ctx, int64_t race, int64_t seats, int64_t *ret) MUST_USE;
enum err seat_take(struct ctx *ctx, struct tx *tx, int64_t race, int64_t seat,
                   const struct member *m) MUST_USE;
/* Frees it; the first on the wait list who sits nowhere else takes it. */
enum err seat_free(struct ctx *ctx, struct tx *tx, int64_t race, int64_t seat) MUST_USE;
enum err seat_stint(struct ctx *ctx, int64_t race, int64_t seat, int64_t stint,
                    int64_t member_id, int64_t round) MUST_USE;
/* E_CONFLICT when the list is full. */
enum err seat_wait(struct ctx *ctx, int64_t race, int64_t member_id) MUST_USE;
enum err seat_unwait(struct ctx *ctx, int64_t race, int64_t member_id) MUST_USE;
/* Notes that somebody moved: the clocks of idle lobbies and of FINAL start anew. */
enum err seat_touch(struct ctx *ctx, int64_t race) MUST_USE;
/* Live message seat.changed; what: joined, waiting (seat 0), left, removed, substitute. */
enum err seat_say(struct ctx *ctx, struct tx *tx, int64_t race, int64_t seat,
                  const struct member *m, const char *what) MUST_USE;
