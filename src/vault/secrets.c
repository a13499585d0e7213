/* Which provider's notices are checked with which secrets. Not for: checking (provider/). */
#include "vault/secrets.h"

#include "base/conf.h"
#include "provider/provider.h"

enum { SECRETS_ARENA = 64 * 1024 };

/* One set; the arena is the table's own, made anew with each reading. */
static struct {
    struct arena *a;
    struct str stripe[PROVIDER_SECRETS_MAX];
    size_t n_stripe;
} known;

enum err
secrets_load(struct ctx *ctx)
{
    struct arena *a = arena_new(SECRETS_ARENA);
    struct str line[PROVIDER_SECRETS_MAX];
    size_t n = 0;
    enum err e =
        conf_secret(ctx, a, "stripe.webhook_secret", ctx->conf->stripe.webhook_secret_file,
                    line, PROVIDER_SECRETS_MAX, &n);

    if (e)
        return arena_free(a), e;
    arena_free(known.a);
    known.a = a;
    known.n_stripe = n;
    for (size_t i = 0; i < n; i++)
        known.stripe[i] = line[i];
    return OK;
}

const struct str *
secrets_of(struct str provider, size_t *ret_n)
{
    *ret_n = str_eq_text(provider, "stripe") ? known.n_stripe : 0;
    return known.stripe;
}
