/* Money that went back of an order to which something was added after it was paid: providers
 * tell one sum for all of it, and each of its sales has its own part. Not for: orders of one
 * sale. */
#pragma once

#include "race/refund_post.h"

/* What is new goes off the further sales first, the newest first, for what was added last is
 * what is usually taken off again; what did not go back after all comes to them first. t: as
 * told of the whole order; want becomes what is left for the order's own sale, p, which is read
 * again. */
enum err addon_refund(struct ctx *ctx, struct tx *tx, struct parts *p, struct refund_told *t,
                      int64_t inbox_id, int64_t at_ms) MUST_USE;
