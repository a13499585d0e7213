/* Booking a paid order as it was planned. See sale.h. Not for: the plan (sale_plan.c). */
#include "race/sale.h"

#include <string.h>

#include "base/buf.h"
#include "base/crypt.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "ledger/journal.h"
#include "ledger/owed.h"
#include "queue/alert.h"
#include "queue/inbox.h"
#include "race/addon.h"
#include "race/line.h"
#include "race/refund.h"
#include "race/settle.h"

enum { META_MAX = 16384 };

struct str
sale_meta(struct ctx *ctx, const struct fact *f, const struct sale_plan *p, int64_t id)
{
    struct buf b = buf_new(ctx->arena, META_MAX);

    if (!p->n_races)
        return STR("");
    buf_printf(&b,
               "sale id=%lld amount=%lld tax=%lld shipping=%lld cost=%lld fee=%lld basis=%lld "
               "bps=%lld uncapped=%lld pool=%lld\n",
               (long long)id, (long long)f->amount, (long long)f->tax, (long long)f->shipping,
               (long long)p->cost, (long long)p->fee, (long long)p->basis, (long long)p->bps,
               (long long)p->uncapped, (long long)p->pool);
    for (size_t i = 0; i < p->n_races; i++) {
        const struct sale_plan_race *r = &p->race[i];
        buf_printf(&b, "race id=%lld pool=%lld bonus=%lld unit=%lld\n", (long long)r->race_id,
                   (long long)r->pool, (long long)r->bonus, (long long)r->unit);
        for (size_t k = 0; k < r->n_seats; k++) {
            const struct sale_plan_seat *s = &r->seat[k];
            buf_printf(&b,
                       "seat no=%lld member=%lld weight=%lld carry=%lld paid=%lld left=%lld\n",
                       (long long)s->no, (long long)s->member_id, (long long)s->weight,
                       (long long)s->carry, (long long)s->paid, (long long)s->left);
        }
    }
    BUG_IF(buf_err(&b));
    return buf_str(&b);
}

/* One line of the entry; accounts that get nothing are not opened. */
static enum err
add(struct ctx *ctx, struct tx *tx, struct journal_draft *d, struct str code, const char *ccy,
    struct str item, int64_t amount)
{
    int64_t id;

    if (!amount)
        return OK;
    enum err e = account_get(ctx, tx, code, ccy, &id);
    if (!e)
        journal_add(d, id, item, amount);
    return e;
}

static enum err
add_race(struct ctx *ctx, struct tx *tx, struct journal_draft *d, const char *ccy,
         const struct sale_plan_race *r)
{
    for (size_t k = 0; k < r->n_seats; k++) {
        int64_t id;
        if (!r->seat[k].paid)
            continue;
        enum err e = account_of(ctx, tx, r->settled ? "L:wallet:" : "L:wallet_pending:",
                                r->seat[k].member_id, ccy, &id);
        if (e)
            return e;
        journal_add(d, id, STR(""), -r->seat[k].paid);
    }
    return add(ctx, tx, d, STR("L:pool"), ccy,
               str_of(arena_printf(ctx->arena, "race:%lld", (long long)r->race_id)), -r->bonus);
}

enum err
sale_credit(struct ctx *ctx, struct tx *tx, struct journal_draft *d, const char *ccy,
            const struct sale_plan *p)
{
    enum err e = OK;

    for (size_t i = 0; !e && i < p->n_races; i++)
        e = add_race(ctx, tx, d, ccy, &p->race[i]);
    return e;
}

static enum err
post(struct ctx *ctx, struct tx *tx, const struct fact *f, const struct sale_plan *p,
     int64_t id, struct str ref, int64_t *ret_seq)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    struct journal_done done;
    const char *ccy = str_text(ctx->arena, f->currency);
    bool waits = false;
    enum err e;

    for (size_t i = 0; i < p->n_races; i++)
        waits = waits || p->race[i].bonus > 0;
    journal_start(d,
                  !p->n_races ? STR("SALE_CLOSED")
                  : waits     ? STR("SALE_POOL")
                              : STR("SALE_OPEN"),
                  f->provider,
                  str_of(arena_printf(ctx->arena, "sale:%.*s", STR_ARG(f->payment))), f->at_ms);
    d->ref = ref;
    d->meta = sale_meta(ctx, f, p, id);
    d->actor = str_of(arena_printf(ctx->arena, "provider:%.*s", STR_ARG(f->provider)));
    d->policy = p->rule_id
                    ? str_of(arena_printf(ctx->arena, "rule:%lld", (long long)p->rule_id))
                    : STR("");
    d->request = crypt_sha256(
        str_of(arena_printf(ctx->arena, "sale %.*s %.*s %lld %.*s", STR_ARG(f->provider),
                            STR_ARG(f->payment), (long long)f->amount, STR_ARG(f->currency))));
    struct str processor =
        str_of(arena_printf(ctx->arena, "A:processor:%.*s", STR_ARG(f->provider)));
    if ((e = add(ctx, tx, d, processor, ccy, STR(""), f->amount)) ||
        (e = add(ctx, tx, d, STR("L:mfg_payable"), ccy, STR(""), -p->cost)) ||
        (e = add(ctx, tx, d, STR("L:sales_tax"), ccy, STR(""), -f->tax)) ||
        (e = add(ctx, tx, d, STR("I:house:merch"), ccy, STR(""), -p->house)) ||
        (e = sale_credit(ctx, tx, d, ccy, p)) || (e = journal_post(ctx, tx, d, &done)))
        return e;
    *ret_seq = done.seq;
    return OK;
}

