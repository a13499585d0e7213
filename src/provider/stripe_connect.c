/* See stripe_connect.h. */
#include "provider/stripe_connect.h"

#include "base/json.h"
#include "base/point.h"
#include "provider/stripe.h"
#include "provider/stripe_api.h"

enum { ID_MAX = 150, TYPE_MAX = 100, WHY_SIGNS = 120 };
static const int64_t SECONDS_MAX = 99999999999;

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
    const struct json *v, *o;
    int64_t created = 0;
    struct fact f = {.provider = STR("stripe")};
    enum err e = json_parse(ctx, n->body, &v);

    if (e)
        return e;
    *ret = (struct provider_parsed){
        .key = json_str(json_get(v, "id")),
        .type = json_str(json_get(v, "type")),
        .live = json_bool(json_get(v, "livemode"), false),
    };
    o = json_at(v, "data.object");
    if (!ret->key.n || ret->key.n > ID_MAX || !str_is_text(ret->key, ""))
        return ctx_fail(ctx, E_INVALID, "the notice has no id");
    if (!ret->type.n || ret->type.n > TYPE_MAX || !str_is_text(ret->type, ""))
        return ctx_fail(ctx, E_INVALID, "the notice has no type");
    if (json_type(json_get(v, "livemode")) != JSON_BOOL || !json_get(v, "livemode"))
        return ctx_fail(ctx, E_INVALID, "the notice does not say whether it is live");
    f.type = ret->type;
    f.object = json_str(json_get(v, "account"));
    if (!stripe_api_is_id(f.object, "acct_") || !json_i64(json_get(v, "created"), &created) ||
        created < 0 || created > SECONDS_MAX)
        return OK;
    f.at_ms = created * 1000;
    if (str_eq_text(ret->type, "account.updated") ||
        str_eq_text(ret->type, "account.application.deauthorized"))
        f.kind = FACT_ACCOUNT;
    else if (str_starts(ret->type, STR("payout.")) && bank_words(ctx, o).n) {
        f.kind = FACT_BANK;
        f.message = bank_words(ctx, o);
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
