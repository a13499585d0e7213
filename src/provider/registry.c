/* The providers we know. See registry.h. */
#include "provider/registry.h"

#include "provider/kofi.h"
#include "provider/paypal.h"
#include "provider/shopify.h"
#include "provider/stripe.h"
#include "provider/stripe_connect.h"
#include "provider/whop.h"

static const struct provider *const providers[] = {
    &stripe_provider, &shopify_provider,        &kofi_provider,
    &whop_provider,   &stripe_connect_provider, &paypal_provider,
};
_Static_assert(ARRAY_SIZE(providers) < REGISTRY_MAX, "registry.h");

const struct provider *
registry_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_SIZE(providers); i++)
        if (str_eq(providers[i]->name, name))
            return providers[i];
    return NULL;
}

struct str
registry_name(size_t at)
{
    return at < ARRAY_SIZE(providers) ? providers[at]->name : STR("");
}
