/* What time alone does to payouts and to what members owe. Not for: asking providers (job/). */
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/owed.h"
#include "payout/method.h"
#include "payout/payout_move.h"
#include "queue/alert.h"

enum { UNKNOWN_MS = 15 * 60 * 1000, LOSSES_MAX = 20 };
/* A code that was read stays this long, for a member who lost it and asks staff. */
static const int64_t CODE_MS = INT64_C(30) * 24 * 60 * 60 * 1000;

static enum err
old_debts(struct ctx *ctx, struct tx *tx)
{
    struct owed_loss *loss;
    size_t n;
    enum err e = owed_tick(ctx, tx, LOSSES_MAX, &loss, &n);

    for (size_t i = 0; !e && i < n; i++)
        e = alert_raise(ctx, tx, STR("owed_written_off"),
                        str_of(arena_printf(ctx->arena, "entry:%lld", (long long)loss[i].seq)),
                        "info", "us",
                        str_of(arena_printf(
                            ctx->arena, "%.*s that member %lld owed of %.*s were written off",
                            STR_ARG(payout_move_money(ctx, loss[i].cents)),
                            (long long)loss[i].member_id, STR_ARG(loss[i].item))));
    return e;
}

static enum err
old_codes(struct ctx *ctx)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_code_drop);

    stmt_blob(&s, ":empty", "", 0);
    stmt_i64(&s, ":before", ctx_now(ctx) - CODE_MS);
    return stmt_run(&s);
}

enum err
payout_tick(struct ctx *ctx, struct tx *tx)
{
    enum err e;

    if ((e = old_codes(ctx)) || (e = old_debts(ctx, tx)))
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_payout_unknown);
    stmt_i64(&s, ":before", ctx_now(ctx) - UNKNOWN_MS);
    while ((e = stmt_row(&s)) == OK) {
        int64_t id = stmt_col_i64(&s, "id");
        struct str ref = payout_move_ref(ctx, id), kind = stmt_col_str(&s, "kind");

        if ((e = alert_raise(
                 ctx, tx, STR("payout_unknown"), ref, "error", "provider",
                 str_of(arena_printf(
                     ctx->arena,
                     "nobody knows whether payout %lld by %.*s arrived: %.*s is asked "
                     "again and again, nothing is sent twice",
                     (long long)id, STR_ARG(method_name(kind)), STR_ARG(method_name(kind)))))))
            return e;
    }
    return e == E_NOTFOUND ? OK : e;
}
