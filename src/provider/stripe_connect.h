/* Stripe's notices of connected accounts: an endpoint and a secret of its own. Not for: notices
 * of our own account (stripe.h), calls about accounts (stripe_account.h). */
#pragma once

#include "provider/provider.h"

extern const struct provider stripe_connect_provider;
