/* What a member's page says besides the balance: earned, paid out, owed for what, tips that
 * wait. Reading only. Not for: lines of the journal (statement.h). */
#pragma once

#include "ledger/statement.h"

struct purse_totals {
    int64_t earned;   /* all that ever came, less what went back: payouts do not lessen it */
    int64_t paid_out; /* has arrived */
};
enum err purse_totals(struct ctx *ctx, int64_t member_id, struct purse_totals *ret) MUST_USE;
/* What a member owes and where from: "sale:77". */
struct purse_owed {
    struct str item;
    int64_t amount;
};
enum err purse_owed(struct ctx *ctx, const struct statement_accounts *a, size_t max,
                    struct purse_owed *ret, size_t *ret_n) MUST_USE;
/* Shares that wait for their race to settle, newest race first. */
struct purse_race {
    int64_t race_id, amount;
    struct str name;
    int64_t clear_h;
    int64_t at; /* when they become available; 0: the flag has not fallen */
};
enum err purse_races(struct ctx *ctx, int64_t member_id, size_t max, struct purse_race *ret,
                     size_t *ret_n) MUST_USE;
/* Tips that wait, by the day when they clear. */
struct purse_tips {
    int64_t clear_at, n, amount;
};
enum err purse_tips(struct ctx *ctx, int64_t member_id, const struct statement_accounts *a,
                    size_t max, struct purse_tips *ret, size_t *ret_n) MUST_USE;
