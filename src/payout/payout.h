/* Money that leaves a wallet: asked, encumbered, sent, settled or returned, exactly once.
 * Postings: ledger.md F5 as in sql/FORMAT.md. Not for: talking to providers (provider/payer.h,
 * job/pay.h), destinations (method.h). */
#pragma once

#include "base/ctx.h"
#include "base/pay.h"

struct tx;

/* REQUESTED -> HELD -> SENDING -> SENT -> SETTLED; SENDING, SENT -> UNKNOWN -> SENDING, SENT,
 * SETTLED, FAILED; SENDING, SENT, UNKNOWN -> FAILED -> RETURNED; HELD -> CANCELLED; SETTLED ->
 * RETURNED when a provider takes a payment back. REQUESTED and FAILED last no longer than their
 * transaction: the steps are written, the money has moved. */
struct payout {
    int64_t id, member_id, method_id, amount, fee; /* fee: borne by the member, within amount */
    struct str member_name, method, to_words; /* "paypal", "n…a@example.org": never the whole */
    struct str state, reason, ref, key;       /* ref: the provider's id */
    struct str bank; /* stripe: "", "on its way", "at your bank", … */
    int64_t asked_at, changed_at, settled_at, first_at;
    bool by_staff, revealable;
};

struct payout_ask {
    int64_t member_id, method_id, amount;
    struct str actor;
};
/* All checks, then PAYOUT_HOLD. E_FUNDS "You have $14.20 available; $5.80 are missing.",
 * E_CONFLICT (one open already, recovery, blocked, method not ready: with the time), E_INVALID
 * (below the minimum, above the maximum), E_DENIED (a tax form is needed). */
enum err payout_request(struct ctx *ctx, struct tx *tx, const struct payout_ask *a,
                        int64_t *ret_id) MUST_USE;
/* A payout that a provider made and this ledger does not know: made after the copy that it was
 * restored from. Booked as settled, out of the member's wallet. E_CONFLICT: it is known
 * already, another of theirs is under way, or the provider lists another amount; E_NOTFOUND:
 * they have no such method; E_FUNDS: what they earned after the copy must be booked first. */
struct payout_made {
    int64_t member_id, amount;
    struct str provider, ref; /* "stripe", the provider's id of it */
    struct str actor;
};
enum err payout_adopt(struct ctx *ctx, struct tx *tx, const struct payout_made *m,
                      int64_t *ret_id) MUST_USE;
/* What payout_request would say now, without writing: for pages and confirmations. method_id 0:
 * a gift card or store credit, which is made with the first request. */
enum err payout_check(struct ctx *ctx, const struct payout_ask *a) MUST_USE;
/* An amount as people write it, "50" or "50.00", or "all": what is available, up to the largest
 * payout. E_INVALID for anything else. */
enum err payout_amount(struct ctx *ctx, int64_t member_id, struct str text,
                       int64_t *ret) MUST_USE;
/* Only from HELD, by its member. */
enum err payout_cancel(struct ctx *ctx, struct tx *tx, int64_t id, int64_t member_id,
                       struct str actor) MUST_USE;

enum payout_act { PAYOUT_NOTHING, PAYOUT_SEND, PAYOUT_LOOK };
/* The job's first step: HELD becomes SENDING and the key is fixed; a payout that was being sent
 * before is UNKNOWN now and must be looked up. What is held back by a block is not sent. */
enum err payout_begin(struct ctx *ctx, struct tx *tx, int64_t id, enum payout_act *ret_act,
                      struct pay_order *ret, struct str *ret_method) MUST_USE;
/* What the provider said. Any answer twice, or a late one, does no harm: one of an earlier turn
 * counts only when it names a payment. An answer that contradicts what is known raises the
 * alert payout_contradiction and changes nothing. ret_again_at: when to look (or send) again,
 * ms; 0: it has ended. The job "pay" for then is added here. */
