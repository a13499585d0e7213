/* See addon_refund.h. */
#include "race/addon_refund.h"

#include "race/addon.h"
#include "race/line.h"

struct order {
    struct str provider, payment;
    int64_t inbox_id, at_ms;
    struct addon addon[ADDON_MAX];
    size_t n;
};

/* What of it is one further sale's, on a row of its own. */
static enum err
take_one(struct ctx *ctx, struct tx *tx, const struct order *o, const struct addon *a,
         int64_t *left)
{
    struct parts *p = ARENA_NEW(ctx->arena, struct parts);
    struct refund_told t;
    int64_t id, seq, amount;
    enum err e;

    if ((e = part_load(ctx, o->provider, a->payment, p)) ||
        (e = refund_post_told(ctx, o->provider, a->payment, &t)))
        return e;
    amount = p->amount - p->returned < *left ? p->amount - p->returned : *left;
    if (amount < 1)
        return OK;
    if ((e = line_refund_add(ctx,
                             &(struct line_refund){
                                 .provider = o->provider,
                                 .payment = a->payment,
                                 .kind = "total",
                                 .object = STR(""),
                                 .total = t.booked + amount,
                                 .state = "waiting",
                                 .sale_id = a->sale_id,
                                 .inbox_id = o->inbox_id,
                                 .at = o->at_ms,
                             },
                             &id)) ||
        (e = refund_post_take(ctx, tx, p, amount, o->at_ms, t.entries + REFUND_ENTRIES_MAX,
                              &seq)))
        return e;
    *left -= amount;
    return refund_post_row(ctx, id, "booked", a->sale_id, amount, seq);
}

static enum err
give_one(struct ctx *ctx, struct tx *tx, const struct order *o, const struct addon *a,
         int64_t *left)
{
    struct parts *p = ARENA_NEW(ctx->arena, struct parts);
    struct refund_told t;
    int64_t given = 0;
    enum err e;

    if ((e = part_load(ctx, o->provider, a->payment, p)) ||
        (e = refund_post_told(ctx, o->provider, a->payment, &t)) || t.booked < 1)
        return e;
    e = refund_post_give(ctx, tx, p, t.booked < *left ? t.booked : *left, o->inbox_id, &given);
    *left -= given;
    return e;
}

enum err
addon_refund(struct ctx *ctx, struct tx *tx, struct parts *p, struct refund_told *t,
             int64_t inbox_id, int64_t at_ms)
{
    struct order *o = ARENA_NEW(ctx->arena, struct order);
    int64_t back = 0, left;
    enum err e;

    *o = (struct order){
        .provider = p->provider, .payment = p->payment, .inbox_id = inbox_id, .at_ms = at_ms};
    if ((e = addon_list(ctx, o->provider, o->payment, o->addon, &o->n)) || !o->n ||
        (e = addon_back(ctx, o->provider, o->payment, &back)))
        return e;
    left = t->booked + back - t->want;
    for (size_t i = 0; !e && left > 0 && i < o->n; i++)
        e = give_one(ctx, tx, o, &o->addon[i], &left);
    if (e || (e = addon_back(ctx, o->provider, o->payment, &back)))
        return e;
    left = t->want - t->booked - back;
    for (size_t i = 0; !e && left > 0 && i < o->n; i++)
        e = take_one(ctx, tx, o, &o->addon[i], &left);
    if (e || (e = addon_back(ctx, o->provider, o->payment, &back)))
        return e;
    t->want = t->want > back ? t->want - back : 0;
    return part_load(ctx, o->provider, o->payment, p);
}
