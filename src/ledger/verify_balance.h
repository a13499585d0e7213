/* Accounts and open items: one small state of each from the journal's lines, then held against
 * chart and stored balances (I2, I3, I4, I7, I8, I12, I17). Not for: entries (verify.c). */
#pragma once

#include "ledger/hash.h"
#include "ledger/verify_report.h"
#include "ledger/verify_table.h"

struct verify_balance_account {
    struct str code; /* n 0: not in table account */
    char currency[4];
    int sign;
    int64_t bal, debits, credits, ver;
};

struct verify_balance {
    struct verify_report *r;
    struct arena *a; /* what is remembered until the end */
    struct verify_table accts, items, item_sums, currencies;
};

struct verify_balance verify_balance_new(struct verify_report *r, struct arena *a);
/* Code, currency and kind of every account, before the stream. */
enum err verify_balance_load(struct verify_balance *v) MUST_USE;
/* Never NULL. */
const struct verify_balance_account *verify_balance_account(struct verify_balance *v,
                                                            int64_t id);
/* The lines of one entry. */
void verify_balance_take(struct verify_balance *v, int64_t seq, const struct hash_line *line,
                         size_t n);
/* After the last entry. */
enum err verify_balance_check(struct verify_balance *v) MUST_USE;
