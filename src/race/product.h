/* Products with unit costs by date, and rules by version. Not for: the shop page. */
#pragma once

#include "race/race.h"

struct tx;

enum err product_add(struct ctx *ctx, struct tx *tx, struct str sku, struct str title,
                     int64_t unit_cost, struct str actor) MUST_USE;
enum err product_cost(struct ctx *ctx, struct tx *tx, struct str sku, int64_t from_at,
                      int64_t unit_cost, struct str actor) MUST_USE;
/* Cost of one at that time. E_NOTFOUND when the sku or a cost for the time is unknown. */
enum err product_cost_at(struct ctx *ctx, struct str sku, int64_t at, int64_t *ret) MUST_USE;
struct product {
    struct str sku, title;
    int64_t unit_cost; /* now */
};
enum err product_list(struct ctx *ctx, struct product **ret, size_t *ret_n) MUST_USE;

/* A new version of a named rule; fields checked against the table of product.md 2.2. */
enum err product_rule_add(struct ctx *ctx, struct tx *tx, const struct race_rule *r,
                          struct str actor, int64_t *ret_id) MUST_USE;
enum err product_rule_find(struct ctx *ctx, struct str name, struct race_rule *ret) MUST_USE;
enum err product_rule_list(struct ctx *ctx, struct race_rule **ret, size_t *ret_n) MUST_USE;
/* Title and cost for an order of that time; ret_known false: no cost for it (then 0). sku: ours,
 * or what another shop calls the product (its shelf knows). E_NOTFOUND when it is unknown. */
enum err product_at(struct ctx *ctx, struct str sku, int64_t at, struct str *ret_title,
                    int64_t *ret_cost, bool *ret_known) MUST_USE;
