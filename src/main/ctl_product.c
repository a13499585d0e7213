/* Products with their unit costs. Not for: prices; shops have those. */
#include "main/ctl.h"
#include "race/product.h"

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
