/* Why a member's balance is, or was at any moment, what it is: groups that add up to the cent,
 * each with what it is made of. Reading only. Not for: what did not count (race/race.h). */
#pragma once

#include "base/ctx.h"

enum { WHY_PARTS = 20 }; /* newest parts that a group keeps; the rest stand in its sum */

struct why_part {
    int64_t seq, amount;
};
struct why_group {
    struct str ref;  /* race:12, payout:3, …: the thing a group of lines belongs to */
    struct str what; /* "shares", "refunds", "winner bonus", "payout": in words */
    int64_t amount;  /* for the member */
    int64_t lines;
    int64_t first_seq, last_seq;
    struct why_part part[WHY_PARTS]; /* the newest, in a ring: read them with why_part_of */
};
struct why {
    int64_t at;
    int64_t pending, available, owed; /* at that moment */
    struct why_group *group;          /* adds up exactly to pending + available */
    size_t n;
    int64_t head_seq; /* last entry counted */
    struct str head_sha;
};
/* At that moment: recorded_at <= at. The groups add up to the cent: checked here, E_INTERNAL
 * otherwise. */
enum err why_read(struct ctx *ctx, int64_t member_id, int64_t at, struct why *ret) MUST_USE;
/* Part i of a group, newest first; false when there is none or it is not kept. */
bool why_part_of(const struct why_group *g, size_t i, struct why_part *ret);
