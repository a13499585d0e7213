/* The shop: what is sold, the way to a payment page, and what became of an order. Not for: what
 * an order costs (shop/shelf.h), what it gives (race/teaser.h). */
#include "page/shoppage.h"

#include "base/conf.h"
#include "base/enc.h"
#include "db/db.h"
#include "http/csrf.h"
#include "http/form.h"
#include "page/card.h"
#include "page/paypage.h"
#include "page/routes.h"
#include "race/teaser.h"
#include "shop/shelf.h"

enum { ONCE_BYTES = 16, ONCE_SIGNS = 22, SKU_BYTES = 64, PATIENCE_S = 30 };

static bool
counts_now(const struct ctx *ctx, const struct race *r)
{
    return r->state == RACE_LOBBY || r->state == RACE_RUNNING ||
           (r->state == RACE_FINISHED && ctx_now(ctx) <= card_counts_until(r));
}

enum err
shoppage_link(struct ctx *ctx, struct view *v, const struct race *r)
{
    struct shelf_item *item;
    size_t n = 0;
    enum err e = OK;

    view_flag(v, "shop_url", false);
    if (counts_now(ctx, r) && !(e = shelf_list(ctx, false, &item, &n)) && n)
        view_url(v, "shop_url", layout_printf(ctx, "/shop?race=%lld", (long long)r->id));
    view_flag(v, "shop_now", n && r->state != RACE_LOBBY);
    return e;
}

/* Which race the visitor buys for: the one that is named, else the one that is on; NULL: none.
 */
static enum err
race_of(struct ctx *ctx, int64_t asked, struct race **ret)
{
    struct race *r = ARENA_NEW(ctx->arena, struct race);
    int64_t id = asked;
    enum err e = OK;

    *ret = NULL;
    if (!id && (e = race_current(ctx, &id)))
        return e;
    if (!id || (e = race_get(ctx, id, r)))
        return e;
    if (asked || counts_now(ctx, r))
        *ret = r;
    return OK;
}

static struct str
tag_of(struct ctx *ctx, const struct race *r)
{
    return r ? layout_printf(ctx, "%lld", (long long)r->id) : STR("");
}

/* "A share of about $1.00 goes to each racer of Race 128." */
static struct str
share_words(struct ctx *ctx, const struct teaser *t)
{
    struct str each = layout_house(ctx, t->each);

    if (!t->racers)
        return STR("Buying it now supports the house.");
    if (t->races > 1)
        return layout_printf(ctx, "A share of about %.*s goes to each racer of %zu races.",
                             STR_ARG(each), t->races);
    return layout_printf(ctx, "A share of about %.*s goes to each racer of Race %lld.",
                         STR_ARG(each), (long long)t->race_id);
}

static void
add_ways(struct ctx *ctx, struct view *v, const struct shelf_item *p, struct str tag)
{
    struct str sku = enc_percent(ctx->arena, p->sku);
    const struct conf *c = ctx->conf;

    view_flag(v, "by_stripe", c->stripe.api_key_file.n > 0);
    view_flag(v, "shopify_url", false);
    view_flag(v, "kofi_url", false);
    if (p->shopify.n && (c->shopify.front.n || c->shopify.shop.n))
        view_url(v, "shopify_url",
                 layout_printf(ctx, "/shop/go?to=shopify&sku=%.*s&race=%.*s", STR_ARG(sku),
                               STR_ARG(tag)));
    if (p->kofi.n && c->kofi.page.n)
        view_url(v, "kofi_url", layout_printf(ctx, "/shop/go?to=kofi&sku=%.*s", STR_ARG(sku)));
}

static enum err
add_product(struct ctx *ctx, struct view *v, const struct shelf_item *p, struct str tag,
            struct str *ret_words)
{
    const struct teaser_of of = {
        .sku = p->sku, .price = p->price, .shipping = p->shipping, .tag = tag};
    struct teaser t;
    enum err e = teaser_plan(ctx, &of, &t);

    if (e)
        return e;
    *ret_words = share_words(ctx, &t);
    view_text(v, "sku", p->sku);
    view_text(v, "title", p->title);
    view_text(v, "text", p->text);
    layout_money(ctx, v, "price", p->price);
    view_text(v, "shipping_words",
              p->shipping ? layout_printf(ctx, "plus %.*s shipping an order",
                                          STR_ARG(layout_house(ctx, p->shipping)))
                          : STR("shipping included"));
    view_text(v, "share_words", *ret_words);
    view_flag(v, "shares", t.racers > 0);
    if (p->picture.n)
        view_url(v, "picture", layout_printf(ctx, "/media/logo/%.*s.png", STR_ARG(p->picture)));
    else
        view_flag(v, "picture", false);
    add_ways(ctx, v, p, tag);
    return OK;
}

/* What is shared: one sentence and the address that carries the race. */
static void
add_share(struct ctx *ctx, struct view *v, const struct race *r, const struct shelf_item *first,
          struct str words)
{
    struct str path =
        r ? layout_printf(ctx, "/shop?race=%lld", (long long)r->id) : STR("/shop");
    struct str title = r ? layout_printf(ctx, "Shop for %.*s", STR_ARG(r->name))
                         : layout_printf(ctx, "Shop of %.*s", STR_ARG(layout_site(ctx)));
    struct str text =
        first ? layout_printf(ctx, "%.*s for %.*s. %.*s", STR_ARG(first->title),
                              STR_ARG(layout_house(ctx, first->price)), STR_ARG(words))
              : STR("The shop is closed.");

