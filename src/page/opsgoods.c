/* The console's products: what each costs from when, and how it stands in our shop. A new cost
 * is shown before it is set. Not for: prices, which the people's command sets. */
#include "base/clock.h"
#include "db/db.h"
#include "http/csrf.h"
#include "http/form.h"
#include "page/layout.h"
#include "page/routes.h"
#include "race/product.h"
#include "shop/shelf.h"
#include "user/right.h"

enum { COSTS_MAX = 12, SKU_BYTES = 64, COST_MAX = 100000000 };

static void
add_shelf(struct ctx *ctx, struct view *v, const struct shelf_item *s)
{
    layout_badge(v, s->ended_at ? "rest" : "live", s->ended_at ? STR("ended") : STR("sold"));
    layout_money(ctx, v, "price", s->price);
    layout_money(ctx, v, "shipping", s->shipping);
    view_text(v, "text", s->text);
    view_text(v, "shopify", s->shopify);
    view_text(v, "kofi", s->kofi);
    view_i64(v, "rank", s->rank);
    view_flag(v, "picture", s->picture.n > 0);
}

static enum err
add_product(struct ctx *ctx, struct view *v, const struct product *p)
{
    struct view *list = view_list(v, "costs");
    struct product_cost *cost;
    struct shelf_item item;
    size_t n;
    enum err e = product_costs(ctx, p->sku, COSTS_MAX, &cost, &n);

    view_text(v, "sku", p->sku);
    view_text(v, "title", p->title);
    layout_money(ctx, v, "cost", p->unit_cost);
    for (size_t i = 0; !e && i < n; i++) {
        struct view *row = view_add(list);

        layout_money(ctx, row, "cost", cost[i].unit_cost);
        layout_time(row, "from", cost[i].from_at);
        view_flag(row, "ahead", cost[i].from_at > ctx_now(ctx));
        layout_time(row, "set", cost[i].set_at);
        view_text(row, "actor", cost[i].actor);
    }
    if (e || ((e = shelf_get(ctx, p->sku, &item)) && e != E_NOTFOUND))
        return e;
    if (e == E_NOTFOUND)
        view_flag(v, "shelf", false);
    else
        add_shelf(ctx, view_object(v, "shelf"), &item);
    ctx_clear(ctx);
    return OK;
}

static void
add_action(struct ctx *ctx, struct view *v, const struct req *req)
{
    bool may = (req->session.roles & (RIGHT_STAFF | RIGHT_OPERATOR)) != 0;

    view_flag(v, "may", may);
    view_text(v, "token", may ? csrf_token(ctx, &req->session, STR("/ops/products")) : STR(""));
}

static enum err
fill(struct ctx *ctx, struct view *v)
{
    struct view *list = view_list(v, "products");
    struct product *p;
    size_t n = 0;
    enum err e = product_list(ctx, &p, &n);

    for (size_t i = 0; !e && i < n; i++)
        e = add_product(ctx, view_add(list), &p[i]);
    view_flag(v, "has_products", n > 0);
    return e;
}

enum err
opsgoods_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    struct view *v = layout_view(ctx, req, "");
    enum err e = db_snapshot_begin(ctx);

    if (e)
        return e;
    e = fill(ctx, v);
    db_snapshot_end(ctx);
    if (e)
        return e;
    view_flag(v, "done", str_eq_text(req->query, "done"));
    view_flag(v, "preview", false);
    add_action(ctx, v, req);
    return res_page(res, req, "ops/products", v);
}

struct wish {
    struct str sku;
    int64_t from, cost;
};

/* What would change, in words, and the same form again with its last button. */
static enum err
show_preview(struct ctx *ctx, const struct req *req, struct res *res, const struct wish *w)
{
    struct view *v = layout_view(ctx, req, ""), *o;
    struct product_change c;
    char from[CLOCK_TEXT];
    struct money m = {0};
    char plain[MONEY_TEXT];
    enum err e = db_snapshot_begin(ctx);

    if (e)
        return e;
    if (!(e = product_preview(ctx, w->sku, w->from, &c)))
        e = fill(ctx, v);
    db_snapshot_end(ctx);
    if (e || (e = money_make(w->cost, layout_currency(ctx), &m)))
        return e;
    o = view_object(v, "preview");
    view_text(o, "sku", w->sku);
    view_text(o, "title", c.title);
    layout_money(ctx, o, "new_cost", w->cost);
    layout_money(ctx, o, "before", c.before);
    view_flag(o, "had", c.had);
    view_flag(o, "same", c.had && c.before == w->cost);
    view_flag(o, "replaces", c.replaces);
    layout_time(o, "from", w->from);
    layout_time(o, "until", c.until);
    view_i64(o, "sales", c.n_sales);
    view_flag(o, "has_sales", c.n_sales > 0);
    view_text(o, "from_text", str_dup(ctx->arena, str_of(clock_rfc3339(w->from, from))));
    view_text(o, "cost_text", str_dup(ctx->arena, str_of(money_plain(m, plain))));
    view_flag(v, "done", false);
    add_action(ctx, v, req);
    return res_page(res, req, "ops/products", v);
}

static enum err
set(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
    const struct msg *answer)
{
    (void)ctx;
    (void)req;
    (void)answer;
    return how ? how : res_redirect(res, STR("/ops/products?done"));
}

enum err
opsgoods_cost(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "sku",  .kind = FORM_LINE,       .need = true, .lo = 1, .hi = SKU_BYTES},
        {.name = "from",       .kind = FORM_TIME,               .need = true},
        {.name = "cost", .kind = FORM_MONEY, .need = true, .lo = 0, .hi = COST_MAX},
        {.name = "sure",              .kind = FORM_FLAG                       }
    };
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct wish w;
    struct form f;
    enum err e = form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e)
        return e;
    w = (struct wish){.sku = form_text(&f, "sku"),
                      .from = form_i64(&f, "from", 0),
                      .cost = form_i64(&f, "cost", 0)};
    if (!form_flag(&f, "sure"))
        return show_preview(ctx, req, res, &w);
    msg_init(ask, STR("desk.cost"));
    msg_add_str(ask, "key", req->form_key);
    msg_add_str(ask, "session", req->session.token);
    msg_add_str(ask, "sku", w.sku);
    msg_add_i64(ask, "from", w.from);
    msg_add_i64(ask, "cost", w.cost);
    return res_ask(res, req, ask, set);
}
