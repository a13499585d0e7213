/* Which providers can be compared with. Not for: their lists. */
#include "provider/tally.h"

#include "base/ctx.h"

static const struct tally *const tallies[] = {&tally_stripe, &tally_whop, &tally_paypal,
                                              &tally_shopify};

const struct tally *
tally_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_SIZE(tallies); i++)
        if (str_eq(tallies[i]->name, name))
            return tallies[i];
    return NULL;
}
