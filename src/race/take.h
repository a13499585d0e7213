/* Taking the parts of a sale back: from disputes' holds, from wallets, as receivables. Not for:
 * how much of each part (part.h), who asks (refund.h, chargeback.h, settle.h). */
#pragma once

#include "base/buf.h"
#include "race/part.h"

enum { TAKE_HOLDS_MAX = 8 };

struct take {
    size_t n; /* disputes whose holds are used before the wallets, in this order */
    struct str dispute[TAKE_HOLDS_MAX];
    bool lost; /* goods were made: their cost is lost */
};

/* Disputes of the sale that are open and froze something. */
enum err take_open(struct ctx *ctx, const struct parts *p, struct take *ret) MUST_USE;
/* Adds a debit for each back and the entry's meta lines. */
enum err take_debit(struct ctx *ctx, struct tx *tx, struct journal_draft *d, struct parts *p,
                    const struct take *how, struct buf *meta) MUST_USE;
/* Moves each wallet part's back into the hold, as far as its drivers have it; back becomes what
 * was moved. */
enum err take_freeze(struct ctx *ctx, struct tx *tx, struct journal_draft *d, struct parts *p,
                     struct str dispute) MUST_USE;
/* Adds what the hold has left for the sale's drivers to the draft, back into their wallets. */
enum err take_release(struct ctx *ctx, struct tx *tx, struct journal_draft *d, struct parts *p,
                      struct str dispute) MUST_USE;
