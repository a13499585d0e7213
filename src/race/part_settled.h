/* What settlements made of a sale's parts: seats cut between several drivers, and waiting money
 * that went by place. Not for: sales of races that still run (part.c does those alone). */
#pragma once

#include "race/part.h"

/* For part_load, after seats and sums were read: gives each wallet of a settled race its
 * drivers, and takes what earlier entries took from them, not from the seat. */
enum err part_settled_cut(struct ctx *ctx, struct parts *p) MUST_USE;
/* What waited when the race settled has become wallets' money, in the settlement's proportions:
 * parts PART_PLACE for the race's pool, which is 0 then. */
enum err part_settled_places(struct ctx *ctx, struct parts *p, struct part_race *r) MUST_USE;
