/* Products with costs and rules with versions. See product.h. */
#include "race/product.h"

#include "base/buf.h"
#include "base/conf.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "race/rule.h"

enum { COST_MAX = 100000000, LIST_MAX = 500 };

static enum err
check_sku(struct ctx *ctx, struct str sku)
{
    if (sku.n < 1 || sku.n > 64)
        return ctx_fail(ctx, E_INVALID, "a product code has 1 to 64 signs");
    for (size_t i = 0; i < sku.n; i++) {
        char c = sku.p[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
              c == '-' || c == '_' || c == '.'))
            return ctx_fail(ctx, E_INVALID, "a product code holds letters, digits, - _ and .");
    }
    return OK;
}

static enum err
cost_add(struct ctx *ctx, int64_t product_id, int64_t from_at, int64_t unit_cost,
         struct str actor)
{
    if (unit_cost < 0 || unit_cost > COST_MAX)
        return ctx_fail(ctx, E_INVALID, "a unit cost lies between 0 and %d minor units",
                        COST_MAX);
    if (from_at < 0 || from_at > MINOR_MAX)
        return ctx_fail(ctx, E_INVALID, "the time of a cost is out of range");
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_product_cost_add);
    stmt_i64(&s, ":product_id", product_id);
    stmt_i64(&s, ":from_at", from_at);
    stmt_i64(&s, ":unit_cost", unit_cost);
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_str(&s, ":actor", actor);
    enum err e = stmt_run(&s);
    if (e)
        return e;
    /* The alert asked for a cost; its sale keeps what was counted then. */
    struct stmt q CLEANUP(stmt_done) = stmt_get(ctx, SQL_product_cost_known);
    stmt_i64(&q, ":now", ctx_now(ctx));
    return stmt_run(&q);
}

enum err
product_add(struct ctx *ctx, struct tx *tx, struct str sku, struct str title, int64_t unit_cost,
            struct str actor)
{
    enum err e = check_sku(ctx, sku);
    int64_t id;

    (void)tx;
    if (e)
        return e;
    title = str_trim(title);
    if (title.n < 1 || str_length(title) > 100 || !str_is_text(title, ""))
        return ctx_fail(ctx, E_INVALID, "a title has 1 to 100 signs of text");
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_product_add);
        stmt_str(&s, ":sku", sku);
        stmt_str(&s, ":title", title);
        stmt_i64(&s, ":at", ctx_now(ctx));
        e = stmt_one(&s);
        if (e == E_NOTFOUND)
            return ctx_fail(ctx, E_CONFLICT, "product %.*s exists", STR_ARG(sku));
        if (e)
            return e;
        id = stmt_col_i64(&s, "id");
    }
    /* Known from the beginning, so that a notice about an older order finds it too. */
    return cost_add(ctx, id, 0, unit_cost, actor);
}

enum err
product_cost(struct ctx *ctx, struct tx *tx, struct str sku, int64_t from_at, int64_t unit_cost,
             struct str actor)
{
    int64_t id;

    (void)tx;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_product_find);
        stmt_str(&s, ":sku", sku);
        enum err e = stmt_one(&s);
        if (e == E_NOTFOUND)
            return ctx_fail(ctx, E_NOTFOUND, "there is no product %.*s", STR_ARG(sku));
        if (e)
            return e;
        id = stmt_col_i64(&s, "id");
    }
    return cost_add(ctx, id, from_at, unit_cost, actor);
}

static enum err
read_at(struct ctx *ctx, struct str sku, int64_t at, struct str *ret_title, int64_t *ret_cost,
        bool *ret_known)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_product_at);
    stmt_str(&s, ":sku", sku);
    stmt_i64(&s, ":at", at);
    enum err e = stmt_one(&s);
    if (e)
        return e;
    *ret_title = stmt_col_str(&s, "title");
    *ret_known = !stmt_col_null(&s, "unit_cost");
    *ret_cost = *ret_known ? stmt_col_i64(&s, "unit_cost") : 0;
    return OK;
}

enum err
product_at(struct ctx *ctx, struct str sku, int64_t at, struct str *ret_title,
           int64_t *ret_cost, bool *ret_known)
{
    enum err e = read_at(ctx, sku, at, ret_title, ret_cost, ret_known);

    if (e == E_NOTFOUND) {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_product_alias);
        stmt_str(&s, ":code", sku);
        if (!(e = stmt_one(&s)))
            e = read_at(ctx, stmt_col_str(&s, "sku"), at, ret_title, ret_cost, ret_known);
    }
    return e == E_NOTFOUND ? ctx_fail(ctx, E_NOTFOUND, "there is no product %.*s", STR_ARG(sku))
                           : e;
}

