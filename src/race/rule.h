/* One version of the split settings: its checks, its row, its words. Not for: storing it
 * (product.h), applying it (sale.h). */
#pragma once

#include "db/stmt.h"
#include "race/race.h"

/* What a new rule begins with: gross, 20 %, guard, equal, the installation's grace and clear
 * time, 2.9 % + 30. */
void rule_default(const struct ctx *ctx, struct race_rule *ret);
/* E_INVALID with the field that is wrong. */
enum err rule_check(struct ctx *ctx, const struct race_rule *r) MUST_USE;
/* "15,12,10,9,8,7,6,5", or empty. */
struct str rule_weights_text(struct ctx *ctx, const struct race_rule *r);
/* "15,12,…" to eight weights, zeros for the empty text. */
bool rule_weights_parse(struct str text, int64_t ret[RACE_SEATS_MAX]);
/* The present row of a statement that selects all rule columns by their own names. */
enum err rule_read(struct stmt *s, struct race_rule *ret) MUST_USE;
/* True when the seats' shares wait for the result: weighted by place. */
bool rule_waits(const struct race_rule *r);
