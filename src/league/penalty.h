/* Points taken from a racer for an incident, and given back. Not for: what it does to a table
 * (reckon.h). */
#pragma once

#include "league/season.h"

struct tx;

enum err penalty_add(struct ctx *ctx, struct tx *tx, const struct season_penalty *p,
                     struct str actor, int64_t *ret_id) MUST_USE;
enum err penalty_lift(struct ctx *ctx, struct tx *tx, int64_t id, struct str reason) MUST_USE;
enum err penalty_list(struct ctx *ctx, int64_t season, size_t max, struct season_penalty **ret,
                      size_t *ret_n) MUST_USE;
