/* What an order of a given time would give: the domain's own plan, printed instead of booked.
 */
#include "main/ctl.h"
#include "race/sale.h"

static void
show_race(struct ctl *c, const struct sale_plan_race *r, struct view *v)
{
    struct view *seats = view_list(v, "seats");

    view_i64(v, "race", r->race_id);
    view_i64(v, "pool", r->pool);
    view_i64(v, "bonus", r->bonus);
    ctl_say(c, "  race %lld: pool %s%s%s", (long long)r->race_id, ctl_show(c, r->pool),
            r->bonus ? ", of it waiting for the result " : "",
            r->bonus ? ctl_show(c, r->bonus) : "");
    for (size_t i = 0; i < r->n_seats; i++) {
        struct view *seat = view_add(seats);

        view_i64(seat, "seat", r->seat[i].no);
        view_i64(seat, "member", r->seat[i].member_id);
        view_i64(seat, "share", r->seat[i].paid);
        ctl_say(c, "    seat %lld  %10s  member %lld", (long long)r->seat[i].no,
                ctl_show(c, r->seat[i].paid), (long long)r->seat[i].member_id);
    }
}

static void
show_plan(struct ctl *c, const struct sale_plan *p)
{
    struct view *races = view_list(c->out, "races");

    view_text(c->out, "reason", p->reason);
    view_text(c->out, "words", p->words);
    view_i64(c->out, "basis", p->basis);
    view_i64(c->out, "cost", p->cost);
    view_i64(c->out, "pool", p->pool);
    view_i64(c->out, "house", p->house);
    ctl_say(c, "%.*s: %.*s", STR_ARG(p->reason), STR_ARG(p->words));
    ctl_say(c, "  pool %s, house %s, cost %s%s", ctl_show(c, p->pool), ctl_show(c, p->house),
            ctl_show(c, p->cost), p->cost_known ? "" : " (unknown)");
    if (p->uncapped != p->pool)
        ctl_say(c, "  pool capped by cost: %s would have been more", ctl_show(c, p->uncapped));
    for (size_t i = 0; i < p->n_races; i++)
        show_race(c, &p->race[i], view_add(races));
}

enum err
ctl_simulate_order(struct ctl *c)
{
    const char *at = ctl_option(c, "at"), *gross = ctl_option(c, "gross");
    const char *tag = ctl_option(c, "tag"), *sku = ctl_option(c, "sku");
    struct fact_item item = {
        .sku = str_of(sku ? sku : ""), .title = STR("order"), .quantity = 1};
    struct fact f = {.kind = FACT_SALE, .provider = STR("simulate"), .type = STR("order")};
    struct sale_plan *plan = ARENA_NEW(c->ctx->arena, struct sale_plan);
    enum err e;

    if (!at || !gross)
        return ctx_fail(c->ctx, E_INVALID, "--at TIME and --gross AMOUNT are needed");
    if ((e = ctl_time(c, at, &f.at_ms)) || (e = ctl_amount(c, gross, &f.amount)))
        return e;
    f.payment = f.object = STR("simulate");
    f.currency = c->conf->money.currency;
    f.tag = str_of(tag ? tag : "");
    item.price = f.amount;
    f.items = &item;
    f.n_items = 1;
    if ((e = ctl_open(c)) || (e = sale_plan(c->ctx, &f, plan)))
        return e;
    show_plan(c, plan);
    return OK;
}
