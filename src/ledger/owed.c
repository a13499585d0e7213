/* Receivables: what a member owes is filled from what becomes available. See owed.h. */
#include "ledger/owed.h"

#include "base/conf.h"
#include "base/crypt.h"
#include "db/stmt.h"
#include "ledger/account.h"
#include "ledger/journal.h"

static const int64_t DAY_MS = INT64_C(24) * 60 * 60 * 1000;

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

static enum err
writeoff_key(struct ctx *ctx, const struct owed_loss *o, struct str *ret)
{
    const char *base = arena_printf(ctx->arena, "writeoff:%lld:%.*s", (long long)o->member_id,
                                    STR_ARG(o->item));
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_owed_written_off);
    stmt_str(&s, ":from", str_of(base));
    stmt_str(&s, ":to", str_of(arena_printf(ctx->arena, "%s;", base)));
    enum err e = stmt_one(&s);
    if (e)
        return e;
    int64_t n = stmt_col_i64(&s, "n");
    *ret = str_of(n ? arena_printf(ctx->arena, "%s:%lld", base, (long long)n + 1) : base);
    return OK;
}

static enum err
write_off(struct ctx *ctx, struct tx *tx, struct owed_loss *o)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    const char *ccy = str_text(ctx->arena, account_house_currency(ctx));
    struct journal_done done;
    int64_t loss, owed;
    struct str key;
    enum err e;

    if ((e = writeoff_key(ctx, o, &key)) ||
        (e = account_get(ctx, tx, STR("E:clawback_writeoff"), ccy, &loss)) ||
        (e = account_of(ctx, tx, "A:clawback:", o->member_id, ccy, &owed)))
        return e;
    journal_start(d, STR("WRITEOFF"), STR("writeoff"), key, ctx_now(ctx));
    d->request = crypt_sha256(key);
    d->ref = o->item;
    d->actor = STR("clock");
    journal_add(d, loss, STR(""), o->cents);
    journal_add(d, owed, o->item, -o->cents);
    if ((e = journal_post(ctx, tx, d, &done)))
        return e;
    o->seq = done.seq;
    return OK;
}

enum err
owed_tick(struct ctx *ctx, struct tx *tx, size_t max, struct owed_loss **ret, size_t *ret_n)
{
    struct owed_loss *old = ARENA_ARRAY(ctx->arena, max + 1, struct owed_loss);
    int64_t days = ctx->conf ? ctx->conf->books.writeoff_days : 0;
    size_t n = 0;
    enum err e = OK;

    *ret = old;
    *ret_n = 0;
    if (days < 1)
        return OK;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_owed_old);
        stmt_str(&s, ":from", STR("A:clawback:"));
        stmt_str(&s, ":to", STR("A:clawback;"));
        stmt_i64(&s, ":before", ctx_now(ctx) - days * DAY_MS);
        stmt_i64(&s, ":max", (int64_t)max);
        while (n < max && (e = stmt_row(&s)) == OK)
            old[n++] = (struct owed_loss){.member_id = stmt_col_i64(&s, "member_id"),
                                          .cents = stmt_col_i64(&s, "bal"),
                                          .item = stmt_col_str(&s, "item")};
        if (e && e != E_NOTFOUND)
            return e;
    }
    for (e = OK; !e && *ret_n < n; (*ret_n)++)
        e = write_off(ctx, tx, &old[*ret_n]);
    return e;
}
