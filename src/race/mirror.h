/* Giving back what a refund or a freeze took, by mirroring its entry with its rows. Not for:
 * deciding that (refund.h, chargeback.h). */
#pragma once

#include "race/part.h"

struct mirror {
    int64_t seq;          /* the entry */
    int64_t booked;       /* what it took back, for the sum of the refunds; 0 for disputes */
    struct str kind, key; /* of the mirror, in the provider's scope */
    int64_t inbox_id;     /* the notice that caused it */
};
/* Mirrors an entry of the sale with its pot and share rows and a row of table refund; what
 * lands in a race that is over moves on at once. */
enum err mirror_entry(struct ctx *ctx, struct tx *tx, struct parts *p,
                      const struct mirror *m) MUST_USE;
