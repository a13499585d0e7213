/* See addon.h. '+' is followed by ',': what lies between the two is of that order. */
#include "race/addon.h"

#include "db/stmt.h"

struct whole {
    int64_t n, amount, tax, shipping;
    struct str currency;
    bool test;
};

static struct str
behind(struct ctx *ctx, struct str payment)
{
    return str_of(arena_printf(ctx->arena, "%.*s,", STR_ARG(payment)));
}

static enum err
read_whole(struct ctx *ctx, const struct fact *f, struct whole *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_addon_sums);
    enum err e;

    stmt_str(&s, ":provider", f->provider);
    stmt_str(&s, ":payment", f->payment);
    stmt_str(&s, ":behind", behind(ctx, f->payment));
    if ((e = stmt_one(&s)))
        return e;
    *ret = (struct whole){
        .n = stmt_col_i64(&s, "n"),
        .amount = stmt_col_i64(&s, "amount"),
        .tax = stmt_col_i64(&s, "tax"),
        .shipping = stmt_col_i64(&s, "shipping"),
        .currency = stmt_col_str(&s, "currency"),
        .test = stmt_col_i64(&s, "unbooked") > 0,
    };
    return OK;
}

/* How many of that product the sales of the order have already. */
static enum err
read_known(struct ctx *ctx, const struct fact *f, struct str sku, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_addon_quantity);
    enum err e;

    stmt_str(&s, ":provider", f->provider);
    stmt_str(&s, ":payment", f->payment);
    stmt_str(&s, ":behind", behind(ctx, f->payment));
    stmt_str(&s, ":sku", sku);
    if ((e = stmt_one(&s)))
        return e;
    *ret = stmt_col_i64(&s, "quantity");
    return OK;
}

/* A product may stand in several lines: the first ones are those that were sold before. */
static enum err
new_items(struct ctx *ctx, const struct fact *f, struct fact *ret)
{
    ret->items = ARENA_ARRAY(ctx->arena, FACT_ITEMS_MAX, struct fact_item);
    ret->n_items = 0;
    for (size_t i = 0; i < f->n_items; i++) {
        struct fact_item it = f->items[i];
        int64_t known;
        enum err e = read_known(ctx, f, it.sku, &known);

        if (e)
            return e;
        for (size_t k = 0; k < i; k++)
            if (str_eq(f->items[k].sku, it.sku))
                known -= f->items[k].quantity;
        if (known > 0)
            it.quantity -= known;
        if (it.quantity > 0)
            ret->items[ret->n_items++] = it;
    }
    return OK;
}

static int64_t
within(int64_t v, int64_t most)
{
    return v < 0 ? 0 : v > most ? most : v;
}

enum err
addon_next(struct ctx *ctx, const struct fact *f, struct fact *ret)
{
    struct whole w;
    enum err e = read_whole(ctx, f, &w);

    if (e)
        return e;
    if (!w.n || w.test || w.n > ADDON_MAX || f->received <= w.amount)
        return ctx_fail(ctx, E_DUPLICATE, "payment %.*s is booked", STR_ARG(f->payment));
    if (!str_eq(f->currency, w.currency))
        return ctx_fail(ctx, E_INVALID, "the currency is not the one of the order");
    *ret = *f;
    ret->payment =
        str_of(arena_printf(ctx->arena, "%.*s+%lld", STR_ARG(f->payment), (long long)w.amount));
    ret->amount = f->received - w.amount;
    ret->tax = within(f->received_tax - w.tax, ret->amount);
    ret->shipping = within(f->shipping - w.shipping, ret->amount - ret->tax);
    ret->received = 0;
    return new_items(ctx, f, ret);
}

enum err
addon_list(struct ctx *ctx, struct str provider, struct str payment,
           struct addon ret[ADDON_MAX], size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_addon_list);
    enum err e = OK;

    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":from", str_of(arena_printf(ctx->arena, "%.*s+", STR_ARG(payment))));
    stmt_str(&s, ":behind", behind(ctx, payment));
    for (*ret_n = 0; *ret_n < ADDON_MAX && (e = stmt_row(&s)) == OK; ++*ret_n)
        ret[*ret_n] = (struct addon){.sale_id = stmt_col_i64(&s, "id"),
                                     .payment = stmt_col_str(&s, "payment")};
    return e == E_NOTFOUND ? OK : e;
}

enum err
addon_back(struct ctx *ctx, struct str provider, struct str payment, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_addon_back);
    enum err e;

    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":from", str_of(arena_printf(ctx->arena, "%.*s+", STR_ARG(payment))));
    stmt_str(&s, ":behind", behind(ctx, payment));
    if ((e = stmt_one(&s)) == OK)
        *ret = stmt_col_i64(&s, "booked");
    return e;
}
