/* Objections of drivers to a result. While one is open the race does not become FINAL. Not for:
 * money that a bank takes back (chargeback.h). */
#pragma once

#include "race/race.h"

struct tx;

struct dispute {
    int64_t id, race_id, member_id, opened_at, closed_at;
    struct str member_name; /* as the public may read it */
    struct str reason, state, closed_by, answer;
};

/* A driver of the race (any stint), between flag and FINAL, one open each; reason 1 to 500
 * signs. Live message dispute.opened; tells staff ("dispute.opened", "dispute:<id>"). */
enum err dispute_open(struct ctx *ctx, struct tx *tx, int64_t race, int64_t member_id,
                      struct str reason, int64_t *ret_id) MUST_USE;
/* By the one who opened it. */
enum err dispute_withdraw(struct ctx *ctx, struct tx *tx, int64_t id,
                          int64_t member_id) MUST_USE;
/* By staff who did not drive in that race (E_DENIED); answer 10 to 500 signs, both sides read
 * it. The clock to FINAL starts anew. by: member, 0 for the people's command. */
enum err dispute_close(struct ctx *ctx, struct tx *tx, int64_t id, bool upheld,
                       struct str answer, int64_t by, struct str actor) MUST_USE;
/* A race that became void: its open disputes are withdrawn, why is their answer. */
enum err dispute_end(struct ctx *ctx, struct tx *tx, int64_t race, struct str why,
                     struct str actor) MUST_USE;
enum err dispute_get(struct ctx *ctx, int64_t id, struct dispute *ret) MUST_USE;
/* Of one race, or (race 0) all that are open; oldest first. */
enum err dispute_list(struct ctx *ctx, int64_t race, size_t max, struct dispute **ret,
                      size_t *ret_n) MUST_USE;