static enum err
write_sale(struct ctx *ctx, const struct fact *f, const struct sale_plan *p, int64_t id,
           int64_t seq, int64_t inbox_id)
{
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sale_add);
        stmt_i64(&s, ":id", id);
        stmt_str(&s, ":provider", f->provider);
        stmt_str(&s, ":payment", f->payment);
        stmt_i64(&s, ":inbox_id", inbox_id);
        stmt_i64(&s, ":order_at", f->at_ms);
        stmt_i64(&s, ":arrived_at", ctx_now(ctx));
        stmt_str(&s, ":currency", f->currency);
        stmt_i64(&s, ":amount", f->amount);
        stmt_i64(&s, ":tax", f->tax);
        stmt_i64(&s, ":shipping", f->shipping);
        stmt_i64(&s, ":cost", p->cost);
        stmt_i64(&s, ":fee", p->fee);
        stmt_i64(&s, ":basis", p->basis);
        stmt_i64(&s, ":pool", p->pool);
        stmt_i64(&s, ":uncapped", p->uncapped);
        stmt_str(&s, ":reason", p->reason);
        stmt_str(&s, ":tag", f->tag);
        stmt_str(&s, ":title", p->title);
        stmt_i64(&s, ":cost_known", p->cost_known);
        if (seq)
            stmt_i64(&s, ":seq", seq);
        else
            stmt_null(&s, ":seq");
        enum err e = stmt_run(&s);
        if (e)
            return e;
    }
    for (size_t i = 0; i < f->n_items; i++) {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sale_item_add);
        stmt_i64(&s, ":sale_id", id);
        stmt_i64(&s, ":line_no", (int64_t)i + 1);
        stmt_str(&s, ":sku", f->items[i].sku);
        stmt_str(&s, ":title", p->item_title[i]);
        stmt_i64(&s, ":quantity", f->items[i].quantity);
        stmt_i64(&s, ":price", f->items[i].price);
        stmt_i64(&s, ":unit_cost", p->unit_cost[i]);
        enum err e = stmt_run(&s);
        if (e)
            return e;
    }
    return OK;
}

static enum err
write_race(struct ctx *ctx, struct tx *tx, const struct fact *f, const struct sale_plan *p,
           struct sale_plan_race *r, int64_t id, int64_t seq)
{
    struct line_pot pot = {
        .race_id = r->race_id,
        .seq = seq,
        .sale_id = id,
        .at = f->at_ms,
        .delta = r->pool,
        .bonus = r->bonus,
        .pot = r->pot + r->pool,
        .waiting = r->waiting + r->bonus,
        .sales = r->sales + 1,
    };
    enum err e = line_pot_add(ctx, &pot);

    for (size_t k = 0; !e && k < r->n_seats; k++) {
        struct sale_plan_seat *s = &r->seat[k];
        r->total[s->no - 1] += s->paid;
        e = line_share_add(ctx, &(struct line_share){
                                    .race_id = r->race_id,
                                    .seat_no = s->no,
                                    .seq = seq,
                                    .sale_id = id,
                                    .member_id = s->member_id,
                                    .cents = s->paid,
                                    .total = r->total[s->no - 1],
                                    .residue = s->left,
                                    .unit = r->unit,
                                });
    }
    if (e)
        return e;
    return line_tell(ctx, tx,
                     &(struct line_news){
                         .type = "pot.changed",
                         .race_id = r->race_id,
                         .sale_id = id,
                         .pot = pot.pot,
                         .delta = r->pool,
                         .amount = f->amount,
                         .title = p->title,
                         .reason = p->reason,
                         .total = r->total,
                     });
}

