/* The chart of accounts: codes, kinds, bounds; opening on first use. Not for: balances of pages
 * (statement.h). */
#pragma once

#include "base/ctx.h"

struct tx;

enum account_kind {
    ACCOUNT_ASSET,
    ACCOUNT_LIABILITY,
    ACCOUNT_EQUITY,
    ACCOUNT_INCOME,
    ACCOUNT_EXPENSE
};

struct account {
    int64_t id;
    enum account_kind kind;
    bool by_item;
    char currency[4];
    int64_t owner_id; /* member, 0 when nobody's */
    struct str code;
};

/* What the chart of sql/FORMAT.md says of a code without @CUR: kind, by_item, owner_id. False
 * when it is not in the chart. ret->code is the argument. */
bool account_chart(struct str code, struct account *ret);
/* "asset", "liability", …: the word in the database. */
struct str account_kind_word(enum account_kind kind);

/* The account of that code, opened with kind, bounds and currency of the chart when it is new.
 * code without the @CUR ending; currency decides it. E_INVALID for a code that is not in the
 * chart. Ids are remembered for the process; a rolled back savepoint forgets them (tx->rolls).
 */
enum err account_get(struct ctx *ctx, struct tx *tx, struct str code, const char *currency,
                     int64_t *ret_id) MUST_USE;
/* Codes with a member in them: "L:wallet:" + 3. */
enum err account_of(struct ctx *ctx, struct tx *tx, const char *prefix, int64_t member_id,
                    const char *currency, int64_t *ret_id) MUST_USE;
/* Present balance, debit positive; 0 when the account was never opened. Reader or writer. */
enum err account_balance(struct ctx *ctx, struct str code, int64_t *ret_bal) MUST_USE;
/* Same for an open item. */
enum err account_item_balance(struct ctx *ctx, struct str code, struct str item,
                              int64_t *ret_bal) MUST_USE;
/* The one currency of this house, "USD". */
struct str account_house_currency(const struct ctx *ctx);
/* What a member has, credit positive (cents that we owe), except owed: debit positive. */
struct account_wallet {
    int64_t pending, available, owed;
    int64_t held;   /* in disputes, and on its way out */
    int64_t paying; /* of it: on its way out */
};
enum err account_wallet(struct ctx *ctx, int64_t member_id,
                        struct account_wallet *ret) MUST_USE;
