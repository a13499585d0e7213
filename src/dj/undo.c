/* How much of a tip is back, by what providers tell. See undo.h. */
#include "dj/undo.h"

#include "db/stmt.h"
#include "db/tx.h"
#include "dj/tipcase.h"
#include "dj/tipmove.h"
#include "ledger/account.h"
#include "ledger/owed.h"
#include "queue/inbox.h"

enum { ABSURD = 100000000, WAITERS_MAX = 64 };

struct told {
    int64_t total, amounts, failed, booked;
};

static enum err
read_told(struct ctx *ctx, const struct tipmove *t, struct told *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_undo_told);

    stmt_i64(&s, ":tip", t->id);
    enum err e = stmt_one(&s);
    if (!e)
        *ret = (struct told){
            .total = stmt_col_i64(&s, "total"),
            .amounts = stmt_col_i64(&s, "amounts"),
            .failed = stmt_col_i64(&s, "failed"),
            .booked = stmt_col_i64(&s, "booked"),
        };
    return e;
}

/* A failure may come before its refund: both rows are there then, and nothing moves. */
static enum err
failed_first(struct ctx *ctx, struct tipmove *t, const struct fact *f, struct told *w,
             int64_t inbox_id)
{
    bool there;
    int64_t seq;
    enum err e = tipmove_known(ctx, t, "refund", f->object, &there, &seq);

    if (e || there)
        return e;
    w->amounts += f->amount;
    return tipmove_row(ctx, t, f, "refund", 0, 0, inbox_id);
}

static enum err
refund(struct ctx *ctx, struct tx *tx, struct tipmove *t, const struct fact *f,
       int64_t inbox_id)
{
    const char *kind = f->kind == FACT_REFUND_TOTAL    ? "total"
                       : f->kind == FACT_REFUND_FAILED ? "failed"
                                                       : "refund";
    struct told w;
    bool there = false;
    int64_t seq = 0, want;
    enum err e;

    if (f->object.n && f->kind != FACT_REFUND_TOTAL &&
        (e = tipmove_known(ctx, t, kind, f->object, &there, &seq)))
        return e;
    if (there)
        return ctx_fail(ctx, E_DUPLICATE, "refund %.*s is known", STR_ARG(f->object));
    if ((e = read_told(ctx, t, &w)))
        return e;
    if (f->kind == FACT_REFUND_TOTAL)
        w.total = w.total > f->amount ? w.total : f->amount;
    else if (f->kind == FACT_REFUND)
        w.amounts += f->amount;
    else {
        if ((e = failed_first(ctx, t, f, &w, inbox_id)))
            return e;
        w.failed += f->amount;
    }
    want = (w.total > w.amounts ? w.total : w.amounts) - w.failed;
    want = want < 0 ? 0 : want;
    if (want > t->amount)
        return ctx_fail(ctx, E_INVALID, "more went back than was paid");
    seq = 0;
    if (t->seq && want > w.booked)
        e = tipmove_take(ctx, tx, t, f, want - w.booked, false, &seq);
    else if (t->seq && want < w.booked)
        e = tipmove_give(ctx, tx, t, f, w.booked - want, &seq);
    if (e || (e = tipmove_row(ctx, t, f, kind, t->seq ? want - w.booked : 0, seq, inbox_id)) ||
        !seq)
        return e;
    return tipmove_tell(ctx, tx, t, t->returned + want - w.booked);
}

static enum err
check(struct ctx *ctx, const struct tipmove *t, const struct fact *f)
{
    if (f->kind != FACT_REFUND_TOTAL && !f->object.n)
        return ctx_fail(ctx, E_INVALID, "the notice names no refund or dispute");
    if (f->amount < 1 || f->amount > ABSURD)
        return ctx_fail(ctx, E_INVALID, "the amount is absurd");
    if (f->at_ms < 0 || f->at_ms > MINOR_MAX)
        return ctx_fail(ctx, E_INVALID, "the time is absurd");
    if (f->currency.n && !str_eq_text(f->currency, t->ccy))
        return ctx_fail(ctx, E_INVALID, "the currency is not the one of the tip");
    return OK;
}

enum err
undo_book(struct ctx *ctx, struct tx *tx, int64_t tip_id, const struct fact *f,
          int64_t inbox_id)
{
    struct tipmove t;
    enum err e = tipmove_load(ctx, tip_id, &t);

    if (e || (e = check(ctx, &t, f)))
        return e;
    if (f->kind == FACT_DISPUTE_OPEN || f->kind == FACT_DISPUTE_WON ||
        f->kind == FACT_DISPUTE_LOST)
        return tipcase_book(ctx, tx, &t, f, inbox_id);
    return refund(ctx, tx, &t, f, inbox_id);
}

struct waiter {
    int64_t id, inbox_id;
    struct fact f;
};

