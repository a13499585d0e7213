/* Refunds, and receivables that come back. See refund.h. */
#include "race/refund.h"

#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "queue/inbox.h"
#include "race/addon_refund.h"
#include "race/chargeback.h"
#include "race/line.h"
#include "race/refund_post.h"

enum { WAITERS_MAX = 64, ABSURD = 100000000 };

/* Books the difference between what the provider tells and what we booked, on row id. */
static enum err
reconcile(struct ctx *ctx, struct tx *tx, struct parts *p, int64_t id, bool failed,
          int64_t inbox_id, int64_t at_ms)
{
    const char *rest = failed ? "failed" : "covered";
    struct refund_told t;
    int64_t seq = 0, given = 0;
    enum err e = refund_post_told(ctx, p->provider, p->payment, &t);

    if (e || (p->seq && (e = addon_refund(ctx, tx, p, &t, inbox_id, at_ms))))
        return e;
    if (!p->seq || t.want == t.booked)
        return refund_post_row(ctx, id, rest, p->sale_id, 0, 0);
    if (t.want > p->amount)
        return ctx_fail(ctx, E_INVALID, "more went back than was paid");
    if (t.want < t.booked) {
        if ((e = refund_post_give(ctx, tx, p, t.booked - t.want, inbox_id, &given)) ||
            (e = part_load(ctx, p->provider, p->payment, p)))
            return e;
        t.booked -= given;
        t.entries += REFUND_ENTRIES_MAX; /* keys of entries never meet those before */
        if (t.booked >= t.want)
            return refund_post_row(ctx, id, rest, p->sale_id, 0, 0);
    }
    if ((e = refund_post_take(ctx, tx, p, t.want - t.booked, at_ms, t.entries + 1, &seq)))
        return e;
    return refund_post_row(ctx, id, failed ? "failed" : "booked", p->sale_id, t.want - t.booked,
                           seq);
}

static enum err
check(struct ctx *ctx, const struct fact *f)
{
    if (!f->payment.n)
        return ctx_fail(ctx, E_INVALID, "the notice names no payment");
    if (f->kind != FACT_REFUND_TOTAL && !f->object.n)
        return ctx_fail(ctx, E_INVALID, "the notice names no refund or dispute");
    if (f->amount < 1 || f->amount > ABSURD)
        return ctx_fail(ctx, E_INVALID, "the amount is absurd");
    if (f->at_ms < 0 || f->at_ms > MINOR_MAX)
        return ctx_fail(ctx, E_INVALID, "the time is absurd");
    return OK;
}

static bool
is_dispute(enum fact_kind k)
{
    return k == FACT_DISPUTE_OPEN || k == FACT_DISPUTE_WON || k == FACT_DISPUTE_LOST;
}

/* Words of the row that keeps a notice. A dispute's notices are rows of their own once booked.
 */
static const char *
kind_word(enum fact_kind k)
{
    return k == FACT_REFUND_TOTAL   ? "total"
           : k == FACT_DISPUTE_OPEN ? "dispute"
           : k == FACT_DISPUTE_WON  ? "won"
           : k == FACT_DISPUTE_LOST ? "lost"
                                    : "refund";
}

/* Shops repeat the sum of all refunds with every change of an order: no more than was told
 * before is nothing new. */
static enum err
check_total(struct ctx *ctx, const struct fact *f)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_refund_sums);
    stmt_str(&s, ":provider", f->provider);
    stmt_str(&s, ":payment", f->payment);
    enum err e = stmt_one(&s);
    if (e)
        return e;
    return stmt_col_i64(&s, "total") >= f->amount
               ? ctx_fail(ctx, E_DUPLICATE, "so much of %.*s went back before",
                          STR_ARG(f->payment))
               : OK;
}

/* The row of a notice. E_DUPLICATE: nothing new in it. A failure that follows its refund marks
 * the row; ret_id is that row then. */
static enum err
keep(struct ctx *ctx, const struct fact *f, int64_t inbox_id, int64_t *ret_id)
{
    bool failed = f->kind == FACT_REFUND_FAILED;
    enum err told = f->kind == FACT_REFUND_TOTAL ? check_total(ctx, f) : OK;

    if (told)
        return told;
    if (f->kind != FACT_REFUND_TOTAL) {
        bool known_failed;
        {
            struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_refund_find);
            stmt_str(&s, ":provider", f->provider);
            stmt_str(&s, ":payment", f->payment);
            stmt_str(&s, ":kind", str_of(kind_word(f->kind)));
            stmt_str(&s, ":object", f->object);
            enum err e = stmt_one(&s);
            if (e && e != E_NOTFOUND)
                return e;
            *ret_id = e ? 0 : stmt_col_i64(&s, "id");
            known_failed = !e && str_eq(stmt_col_str(&s, "state"), STR("failed"));
        }
        if (*ret_id && (!failed || known_failed))
            return ctx_fail(ctx, E_DUPLICATE, "refund %.*s is known", STR_ARG(f->object));
        if (*ret_id) {
            struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_refund_set_failed);
            stmt_i64(&s, ":id", *ret_id);
            return stmt_run(&s);
        }
    }
    return line_refund_add(ctx,
                           &(struct line_refund){
                               .provider = f->provider,
                               .payment = f->payment,
                               .kind = kind_word(f->kind),
                               .object = f->object,
                               .total = f->kind == FACT_REFUND_TOTAL ? f->amount : 0,
                               .amount = f->kind == FACT_REFUND_TOTAL ? 0 : f->amount,
                               .booked = is_dispute(f->kind) ? f->fee : 0, /* until it is */
                               .state = failed ? "failed" : "waiting",
                               .inbox_id = inbox_id,
                               .at = f->at_ms,
                           },
                           ret_id);
}

