/* Rows of the shelf, and what an order of them costs. See shelf.h. */
#include "shop/shelf.h"

#include "base/buf.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "queue/logo.h"

enum { PRICE_MAX = 10000000, PICTURE_MAX = 512 * 1024, WORD_BYTES = 40, ITEMS_BYTES = 480 };

static struct shelf_item
read_row(struct stmt *s)
{
    return (struct shelf_item){
        .sku = stmt_col_str(s, "sku"),
        .title = stmt_col_str(s, "title"),
        .text = stmt_col_str(s, "text"),
        .shopify = stmt_col_str(s, "shopify"),
        .kofi = stmt_col_str(s, "kofi"),
        .picture = stmt_col_str(s, "picture"),
        .price = stmt_col_i64(s, "price"),
        .shipping = stmt_col_i64(s, "shipping"),
        .rank = stmt_col_i64(s, "rank"),
        .ended_at = stmt_col_i64(s, "ended_at"),
    };
}

enum err
shelf_list(struct ctx *ctx, bool all, struct shelf_item **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_shelf_all);
    struct shelf_item *list = ARENA_ARRAY(ctx->arena, SHELF_MAX, struct shelf_item);
    size_t n = 0;
    enum err e = OK;

    stmt_i64(&s, ":all", all);
    while (n < SHELF_MAX && (e = stmt_row(&s)) == OK)
        list[n++] = read_row(&s);
    if (e && e != E_NOTFOUND)
        return e;
    *ret = list;
    *ret_n = n;
    return OK;
}

enum err
shelf_get(struct ctx *ctx, struct str sku, struct shelf_item *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_shelf_get);
    enum err e;

    stmt_str(&s, ":sku", sku);
    if ((e = stmt_one(&s)) == E_NOTFOUND)
        return ctx_fail(ctx, e, "%.*s is not on the shelf", STR_ARG(sku));
    if (!e)
        *ret = read_row(&s);
    return e;
}

/* It becomes part of an address of another shop. */
static bool
is_word(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(s.p[i] >= 'a' && s.p[i] <= 'z') &&
            !(s.p[i] >= 'A' && s.p[i] <= 'Z'))
            return false;
    return s.n <= WORD_BYTES;
}

static enum err
check(struct ctx *ctx, const struct shelf_item *n)
{
    int64_t variant;

    if (n->price < 1 || n->price > PRICE_MAX)
        return ctx_fail(ctx, E_INVALID, "a price lies between 1 and %d minor units", PRICE_MAX);
    if (n->shipping < 0 || n->shipping > PRICE_MAX)
        return ctx_fail(ctx, E_INVALID, "shipping lies between 0 and %d minor units",
                        PRICE_MAX);
    if (str_length(n->text) > SHELF_TEXT_MAX || !str_is_text(n->text, ""))
        return ctx_fail(ctx, E_INVALID, "the line about a product has at most %d signs",
                        SHELF_TEXT_MAX);
    if (n->shopify.n && !str_i64(n->shopify, 1, INT64_MAX, &variant))
        return ctx_fail(ctx, E_INVALID, "a variant of Shopify is a number");
    if (!is_word(n->kofi))
        return ctx_fail(ctx, E_INVALID, "a code of Ko-fi has letters and digits only");
    if (n->rank < 0 || n->rank > INT32_MAX)
        return ctx_fail(ctx, E_INVALID, "a rank is a number from 0 on");
    return OK;
}

static enum err
no_product(struct ctx *ctx, enum err e, struct str sku)
{
    return e == E_NOTFOUND
               ? ctx_fail(ctx, e, "there is no product %.*s on the shelf", STR_ARG(sku))
               : e;
}

