/* Inside of src/payout: a payout as its functions move it on, one step and one journal entry at
 * a time. Not for: deciding when (payout_report.c and its neighbours). */
#pragma once

#include "payout/payout.h"

struct payout_move {
    struct payout p; /* as payout_get gives it */
    struct str dest, act;
    int64_t tries, turn, may_send, heard_at, looks, lacks_at, spent, staff_id;
};

/* The row of a new payout, REQUESTED, with its first step and a key that no other has. */
enum err payout_move_open(struct ctx *ctx, const struct payout_ask *a, int64_t fee,
                          struct str kind, struct str dest, int64_t *ret_id) MUST_USE;
enum err payout_move_load(struct ctx *ctx, int64_t id, struct payout_move *ret) MUST_USE;
/* What changed beside a step: ref, reason, turn, act, … */
enum err payout_move_save(struct ctx *ctx, struct tx *tx, const struct payout_move *v) MUST_USE;
/* The next state, with its row; saves the rest with it, and tells the member where that is due.
 * seq: the entry that moved with it, 0 for none. */
enum err payout_move_step(struct ctx *ctx, struct tx *tx, struct payout_move *v,
                          const char *state, struct str why, struct str actor,
                          int64_t seq) MUST_USE;

/* The entries. Each key is posted once: *ret_seq is 0 when it was there already. */
enum err payout_move_hold(struct ctx *ctx, struct tx *tx, const struct payout_move *v,
                          struct str actor, int64_t *ret_seq) MUST_USE;
enum err payout_move_sent(struct ctx *ctx, struct tx *tx, const struct payout_move *v,
                          struct str actor, int64_t *ret_seq) MUST_USE;
enum err payout_move_settled(struct ctx *ctx, struct tx *tx, const struct payout_move *v,
                             struct str actor, int64_t *ret_seq) MUST_USE;
enum err payout_move_cost(struct ctx *ctx, struct tx *tx, const struct payout_move *v,
                          int64_t cents, struct str actor) MUST_USE;
/* Whatever holds it goes back to the wallet, and what the member owes is taken from it. kind:
 * PAYOUT_CANCELLED, PAYOUT_FAILED; PAYOUT_RETURNED after it had settled. */
enum err payout_move_back(struct ctx *ctx, struct tx *tx, const struct payout_move *v,
                          const char *kind, struct str actor, int64_t *ret_seq) MUST_USE;
/* Somebody took it: it stands in L:payout_sent. */
enum err payout_move_was_taken(struct ctx *ctx, const struct payout_move *v,
                               bool *ret) MUST_USE;

/* Enough for a request of the attempt before to have come to its end: a key that stands for a
 * refusal is followed by another no sooner. */
enum { PAYOUT_LACK_MS = 60 * 1000 };
/* Our balance there does not suffice, holds (-1: not known) being available: told to whoever
 * can put more in, once for all payouts that wait there. */
enum err payout_lack_tell(struct ctx *ctx, struct tx *tx, const struct payout_move *v,
                          int64_t holds) MUST_USE;
/* It waits for that no longer; saved by the caller. */
enum err payout_lack_over(struct ctx *ctx, struct tx *tx, struct payout_move *v) MUST_USE;

/* What people saw at the provider, who says nothing itself: as if it had. */
enum err payout_report_word(struct ctx *ctx, struct tx *tx, const struct payout_move *v,
                            bool arrived, struct str actor) MUST_USE;

/* "payout:12" */
struct str payout_move_ref(struct ctx *ctx, int64_t id);
/* "$14.20" */
struct str payout_move_money(struct ctx *ctx, int64_t cents);
/* A job "pay" for then, unless one waits already. */
enum err payout_move_job(struct ctx *ctx, struct tx *tx, const struct payout_move *v,
                         int64_t at) MUST_USE;
/* The key that codes are sealed with. */
enum err payout_fulfil_key(struct ctx *ctx, struct str *ret) MUST_USE;
