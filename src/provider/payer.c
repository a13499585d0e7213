/* The payers we know. See payer.h. */
#include "provider/payer.h"

#include "base/ctx.h"

struct str
payer_lost(struct ctx *ctx, struct str who, enum err e)
{
    return str_of(arena_printf(ctx->arena,
                               e == E_UNCERTAIN ? "%.*s did not answer: nobody knows yet"
                                                : "%.*s cannot be reached now",
                               STR_ARG(who)));
}

const struct payer *
payer_find(struct str name)
{
    static const struct payer *const all[] = {&payer_stripe, &payer_paypal, &payer_whop};

    for (size_t i = 0; i < ARRAY_SIZE(all); i++)
        if (str_eq(all[i]->name, name))
            return all[i];
    return NULL;
}
