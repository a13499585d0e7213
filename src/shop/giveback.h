/* Refunds that we ask a provider for: written here, asked by the job "giveback", booked when
 * the provider tells of it like of any refund. Not for: booking (race/refund.h, dj/tip.h). */
#pragma once

#include "base/ctx.h"

struct tx;

struct giveback_new {
    struct str provider, payment; /* "stripe", pi_… */
    int64_t amount;               /* minor units */
    struct str ref;               /* what it is about: "tip:5", "sale:77" */
    struct str reason;            /* for people */
    struct str actor;
};

/* Once per ref and amount: known: that one again. A provider without an interface for it
 * (Ko-fi) becomes an alert for staff: "refund $5.00 of kofi … by hand". */
enum err giveback_add(struct ctx *ctx, struct tx *tx, const struct giveback_new *n,
                      int64_t *ret_id) MUST_USE;

/* The same for a sale, when staff want it: at most what is left of it. E_NOTFOUND, E_CONFLICT
 * with what is left. */
enum err giveback_sale(struct ctx *ctx, struct tx *tx, int64_t sale_id, int64_t amount,
                       struct str reason, struct str actor, int64_t *ret_id) MUST_USE;

struct giveback {
    int64_t id, amount, at;
    struct str provider, payment, ref, reason, state, why, key; /* state: new, asked, unknown,
                                                                   done, failed, by_hand */
};
enum err giveback_get(struct ctx *ctx, int64_t id, struct giveback *ret) MUST_USE;
/* What the job learned: state and why; object: the provider's id of the refund. */
enum err giveback_report(struct ctx *ctx, struct tx *tx, int64_t id, struct str state,
                         struct str object, struct str why) MUST_USE;
/* Money of that payment went back, as a provider told: what waited for it is done, and nobody
 * need do it by hand any more. amount: of this refund, or of all of the payment so far. */
enum err giveback_told(struct ctx *ctx, struct tx *tx, struct str provider, struct str payment,
                       int64_t amount) MUST_USE;
