/* Stripe's signature and snapshot events. See stripe.h. */
#include "provider/stripe.h"

#include "base/crypt.h"
#include "base/enc.h"
#include "base/json.h"
#include "provider/field.h"

enum { SKEW_S = 300, V1_MAX = 8, HEADER_MAX = 4096, ID_MAX = 150, TYPE_MAX = 100 };
enum { BALANCE_MAX = 16, FEE_MAX = 10000000 };
static const int64_t SECONDS_MAX = 99999999999;

/* t=…,v1=…: other schemes are skipped, so that nobody can talk us down to a weaker one. */
struct header {
    struct str time; /* as sent: these signs are signed */
    int64_t time_s;
    struct sha256 v1[V1_MAX];
    size_t n;
};

static bool
header_parse(struct str text, struct header *ret)
{
    struct str item;
    bool timed = false;

    *ret = (struct header){.n = 0};
    if (text.n > HEADER_MAX)
        return false;
    while (str_split(&text, ',', &item)) {
        struct str name;
        if (!str_has(item, '=') || !str_split(&item, '=', &name))
            continue;
        if (str_eq(name, STR("t"))) {
            if (timed || !str_i64(item, 0, SECONDS_MAX, &ret->time_s))
                return false;
            ret->time = item;
            timed = true;
        } else if (str_eq(name, STR("v1")) && ret->n < V1_MAX && item.n == 64 &&
                   enc_unhex(item, ret->v1[ret->n].b, sizeof(ret->v1[0].b))) {
            ret->n++;
        }
    }
    return timed;
}

static struct str
bytes_of(const struct sha256 *h)
{
    return (struct str){.p = (const char *)h->b, .n = sizeof(h->b)};
}

static enum err
verify(struct ctx *ctx, const struct provider_notice *n, const struct str *secrets,
       size_t n_secrets)
{
    struct header h;
    bool good = false;

    if (!header_parse(n->header[0], &h))
        return ctx_fail(ctx, E_INVALID, "the signature header is missing or malformed");
    int64_t skew = ctx_now(ctx) / 1000 - h.time_s;
    if (skew > SKEW_S || skew < -SKEW_S)
        return ctx_fail(ctx, E_INVALID, "the signature's time is off by more than %d s",
                        SKEW_S);
    for (size_t i = 0; i < n_secrets; i++) {
        if (!str_trim(secrets[i]).n)
            continue;
        struct sha256 want = crypt_hmac3(secrets[i], h.time, STR("."), n->body);
        /* All are compared, so that time does not tell which one fits. */
        for (size_t k = 0; k < h.n; k++)
            good |= crypt_same(bytes_of(&want), bytes_of(&h.v1[k]));
    }
    if (!good)
        return ctx_fail(ctx, E_AUTH, "no signature fits");
    return OK;
}

/* An id field is a text, or the object itself when the sender expanded it. */
static struct str
id_of(const struct json *v)
{
    struct str id =
        v && json_type(v) == JSON_OBJECT ? json_str(json_get(v, "id")) : json_str(v);

    return id.n <= ID_MAX ? id : STR_NULL;
}

/* An amount that is no whole number becomes -1: the domain sets it aside. */
static int64_t
amount_of(const struct json *v)
{
    int64_t n = -1;

    return json_i64(v, &n) ? n : -1;
}

static struct fact *
fact_add(struct provider_parsed *ret, enum fact_kind kind, int64_t at_ms)
{
    struct fact *f = &ret->fact[ret->n++];

    *f = (struct fact){
        .kind = kind, .provider = STR("stripe"), .type = ret->type, .at_ms = at_ms};
    return f;
}

/* Which prize; what cannot be read is empty, and set aside. */
static void
prize_of(const struct json *meta, struct fact *f)
{
    f->season = json_str(json_get(meta, "ck_season"));
    if (f->season.n > 40 || !str_is_text(f->season, ""))
        f->season = STR_NULL;
    if (!str_i64(json_str(json_get(meta, "ck_place")), 1, 8, &f->place))
        f->place = 0;
}

/* What is booked once a checkout of ours is paid; FACT_NONE: it is not ours. */
static enum fact_kind
kind_of(struct str word)
{
    return str_eq(word, STR("sale"))    ? FACT_SALE
           : str_eq(word, STR("prize")) ? FACT_PRIZE
           : str_eq(word, STR("tip"))   ? FACT_TIP
                                        : FACT_NONE;
}

