/* PROC_FEE entries, and the job that asks for them. See fee.h. */
#include "shop/fee.h"

#include "base/conf.h"
#include "base/crypt.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "ledger/journal.h"
#include "queue/alert.h"
#include "queue/outbox.h"

/* The movement is there some seconds after the notice. */
enum { SOON_MS = 5000, ABSURD = 10000000, ID_BYTES = 150 };

static struct str
text(struct ctx *ctx, const char *before, struct str s)
{
    return str_of(arena_printf(ctx->arena, "%s%.*s", before, STR_ARG(s)));
}

enum err
fee_ask(struct ctx *ctx, struct tx *tx, struct str provider, struct str payment)
{
    struct str what =
        str_of(arena_printf(ctx->arena, "%.*s %.*s", STR_ARG(provider), STR_ARG(payment)));

    if (!str_eq_text(provider, "stripe") || !ctx->conf->stripe.api_key_file.n)
        return OK;
    return outbox_add(ctx, tx, STR("fee"), what, what, ctx_now(ctx) + SOON_MS);
}

static enum err
find(struct ctx *ctx, enum sql which, const struct fee *f, const char *word, struct str *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, which);
    enum err e;

    stmt_str(&s, ":provider", f->provider);
    stmt_str(&s, ":payment", f->payment);
    if (!(e = stmt_one(&s)))
        *ret =
            str_of(arena_printf(ctx->arena, "%s%lld", word, (long long)stmt_col_i64(&s, "id")));
    return e;
}

/* What was booked of that payment: "sale:77". */
static enum err
ref_of(struct ctx *ctx, const struct fee *f, struct str *ret)
{
    enum err e = find(ctx, SQL_fee_sale, f, "sale:", ret);

    if (e == E_NOTFOUND)
        e = find(ctx, SQL_fee_tip, f, "tip:", ret);
    return e == E_NOTFOUND
               ? ctx_fail(ctx, e, "nothing is booked of payment %.*s", STR_ARG(f->payment))
               : e;
}

static enum err
post(struct ctx *ctx, struct tx *tx, const struct fee *f, struct str ref)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    const char *ccy = str_text(ctx->arena, f->currency);
    struct journal_done done;
    int64_t cost, processor;
    enum err e;

    journal_start(d, STR("PROC_FEE"), f->provider, text(ctx, "fee:", f->txn), f->at);
    /* Another amount under the same number would be another fee: E_CONFLICT, a person looks. */
    d->request = crypt_sha256(
        str_of(arena_printf(ctx->arena, "%.*s %lld", STR_ARG(d->key), (long long)f->amount)));
    d->ref = ref;
    d->actor = text(ctx, "provider:", f->provider);
    if ((e = account_get(ctx, tx, STR("E:processor_fees"), ccy, &cost)) ||
        (e = account_get(ctx, tx, text(ctx, "A:processor:", f->provider), ccy, &processor)))
        return e;
    journal_add(d, cost, STR(""), f->amount);
    journal_add(d, processor, STR(""), -f->amount);
    return journal_post(ctx, tx, d, &done);
}

enum err
fee_take(struct ctx *ctx, struct tx *tx, const struct fee *f)
{
    struct str ref;
    enum err e;

    BUG_IF(!tx->open);
    if (f->amount < 0 || f->amount > ABSURD || f->at < 1 || !f->txn.n || f->txn.n > ID_BYTES)
        return ctx_fail(ctx, E_INVALID, "a fee cannot be that");
    if ((e = ref_of(ctx, f, &ref)))
        return e;
    if (!str_eq(f->currency, account_house_currency(ctx)))
        return alert_raise(
            ctx, tx, STR("fee_currency"), ref, "warning", "us",
            str_of(arena_printf(ctx->arena,
                                "%.*s keeps its fee for %.*s in %.*s: book it by hand",
                                STR_ARG(f->provider), STR_ARG(ref), STR_ARG(f->currency))));
    return f->amount ? post(ctx, tx, f, ref) : OK;
}
