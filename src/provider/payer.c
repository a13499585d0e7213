/* The payers we know. See payer.h. */
#include "provider/payer.h"

const struct payer *
payer_find(struct str name)
{
    static const struct payer *const all[] = {&payer_stripe, &payer_paypal, &payer_whop};

    for (size_t i = 0; i < ARRAY_SIZE(all); i++)
        if (str_eq(all[i]->name, name))
            return all[i];
    return NULL;
}