/* A session or a payment intent of ours. */
static void
checkout(struct ctx *ctx, const struct json *o, enum fact_kind kind, const char *amount,
         int64_t at_ms, struct provider_parsed *ret)
{
    const struct json *meta = json_get(o, "metadata");
    struct str at = json_str(json_get(meta, "ck_at"));
    enum fact_kind paid = kind_of(json_str(json_get(meta, "ck_kind")));
    int64_t at_s;

    if (paid == FACT_NONE)
        return; /* not one of our checkouts */
    struct fact *f = fact_add(ret, kind == FACT_SALE ? paid : kind, at_ms);
    f->payment = id_of(json_get(o, "payment_intent"));
    if (!f->payment.n)
        f->payment = id_of(o);
    f->currency = str_upper(ctx->arena, json_str(json_get(o, "currency")));
    f->amount = amount_of(json_get(o, amount));
    f->tax = field_meta_amount(meta, "ck_tax");
    f->shipping = field_meta_amount(meta, "ck_shipping");
    f->tag = json_str(json_get(meta, "ck_race"));
    if (f->tag.n > 40 || !str_is_text(f->tag, ""))
        f->tag = STR_NULL;
    if (str_i64(at, 1, SECONDS_MAX, &at_s))
        f->at_ms = at_s * 1000;
    if (!str_i64(json_str(json_get(meta, "ck_checkout")), 1, MINOR_MAX, &f->checkout))
        f->checkout = 0;
    if (paid == FACT_PRIZE)
        prize_of(meta, f);
    else
        field_meta_items(ctx, meta, f);
}

static void
session(struct ctx *ctx, const struct json *o, int64_t at_ms, struct provider_parsed *ret)
{
    bool failed = str_eq(ret->type, STR("checkout.session.async_payment_failed"));

    /* Delayed methods complete the session unpaid; their end is an event of its own. */
    if (!failed && !str_eq(json_str(json_get(o, "payment_status")), STR("paid")))
        return;
    checkout(ctx, o, failed ? FACT_SALE_FAILED : FACT_SALE, "amount_total", at_ms, ret);
}

/* A refund is ours only through its payment; the domain knows which those are. */
static void
refund(struct ctx *ctx, const struct json *o, int64_t at_ms, struct provider_parsed *ret)
{
    struct str status = json_str(json_get(o, "status"));
    bool failed = str_eq(status, STR("failed")) || str_eq(status, STR("canceled")) ||
                  str_eq(ret->type, STR("refund.failed"));

    if (!failed && !str_eq(status, STR("succeeded")))
        return;
    struct fact *f = fact_add(ret, failed ? FACT_REFUND_FAILED : FACT_REFUND, at_ms);
    f->payment = id_of(json_get(o, "payment_intent"));
    f->object = id_of(o);
    f->amount = amount_of(json_get(o, "amount"));
    f->currency = str_upper(ctx->arena, json_str(json_get(o, "currency")));
}

static void
charge_refunded(struct ctx *ctx, const struct json *o, int64_t at_ms,
                struct provider_parsed *ret)
{
    struct fact *f = fact_add(ret, FACT_REFUND_TOTAL, at_ms);

    f->payment = id_of(json_get(o, "payment_intent"));
    f->amount = amount_of(json_get(o, "amount_refunded"));
    f->currency = str_upper(ctx->arena, json_str(json_get(o, "currency")));
}

/* What the withdrawal cost, in the dispute's currency; a fee in another one is the account's
 * own matter. */
static int64_t
dispute_fee(const struct json *o)
{
    const struct json *all = json_get(o, "balance_transactions");
    int64_t sum = 0, fee;

    for (size_t i = 0; i < json_count(all) && i < BALANCE_MAX; i++) {
        const struct json *one = json_item(all, i);
        if (json_i64(json_get(one, "fee"), &fee) && fee > 0 && fee <= FEE_MAX &&
            str_eq(json_str(json_get(one, "currency")), json_str(json_get(o, "currency"))))
            sum += fee;
    }
    return sum;
}

