/* The end of a race's money: waiting parts divided by places, stints cut by rounds, everything
 * from pending to available; or back to the house when the race is void. */
#pragma once

#include "base/ctx.h"

struct tx;

/* FINAL race whose clear time has passed. One journal entry, key settle:race:<id>; then
 * recoveries. */
enum err settle_race(struct ctx *ctx, struct tx *tx, int64_t race) MUST_USE;
/* Shares and waiting money back to the house; the race's shares show 0 afterwards. */
enum err settle_void(struct ctx *ctx, struct tx *tx, int64_t race, struct str actor) MUST_USE;

struct settle_release {
    int64_t member_id, cents;
};
/* Money that reached a race after it settled: waiting parts by the settlement's places, and
 * what stands in rel from pending to available. Nothing happens when there is none. */
enum err settle_late(struct ctx *ctx, struct tx *tx, int64_t race,
                     const struct settle_release *rel, size_t n) MUST_USE;
