/* A season's grand prizes: promised, paid in, paid out when the season closes. Postings:
 * ledger.md F10, sql/FORMAT.md. */
#pragma once

#include "base/fact.h"
#include "league/season.h"

struct prize {
    int64_t season_id, place, amount, sponsor_id, funded_at, paid_at, member_id;
    struct str label;
};

enum err prize_add(struct ctx *ctx, struct tx *tx, int64_t season, int64_t place,
                   int64_t amount, struct str label, int64_t sponsor_id,
                   struct str actor) MUST_USE;
enum err prize_list(struct ctx *ctx, int64_t season, struct prize **ret,
                    size_t *ret_n) MUST_USE;
/* FACT_PRIZE of a provider: exactly the amount and currency, once. E_INVALID: set aside. */
enum err prize_book(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t inbox_id,
                    struct str *ret_ref) MUST_USE;
/* A refund or dispute of a prize's payment: before the close the prize is empty again, or paid
 * in again when the refund failed or the dispute was won. E_NOTFOUND: the payment paid no
 * prize. E_DUPLICATE: nothing new. E_INVALID: set aside; a person must settle it with the
 * payer. */
enum err prize_back(struct ctx *ctx, struct tx *tx, const struct fact *f,
                    struct str *ret_ref) MUST_USE;
/* At the close: each funded prize to whoever has that rank; equal ranks put their prizes
 * together and share them equally, leftover cents to the lower member id. */
enum err prize_pay(struct ctx *ctx, struct tx *tx, int64_t season) MUST_USE;
