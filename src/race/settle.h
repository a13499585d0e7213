/* The end of a race's money: waiting parts divided by places, stints cut by rounds, everything
 * from pending to available; or back to the house when the race is void. */
#pragma once

#include "race/race.h"

struct tx;

/* FINAL race whose clear time has passed. One journal entry, key settle:race:<id>; then
 * recoveries. */
enum err settle_race(struct ctx *ctx, struct tx *tx, int64_t race) MUST_USE;
/* Shares and waiting money back to the house; the race's shares show 0 afterwards. */
enum err settle_void(struct ctx *ctx, struct tx *tx, int64_t race, struct str actor) MUST_USE;
/* The same of one sale; end: not void, but the order came after the end that was set to that
 * time. */
enum err settle_back(struct ctx *ctx, struct tx *tx, int64_t race, int64_t sale_id, int64_t end,
                     struct str actor) MUST_USE;

/* The same of one sale that is counted for race `to` instead: TAG_OUT. */
enum err settle_leave(struct ctx *ctx, struct tx *tx, int64_t race, int64_t sale_id, int64_t to,
                      struct str actor) MUST_USE;

struct settle_release {
    int64_t member_id, cents;
};
/* Money that reached a race after it settled: waiting parts by the settlement's places, and
 * what stands in rel from pending to available. Nothing happens when there is none. */
enum err settle_late(struct ctx *ctx, struct tx *tx, int64_t race,
                     const struct settle_release *rel, size_t n) MUST_USE;

/* Divides again what waited in a SETTLED race and is still unreversed, by these places (by seat
 * number; 0: DNF): one RACE_FIX takes from who got too much, as a receivable where the wallet
 * no longer holds it, and gives to who got too little. Refunds and late sales follow it. Does
 * not touch seat.place: the caller writes the places, before or after. key is unique within the
 * race; known: that entry again. ret_seq 0: nothing had to move. ret_moved: cents that changed
 * hands. E_CONFLICT: not SETTLED. E_INVALID: two seats at one place. */
enum err settle_fix(struct ctx *ctx, struct tx *tx, int64_t race,
                    const int64_t place[RACE_SEATS_MAX + 1], struct str key, struct str actor,
                    int64_t *ret_seq, int64_t *ret_moved) MUST_USE;
/* The same by the places as they stand, after entry seq gave money back to those who had them
 * before a fix. Nothing happens in a race that was never fixed. */
enum err settle_fix_again(struct ctx *ctx, struct tx *tx, int64_t race, int64_t seq) MUST_USE;