    layout_share(ctx, v, r ? "race" : "default", tag_of(ctx, r), title, text, path);
    view_text(v, "share_title", title);
    view_text(v, "share_text", text);
    view_text(v, "share_address",
              layout_printf(ctx, "%.*s%.*s", STR_ARG(ctx->conf->site.url), STR_ARG(path)));
}

static struct str
once(struct ctx *ctx)
{
    unsigned char bytes[ONCE_BYTES];

    ctx->world->random(ctx->world->arg, bytes, sizeof bytes);
    return enc_base64url(ctx->arena, bytes, sizeof bytes);
}

static enum err
fill(struct ctx *ctx, const struct req *req, struct view *v, int64_t asked)
{
    struct view *list = view_list(v, "products");
    struct str words = STR(""), one;
    struct shelf_item *item;
    struct race *r;
    size_t n;
    enum err e;

    if ((e = race_of(ctx, asked, &r)) || (e = shelf_list(ctx, false, &item, &n)))
        return e;
    if (r)
        card_race(ctx, view_object(v, "race"), r);
    else
        view_flag(v, "race", false);
    view_flag(v, "has_products", n > 0);
    view_text(v, "tag", tag_of(ctx, r));
    view_text(v, "once", once(ctx));
    view_text(v, "form_token", csrf_token(ctx, &req->session, STR("/shop")));
    for (size_t i = 0; i < n; i++) {
        if ((e = add_product(ctx, view_add(list), &item[i], tag_of(ctx, r), &one)))
            return e;
        if (i == 0)
            words = one;
    }
    add_share(ctx, v, r, n ? item : NULL, words);
    return OK;
}

enum err
shoppage_show(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "race", .kind = FORM_ID}
    };
    struct form f;
    enum err e = form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e || (e = db_snapshot_begin(ctx)))
        return e;
    struct view *v = layout_view(ctx, req, "shop");

    e = fill(ctx, req, v, form_i64(&f, "race", 0));
    db_snapshot_end(ctx);
    return e ? e : res_page(res, req, "shop/show", v);
}

/* The same form sent twice is one order: its number makes the key. */
enum err
shoppage_buy(struct ctx *ctx, const struct req *req, struct res *res)
{
    /* clang-format off */
    static const struct form_field FIELDS[] = {
        {.name = "once", .kind = FORM_TOKEN, .need = true, .lo = ONCE_SIGNS, .hi = ONCE_SIGNS},
        {.name = "sku", .kind = FORM_LINE, .need = true, .lo = 1, .hi = SKU_BYTES},
        {.name = "quantity", .kind = FORM_I64, .need = true, .lo = 1, .hi = SHELF_QUANTITY_MAX},
        {.name = "race", .kind = FORM_ID},
    };
    /* clang-format on */
    struct msg *ask = ARENA_NEW(ctx->arena, struct msg);
    struct str items, tag;
    struct form f;
    enum err e = form_body(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e)
        return e;
    items = layout_printf(ctx, "%.*s:%lld", STR_ARG(form_text(&f, "sku")),
                          (long long)form_i64(&f, "quantity", 1));
    tag = form_has(&f, "race") ? layout_printf(ctx, "%lld", (long long)form_i64(&f, "race", 0))
                               : STR("");
    msg_init(ask, STR("checkout.sale"));
    msg_add_str(ask, "key",
                layout_printf(ctx, "shop:%.*s:%.*s:%.*s", STR_ARG(form_text(&f, "once")),
                              STR_ARG(items), STR_ARG(tag)));
    msg_add_str(ask, "items", items);
    msg_add_str(ask, "tag", tag);
    if (req->session.user_id)
        msg_add_str(ask, "session", req->session.token);
    return res_ask(res, req, ask, paypage_answer);
}

static struct str
host_of_shopify(const struct conf *c)
{
    return c->shopify.front.n ? c->shopify.front : c->shopify.shop;
}

/* To another shop, with the race on the order where that shop can keep it. */
enum err
shoppage_go(struct ctx *ctx, const struct req *req, struct res *res)
{
    static const struct form_field FIELDS[] = {
        {.name = "to",             .kind = FORM_WORD, .need = true, .words = "shopify kofi"},
        {.name = "sku", .kind = FORM_LINE,                  .need = true, .lo = 1, .hi = SKU_BYTES},
        {.name = "race",       .kind = FORM_ID}
    };
    const struct conf *c = ctx->conf;
    struct shelf_item p;
    struct str path;
    struct form f;
    enum err e = form_query(ctx, req, FIELDS, ARRAY_SIZE(FIELDS), &f);

    if (e || (e = shelf_get(ctx, form_text(&f, "sku"), &p)))
        return e;
    if (str_eq_text(form_text(&f, "to"), "kofi")) {
        if (!p.kofi.n || p.ended_at || !c->kofi.page.n)
            return ctx_fail(ctx, E_NOTFOUND, "that is not sold at Ko-fi");
        return res_leave(res, STR("https://ko-fi.com"),
                         layout_printf(ctx, "/s/%.*s", STR_ARG(p.kofi)));
    }
    if (!p.shopify.n || p.ended_at || !host_of_shopify(c).n)
        return ctx_fail(ctx, E_NOTFOUND, "that is not sold at Shopify");
    path = layout_printf(ctx, "/cart/%.*s:1", STR_ARG(p.shopify));
    if (form_has(&f, "race"))
        path = layout_printf(ctx, "%.*s?attributes%%5Brace%%5D=%lld", STR_ARG(path),
                             (long long)form_i64(&f, "race", 0));
    return res_leave(res, layout_printf(ctx, "https://%.*s", STR_ARG(host_of_shopify(c))),
                     path);
}
