/* Receivables: what a member owes is filled from what becomes available. See owed.h. */
#include "ledger/owed.h"

#include "base/crypt.h"
#include "db/stmt.h"
#include "ledger/account.h"
#include "ledger/journal.h"

static enum err
next_owed(struct ctx *ctx, struct str code, struct str *ret_item, int64_t *ret_bal)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_owed_oldest);
    stmt_str(&s, ":code", code);
    enum err e = stmt_one(&s);
    if (e)
        return e;
    *ret_item = stmt_col_str(&s, "item");
    *ret_bal = stmt_col_i64(&s, "bal");
    return OK;
}

static enum err
recover_key(struct ctx *ctx, int64_t member_id, struct str item, struct str *ret)
{
    const char *base =
        arena_printf(ctx->arena, "recover:%lld:%.*s", (long long)member_id, STR_ARG(item));
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_owed_recover_count);
    stmt_str(&s, ":from", str_of(arena_printf(ctx->arena, "%s:", base)));
    stmt_str(&s, ":to", str_of(arena_printf(ctx->arena, "%s;", base)));
    enum err e = stmt_one(&s);
    if (!e)
        *ret = str_of(
            arena_printf(ctx->arena, "%s:%lld", base, (long long)stmt_col_i64(&s, "n") + 1));
    return e;
}

enum err
owed_recover(struct ctx *ctx, struct tx *tx, int64_t member_id)
{
    const char *ccy = str_text(ctx->arena, account_house_currency(ctx));
    struct str code = str_of(arena_printf(ctx->arena, "A:clawback:%lld", (long long)member_id));
    struct str wallet = str_of(arena_printf(ctx->arena, "L:wallet:%lld", (long long)member_id));

    for (;;) {
        struct str item;
        int64_t owed, has, from, to;
        enum err e = next_owed(ctx, code, &item, &owed);

        if (e)
            return e == E_NOTFOUND ? OK : e;
        if ((e = account_balance(ctx, wallet, &has)))
            return e;
        if (has >= 0)
            return OK;
        int64_t take = owed < -has ? owed : -has;
        struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
        struct journal_done done;
        struct str key;
        if ((e = recover_key(ctx, member_id, item, &key)))
            return e;
        journal_start(d, STR("RECOVER"), STR("recover"), key, ctx_now(ctx));
        d->request = crypt_sha256(key);
        d->ref = item;
        d->actor = STR("clock");
        if ((e = account_get(ctx, tx, wallet, ccy, &from)) ||
            (e = account_get(ctx, tx, code, ccy, &to)))
            return e;
        journal_add(d, from, STR(""), take);
        journal_add(d, to, item, -take);
        if ((e = journal_post(ctx, tx, d, &done)))
            return e;
    }
}