enum err
product_list(struct ctx *ctx, struct product **ret, size_t *ret_n)
{
    struct product *list = ARENA_ARRAY(ctx->arena, LIST_MAX, struct product);
    size_t n = 0;
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_product_all);

    stmt_i64(&s, ":at", ctx_now(ctx));
    while ((e = stmt_row(&s)) == OK && n < LIST_MAX)
        list[n++] = (struct product){
            .sku = stmt_col_str(&s, "sku"),
            .title = stmt_col_str(&s, "title"),
            .unit_cost = stmt_col_null(&s, "unit_cost") ? 0 : stmt_col_i64(&s, "unit_cost"),
        };
    if (e && e != E_NOTFOUND)
        return e;
    *ret = list;
    *ret_n = n;
    return OK;
}

enum err
product_costs(struct ctx *ctx, struct str sku, size_t max, struct product_cost **ret,
              size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_product_costs);
    struct product_cost *list = ARENA_ARRAY(ctx->arena, max, struct product_cost);
    size_t n = 0;
    enum err e = OK;

    stmt_str(&s, ":sku", sku);
    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        list[n++] = (struct product_cost){
            .from_at = stmt_col_i64(&s, "from_at"),
            .unit_cost = stmt_col_i64(&s, "unit_cost"),
            .set_at = stmt_col_i64(&s, "set_at"),
            .actor = stmt_col_str(&s, "actor"),
        };
    if (e && e != E_NOTFOUND)
        return e;
    *ret = list;
    *ret_n = n;
    return OK;
}

enum err
product_preview(struct ctx *ctx, struct str sku, int64_t from_at, struct product_change *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_product_around);
    enum err e;

    *ret = (struct product_change){.had = false};
    if ((e = product_at(ctx, sku, from_at, &ret->title, &ret->before, &ret->had)))
        return e;
    stmt_str(&s, ":sku", sku);
    stmt_i64(&s, ":at", from_at);
    if ((e = stmt_one(&s)))
        return e;
    ret->until = stmt_col_i64(&s, "until");
    ret->replaces = stmt_col_i64(&s, "same") != 0;
    ret->n_sales = stmt_col_i64(&s, "sales");
    return OK;
}

enum err
product_rule_add(struct ctx *ctx, struct tx *tx, const struct race_rule *r, struct str actor,
                 int64_t *ret_id)
{
    enum err e = rule_check(ctx, r);

    (void)tx;
    if (e)
        return e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_product_rule_insert);
    stmt_str(&s, ":name", r->name);
    stmt_str(&s, ":basis", r->basis);
    stmt_i64(&s, ":pool_bps", r->pool_bps);
    stmt_i64(&s, ":floor_guard", r->floor_guard);
    stmt_str(&s, ":share", r->share);
    stmt_str(&s, ":weights", rule_weights_text(ctx, r));
    stmt_str(&s, ":weights_by", r->weights_by);
    stmt_i64(&s, ":bonus_bps", r->bonus_bps);
    stmt_i64(&s, ":grace_s", r->grace_s);
    stmt_str(&s, ":overlap", r->overlap);
    stmt_i64(&s, ":clear_h", r->clear_h);
    stmt_i64(&s, ":fee_bps", r->fee_bps);
    stmt_i64(&s, ":fee_fixed", r->fee_fixed);
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_str(&s, ":actor", actor);
    e = stmt_one(&s);
    if (!e)
        *ret_id = stmt_col_i64(&s, "id");
    return e;
}

enum err
product_rule_find(struct ctx *ctx, struct str name, struct race_rule *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_product_rule_newest);
    stmt_str(&s, ":name", name);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no rule %.*s", STR_ARG(name));
    return e ? e : rule_read(&s, ret);
}

enum err
product_rule_list(struct ctx *ctx, struct race_rule **ret, size_t *ret_n)
{
    struct race_rule *list = ARENA_ARRAY(ctx->arena, LIST_MAX, struct race_rule);
    size_t n = 0;
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_product_rule_all);

    while ((e = stmt_row(&s)) == OK && n < LIST_MAX) {
        enum err bad = rule_read(&s, &list[n++]);
        if (bad)
            return bad;
    }
    if (e && e != E_NOTFOUND)
        return e;
    *ret = list;
    *ret_n = n;
    return OK;
}
