/* See stripe_connect.h. */
#include "provider/stripe_connect.h"

#include "base/json.h"
#include "base/point.h"
#include "provider/stripe.h"
#include "provider/stripe_api.h"

enum { WHY_SIGNS = 120 };

/* The same signature as everywhere at Stripe. */
static enum err
verify(struct ctx *ctx, const struct provider_notice *n, const struct str *secrets,
       size_t n_secrets)
{
    return stripe_provider.verify(ctx, n, secrets, n_secrets);
}

/* Where the money is, for whom it belongs to. */
static struct str
bank_words(struct ctx *ctx, const struct json *o)
{
    struct str status = json_str(json_get(o, "status"));
    struct str why =
        point_clean(ctx->arena, json_str(json_get(o, "failure_message")), WHY_SIGNS);

    if (str_eq_text(status, "paid"))
        return STR("at your bank");
    if (str_eq_text(status, "pending") || str_eq_text(status, "in_transit"))
        return STR("on its way to your bank");
    if (str_eq_text(status, "canceled"))
        return STR("held at Stripe: the transfer to your bank was cancelled");
    if (!str_eq_text(status, "failed"))
        return STR("");
    return str_of(arena_printf(ctx->arena, "your bank did not take it%s%.*s", why.n ? ": " : "",
                               STR_ARG(why)));
}

static enum err
parse(struct ctx *ctx, const struct provider_notice *n, struct provider_parsed *ret)
{
    const struct json *v;
    int64_t at;
    struct fact f = {.provider = STR("stripe")};
    enum err e = stripe_envelope(ctx, n->body, ret, &v, &at);

    if (e)
        return e;
    f.type = ret->type;
    f.object = json_str(json_get(v, "account"));
    if (!stripe_api_is_id(f.object, "acct_") || at < 0)
        return OK;
    f.at_ms = at;
    if (str_eq_text(ret->type, "account.updated") ||
        str_eq_text(ret->type, "account.application.deauthorized"))
        f.kind = FACT_ACCOUNT;
    else if (str_starts(ret->type, STR("payout."))) {
        f.message = bank_words(ctx, json_at(v, "data.object"));
        f.kind = f.message.n ? FACT_BANK : FACT_NONE;
    }
    if (f.kind != FACT_NONE)
        ret->fact[ret->n++] = f;
    return OK;
}

const struct provider stripe_connect_provider = {
    .name = STR_INIT("stripe_connect"),
    .place = STR_INIT("stripe"),
    .wants = {"stripe-signature"},
    .verify = verify,
    .parse = parse,
};
