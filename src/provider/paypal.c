/* See paypal.h. */
#include "provider/paypal.h"

#include "base/clock.h"
#include "base/conf.h"
#include "base/crypt.h"
#include "base/ctx.h"
#include "base/enc.h"
#include "base/json.h"
#include "provider/field.h"

enum { SKEW_MS = 300 * 1000, ID_MAX = 100, TYPE_MAX = 100, NAME_MAX = 60, SIG_MAX = 2048 };
/* A notice that we refuse is sent again for so long, under its first time. It is known by its
 * id, and makes us look, nothing else. */
static const int64_t OLD_MS = INT64_C(3) * 24 * 3600 * 1000;

/* Order of wants. */
enum { AT_SIG, AT_ID, AT_TIME, AT_URL, AT_ALGO };

struct str
paypal_cert_base(const struct ctx *ctx, struct str url)
{
    static const struct str own[] = {STR_INIT("https://api.paypal.com"),
                                     STR_INIT("https://api-m.paypal.com"),
                                     STR_INIT("https://api.sandbox.paypal.com"),
                                     STR_INIT("https://api-m.sandbox.paypal.com")};
    struct str base = ctx->conf->paypal.api;

    for (size_t i = 0; i < ARRAY_SIZE(own); i++)
        if (str_starts(url, own[i]) && str_starts(str_sub(url, own[i].n, 1), STR("/")))
            return own[i];
    return ctx->conf->mode == CONF_TEST && base.n && str_starts(url, base) &&
                   str_starts(str_sub(url, base.n, 1), STR("/"))
               ? base
               : STR("");
}

enum err
paypal_cert_url(struct ctx *ctx, const struct provider_notice *n, struct str *ret)
{
    struct str url = n->header[AT_URL], base = paypal_cert_base(ctx, url);
    struct str path = str_sub(url, base.n, url.n);

    if (!base.n || url.n > PAYPAL_URL_MAX ||
        !str_starts(path, STR("/v1/notifications/certs/")) ||
        !field_is_made_of(path, PAYPAL_URL_MAX, "/_-.") ||
        str_find(path, STR(".."), 0) != SIZE_MAX)
        return ctx_fail(ctx, E_INVALID, "the certificate's address is not PayPal's");
    *ret = url;
    return OK;
}

bool
paypal_cert_fits(struct ctx *ctx, struct str url, struct str pem)
{
    struct str base = paypal_cert_base(ctx, url);
    struct crypt_cert c;

    /* The roots of a test's own certificate are nobody's. */
    return base.n && crypt_cert_read(pem, ctx_now(ctx) / 1000, &c) && c.current &&
           (c.trusted || str_starts(base, STR("http://"))) &&
           str_ends(str_of(c.name), STR(".paypal.com"));
}

static enum err
verify(struct ctx *ctx, const struct provider_notice *n, const struct str *secrets,
       size_t n_secrets)
{
    struct str sig = STR(""), text;
    int64_t at, now = ctx_now(ctx);

    if (!n->header[AT_SIG].n || !n->header[AT_ID].n || n->header[AT_ID].n > ID_MAX ||
        n->header[AT_SIG].n > SIG_MAX || clock_parse(n->header[AT_TIME], &at) ||
        at > now + SKEW_MS || at < now - OLD_MS - SKEW_MS)
        return ctx_fail(ctx, E_INVALID, "the headers are missing or malformed, or too old");
    if (!str_eq_text(n->header[AT_ALGO], "SHA256withRSA") ||
        enc_unbase64(ctx->arena, n->header[AT_SIG], &sig))
        return ctx_fail(ctx, E_INVALID, "the signature is none of ours");
    if (n_secrets != 2)
        return ctx_fail(ctx, E_BUSY, "the certificate is not known yet");
    text = str_of(arena_printf(ctx->arena, "%.*s|%.*s|%.*s|%lu", STR_ARG(n->header[AT_ID]),
                               STR_ARG(n->header[AT_TIME]), STR_ARG(secrets[0]),
                               (unsigned long)crypt_crc32(n->body)));
    return crypt_rsa_verify(secrets[1], text, sig)
               ? OK
               : ctx_fail(ctx, E_AUTH, "the signature does not fit");
}

/* An id or name of ours in an answer; what cannot be one is none. */
static struct str
name_at(const struct json *v, const char *path)
{
    struct str s = json_str(json_at(v, path));

    return s.n && s.n <= NAME_MAX && str_is_text(s, "") ? s : STR("");
}

static void
payout(const struct json *v, struct provider_parsed *ret)
{
    bool item = str_starts(ret->type, STR("PAYMENT.PAYOUTS-ITEM."));
    struct fact f = {.kind = FACT_PAYOUT, .provider = STR("paypal"), .type = ret->type};

    f.object =
        name_at(v, item ? "resource.payout_batch_id" : "resource.batch_header.payout_batch_id");
    f.payment = name_at(v, item ? "resource.payout_item.sender_item_id"
                                : "resource.batch_header.sender_batch_header.sender_batch_id");
    if (clock_parse(json_str(json_get(v, "create_time")), &f.at_ms))
        f.at_ms = 0;
    if (f.object.n || f.payment.n)
        ret->fact[ret->n++] = f;
}

static enum err
parse(struct ctx *ctx, const struct provider_notice *n, struct provider_parsed *ret)
{
    const struct json *v;
    enum err e = json_parse(ctx, n->body, &v);

    if (e)
        return e;
    *ret = (struct provider_parsed){
        .key = json_str(json_get(v, "id")),
        .type = json_str(json_get(v, "event_type")),
        .live = ctx->conf && ctx->conf->mode == CONF_LIVE,
    };
    if (!ret->key.n || ret->key.n > ID_MAX || !str_is_text(ret->key, ""))
        return ctx_fail(ctx, E_INVALID, "the notice has no id");
    if (!ret->type.n || ret->type.n > TYPE_MAX || !str_is_text(ret->type, ""))
        return ctx_fail(ctx, E_INVALID, "the notice has no type");
    if (str_starts(ret->type, STR("PAYMENT.PAYOUTS-ITEM.")) ||
        str_starts(ret->type, STR("PAYMENT.PAYOUTSBATCH.")))
        payout(v, ret);
    return OK;
}

const struct provider paypal_provider = {
    .name = STR_INIT("paypal"),
    .place = STR_INIT("paypal"),
    .wants = {[AT_SIG] = "paypal-transmission-sig",
              [AT_ID] = "paypal-transmission-id",
              [AT_TIME] = "paypal-transmission-time",
              [AT_URL] = "paypal-cert-url",
              [AT_ALGO] = "paypal-auth-algo"},
    .cert_url = paypal_cert_url,
    .verify = verify,
    .parse = parse,
};
