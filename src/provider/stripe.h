/* Stripe: signature of a notice, and its events as facts. Not for: calls to Stripe.
 *
 * Our checkouts carry metadata, set on the session and on its payment intent alike, so that
 * either event alone books the same sale: ck_kind (sale, tip, prize), ck_checkout (our number
 * of it, shop/checkout.h), ck_race (number, may be absent), ck_items ("sku:quantity:unit
 * price,…" in minor units), ck_title, ck_tax, ck_shipping (minor units), ck_at (seconds). A
 * payment is the id of its payment intent. What a fan says with a tip never goes to Stripe.
 *
 * Order time: ck_at when present, else `created` of the event's envelope, which is the
 * completion of the checkout. A delayed payment's success says nothing about the completion, so
 * a checkout that allows delayed methods must set ck_at. */
#pragma once

#include "base/json.h"
#include "provider/provider.h"

extern const struct provider stripe_provider;

/* What every event of theirs says of itself: key, type and mode into *ret. *ret_ms: when it
 * happened, -1 when that cannot be read. E_INVALID: it is no event. */
enum err stripe_envelope(struct ctx *ctx, struct str body, struct provider_parsed *ret,
                         const struct json **ret_event, int64_t *ret_ms) MUST_USE;
