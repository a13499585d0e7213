/* What our own shop shows: products with price, shipping, text and picture; what an order of
 * them costs. Not for: unit costs (race/product.h), what a race gets (race/sale.h). */
#pragma once

#include "shop/checkout.h"

enum { SHELF_MAX = 200, SHELF_TEXT_MAX = 200, SHELF_QUANTITY_MAX = 20 };

struct shelf_item {
    struct str sku, title, text;
    struct str shopify, kofi; /* variant there; code of a direct link; empty: not there */
    struct str picture;       /* media/logo/<this>.png; empty: none, or not drawn yet */
    int64_t price, shipping, rank;
    int64_t ended_at; /* 0: it is sold */
};

/* What is sold now, by rank; all: what was ended too. */
enum err shelf_list(struct ctx *ctx, bool all, struct shelf_item **ret, size_t *ret_n) MUST_USE;
/* E_NOTFOUND: it never stood there. */
enum err shelf_get(struct ctx *ctx, struct str sku, struct shelf_item *ret) MUST_USE;
/* Puts a product there, or changes how it stands; the picture stays as it is. E_NOTFOUND: there
 * is no such product; E_INVALID with what is wrong. */
enum err shelf_put(struct ctx *ctx, struct tx *tx, const struct shelf_item *n,
                   struct str actor) MUST_USE;
/* PNG or SVG, cleaned before anybody sees it (queue/logo.h). */
enum err shelf_picture(struct ctx *ctx, struct tx *tx, struct str sku,
                       struct str bytes) MUST_USE;
/* It is no longer sold; what is on its way to be paid still counts. */
enum err shelf_end(struct ctx *ctx, struct tx *tx, struct str sku) MUST_USE;

/* "hoodie:2,cap:1" as an order: prices of now, each product once; shipping is that of the
 * product whose is highest, once an order. Fills amount, shipping, items and title. E_INVALID:
 * what is not sold here, how many. */
enum err shelf_order(struct ctx *ctx, struct str text, struct checkout_new *ret) MUST_USE;
