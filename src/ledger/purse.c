/* Sums of a wallet that no line shows. Not for: lines (statement.c), reasons (why.c). */
#include "ledger/purse.h"

#include "db/stmt.h"
#include "ledger/account.h"

enum { HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS };

enum err
purse_totals(struct ctx *ctx, int64_t member_id, struct purse_totals *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_purse_payouts);
    struct statement_accounts a;
    struct account_wallet w;
    enum err e;

    if ((e = statement_accounts(ctx, member_id, &a)) ||
        (e = account_wallet(ctx, member_id, &w)))
        return e;
    stmt_i64(&s, ":account", a.available);
    if ((e = stmt_one(&s)))
        return e;
    int64_t out = stmt_col_i64(&s, "cents");

    *ret = (struct purse_totals){.earned = w.pending + w.available + out,
                                 .paid_out = out - w.paying};
    return OK;
}

enum err
purse_owed(struct ctx *ctx, const struct statement_accounts *a, size_t max,
           struct purse_owed *ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_purse_owed);
    size_t n = 0;
    enum err e;

    stmt_i64(&s, ":account", a->owed);
    while ((e = stmt_row(&s)) == OK)
        if (n < max)
            ret[n++] = (struct purse_owed){.item = stmt_col_str(&s, "item"),
                                           .amount = stmt_col_i64(&s, "bal")};
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

enum err
purse_races(struct ctx *ctx, int64_t member_id, size_t max, struct purse_race *ret,
            size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_purse_races);
    size_t n = 0;
    enum err e;

    stmt_i64(&s, ":member", member_id);
    stmt_i64(&s, ":max", (int64_t)max);
    while ((e = stmt_row(&s)) == OK) {
        int64_t closed = stmt_col_i64(&s, "closed_at");
        struct purse_race *r = &ret[n++];

        r->race_id = stmt_col_i64(&s, "race_id");
        r->name = stmt_col_str(&s, "name");
        r->amount = stmt_col_i64(&s, "cents");
        r->clear_h = stmt_col_i64(&s, "clear_h");
        r->at = closed ? closed + r->clear_h * HOUR_MS : 0;
    }
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}

enum err
purse_tips(struct ctx *ctx, int64_t member_id, const struct statement_accounts *a, size_t max,
           struct purse_tips *ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_purse_tips);
    size_t n = 0;
    enum err e;

    stmt_i64(&s, ":member", member_id);
    stmt_i64(&s, ":pending", a->pending);
    while ((e = stmt_row(&s)) == OK) {
        struct purse_tips t = {.clear_at = stmt_col_i64(&s, "clear_at"),
                               .n = 1,
                               .amount = stmt_col_i64(&s, "cents")};

        if (n > 0 && ret[n - 1].clear_at / DAY_MS == t.clear_at / DAY_MS) {
            ret[n - 1].clear_at = t.clear_at;
            ret[n - 1].n++;
            ret[n - 1].amount += t.amount;
        } else if (n < max) {
            ret[n++] = t;
        }
    }
    *ret_n = n;
    return e == E_NOTFOUND ? OK : e;
}
