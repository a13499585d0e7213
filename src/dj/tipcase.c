/* Entries of a disputed tip. See tipcase.h. */
#include "dj/tipcase.h"

#include "db/tx.h"
#include "ledger/account.h"
#include "ledger/owed.h"
#include "ledger/split.h"
#include "queue/alert.h"

enum { ABSURD = 100000000 };

/* Once a dispute, with whatever notice tells it first. */
static enum err
post_fee(struct ctx *ctx, struct tx *tx, const struct tipmove *t, const struct fact *f,
         bool *ret_new)
{
    struct journal_done done;
    enum err e;

    *ret_new = false;
    if (f->fee < 1 || f->fee > ABSURD)
        return OK;
    struct journal_draft *d =
        tipmove_begin(ctx, t, "DISPUTE_FEE", tipmove_text(ctx, "fee:", f->object), f->at_ms);
    if ((e = tipmove_line(ctx, tx, d, t, STR("E:dispute_fees"), STR(""), f->fee)) ||
        (e = tipmove_line(ctx, tx, d, t, t->processor, STR(""), -f->fee)) ||
        (e = journal_post(ctx, tx, d, &done)))
        return e;
    *ret_new = !done.replayed;
    return OK;
}

static struct str
step_key(struct ctx *ctx, const struct fact *f, const char *step)
{
    return str_of(arena_printf(ctx->arena, "dispute:%.*s:%s", STR_ARG(f->object), step));
}

static enum err
open_it(struct ctx *ctx, struct tx *tx, struct tipmove *t, const struct fact *f,
        int64_t inbox_id)
{
    struct journal_draft *d =
        tipmove_begin(ctx, t, "TIP_DISPUTE", step_key(ctx, f, "open"), f->at_ms);
    int64_t seq;
    enum err e;

    if (f->amount > t->amount)
        return ctx_fail(ctx, E_INVALID, "more is disputed than was paid");
    if ((e = tipmove_line(ctx, tx, d, t, tipmove_text(ctx, "A:dispute:", t->provider),
                          f->object, f->amount)) ||
        (e = tipmove_line(ctx, tx, d, t, t->processor, STR(""), -f->amount)) ||
        (e = tipmove_post(ctx, tx, d, &seq)))
        return e;
    return tipmove_row(ctx, t, f, "dispute", 0, seq, inbox_id);
}

/* The DJ's part is put aside, as far as the wallet holds it. */
static enum err
freeze(struct ctx *ctx, struct tx *tx, struct tipmove *t, const struct fact *f,
       int64_t inbox_id)
{
    int64_t left = t->left[0] + t->left[1], part[2], bal, seq, was;
    struct journal_draft *d;
    struct str item;
    enum err e;

    if (left < 1 || !t->dj_id)
        return OK;
    if (split_refund(f->amount < left ? f->amount : left, t->left, 2, part))
        return ctx_fail(ctx, E_INTERNAL, "a disputed tip cannot be cut");
    if ((e = account_balance(ctx, t->wallet, &bal)) ||
        (e = tipmove_held(ctx, t, f->object, &item, &was)))
        return e;
    if (part[0] > -bal)
        part[0] = -bal;
    if (part[0] < 1)
        return OK;
    d = tipmove_begin(ctx, t, "TIP_FREEZE", step_key(ctx, f, "freeze"), f->at_ms);
    if ((e = tipmove_line(ctx, tx, d, t, t->wallet, STR(""), part[0])) ||
        (e = tipmove_line(ctx, tx, d, t, STR("L:dispute_hold"), item, -part[0])) ||
        (e = tipmove_post(ctx, tx, d, &seq)))
        return e;
    return tipmove_row(ctx, t, f, "freeze", 0, seq, inbox_id);
}

static enum err
lost(struct ctx *ctx, struct tx *tx, struct tipmove *t, const struct fact *f, int64_t inbox_id)
{
    int64_t left = t->left[0] + t->left[1], amount = f->amount < left ? f->amount : left;
    int64_t seq = 0;
    enum err e = OK;

    if (amount < f->amount)
        e = alert_raise(
            ctx, tx, STR("dispute_over"), f->object, "warning", "provider",
            str_of(arena_printf(ctx->arena,
                                "dispute %.*s took %lld more than was left of its tip: the "
                                "rest stays open at A:dispute",
                                STR_ARG(f->object), (long long)(f->amount - amount))));
    if (!e && amount > 0)
        e = tipmove_take(ctx, tx, t, f, amount, true, &seq);
    if (e || (e = tipmove_row(ctx, t, f, "lost", 0, seq, inbox_id)) || !seq)
        return e;
    return tipmove_tell(ctx, tx, t, t->returned + amount);
}

/* The processor has its money again, and the DJ what the hold has left. */
static enum err
won(struct ctx *ctx, struct tx *tx, struct tipmove *t, const struct fact *f, int64_t inbox_id)
{
    struct str account = tipmove_text(ctx, "A:dispute:", t->provider), item;
    struct journal_draft *d =
        tipmove_begin(ctx, t, "TIP_WON", step_key(ctx, f, "won"), f->at_ms);
    int64_t there, seq, open;
    enum err e;

    if ((e = tipmove_held(ctx, t, f->object, &item, &there)) ||
        (e = account_item_balance(ctx, account, f->object, &open)) ||
        (e = tipmove_line(ctx, tx, d, t, account, f->object, -open)) ||
        (e = tipmove_line(ctx, tx, d, t, t->processor, STR(""), open)) ||
        (e = tipmove_line(ctx, tx, d, t, STR("L:dispute_hold"), item, there)) ||
        (e = tipmove_line(ctx, tx, d, t, t->wallet, STR(""), -there)) ||
        (e = tipmove_post(ctx, tx, d, &seq)) ||
        (e = tipmove_row(ctx, t, f, "won", 0, seq, inbox_id)))
        return e;
    return there && t->released ? owed_recover(ctx, tx, t->dj_id) : OK;
}

enum err
tipcase_book(struct ctx *ctx, struct tx *tx, struct tipmove *t, const struct fact *f,
             int64_t inbox_id)
{
    bool opened, ended_won, ended_lost, fee;
    int64_t seq;
    enum err e;

    if (!t->seq)
        return OK;
    if ((e = tipmove_known(ctx, t, "dispute", f->object, &opened, &seq)) ||
        (e = tipmove_known(ctx, t, "won", f->object, &ended_won, &seq)) ||
        (e = tipmove_known(ctx, t, "lost", f->object, &ended_lost, &seq)) ||
        (e = post_fee(ctx, tx, t, f, &fee)))
        return e;
    if (ended_won || ended_lost || (opened && f->kind == FACT_DISPUTE_OPEN))
        return fee ? OK
                   : ctx_fail(ctx, E_DUPLICATE, "dispute %.*s is known", STR_ARG(f->object));
    if (!opened && (e = open_it(ctx, tx, t, f, inbox_id)))
        return e;
    return f->kind == FACT_DISPUTE_OPEN   ? freeze(ctx, tx, t, f, inbox_id)
           : f->kind == FACT_DISPUTE_LOST ? lost(ctx, tx, t, f, inbox_id)
                                          : won(ctx, tx, t, f, inbox_id);
}
