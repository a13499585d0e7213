/* Whop: signature of a notice (Standard Webhooks), its payments, refunds and disputes as facts.
 * Not for: calls to Whop, notices of payouts.
 *
 * A payment is a sale when its metadata says ck_kind=sale (then ck_race, ck_items, ck_title,
 * ck_tax, ck_shipping as in stripe.h), or when it has no ck_kind and is the one-time payment of
 * a product: one piece, whose sku is the product's id. What renews itself is ignored. Amounts
 * are JSON numbers in major units, read as they are spelt. */
#pragma once

#include "provider/provider.h"

extern const struct provider whop_provider;
