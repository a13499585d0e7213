/* See stripe_account.h. */
#include "provider/stripe_account.h"

#include "base/conf.h"
#include "base/ctx.h"

enum { URL_MAX = 1000 };

enum err
stripe_account_make(struct ctx *ctx, const struct payer_way *way, int64_t method_id,
                    int64_t made_at, struct str country, struct remote_ask *ret)
{
    static const struct {
        const char *name, *value;
    } fixed[] = {
        {"controller[stripe_dashboard][type]", "express"    },
        {"controller[fees][payer]",            "application"},
        {"controller[losses][payments]",       "application"},
        {"controller[requirement_collection]", "stripe"     },
        {"capabilities[transfers][requested]", "true"       },
        {"business_type",                      "individual" },
    };
    struct str id = str_of(arena_printf(ctx->arena, "%lld", (long long)method_id)),
               form = STR("");

    for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
        form = httpc_form(ctx, form, fixed[i].name, str_of(fixed[i].value));
    form = httpc_form(ctx, form, "country", country);
    form = httpc_form(ctx, form, "metadata[ck_method]", id);
    return stripe_api_post(
        ctx, way, "/v1/accounts",
        str_of(arena_printf(ctx->arena, "method-%.*s-%lld", STR_ARG(id), (long long)made_at)),
        form, false, ret);
}

static enum err
no_account(struct ctx *ctx)
{
    return ctx_fail(ctx, E_INVALID, "that is no account of Stripe's");
}

enum err
stripe_account_get(struct ctx *ctx, const struct payer_way *way, struct str account,
                   struct remote_ask *ret)
{
    if (!stripe_api_is_id(account, "acct_"))
        return no_account(ctx);
    return stripe_api_get(ctx, way,
                          arena_printf(ctx->arena, "/v1/accounts/%.*s", STR_ARG(account)), ret);
}

enum err
stripe_account_link(struct ctx *ctx, const struct payer_way *way, struct str account,
                    struct str back, struct str key, struct remote_ask *ret)
{
    struct str form = httpc_form(ctx, STR(""), "account", account);

    if (!stripe_api_is_id(account, "acct_"))
        return no_account(ctx);
    form = httpc_form(ctx, form, "type", STR("account_onboarding"));
    /* Both lead to us: who comes back is not finished for that, and who comes too late gets
     * another link there. */
    form = httpc_form(ctx, form, "refresh_url", back);
    form = httpc_form(ctx, form, "return_url", back);
    return stripe_api_post(ctx, way, "/v1/account_links", key, form, false, ret);
}

/* Why nothing can be paid to it, in words; open: whether its owner can do something. */
static const char *
reason(const struct json *account, bool *ret_open)
{
    const struct json *needs = json_get(account, "requirements");
    struct str off = json_str(json_get(needs, "disabled_reason"));

    *ret_open = false;
    if (str_starts(off, STR("rejected")))
        return "Stripe does not accept this account. Choose another way to be paid.";
    *ret_open = !json_bool(json_get(account, "details_submitted"), false) ||
                json_count(json_get(needs, "past_due")) ||
                json_count(json_get(needs, "currently_due"));
    if (*ret_open)
        return "Stripe still needs something from you: go on with the set-up.";
    return "Stripe is checking what you gave; this can take a day or two.";
}

enum err
stripe_account_read(struct ctx *ctx, const struct remote_answer *a, struct stripe_account *ret)
{
    *ret = (struct stripe_account){.id = json_str(json_get(a->body, "id")), .why = STR("")};
    if (a->how != REMOTE_DONE || !stripe_api_is_id(ret->id, "acct_"))
        return ctx_fail(ctx, E_REMOTE, "Stripe gave no account: %.*s", STR_ARG(a->why));
    ret->ready = str_eq_text(json_str(json_at(a->body, "capabilities.transfers")), "active");
    if (!ret->ready)
        ret->why = str_of(reason(a->body, &ret->open));
    return OK;
}

enum err
stripe_account_url(struct ctx *ctx, const struct remote_answer *a, struct str *ret)
{
    bool test = ctx->conf->mode == CONF_TEST;

    *ret = json_str(json_get(a->body, "url"));
    if (a->how != REMOTE_DONE || ret->n > URL_MAX || !str_is_text(*ret, "") ||
        !(str_starts(*ret, STR("https://")) || (test && str_starts(*ret, STR("http://")))))
        return ctx_fail(ctx, E_REMOTE, "Stripe gave no link: %.*s", STR_ARG(a->why));
    return OK;
}
