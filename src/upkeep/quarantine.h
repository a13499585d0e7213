/* A ledger that was restored does not know what happened after its copy was made. While that is
 * being looked at nothing is paid from it: no payout leaves, none is asked for, no refund is
 * asked of a provider. All else goes on. Not for: restoring (restore.h), what has to be looked
 * at (finding.h). */
#pragma once

#include "base/ctx.h"

struct tx;

struct quarantine {
    int64_t id, began_at;
    int64_t copy_at; /* what happened from then until began_at is not in this ledger */
    int64_t seq;     /* the copy's last entry */
    struct str reason;
};

/* *ret_open: there is one that nobody has ended; then *ret is it. ret may be NULL. */
enum err quarantine_open(struct ctx *ctx, bool *ret_open, struct quarantine *ret) MUST_USE;
/* While there is one: E_CONFLICT, in words for members. */
enum err quarantine_refuse(struct ctx *ctx) MUST_USE;
/* When the newest began, ended or not; 0: there was none. What was under way before then may
 * have gone on after the copy: it is looked up before anything is sent. */
enum err quarantine_since(struct ctx *ctx, int64_t *ret) MUST_USE;

/* By restore, with a DB_MIGRATE connection in ctx->db: opens one
 * (or lets the one that the copy brought go on, from the older time), ends every session and
 * login link, lets the numbers that others outside know of go on far above those of the copy.
 */
enum err quarantine_begin(struct ctx *ctx, struct tx *tx, int64_t copy_at, int64_t seq,
                          struct str reason) MUST_USE;
/* E_NOTFOUND: there is none. E_CONFLICT: something blocks (finding.h) and despite is empty.
 * What waited goes on at once. */
enum err quarantine_end(struct ctx *ctx, struct tx *tx, struct str actor, struct str reason,
                        struct str despite) MUST_USE;