/* Inquiries (warning_…) move no money until funds_withdrawn says so. */
static void
dispute(struct ctx *ctx, const struct json *o, int64_t at_ms, struct provider_parsed *ret)
{
    struct str status = json_str(json_get(o, "status"));
    enum fact_kind kind = FACT_NONE;

    if (str_eq(status, STR("won")) || str_eq(ret->type, STR("charge.dispute.funds_reinstated")))
        kind = FACT_DISPUTE_WON;
    else if (str_eq(status, STR("lost")))
        kind = FACT_DISPUTE_LOST;
    else if (str_eq(ret->type, STR("charge.dispute.funds_withdrawn")) ||
             (str_eq(ret->type, STR("charge.dispute.created")) &&
              !str_starts(status, STR("warning"))))
        kind = FACT_DISPUTE_OPEN;
    if (kind == FACT_NONE)
        return;
    struct fact *f = fact_add(ret, kind, at_ms);
    f->payment = id_of(json_get(o, "payment_intent"));
    f->object = id_of(o);
    f->amount = amount_of(json_get(o, "amount"));
    f->currency = str_upper(ctx->arena, json_str(json_get(o, "currency")));
    f->fee = dispute_fee(o);
}

/* A payout of ours carries its key as the group. */
static void
transfer(const struct json *o, int64_t at_ms, struct provider_parsed *ret)
{
    struct str key = json_str(json_get(o, "transfer_group"));
    struct fact *f;

    if (!key.n || key.n > ID_MAX || !str_is_text(key, ""))
        return;
    f = fact_add(ret, FACT_PAYOUT, at_ms);
    f->object = id_of(o);
    f->payment = key;
}

enum err
stripe_envelope(struct ctx *ctx, struct str body, struct provider_parsed *ret,
                const struct json **ret_event, int64_t *ret_ms)
{
    const struct json *v;
    int64_t created;
    enum err e = json_parse(ctx, body, &v);

    if (e)
        return e;
    *ret = (struct provider_parsed){
        .key = json_str(json_get(v, "id")),
        .type = json_str(json_get(v, "type")),
        .live = json_bool(json_get(v, "livemode"), false),
    };
    if (!ret->key.n || ret->key.n > ID_MAX || !str_is_text(ret->key, ""))
        return ctx_fail(ctx, E_INVALID, "the notice has no id");
    if (!ret->type.n || ret->type.n > TYPE_MAX || !str_is_text(ret->type, ""))
        return ctx_fail(ctx, E_INVALID, "the notice has no type");
    if (!json_get(v, "livemode") || json_type(json_get(v, "livemode")) != JSON_BOOL)
        return ctx_fail(ctx, E_INVALID, "the notice does not say whether it is live");
    *ret_event = v;
    *ret_ms =
        json_i64(json_get(v, "created"), &created) && created >= 0 && created <= SECONDS_MAX
            ? created * 1000
            : -1;
    return OK;
}

static enum err
parse(struct ctx *ctx, const struct provider_notice *n, struct provider_parsed *ret)
{
    const struct json *v, *o;
    int64_t at;
    enum err e = stripe_envelope(ctx, n->body, ret, &v, &at);

    if (e)
        return e;
    o = json_at(v, "data.object");
    if (!o || at < 0)
        return OK; /* a thin event, or a shape we do not act on */
    if (str_eq(ret->type, STR("checkout.session.completed")) ||
        str_starts(ret->type, STR("checkout.session.async_payment_")))
        session(ctx, o, at, ret);
    else if (str_eq(ret->type, STR("payment_intent.succeeded")))
        checkout(ctx, o, FACT_SALE, "amount_received", at, ret);
    else if (str_eq(ret->type, STR("charge.refunded")))
        charge_refunded(ctx, o, at, ret);
    else if (str_starts(ret->type, STR("refund.")))
        refund(ctx, o, at, ret);
    else if (str_starts(ret->type, STR("charge.dispute.")))
        dispute(ctx, o, at, ret);
    else if (str_starts(ret->type, STR("transfer.")))
        transfer(o, at, ret);
    else if (str_eq_text(ret->type, "balance.available"))
        fact_add(ret, FACT_FUNDS, at);
    return OK;
}

const struct provider stripe_provider = {
    .name = STR_INIT("stripe"),
    .place = STR_INIT("stripe"),
    .wants = {"stripe-signature"},
    .verify = verify,
    .parse = parse,
};
