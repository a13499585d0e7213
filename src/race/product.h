/* Products with unit costs by date, and rules by version. Not for: the shop page. */
#pragma once

#include "race/race.h"

struct tx;

enum err product_add(struct ctx *ctx, struct tx *tx, struct str sku, struct str title,
                     int64_t unit_cost, struct str actor) MUST_USE;
enum err product_cost(struct ctx *ctx, struct tx *tx, struct str sku, int64_t from_at,
                      int64_t unit_cost, struct str actor) MUST_USE;
struct product {
    struct str sku, title;
    int64_t unit_cost; /* now */
};
enum err product_list(struct ctx *ctx, struct product **ret, size_t *ret_n) MUST_USE;

/* Every cost of a product, newest first. */
struct product_cost {
    int64_t from_at, unit_cost, set_at;
    struct str actor;
};
enum err product_costs(struct ctx *ctx, struct str sku, size_t max, struct product_cost **ret,
                       size_t *ret_n) MUST_USE;
/* What a cost from a time on would change; writes nothing. E_NOTFOUND: no such product. */
struct product_change {
    struct str title;
    bool had;        /* a cost was known for that time */
    int64_t before;  /* then: which */
    int64_t until;   /* ms: another cost follows then; 0: none does */
    bool replaces;   /* that very time has a cost already */
    int64_t n_sales; /* booked from that time on: they keep the cost they were counted with */
};
enum err product_preview(struct ctx *ctx, struct str sku, int64_t from_at,
                         struct product_change *ret) MUST_USE;

/* A new version of a named rule; fields checked against the table of product.md 2.2. */
enum err product_rule_add(struct ctx *ctx, struct tx *tx, const struct race_rule *r,
                          struct str actor, int64_t *ret_id) MUST_USE;
enum err product_rule_find(struct ctx *ctx, struct str name, struct race_rule *ret) MUST_USE;
enum err product_rule_list(struct ctx *ctx, struct race_rule **ret, size_t *ret_n) MUST_USE;
/* Title and cost for an order of that time; ret_known false: no cost for it (then 0). sku:
 * ours, or what another shop calls the product (its shelf knows). E_NOTFOUND when it is
 * unknown. */
enum err product_at(struct ctx *ctx, struct str sku, int64_t at, struct str *ret_title,
                    int64_t *ret_cost, bool *ret_known) MUST_USE;