enum err
sale_rows(struct ctx *ctx, struct tx *tx, const struct fact *f, struct sale_plan *p, int64_t id,
          int64_t seq)
{
    enum err e = OK;

    for (size_t i = 0; !e && i < p->n_races; i++)
        e = write_race(ctx, tx, f, p, &p->race[i], id, seq);
    return e;
}

/* What follows the rows: alerts, the message of a miss, late money. */
static enum err
afterwards(struct ctx *ctx, struct tx *tx, const struct fact *f, const struct sale_plan *p,
           int64_t id, struct str ref)
{
    enum err e = OK;

    if (!p->cost_known && p->house_currency && !f->test)
        e = alert_raise(
            ctx, tx, STR("cost_missing"), ref, "warning", "user",
            STR("a product of this sale has no unit cost for its time: this sale keeps cost 0, "
                "a cost set now counts for later ones"));
    if (!e && !p->n_races && p->near)
        e = line_tell(ctx, tx,
                      &(struct line_news){
                          .type = "sale.not_counted",
                          .race_id = p->near,
                          .sale_id = id,
                          .pot = p->near_pot,
                          .amount = f->amount,
                          .title = p->title,
                          .reason = p->reason,
                      });
    for (size_t i = 0; !e && i < p->n_races; i++) {
        const struct sale_plan_race *r = &p->race[i];
        if (r->over && r->bonus)
            e = settle_late(ctx, tx, r->race_id, NULL, 0);
        for (size_t k = 0; !e && r->settled && k < r->n_seats; k++)
            if (r->seat[k].paid)
                e = owed_recover(ctx, tx, r->seat[k].member_id);
    }
    return e;
}

static struct str
ref_of(struct ctx *ctx, int64_t sale)
{
    return str_of(arena_printf(ctx->arena, "sale:%lld", (long long)sale));
}

/* The id of the next sale, and of the one that has this payment, 0 for none. */
static enum err
read_next(struct ctx *ctx, const struct fact *f, int64_t *ret_id, int64_t *ret_known)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sale_next);
    enum err e;

    stmt_str(&s, ":provider", f->provider);
    stmt_str(&s, ":payment", f->payment);
    if ((e = stmt_one(&s)))
        return e;
    *ret_id = stmt_col_i64(&s, "id");
    *ret_known = stmt_col_i64(&s, "known");
    return OK;
}

enum err
sale_next(struct ctx *ctx, const struct fact *f, struct str *ret_ref)
{
    int64_t id, known;
    enum err e = read_next(ctx, f, &id, &known);

    if (!e)
        *ret_ref = ref_of(ctx, id);
    return e;
}

static enum err
book(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t inbox_id, int64_t id,
     struct str *ret_ref)
{
    struct sale_plan *p = ARENA_NEW(ctx->arena, struct sale_plan);
    int64_t seq = 0;
    enum err e;

    if ((e = sale_plan(ctx, f, p)))
        return e;
    *ret_ref = ref_of(ctx, id);
    if (!f->test && (e = post(ctx, tx, f, p, id, *ret_ref, &seq)))
        return e;
    if ((e = write_sale(ctx, f, p, id, seq, inbox_id)) ||
        (e = sale_rows(ctx, tx, f, p, id, seq)))
        return e;
    return f->test ? OK : afterwards(ctx, tx, f, p, id, *ret_ref);
}

/* More came for an order than its sales have: the rest is one more. What of it went back before
 * was too much then, and may fit now. */
static enum err
book_addon(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t inbox_id, int64_t id,
           struct str *ret_ref)
{
    struct fact more;
    enum err e;

    if ((e = addon_next(ctx, f, &more)) || (e = book(ctx, tx, &more, inbox_id, id, ret_ref)))
        return e;
    return inbox_again(ctx, tx, f->provider, f->payment);
}

enum err
sale_book(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t inbox_id,
          struct str *ret_ref)
{
    struct fact first = *f;
    struct str more;
    int64_t id, known;
    enum err e;

    if ((e = read_next(ctx, f, &id, &known)))
        return e;
    *ret_ref = ref_of(ctx, known);
    if (known)
        return book_addon(ctx, tx, f, inbox_id, id, ret_ref);
    if (f->known_only)
        return ctx_fail(ctx, E_DUPLICATE, "order %.*s was paid before we listened",
                        STR_ARG(f->payment));
    if (f->received > f->amount && f->n_first)
        first.n_items = f->n_first;
    if ((e = book(ctx, tx, &first, inbox_id, id, ret_ref)) || f->test)
        return e;
    if (f->received > f->amount && (e = book_addon(ctx, tx, f, inbox_id, id + 1, &more)))
        return e;
    return refund_waiting(ctx, tx, f->provider, f->payment, id);
}
