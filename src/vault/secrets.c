/* Which provider's notices are checked with which secrets. Not for: checking (provider/). */
#include "vault/secrets.h"

#include "base/conf.h"
#include "provider/registry.h"

enum { SECRETS_ARENA = 64 * 1024 };

/* One set; the arena is the table's own, made anew with each reading. */
struct kept {
    struct arena *a;
    struct {
        struct str line[PROVIDER_SECRETS_MAX];
        size_t n;
        bool closed; /* one kind of secret is missing */
    } of[REGISTRY_MAX];
};
static struct kept known;

/* Which settings hold a provider's secrets; several files are read one behind the other. mark:
 * goes in front of each line; without such a line there is none of the provider's at all, since
 * it needs every kind. */
struct source {
    const char *provider, *key;
    struct str file;
    const char *mark;
};

static enum err
read_one(struct ctx *ctx, const struct source *from, struct kept *k)
{
    for (size_t i = 0; registry_name(i).n; i++) {
        struct str line[PROVIDER_SECRETS_MAX];
        size_t n = 0, *have = &k->of[i].n;
        enum err e;

        if (!str_eq_text(registry_name(i), from->provider))
            continue;
        if ((e = conf_secret(ctx, k->a, from->key, from->file, line, PROVIDER_SECRETS_MAX, &n)))
            return e;
        k->of[i].closed |= from->mark && !n;
        for (size_t at = 0; at < n && *have < PROVIDER_SECRETS_MAX; at++)
            k->of[i].line[(*have)++] = str_of(
                arena_printf(k->a, "%s%.*s", from->mark ? from->mark : "", STR_ARG(line[at])));
    }
    return OK;
}

/* PayPal signs its id along; what is secret there is nothing of ours. */
static void
add_webhook_id(const struct conf *c, struct kept *k)
{
    for (size_t i = 0; registry_name(i).n; i++)
        if (str_eq_text(registry_name(i), "paypal") && c->paypal.webhook_id.n)
            k->of[i].line[k->of[i].n++] = c->paypal.webhook_id;
}

enum err
secrets_load(struct ctx *ctx)
{
    const struct conf *c = ctx->conf;
    const struct source sources[] = {
        {"stripe",         "stripe.webhook_secret",  c->stripe.webhook_secret_file,  NULL    },
        {"stripe_connect", "stripe.connect_secret",  c->stripe.connect_secret_file,  NULL    },
        {"shopify",        "shopify.webhook_secret", c->shopify.webhook_secret_file, NULL    },
        {"kofi",           "kofi.token",             c->kofi.token_file,             "token "},
        {"kofi",           "kofi.path",              c->kofi.path_file,              "path " },
        {"whop",           "whop.webhook_secret",    c->whop.webhook_secret_file,    NULL    },
    };
    struct kept fresh = {.a = arena_new(SECRETS_ARENA)};
    enum err e = OK;

    for (size_t i = 0; !e && i < ARRAY_SIZE(sources); i++)
        e = read_one(ctx, &sources[i], &fresh);
    if (!e)
        add_webhook_id(c, &fresh);
    if (e)
        return arena_free(fresh.a), e;
    arena_free(known.a);
    known = fresh;
    return OK;
}

const struct str *
secrets_of(struct str provider, size_t *ret_n)
{
    for (size_t i = 0; registry_name(i).n; i++)
        if (str_eq(registry_name(i), provider)) {
            *ret_n = known.of[i].closed ? 0 : known.of[i].n;
            return known.of[i].line;
        }
    *ret_n = 0;
    return NULL;
}
