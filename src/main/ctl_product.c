/* Products with their unit costs, and how they stand in our own shop. Not for: prices of other
 * shops. */
#include "main/ctl.h"
#include "race/product.h"
#include "shop/shelf.h"

enum err
ctl_product_add(struct ctl *c)
{
    struct msg m, answer;
    int64_t cost;
    enum err e = ctl_amount(c, c->arg[2], &cost);

    if (e != OK)
        return e;
    msg_init(&m, STR("product.add"));
    msg_add_str(&m, "sku", str_of(c->arg[0]));
    msg_add_str(&m, "title", str_of(c->arg[1]));
    msg_add_i64(&m, "cost", cost);
    if ((e = ctl_ask(c, &m, &answer)))
        return e;
    view_textz(c->out, "sku", c->arg[0]);
    ctl_say(c, "%s costs %s apiece", c->arg[0], ctl_show(c, cost));
    return OK;
}

enum err
ctl_product_cost(struct ctl *c)
{
    const char *when = ctl_option(c, "from");
    int64_t cost, from;
    struct msg m, answer;
    enum err e;

    if ((e = ctl_amount(c, c->arg[1], &cost)) || (e = ctl_time(c, when ? when : "now", &from)))
        return e;
    msg_init(&m, STR("product.cost"));
    msg_add_str(&m, "sku", str_of(c->arg[0]));
    msg_add_i64(&m, "from", from);
    msg_add_i64(&m, "cost", cost);
    if ((e = ctl_ask(c, &m, &answer)))
        return e;
    ctl_say(c, "%s costs %s apiece from %s on", c->arg[0], ctl_show(c, cost),
            ctl_when(c, from));
    return OK;
}

static enum err
put_amount(struct ctl *c, struct msg *m, const char *option)
{
    const char *text = ctl_option(c, option);
    int64_t minor;
    enum err e;

    if (!text)
        return OK;
    if (!(e = ctl_amount(c, text, &minor)))
        msg_add_i64(m, option, minor);
    return e;
}

static enum err
take_off(struct ctl *c)
{
    struct msg m, answer;
    enum err e;

    msg_init(&m, STR("product.end"));
    msg_add_str(&m, "sku", str_of(c->arg[0]));
    if (!(e = ctl_ask(c, &m, &answer)))
        ctl_say(c, "%s is no longer sold in our shop", c->arg[0]);
    return e;
}

/* What is not said stays as it is. */
enum err
ctl_product_shelf(struct ctl *c)
{
    const char *picture = ctl_option(c, "picture");
    struct shelf_item item;
    struct msg m, answer;
    struct str bytes;
    enum err e;

    if (ctl_flag(c, "end"))
        return take_off(c);
    msg_init(&m, STR("product.shelf"));
    msg_add_str(&m, "sku", str_of(c->arg[0]));
    if ((e = put_amount(c, &m, "price")) || (e = put_amount(c, &m, "shipping")) ||
        (e = ctl_put_number(c, &m, "rank", "rank", INT32_MAX)))
        return e;
    ctl_put_text(c, &m, "text", "text");
    ctl_put_text(c, &m, "shopify", "shopify");
    ctl_put_text(c, &m, "kofi", "kofi");
    if (picture && (e = ctl_sponsor_picture(c, picture, &bytes)))
        return e;
    if (picture)
        msg_add_str(&m, "picture", bytes);
    if ((e = ctl_ask(c, &m, &answer)) || (e = ctl_open(c)) ||
        (e = shelf_get(c->ctx, str_of(c->arg[0]), &item)))
        return e;
    view_textz(c->out, "sku", c->arg[0]);
    view_i64(c->out, "price", item.price);
    view_i64(c->out, "shipping", item.shipping);
    ctl_say(c, "%.*s stands in the shop for %s, shipping %s", STR_ARG(item.title),
            ctl_show(c, item.price), ctl_show(c, item.shipping));
    return OK;
}

enum err
ctl_product_list(struct ctl *c)
{
    struct view *list = ctl_list(c);
    struct product *p;
    size_t n;
    enum err e;

    if ((e = ctl_open(c)) || (e = product_list(c->ctx, &p, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        struct view *v = view_add(list);

        view_text(v, "sku", p[i].sku);
        view_text(v, "title", p[i].title);
        view_i64(v, "unit_cost", p[i].unit_cost);
        ctl_say(c, "%-16.*s %10s  %.*s", STR_ARG(p[i].sku), ctl_show(c, p[i].unit_cost),
                STR_ARG(p[i].title));
    }
    return OK;
}

/* The same amount of the same sale twice is one request. */
enum err
ctl_product_refund(struct ctl *c)
{
    const char *reason = ctl_option(c, "reason");
    struct msg m, answer;
    int64_t sale, amount;
    enum err e;

    if (!reason)
        return ctx_fail(c->ctx, E_INVALID, "--reason TEXT says why");
    if ((e = ctl_arg_number(c, 0, "sale", &sale)) || (e = ctl_amount(c, c->arg[1], &amount)))
        return e;
    msg_init(&m, STR("sale.refund"));
    msg_add_i64(&m, "sale", sale);
    msg_add_i64(&m, "amount", amount);
    msg_add_str(&m, "reason", str_of(reason));
    if ((e = ctl_ask(c, &m, &answer)))
        return e;
    view_i64(c->out, "giveback", msg_opt_i64(&answer, "giveback", 0));
    view_text(c->out, "state", msg_opt(&answer, "state"));
    if (str_eq_text(msg_opt(&answer, "state"), "done"))
        ctl_say(c, "that very refund was made before");
    else if (str_eq_text(msg_opt(&answer, "state"), "by_hand"))
        ctl_say(c, "nobody there takes our request: refund %s by hand, an alert reminds you",
                ctl_show(c, amount));
    else
        ctl_say(c, "%s of sale %lld are asked back; it is booked when the provider tells of it",
                ctl_show(c, amount), (long long)sale);
    return OK;
}
