/* What a member owes after refunds and fixes: A:clawback:<member>, by item. Not for: making
 * such a receivable (the domains that take money back). */
#pragma once

#include "base/ctx.h"

struct tx;

/* Takes what a member owes back from available money, oldest item first: RECOVER entries. */
enum err owed_recover(struct ctx *ctx, struct tx *tx, int64_t member_id) MUST_USE;
struct owed_loss {
    int64_t member_id, cents, seq;
    struct str item;
};
/* What time alone does: an item that nothing was added to for owed.writeoff_days is the house's
 * loss, a WRITEOFF entry; at most max of them. */
enum err owed_tick(struct ctx *ctx, struct tx *tx, size_t max, struct owed_loss **ret,
                   size_t *ret_n) MUST_USE;
