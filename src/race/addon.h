/* What was added to an order after it was paid: the rest of the money that came is a further
 * sale of its own, called "<order>+<what had come before>", so that each cent has one sale and
 * each change one key. It counts by the order's own time. Not for: booking (sale.c), money back
 * (refund.c). */
#pragma once

#include "base/ctx.h"
#include "base/fact.h"

enum { ADDON_MAX = 16 };

struct addon {
    int64_t sale_id;
    struct str payment;
};
/* The further sales of an order, newest first. */
enum err addon_list(struct ctx *ctx, struct str provider, struct str payment,
                    struct addon ret[ADDON_MAX], size_t *ret_n) MUST_USE;
/* The next further sale: what came of this order and is in no sale yet, with the items that
 * none has. E_DUPLICATE: nothing came that is not booked. E_INVALID: it cannot be booked. */
enum err addon_next(struct ctx *ctx, const struct fact *f, struct fact *ret) MUST_USE;
/* All that went back of an order's further sales. */
enum err addon_back(struct ctx *ctx, struct str provider, struct str payment,
                    int64_t *ret) MUST_USE;