enum err
shelf_put(struct ctx *ctx, struct tx *tx, const struct shelf_item *n, struct str actor)
{
    enum err e = check(ctx, n);

    BUG_IF(!tx->open);
    if (e)
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_shelf_put);
    stmt_str(&s, ":sku", n->sku);
    stmt_i64(&s, ":price", n->price);
    stmt_i64(&s, ":shipping", n->shipping);
    stmt_str(&s, ":text", n->text.p ? n->text : STR(""));
    stmt_str(&s, ":shopify", n->shopify.p ? n->shopify : STR(""));
    stmt_str(&s, ":kofi", n->kofi.p ? n->kofi : STR(""));
    stmt_i64(&s, ":rank", n->rank);
    stmt_str(&s, ":actor", actor);
    e = stmt_one(&s);
    return e == E_NOTFOUND ? ctx_fail(ctx, e, "there is no product %.*s", STR_ARG(n->sku)) : e;
}

enum err
shelf_picture(struct ctx *ctx, struct tx *tx, struct str sku, struct str bytes)
{
    struct str sha;
    enum err e = logo_keep(ctx, tx, "a picture", bytes, PICTURE_MAX, &sha);

    if (e)
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_shelf_picture_set);
    stmt_str(&s, ":sha", sha);
    stmt_str(&s, ":sku", sku);
    return no_product(ctx, stmt_one(&s), sku);
}

enum err
shelf_end(struct ctx *ctx, struct tx *tx, struct str sku)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_shelf_end);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_str(&s, ":sku", sku);
    return no_product(ctx, stmt_one(&s), sku);
}

struct order {
    struct shelf_item item[CHECKOUT_LINES_MAX];
    int64_t quantity[CHECKOUT_LINES_MAX];
    size_t n;
};

static enum err
add(struct ctx *ctx, struct order *o, struct str sku, int64_t quantity)
{
    struct shelf_item item;
    enum err e;

    for (size_t i = 0; i < o->n; i++)
        if (str_eq(o->item[i].sku, sku))
            return ctx_fail(ctx, E_INVALID, "%.*s stands twice in this order", STR_ARG(sku));
    if (o->n == CHECKOUT_LINES_MAX)
        return ctx_fail(ctx, E_INVALID, "an order holds at most %d different products",
                        CHECKOUT_LINES_MAX);
    if (quantity < 1 || quantity > SHELF_QUANTITY_MAX)
        return ctx_fail(ctx, E_INVALID, "choose between 1 and %d of each product",
                        SHELF_QUANTITY_MAX);
    e = shelf_get(ctx, sku, &item);
    if (e == E_NOTFOUND || (!e && item.ended_at))
        return ctx_fail(ctx, E_INVALID, "%.*s is not sold here any more",
                        STR_ARG(e ? sku : item.title));
    if (e)
        return e;
    o->item[o->n] = item;
    o->quantity[o->n++] = quantity;
    return OK;
}

enum err
shelf_order(struct ctx *ctx, struct str list, struct checkout_new *ret)
{
    struct order *o = ARENA_NEW(ctx->arena, struct order);
    struct buf items = buf_new(ctx->arena, ITEMS_BYTES);
    struct str one, sku;
    int64_t quantity;
    enum err e;

    while (list.n && str_split(&list, ',', &one)) {
        if (!str_split(&one, ':', &sku) || !str_i64(one, 0, INT32_MAX, &quantity))
            return ctx_fail(ctx, E_INVALID, "an order is a list of products and numbers");
        if ((e = add(ctx, o, sku, quantity)))
            return e;
    }
    if (!o->n)
        return ctx_fail(ctx, E_INVALID, "choose at least one product");
    ret->amount = ret->shipping = 0;
    for (size_t i = 0; i < o->n; i++) {
        ret->amount += o->item[i].price * o->quantity[i];
        if (o->item[i].shipping > ret->shipping)
            ret->shipping = o->item[i].shipping;
        buf_printf(&items, "%s%.*s:%lld:%lld", i ? "," : "", STR_ARG(o->item[i].sku),
                   (long long)o->quantity[i], (long long)o->item[i].price);
    }
    if (buf_err(&items))
        return ctx_fail(ctx, E_INVALID, "this order has too many different products");
    ret->amount += ret->shipping;
    ret->items = buf_str(&items);
    ret->title = o->item[0].title;
    return OK;
}
