/* One made-up order, planned and forgotten. See teaser.h. */
#include "race/teaser.h"

#include "race/sale.h"

enum err
teaser_plan(struct ctx *ctx, const struct teaser_of *of, struct teaser *ret)
{
    struct fact_item item = {
        .sku = of->sku, .title = of->sku, .quantity = 1, .price = of->price};
    struct fact f = {
        .kind = FACT_SALE,
        .provider = STR("stripe"),
        .type = STR("teaser"),
        .payment = STR("teaser"),
        .object = STR(""),
        .at_ms = ctx_now(ctx),
        .currency = race_currency(ctx),
        .amount = of->price + of->shipping,
        .shipping = of->shipping,
        .tag = of->tag,
        .items = &item,
        .n_items = 1,
    };
    struct sale_plan *p = ARENA_NEW(ctx->arena, struct sale_plan);
    enum err e = sale_plan(ctx, &f, p);

    *ret = (struct teaser){.racers = 0};
    if (e)
        return e;
    for (size_t i = 0; i < p->n_races; i++)
        ret->racers += p->race[i].n_seats;
    if (!ret->racers || !p->pool)
        return ret->racers = 0, OK;
    ret->each = p->pool / (int64_t)ret->racers;
    ret->races = p->n_races;
    ret->race_id = p->race[0].race_id;
    return OK;
}
