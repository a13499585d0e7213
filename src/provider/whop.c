/* Whop's signature, and its events as facts. See whop.h. */
#include "provider/whop.h"

#include "base/conf.h"
#include "base/crypt.h"
#include "base/enc.h"
#include "base/money.h"
#include "provider/field.h"

enum { SIGNATURE, KEY, TIME };
enum { SKEW_S = 300, SIGNED_MAX = 8, TYPE_MAX = 100, KEY_BYTES_MIN = 24, KEY_BYTES_MAX = 64 };
static const int64_t SECONDS_MAX = 99999999999;

/* Whop signs with the secret as its dashboard shows it; the standard's own form is base64
 * behind "whsec_". Empty: it is none. */
static struct str
key_of(struct ctx *ctx, struct str secret)
{
    struct str key, mark = STR("whsec_");

    secret = str_trim(secret);
    if (!ctx->conf || !str_eq_text(ctx->conf->whop.key_mode, "whsec"))
        return secret;
    if (!str_starts(secret, mark) ||
        enc_unbase64(ctx->arena, str_sub(secret, mark.n, secret.n), &key) ||
        key.n < KEY_BYTES_MIN || key.n > KEY_BYTES_MAX)
        return STR("");
    return key;
}

/* Of several signatures one must fit; other schemes than v1 are passed over. */
static bool
fits(struct str list, struct str mac)
{
    struct str one, scheme;
    bool good = false;

    for (size_t i = 0; i < SIGNED_MAX && str_split(&list, ' ', &one); i++)
        if (str_split(&one, ',', &scheme) && str_eq_text(scheme, "v1"))
            good |= crypt_same(mac, one);
    return good;
}

static enum err
verify(struct ctx *ctx, const struct provider_notice *n, const struct str *secrets,
       size_t n_secrets)
{
    struct str head;
    int64_t at_s;
    bool good = false;

    if (!n->header[KEY].n || n->header[KEY].n > FIELD_ID_MAX || !n->header[SIGNATURE].n ||
        !str_i64(n->header[TIME], 0, SECONDS_MAX, &at_s))
        return ctx_fail(ctx, E_INVALID, "a header of the signature is missing or malformed");
    int64_t skew = ctx_now(ctx) / 1000 - at_s;
    if (skew > SKEW_S || skew < -SKEW_S)
        return ctx_fail(ctx, E_INVALID, "the signature's time is off by more than %d s",
                        SKEW_S);
    head = str_of(arena_printf(ctx->arena, "%.*s.%.*s.", STR_ARG(n->header[KEY]),
                               STR_ARG(n->header[TIME])));
    for (size_t i = 0; i < n_secrets; i++) {
        struct str key = key_of(ctx, secrets[i]);
        if (!key.n)
            continue;
        struct sha256 mac = crypt_hmac3(key, head, n->body, STR_NULL);
        good |= fits(n->header[SIGNATURE], enc_base64(ctx->arena, mac.b, sizeof mac.b));
    }
    return good ? OK : ctx_fail(ctx, E_AUTH, "no signature fits");
}

static struct fact *
fact_add(struct ctx *ctx, const struct json *o, enum fact_kind kind,
         struct provider_parsed *ret)
{
    struct fact *f = &ret->fact[ret->n++];

    *f = (struct fact){.kind = kind, .provider = STR("whop"), .type = ret->type};
    f->currency = field_currency(ctx, json_get(o, "currency"));
    return f;
}

/* The product itself, once. */
static void
product(struct ctx *ctx, const struct json *o, struct fact *f)
{
    f->items = ARENA_NEW(ctx->arena, struct fact_item);
    f->items[f->n_items++] = (struct fact_item){
        .sku = field_text(json_at(o, "product.id"), FIELD_SKU_MAX),
        .title = field_title(json_at(o, "product.title")),
        .quantity = 1,
        .price = f->amount > 0 ? f->amount : 0,
    };
}

