/* Headers, forms and codes of Stripe's API. See stripe_api.h. */
#include "provider/stripe_api.h"

#include "base/buf.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/point.h"
#include "provider/field.h"

enum { ANSWER_MAX = 1024 * 1024, ID_MAX = 150, KEY_MAX = 255, WHY_SIGNS = 200 };

/* One body works for all versions from the middle of 2023 on: what changed since is left out.
 */
#define API_VERSION "2026-10-28.endive"

/* Order of http.want. */
enum { WANT_AGAIN, WANT_RETRY, WANT_REQUEST };

enum err
stripe_api_way(struct ctx *ctx, struct payer_way *ret)
{
    struct str line[1];
    size_t n = 0;
    enum err e = conf_secret(ctx, ctx->arena, "stripe.api_key_file",
                             ctx->conf->stripe.api_key_file, line, ARRAY_SIZE(line), &n);

    if (e)
        return e;
    if (!n)
        return ctx_fail(ctx, E_BUSY, "payments by Stripe are not set up here");
    *ret =
        (struct payer_way){.base = ctx->conf->stripe.api, .token = line[0], .account = STR("")};
    return conf_check_key(ctx, ctx->conf, line[0]);
}

/* Anything else would end a header or leave the path. */
bool
stripe_api_is_id(struct str id, const char *begins)
{
    return field_is_made_of(id, ID_MAX, "_") && id.n > strlen(begins) &&
           str_starts(id, str_of(begins));
}

static bool
is_key(struct str key)
{
    return field_is_made_of(key, KEY_MAX, "_-");
}

static enum err
begin(struct ctx *ctx, const struct payer_way *way, enum httpc_method method, const char *path,
      struct remote_ask *r)
{
    struct arena *a = ctx->arena;

    if (!stripe_api_is_id(way->token, ""))
        return ctx_fail(ctx, E_INVALID, "the secret key cannot be right");
    if (way->account.n && !stripe_api_is_id(way->account, "acct_"))
        return ctx_fail(ctx, E_INVALID, "that is no account of Stripe's");
    *r = (struct remote_ask){
        .http = {.method = method,
                 .base = way->base,
                 .url = arena_printf(a, "%.*s%s", STR_ARG(way->base), path),
                 .want = {[WANT_AGAIN] = "Stripe-Should-Retry",
                          [WANT_RETRY] = "Retry-After",
                          [WANT_REQUEST] = "Request-Id"},
                 .timeout_ms = STRIPE_API_MS,
                 .answer_max = ANSWER_MAX}
    };
    r->http.header[0] = arena_printf(a, "Authorization: Bearer %.*s", STR_ARG(way->token));
    r->http.header[1] = "Stripe-Version: " API_VERSION;
    r->http.header[2] = "User-Agent: Cozy-Kart/" PACKAGE_VERSION;
    if (way->account.n)
        r->http.header[3] = arena_printf(a, "Stripe-Account: %.*s", STR_ARG(way->account));
    return OK;
}

enum err
stripe_api_get(struct ctx *ctx, const struct payer_way *way, const char *path,
               struct remote_ask *ret)
{
    return begin(ctx, way, HTTPC_GET, path, ret);
}

enum err
stripe_api_post(struct ctx *ctx, const struct payer_way *way, const char *path, struct str key,
                struct str form, bool money, struct remote_ask *ret)
{
    enum err e;

    if (!is_key(key))
        return ctx_fail(ctx, E_INVALID, "that is no idempotency key");
    if ((e = begin(ctx, way, HTTPC_POST, path, ret)))
        return e;
    ret->http.header[way->account.n ? 4 : 3] =
        arena_printf(ctx->arena, "Idempotency-Key: %.*s", STR_ARG(key));
    ret->http.type = "application/x-www-form-urlencoded";
    ret->http.body = form;
    ret->money = money;
    return OK;
}

