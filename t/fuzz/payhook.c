/* Any bytes as a notice of those who pay for us, and as its signature. */
#include "base/arena.h"
#include "base/conf.h"
#include "base/crypt.h"
#include "base/ctx.h"
#include "provider/paypal.h"
#include "provider/stripe_connect.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
parse(struct ctx *ctx, const struct provider *p, const struct provider_notice *n)
{
    struct provider_parsed got;

    ctx_clear(ctx);
    if (p->parse(ctx, n, &got) != OK) {
        BUG_IF(ctx->fail != E_INVALID);
        return;
    }
    BUG_IF(!got.key.n || !got.type.n || got.n > PROVIDER_FACTS_MAX);
    for (size_t i = 0; i < got.n; i++)
        BUG_IF(!got.fact[i].object.n && !got.fact[i].payment.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct arena *a;
    static const struct conf conf = {.mode = CONF_TEST};
    struct str bytes = {.p = (const char *)p, .n = n}, url;
    struct provider_notice all = {.body = bytes}, some = {.body = bytes};
    const struct str secrets[] = {STR("id"), bytes};
    struct crypt_cert c;
    struct ctx ctx;

    if (!a)
        a = arena_new(64 << 20);
    arena_reset(a);
    ctx_init(&ctx, a, world_real());
    ctx.conf = &conf;
    for (size_t i = 0; i < PROVIDER_WANTS_MAX; i++)
        all.header[i] = some.header[i] = bytes;
    for (size_t i = 0; paypal_provider.wants[i]; i++)
        if (str_eq_text(str_of(paypal_provider.wants[i]), "paypal-auth-algo"))
            some.header[i] = STR("SHA256withRSA");
    BUG_IF(paypal_provider.verify(&ctx, &all, secrets, 2) == OK);
    BUG_IF(paypal_provider.verify(&ctx, &some, secrets, 2) == OK);
    if (paypal_cert_url(&ctx, &all, &url) == OK)
        BUG_IF(!paypal_cert_base(&ctx, url).n);
    (void)crypt_cert_read(bytes, 1, &c);
    parse(&ctx, &paypal_provider, &all);
    parse(&ctx, &stripe_connect_provider, &all);
    return 0;
}
