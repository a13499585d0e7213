/* One table of steps for every kind of contest: from, to, cause. Each step is a row in the
 * transition log. Not for: what a step does (the domain's hook). */
#pragma once

#include "base/ctx.h"

struct tx;

/* E_CONFLICT with the rule in words when the kind has no such step. Writes the log row; the
 * domain updates its own state conditionally on the old one. */
enum err state_step(struct ctx *ctx, struct tx *tx, struct str kind, int64_t object_id,
                    struct str from, struct str to, struct str actor, struct str note) MUST_USE;
/* True when the table has it. */
bool state_allows(struct str kind, struct str from, struct str to);
