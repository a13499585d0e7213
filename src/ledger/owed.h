/* What a member owes after refunds and fixes: A:clawback:<member>, by item. Not for: making
 * such a receivable (the domains that take money back). */
#pragma once

#include "base/ctx.h"

struct tx;

/* Takes what a member owes back from available money, oldest item first: RECOVER entries. */
enum err owed_recover(struct ctx *ctx, struct tx *tx, int64_t member_id) MUST_USE;
