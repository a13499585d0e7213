/* What Stripe has in its books: refunds, the fee of a payment, the balance, movements. Pure, as
 * stripe_api.h. Not for: checkouts (stripe_api.h), payouts (payer.h). */
#pragma once

#include "provider/stripe_api.h"

enum { STRIPE_BOOKS_LIST_MAX = 100 };

/* A refund: key is ours, the same for ever; metadata ck_giveback carries it, so that it can be
 * found again where their memory of keys is over. */
enum err stripe_books_refund(struct ctx *ctx, const struct payer_way *way, struct str payment,
                             int64_t amount, struct str key, struct remote_ask *ret) MUST_USE;
enum err stripe_books_refunds(struct ctx *ctx, const struct payer_way *way, struct str payment,
                              struct remote_ask *ret) MUST_USE;
struct stripe_books_refunded {
    struct str id, state,
        why; /* state: succeeded, pending, requires_action, failed, canceled */
};
/* Of the answer to either; with the list the one that carries key. E_NOTFOUND: none. */
enum err stripe_books_refunded(struct ctx *ctx, const struct remote_answer *a, struct str key,
                               struct stripe_books_refunded *ret) MUST_USE;

/* What a payment cost: its charge's balance transaction. */
enum err stripe_books_payment(struct ctx *ctx, const struct payer_way *way, struct str payment,
                              struct remote_ask *ret) MUST_USE;
struct stripe_books_fee {
    struct str id; /* txn_… */
    int64_t fee, at;
    struct str currency; /* "USD" */
};
/* E_NOTFOUND: it stands not in their books yet. */
enum err stripe_books_fee(struct ctx *ctx, const struct remote_answer *a,
                          struct stripe_books_fee *ret) MUST_USE;

/* What they hold, and their list of movements, newest first. after: id of the last one of the
 * page before, or empty; since: seconds. */
enum err stripe_books_balance(struct ctx *ctx, const struct payer_way *way,
                              struct remote_ask *ret) MUST_USE;
enum err stripe_books_moves(struct ctx *ctx, const struct payer_way *way, int64_t since,
                            struct str after, struct remote_ask *ret) MUST_USE;
/* Of a balance: available and pending together, in one currency ("USD"). */
bool stripe_books_held(const struct remote_answer *a, struct str currency, int64_t *ret);
/* Available alone: what can be sent now. */
bool stripe_books_room(const struct remote_answer *a, struct str currency, int64_t *ret);
struct stripe_books_move {
    struct str id, type, source, currency; /* txn_…, "charge", ch_…, "USD" */
    struct str about; /* payment or transfer that it belongs to: pi_…, tr_…; else source */
    bool ours;        /* it carries a mark of ours */
    int64_t amount, fee, net, at; /* minor units; ms */
};
/* n: at most STRIPE_BOOKS_LIST_MAX. What cannot be read as a whole is E_REMOTE. */
enum err stripe_books_moved(struct ctx *ctx, const struct remote_answer *a,
                            struct stripe_books_move **ret, size_t *ret_n,
                            bool *ret_more) MUST_USE;
