/* Shopify: signature of a notice of the house's own shop, and its orders and refunds as facts.
 * Not for: calls to Shopify, how people get there (shop/).
 *
 * A payment is the order's id. Any order that was paid is a sale, whichever topic tells of it
 * first; what went back is told by single refunds and by every later order, and the larger
 * figure is right, so that neither the order of arrival nor an old notice sent again changes
 * anything. Of an order that changes after more than three days only orders/paid makes a sale:
 * whoever connects a shop does not want its old orders as they are shipped. Money counts: a
 * cancellation alone books nothing. An order that was cancelled before it was paid (orders/paid
 * says so itself) goes to the house.
 *
 * The race of an order, in this order: note attribute `race` or `ck_race` (128, RACE128),
 * discount code RACE128, race=128 in the address where the buyer came in. */
#pragma once

#include "provider/provider.h"

extern const struct provider shopify_provider;