static void
payment(struct ctx *ctx, const struct json *o, int64_t told_ms, struct provider_parsed *ret)
{
    const struct json *meta = json_get(o, "metadata");
    struct str kind = json_str(json_get(meta, "ck_kind"));
    bool ours = str_eq_text(kind, "sale");
    bool once = !kind.n && json_get(json_get(o, "product"), "id") &&
                str_eq_text(json_str(json_get(o, "billing_reason")), "one_time");

    if ((!ours && !once) || !str_eq_text(json_str(json_get(o, "status")), "paid"))
        return;
    struct fact *f = fact_add(ctx, o, FACT_SALE, ret);
    f->payment = ret->about;
    f->at_ms = field_time(json_get(o, "paid_at"));
    if (f->at_ms < 0)
        f->at_ms = told_ms;
    f->amount = field_money(json_get(o, "total"), f->currency);
    f->tag = field_race(field_id(json_get(meta, "ck_race")));
    if (ours) {
        f->tax = field_meta_amount(meta, "ck_tax");
        f->shipping = field_meta_amount(meta, "ck_shipping");
        field_meta_items(ctx, meta, f);
        return;
    }
    if (json_number(json_get(o, "tax_amount")).n)
        f->tax = field_money(json_get(o, "tax_amount"), f->currency);
    product(ctx, o, f);
}

/* What went back or may go: its payment says whose it is, and the domain knows which are ours.
 */
static void
back(struct ctx *ctx, const struct json *o, enum fact_kind kind, int64_t told_ms,
     struct provider_parsed *ret)
{
    struct fact *f = fact_add(ctx, o, kind, ret);

    f->payment = ret->about;
    f->object = field_id(json_get(o, "id"));
    f->at_ms = field_time(json_get(o, "created_at"));
    if (f->at_ms < 0 || kind != FACT_REFUND)
        f->at_ms = told_ms;
    f->amount = field_money(json_get(o, "amount"), f->currency);
}

static enum fact_kind
refund_kind(struct str status)
{
    return str_eq_text(status, "succeeded") ? FACT_REFUND
           : str_eq_text(status, "failed") || str_eq_text(status, "canceled")
               ? FACT_REFUND_FAILED
               : FACT_NONE;
}

/* Warnings move no money. "closed" and "other" do not say who has it: a person must look at the
 * dispute, which stays open here and grows old. */
static enum fact_kind
dispute_kind(struct str status)
{
    return str_eq_text(status, "won")    ? FACT_DISPUTE_WON
           : str_eq_text(status, "lost") ? FACT_DISPUTE_LOST
           : str_eq_text(status, "needs_response") || str_eq_text(status, "under_review")
               ? FACT_DISPUTE_OPEN
               : FACT_NONE;
}

static enum err
parse(struct ctx *ctx, const struct provider_notice *n, struct provider_parsed *ret)
{
    const struct json *v, *o;
    enum err e = json_parse(ctx, n->body, &v);

    if (e)
        return e;
    *ret = (struct provider_parsed){
        .key = n->key.n ? n->key : n->header[KEY],
        .type = field_text(json_get(v, "type"), TYPE_MAX),
        .live = ctx->conf && ctx->conf->mode == CONF_LIVE, /* it has no test mode */
        .about = STR(""),
    };
    if (!ret->key.n || ret->key.n > FIELD_ID_MAX || !str_is_text(ret->key, ""))
        return ctx_fail(ctx, E_INVALID, "the notice has no id");
    if (!ret->type.n)
        return ctx_fail(ctx, E_INVALID, "the notice has no type");
    o = json_get(v, "data");
    int64_t told = field_time(json_get(v, "timestamp"));
    struct str status = json_str(json_get(o, "status"));
    bool is_refund = str_starts(ret->type, STR("refund."));
    bool is_dispute =
        str_eq_text(ret->type, "dispute.created") || str_eq_text(ret->type, "dispute.updated");
    if (str_eq_text(ret->type, "payment.succeeded")) {
        ret->about = field_id(json_get(o, "id"));
        payment(ctx, o, told, ret);
    } else if (is_refund || is_dispute) {
        enum fact_kind kind = is_refund ? refund_kind(status) : dispute_kind(status);
        ret->about = field_id(json_at(o, "payment.id"));
        if (kind != FACT_NONE)
            back(ctx, o, kind, told, ret);
    } else if (str_eq_text(ret->type, "ledger_account.funds_available")) {
        fact_add(ctx, o, FACT_FUNDS, ret);
    }
    return OK;
}

const struct provider whop_provider = {
    .name = STR_INIT("whop"),
    .place = STR_INIT("whop"),
    .wants = {"webhook-signature", "webhook-id", "webhook-timestamp"},
    .unauthorized = true,
    .verify = verify,
    .parse = parse,
};