/* race/refund.h keeps what comes before anything is known of its payment. */
static enum err
read_waiters(struct ctx *ctx, struct str provider, struct str payment, struct waiter *w,
             size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_undo_waiters);
    enum err e = OK;

    *ret_n = 0;
    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":payment", payment);
    while (*ret_n < WAITERS_MAX && (e = stmt_row(&s)) == OK) {
        struct str kind = stmt_col_str(&s, "kind");
        bool failed = str_eq_text(stmt_col_str(&s, "state"), "failed");
        int64_t total = stmt_col_i64(&s, "total");

        w[(*ret_n)++] = (struct waiter){
            .id = stmt_col_i64(&s, "id"),
            .inbox_id = stmt_col_i64(&s, "inbox_id"),
            .f = {.kind = str_eq_text(kind, "total")     ? FACT_REFUND_TOTAL
                          : str_eq_text(kind, "dispute") ? FACT_DISPUTE_OPEN
                          : str_eq_text(kind, "won")     ? FACT_DISPUTE_WON
                          : str_eq_text(kind, "lost")    ? FACT_DISPUTE_LOST
                          : failed                       ? FACT_REFUND_FAILED
                                                         : FACT_REFUND,
                  .provider = provider,
                  .payment = payment,
                  .object = stmt_col_str(&s, "object"),
                  .amount = total ? total : stmt_col_i64(&s, "amount"),
                  /* A dispute's fee waits there. */
                  .fee = stmt_col_i64(&s, "booked"),
                  .at_ms = stmt_col_i64(&s, "at")},
        };
    }
    return e == E_NOTFOUND ? OK : e;
}

enum err
undo_waiting(struct ctx *ctx, struct tx *tx, int64_t tip_id, struct str provider,
             struct str payment)
{
    struct waiter *w = ARENA_ARRAY(ctx->arena, WAITERS_MAX, struct waiter);
    struct str ref = str_of(arena_printf(ctx->arena, "tip:%lld", (long long)tip_id));
    size_t n;
    enum err e = read_waiters(ctx, provider, payment, w, &n);

    for (size_t i = 0; !e && i < n; i++) {
        e = undo_book(ctx, tx, tip_id, &w[i].f, w[i].inbox_id);
        if (e == E_DUPLICATE) {
            ctx_clear(ctx);
            e = OK;
        }
        if (e)
            return e;
        {
            struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_undo_waited);
            stmt_i64(&s, ":id", w[i].id);
            if ((e = stmt_run(&s)))
                return e;
        }
        e = inbox_mark(ctx, tx, w[i].inbox_id, STR("applied"), STR(""), ref, 0);
    }
    return e;
}

/* One tip's pending part becomes available; what a dispute holds stays there. */
static enum err
release_one(struct ctx *ctx, struct tx *tx, int64_t tip_id)
{
    struct str key = str_of(arena_printf(ctx->arena, "release:tip:%lld", (long long)tip_id));
    const struct fact f = {.at_ms = ctx_now(ctx), .object = STR("")};
    struct journal_draft *d;
    struct tipmove t;
    int64_t seq = 0;
    enum err e = tipmove_load(ctx, tip_id, &t);

    if (e)
        return e;
    if (t.pending > 0) {
        d = tipmove_begin(ctx, &t, "TIP_RELEASE", key, ctx_now(ctx));
        d->scope = STR("tip");
        d->actor = STR("clock");
        d->meta =
            str_of(arena_printf(ctx->arena, "release tip=%lld member=%lld cents=%lld\n",
                                (long long)tip_id, (long long)t.dj_id, (long long)t.pending));
        if ((e = tipmove_line(ctx, tx, d, &t, t.wallet, STR(""), t.pending)) ||
            (e = tipmove_line(
                 ctx, tx, d, &t,
                 str_of(arena_printf(ctx->arena, "L:wallet:%lld", (long long)t.dj_id)), STR(""),
                 -t.pending)) ||
            (e = tipmove_post(ctx, tx, d, &seq)))
            return e;
    }
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_undo_released);
        stmt_i64(&s, ":tip", tip_id);
        if ((e = stmt_run(&s)))
            return e;
    }
    if ((e = tipmove_row(ctx, &t, &f, "release", 0, seq, 0)))
        return e;
    return seq ? owed_recover(ctx, tx, t.dj_id) : OK;
}

enum err
undo_release(struct ctx *ctx, struct tx *tx, size_t max, size_t *ret_n)
{
    int64_t *id = ARENA_ARRAY(ctx->arena, max, int64_t);
    enum err e = OK;

    *ret_n = 0;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_undo_due);
        stmt_i64(&s, ":now", ctx_now(ctx));
        e = stmt_ids(&s, max, id, ret_n);
    }
    for (size_t i = 0; !e && i < *ret_n; i++)
        e = release_one(ctx, tx, id[i]);
    return e;
}
