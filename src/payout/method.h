/* Where a member wants to be paid. Not for: paying (payout.h). */
#pragma once

#include "base/ctx.h"

struct tx;

struct method {
    int64_t id, member_id, added_at, ready_at; /* ready_at: can be used from then on */
    struct str kind;  /* gift_card, store_credit, stripe, paypal, whop */
    struct str to;    /* acct_…, mail address, user_…; "" for gift_card and store_credit */
    struct str words; /* for people, never the whole: "n…a@example.org" */
    struct str state; /* new (not confirmed), open (being set up), ready, off */
    struct str why;   /* why it cannot be used now, in words; "" when it can */
    struct str url;   /* stripe, while open: where to go on with the set-up; short-lived */
};

/* All kinds that payout.methods offers, with the member's own row where there is one; a kind
 * that is not set up here says so in why. */
enum err method_list(struct ctx *ctx, int64_t member_id, struct method **ret,
                     size_t *ret_n) MUST_USE;
enum err method_get(struct ctx *ctx, int64_t id, struct method *ret) MUST_USE;
/* A new destination, or another one: replaces the member's row of that kind; usable after
 * payout.wait_h, once it is confirmed. The member is told at once (topic member.method), so
 * that a thief cannot do it in silence. Gift card and store credit have no destination and are
 * ready at once. Stripe: to is empty; after the member's yes the job "account" makes the
 * account; set again while it is open it asks for a fresh link. E_INVALID: no such kind, or to
 * cannot be one. E_CONFLICT: a payout by it is on its way. */
enum err method_set(struct ctx *ctx, struct tx *tx, int64_t member_id, struct str kind,
                    struct str to, int64_t *ret_id) MUST_USE;
/* The member's yes, through Discord (button of the message about it). */
enum err method_confirm(struct ctx *ctx, struct tx *tx, int64_t id, int64_t member_id) MUST_USE;
enum err method_drop(struct ctx *ctx, struct tx *tx, int64_t id, int64_t member_id) MUST_USE;
/* What the provider says of a Stripe account: to (once made), a fresh link, or whether it can
 * be paid; why in words when not. */
enum err method_account(struct ctx *ctx, struct tx *tx, int64_t id, struct str account,
                        struct str url, bool ready, struct str why) MUST_USE;
/* By the provider's id of it; E_NOTFOUND. */
enum err method_find(struct ctx *ctx, struct str kind, struct str to,
                     struct method *ret) MUST_USE;

/* The member's method of that kind; a gift card or store credit is made on the way. E_CONFLICT:
 * there is none yet. */
enum err method_usual(struct ctx *ctx, struct tx *tx, int64_t member_id, struct str kind,
                      int64_t *ret_id) MUST_USE;
/* Staff pays it by hand: gift_card, store_credit. */
bool method_is_manual(struct str kind);
/* "PayPal" */
struct str method_name(struct str kind);
/* A destination for people, never the whole: "n…a@example.org", "…k3Qz"; empty for none. */
struct str method_words(struct ctx *ctx, struct str kind, struct str to);