/* Their codes, in words for people. */
static const char *
words(struct str code)
{
    /* clang-format off */
    static const struct {
        const char *code, *words;
    } KNOWN[] = {
        {"balance_insufficient", "the balance at Stripe does not suffice"},
        {"charge_already_refunded", "this payment was refunded before"},
        {"charge_disputed", "the buyer disputes this payment: no refund now"},
        {"idempotency_key_in_use", "Stripe still works on the same request"},
        {"idempotency_error", "the same key was used for another request: a person must look "
                              "at Stripe before anything is sent again"},
        {"lock_timeout", "Stripe works on the same object"},
        {"rate_limit", "Stripe asks for a pause"},
        {"api_key_expired", "the secret key is no longer valid"},
        {"account_invalid", "this account cannot be used"},
        {"transfers_not_allowed", "this account may not get transfers"},
        {"amount_too_small", "the amount is below what Stripe takes"},
        {"resource_missing", "Stripe knows no such thing"},
        {"refund_disputed_payment", "the buyer disputes this payment: no refund now"},
        {"platform_account_required", "this key belongs to no platform"},
        {"insufficient_capabilities_for_transfer", "this account may not get transfers yet"},
    };
    /* clang-format on */

    for (size_t i = 0; i < ARRAY_SIZE(KNOWN); i++)
        if (str_eq_text(code, KNOWN[i].code))
            return KNOWN[i].words;
    return NULL;
}

static bool
is_code(const struct remote_answer *r, const char *code)
{
    return str_eq_text(r->code, code);
}

/* Where their codes know more than the status. */
static enum remote_how
corrected(const struct remote_ask *ask, struct str again, const struct remote_answer *r)
{
    enum remote_how doubt = ask->money ? REMOTE_UNKNOWN : REMOTE_WAIT;

    if (is_code(r, "idempotency_key_in_use"))
        return doubt;
    if (is_code(r, "idempotency_error"))
        return REMOTE_REFUSED;
    if (is_code(r, "lock_timeout") || is_code(r, "rate_limit"))
        return REMOTE_WAIT;
    /* A key can be put right; nothing was done with a wrong one. */
    if (r->status == 401)
        return REMOTE_WAIT;
    if (r->status == 424)
        return doubt;
    /* What was refused did not happen, so that asking again is safe whenever they say so. */
    if (r->how == REMOTE_REFUSED && str_ieq(again, STR("true")))
        return REMOTE_WAIT;
    return r->how;
}

void
stripe_api_read(struct ctx *ctx, const struct remote_ask *ask, enum err e,
                const struct httpc_answer *a, struct remote_answer *ret)
{
    const struct json *error;
    struct str said, kind;
    const char *known;

    remote_read(ctx, ask, e, a, ret);
    if (e || ret->how == REMOTE_DONE)
        return;
    error = json_get(ret->body, "error");
    kind = json_str(json_get(error, "type"));
    ret->code = json_str(json_get(error, "code"));
    if (!ret->code.n)
        ret->code = kind;
    if (!ret->code.p || !str_is_text(ret->code, ""))
        ret->code = STR("");
    ret->how = corrected(ask, a->header[WANT_AGAIN], ret);
    if (!error)
        return;
    known = ret->status == 401 ? "the secret key is not accepted" : words(ret->code);
    said = point_clean(ctx->arena, json_str(json_get(error, "message")), WHY_SIGNS);
    ret->why =
        known ? str_of(known)
        : said.n
            ? str_of(arena_printf(ctx->arena, "Stripe says: %.*s", STR_ARG(said)))
            : str_of(arena_printf(ctx->arena, "Stripe answers %lld", (long long)ret->status));
}

static struct str
form_i64(struct ctx *ctx, struct str form, const char *name, int64_t v)
{
    return httpc_form(ctx, form, name, str_of(arena_printf(ctx->arena, "%lld", (long long)v)));
}

/* On the session and on its payment alike: either event alone books it. */
static struct str
meta(struct ctx *ctx, struct str form, const char *name, struct str value)
{
    if (!value.n)
        return form;
    form = httpc_form(ctx, form, arena_printf(ctx->arena, "metadata[%s]", name), value);
    return httpc_form(
        ctx, form, arena_printf(ctx->arena, "payment_intent_data[metadata][%s]", name), value);
}

static struct str
line(struct ctx *ctx, struct str form, size_t i, const struct stripe_api_line *l)
{
    struct arena *a = ctx->arena;
    struct str ccy = str_lower(a, ctx->conf->money.currency);

    form =
        httpc_form(ctx, form, arena_printf(a, "line_items[%zu][price_data][currency]", i), ccy);
    form = form_i64(ctx, form, arena_printf(a, "line_items[%zu][price_data][unit_amount]", i),
                    l->price);
    form = httpc_form(ctx, form,
                      arena_printf(a, "line_items[%zu][price_data][product_data][name]", i),
                      l->name);
    return form_i64(ctx, form, arena_printf(a, "line_items[%zu][quantity]", i), l->quantity);
}

