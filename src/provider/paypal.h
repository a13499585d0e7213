/* PayPal's notices of payouts: signature by a certificate, facts. They only make us look; what
 * counts is what the look says. Not for: calls to PayPal (payer.h).
 *
 * secrets of verify: the id of the webhook, then the certificate of the notice
 * (paypal_cert_url), which somebody fetched and checked. */
#pragma once

#include "provider/provider.h"

enum { PAYPAL_URL_MAX = 300 };

extern const struct provider paypal_provider;
/* Where the certificate of a notice lies. E_INVALID: nowhere that is PayPal's. */
enum err paypal_cert_url(struct ctx *ctx, const struct provider_notice *n,
                         struct str *ret) MUST_USE;
/* The beginning of that address, for httpc: scheme and host. Empty unless it is PayPal's own,
 * or that of paypal.api while mode is test. */
struct str paypal_cert_base(const struct ctx *ctx, struct str url);
/* Whether what was found there is PayPal's and valid now. */
bool paypal_cert_fits(struct ctx *ctx, struct str url, struct str pem);