enum err payout_report(struct ctx *ctx, struct tx *tx, int64_t id, const struct pay_answer *a,
                       int64_t *ret_again_at) MUST_USE;
/* A provider's notice names it (by our key or its own id): looked up at once. E_NOTFOUND. */
enum err payout_poke(struct ctx *ctx, struct tx *tx, struct str provider, struct str ref,
                     struct str key, struct str *ret_ref) MUST_USE;

/* There is more money at a provider: what waits for that is tried soon. ret_any: something
 * does.
 */
enum err payout_lack_poke(struct ctx *ctx, struct tx *tx, struct str provider,
                          bool *ret_any) MUST_USE;

/* What happens to a connected account's money on its way to the bank: "on its way", "at your
 * bank", … for its payouts that are not at the bank yet. */
enum err payout_bank(struct ctx *ctx, struct tx *tx, struct str account,
                     struct str words) MUST_USE;
/* What time alone does: alerts of payouts that nobody knows about, codes nobody needs, debts
 * nobody will pay (ledger/owed.h). */
enum err payout_tick(struct ctx *ctx, struct tx *tx) MUST_USE;
/* Nothing is paid to that member for the time being; they read the reason. Clearing sends what
 * waited. */
enum err payout_block_set(struct ctx *ctx, struct tx *tx, int64_t member_id, struct str reason,
                          struct str actor) MUST_USE;
enum err payout_block_clear(struct ctx *ctx, struct tx *tx, int64_t member_id) MUST_USE;
/* Empty when there is none. */
enum err payout_block_why(struct ctx *ctx, int64_t member_id, struct str *ret) MUST_USE;
/* What the member bears of the provider's fee: within amount; 0 when the house does. */
int64_t payout_fee(const struct ctx *ctx, struct str kind, int64_t amount);

/* Staff: the code of a gift card or the note of a store credit, of an open request of exactly
 * its amount for exactly its member; never one's own. Sealed with payout.key_file. */
struct payout_code {
    int64_t payout_id, staff_id;
    struct str brand, code, note; /* brand empty for store credit */
};
enum err payout_fulfil(struct ctx *ctx, struct tx *tx, const struct payout_code *c) MUST_USE;
/* The member reads the code: once by a button, logged; again it is E_CONFLICT with the time. */
enum err payout_reveal(struct ctx *ctx, struct tx *tx, int64_t id, int64_t member_id,
                       struct str *ret_brand, struct str *ret_code) MUST_USE;

/* Operators: what they saw at the provider of a payout that is UNKNOWN for a day; never one's
 * own. The first word is kept, the same by another ends it: settled, or back in the wallet.
 * E_CONFLICT: known, too early, or another said otherwise. */
struct payout_word {
    int64_t payout_id, member_id, at;
    bool arrived;
    struct str proof, name; /* name: of the member, as read */
};
enum err payout_judge(struct ctx *ctx, struct tx *tx, const struct payout_word *w,
                      bool *ret_ended) MUST_USE;
/* The newest word about it as it stands, of anybody but one; member_id 0: there is none. */
enum err payout_judge_word(struct ctx *ctx, int64_t id, int64_t but,
                           struct payout_word *ret) MUST_USE;

enum err payout_get(struct ctx *ctx, int64_t id, struct payout *ret) MUST_USE;
/* Newest first; member_id 0: of all; state "" all, "open": not ended. */
enum err payout_list(struct ctx *ctx, int64_t member_id, struct str state, size_t max,
                     struct payout **ret, size_t *ret_n) MUST_USE;
struct payout_step {
    int64_t at;
    struct str state, why, actor;
};
enum err payout_steps(struct ctx *ctx, int64_t id, struct payout_step **ret,
                      size_t *ret_n) MUST_USE;
/* Sum settled in the calendar year (UTC) of now. */
enum err payout_year(struct ctx *ctx, int64_t member_id, int64_t *ret_cents) MUST_USE;