/* A failure that follows its refund: the row keeps what it booked, the mirror takes it off. */
static enum err
book_known(struct ctx *ctx, struct tx *tx, const struct fact *f, struct parts *p,
           int64_t inbox_id)
{
    int64_t id, fresh;
    enum err e = keep(ctx, f, inbox_id, &id);

    if (e || f->kind != FACT_REFUND_FAILED)
        return e ? e : reconcile(ctx, tx, p, id, false, inbox_id, f->at_ms);
    /* What reconciling books has a row of its own. */
    e = line_refund_add(ctx,
                        &(struct line_refund){
                            .provider = f->provider,
                            .payment = f->payment,
                            .kind = "total",
                            .state = "covered",
                            .inbox_id = inbox_id,
                            .at = f->at_ms,
                        },
                        &fresh);
    return e ? e : reconcile(ctx, tx, p, fresh, false, inbox_id, f->at_ms);
}

enum err
refund_book(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t inbox_id,
            struct str *ret_ref, bool *ret_waiting)
{
    struct parts *p = ARENA_NEW(ctx->arena, struct parts);
    int64_t id;
    enum err e = check(ctx, f);

    if (e)
        return e;
    e = part_load(ctx, f->provider, f->payment, p);
    if (e == E_NOTFOUND) {
        ctx_clear(ctx);
        if ((e = keep(ctx, f, inbox_id, &id)))
            return e;
        *ret_waiting = true;
        return OK;
    }
    if (e)
        return e;
    if (f->currency.n && !str_eq_text(f->currency, p->currency))
        return ctx_fail(ctx, E_INVALID, "the currency is not the one of the sale");
    e = !is_dispute(f->kind) ? book_known(ctx, tx, f, p, inbox_id)
        : p->seq             ? chargeback_book(ctx, tx, f, p, inbox_id)
                             : OK;
    if (e)
        return e;
    *ret_ref = p->ref;
    *ret_waiting = false;
    return OK;
}

struct waiter {
    int64_t id, amount, fee, inbox_id, at;
    enum fact_kind dispute;
    struct str object;
    bool failed;
};

static enum err
read_waiters(struct ctx *ctx, struct str provider, struct str payment, struct waiter *w,
             size_t *ret_n)
{
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_refund_waiters);

    *ret_n = 0;
    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":payment", payment);
    while ((e = stmt_row(&s)) == OK && *ret_n < WAITERS_MAX) {
        struct str kind = stmt_col_str(&s, "kind");
        w[(*ret_n)++] = (struct waiter){
            .id = stmt_col_i64(&s, "id"),
            .amount = stmt_col_i64(&s, "amount"),
            .fee = stmt_col_i64(&s, "booked"),
            .inbox_id = stmt_col_i64(&s, "inbox_id"),
            .at = stmt_col_i64(&s, "at"),
            .object = stmt_col_str(&s, "object"),
            .failed = str_eq(stmt_col_str(&s, "state"), STR("failed")),
            .dispute = str_eq(kind, STR("dispute")) ? FACT_DISPUTE_OPEN
                       : str_eq(kind, STR("won"))   ? FACT_DISPUTE_WON
                       : str_eq(kind, STR("lost"))  ? FACT_DISPUTE_LOST
                                                    : FACT_NONE,
        };
    }
    return e == E_NOTFOUND ? OK : e;
}

static enum err
apply_waiter(struct ctx *ctx, struct tx *tx, struct str provider, struct str payment,
             int64_t sale_id, const struct waiter *w)
{
    struct parts *p = ARENA_NEW(ctx->arena, struct parts);
    enum err e = part_load(ctx, provider, payment, p);

    if (e)
        return e;
    if (w->dispute == FACT_NONE)
        return reconcile(ctx, tx, p, w->id, w->failed, w->inbox_id, w->at);
    const struct fact f = {.kind = w->dispute,
                           .provider = provider,
                           .payment = payment,
                           .object = w->object,
                           .amount = w->amount,
                           .fee = w->fee,
                           .at_ms = w->at};
    e = chargeback_book(ctx, tx, &f, p, w->inbox_id);
    if (e == E_DUPLICATE)
        ctx_clear(ctx);
    else if (e)
        return e;
    return refund_post_row(ctx, w->id, "covered", sale_id, 0, 0);
}

enum err
refund_waiting(struct ctx *ctx, struct tx *tx, struct str provider, struct str payment,
               int64_t sale_id)
{
    struct waiter *w = ARENA_ARRAY(ctx->arena, WAITERS_MAX, struct waiter);
    size_t n;
    enum err e = read_waiters(ctx, provider, payment, w, &n);

    for (size_t i = 0; !e && i < n; i++) {
        e = apply_waiter(ctx, tx, provider, payment, sale_id, &w[i]);
        if (!e)
            e = inbox_mark(ctx, tx, w[i].inbox_id, STR("applied"), STR(""),
                           str_of(arena_printf(ctx->arena, "sale:%lld", (long long)sale_id)),
                           0);
    }
    return e;
}
