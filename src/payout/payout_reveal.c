/* The member reads the code, once. Not for: sealing it (payout_fulfil.c). */
#include "base/clock.h"
#include "base/crypt.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "payout/payout_move.h"

static enum err
shown(struct ctx *ctx, int64_t id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_code_shown);

    stmt_i64(&s, ":id", id);
    stmt_i64(&s, ":now", ctx_now(ctx));
    return stmt_run(&s);
}

enum err
payout_reveal(struct ctx *ctx, struct tx *tx, int64_t id, int64_t member_id,
              struct str *ret_brand, struct str *ret_code)
{
    struct payout_move v;
    struct str key, sealed;
    enum err e;

    BUG_IF(!tx->open);
    if ((e = payout_move_load(ctx, id, &v)))
        return e;
    if (v.p.member_id != member_id)
        return ctx_fail(ctx, E_NOTFOUND, "there is no payout %lld", (long long)id);
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_code_get);
        char at[CLOCK_TEXT];

        stmt_i64(&s, ":id", id);
        e = stmt_one(&s);
        if (e == E_NOTFOUND)
            return ctx_fail(ctx, E_NOTFOUND, "payout %lld has no code", (long long)id);
        if (e)
            return e;
        if (stmt_col_i64(&s, "revealed_at"))
            return ctx_fail(
                ctx, E_CONFLICT,
                "the code was shown on %s UTC and is shown once: ask staff if it is "
                "lost",
                clock_human(stmt_col_i64(&s, "revealed_at"), at));
        *ret_brand = stmt_col_str(&s, "brand");
        sealed = stmt_col_blob(&s, "sealed");
    }
    if ((e = payout_fulfil_key(ctx, &key)))
        return e;
    if (!crypt_open(ctx->arena, key, payout_move_ref(ctx, id), sealed, ret_code))
        return ctx_fail(ctx, E_CONFLICT,
                        "the code cannot be opened with the key of now: ask staff");
    return shown(ctx, id);
}
