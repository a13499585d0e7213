/* Members who are not paid for the time being. See payout.h. */
#include "db/stmt.h"
#include "db/tx.h"
#include "payout/method.h"
#include "payout/payout_move.h"

enum { REASON_SIGNS = 300 };

enum err
payout_block_set(struct ctx *ctx, struct tx *tx, int64_t member_id, struct str reason,
                 struct str actor)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_block_set);

    BUG_IF(!tx->open);
    if (!reason.n || !str_is_text(reason, "") || str_length(reason) > REASON_SIGNS)
        return ctx_fail(ctx, E_INVALID,
                        "a reason is text of 1 to %d signs: the member reads it", REASON_SIGNS);
    stmt_i64(&s, ":member", member_id);
    stmt_str(&s, ":reason", reason);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_str(&s, ":actor", actor);
    return stmt_run(&s);
}

enum err
payout_block_clear(struct ctx *ctx, struct tx *tx, int64_t member_id)
{
    struct payout *list;
    size_t n;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_block_clear);

        BUG_IF(!tx->open);
        stmt_i64(&s, ":member", member_id);
        if ((e = stmt_run(&s)))
            return e;
    }
    if ((e = payout_list(ctx, member_id, STR("open"), 1, &list, &n)) || n == 0 ||
        method_is_manual(list[0].method))
        return e;
    struct payout_move v;
    if ((e = payout_move_load(ctx, list[0].id, &v)))
        return e;
    v.turn++; /* the job of its request is done; another key makes another one */
    if ((e = payout_move_save(ctx, tx, &v)))
        return e;
    return payout_move_job(ctx, tx, &v, ctx_now(ctx));
}

enum err
payout_block_why(struct ctx *ctx, int64_t member_id, struct str *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_block_why);
    enum err e;

    stmt_i64(&s, ":member", member_id);
    e = stmt_one(&s);
    if (e && e != E_NOTFOUND)
        return e;
    *ret = e ? STR("") : stmt_col_str(&s, "reason");
    return OK;
}