enum err
stripe_api_open(struct ctx *ctx, const struct payer_way *way,
                const struct stripe_api_checkout *c, struct remote_ask *ret)
{
    const struct stripe_api_line shipping = {
        .name = STR("Shipping"), .price = c->shipping, .quantity = 1};
    struct str id = str_of(arena_printf(ctx->arena, "%lld", (long long)c->id)), form = STR("");

    BUG_IF(!c->n_lines || c->n_lines > STRIPE_API_LINES_MAX);
    form = httpc_form(ctx, form, "mode", STR("payment"));
    for (size_t i = 0; i < c->n_lines; i++)
        form = line(ctx, form, i, &c->line[i]);
    if (c->shipping)
        form = line(ctx, form, c->n_lines, &shipping);
    form = httpc_form(ctx, form, "success_url", c->back);
    form = httpc_form(ctx, form, "cancel_url", c->cancel);
    form = httpc_form(ctx, form, "client_reference_id", c->reference);
    form = form_i64(ctx, form, "expires_at", c->expires_at / 1000);
    /* The buyer pays what we said, in our currency. */
    form = httpc_form(ctx, form, "adaptive_pricing[enabled]", STR("false"));
    /* Where goods go to; we never see it. */
    if (str_eq_text(c->kind, "sale"))
        form = httpc_form(ctx, form, "shipping_address_collection[allowed_countries][0]",
                          ctx->conf->stripe.country);
    form = meta(ctx, form, "ck_kind", c->kind);
    form = meta(ctx, form, "ck_checkout", id);
    form = meta(ctx, form, "ck_race", c->tag);
    form = meta(ctx, form, "ck_items", c->items);
    form = meta(ctx, form, "ck_title", c->title);
    if (c->shipping)
        form = meta(ctx, form, "ck_shipping",
                    str_of(arena_printf(ctx->arena, "%lld", (long long)c->shipping)));
    /* Nothing moves before the visitor pays, and the key makes a repeat the same one. */
    return stripe_api_post(ctx, way, "/v1/checkout/sessions", c->key, form, false, ret);
}

enum err
stripe_api_sessions(struct ctx *ctx, const struct payer_way *way, int64_t since,
                    struct remote_ask *ret)
{
    return stripe_api_get(
        ctx, way,
        arena_printf(ctx->arena, "/v1/checkout/sessions?limit=100&created%%5Bgte%%5D=%lld",
                     (long long)(since / 1000)),
        ret);
}

static enum err
read_session(struct ctx *ctx, const struct json *v, struct stripe_api_opened *ret)
{
    int64_t s = 0;

    *ret = (struct stripe_api_opened){
        .id = json_str(json_get(v, "id")),
        .url = json_str(json_get(v, "url")),
        .state = json_str(json_get(v, "status")),
    };
    if (!stripe_api_is_id(ret->id, "cs_") || ret->url.n > REMOTE_URL_MAX ||
        !str_is_text(ret->url, "") || !ret->state.n)
        return ctx_fail(ctx, E_REMOTE, "Stripe answered with what is no checkout");
    if (json_i64(json_get(v, "expires_at"), &s) && s > 0 && s < INT32_MAX * INT64_C(4))
        ret->expires_at = s * 1000;
    return OK;
}

enum err
stripe_api_opened(struct ctx *ctx, const struct remote_answer *a, struct stripe_api_opened *ret)
{
    return read_session(ctx, a->body, ret);
}

enum err
stripe_api_found(struct ctx *ctx, const struct remote_answer *a, struct str reference,
                 struct stripe_api_opened *ret)
{
    const struct json *all = json_get(a->body, "data");

    for (size_t i = 0; i < json_count(all); i++) {
        const struct json *one = json_item(all, i);

        if (str_eq(json_str(json_get(one, "client_reference_id")), reference))
            return read_session(ctx, one, ret);
    }
    return ctx_fail(ctx, E_NOTFOUND, "Stripe has no such checkout");
}
