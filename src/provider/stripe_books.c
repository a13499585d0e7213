/* Requests about money that moved, and their answers. See stripe_books.h. */
#include "provider/stripe_books.h"

#include "base/ctx.h"
#include "base/point.h"

enum { WHY_SIGNS = 200 };
static const int64_t SECONDS_MAX = 99999999999;

static enum err
check_payment(struct ctx *ctx, struct str payment)
{
    return stripe_api_is_id(payment, "pi_")
               ? OK
               : ctx_fail(ctx, E_INVALID, "that is no payment of Stripe's");
}

enum err
stripe_books_refund(struct ctx *ctx, const struct payer_way *way, struct str payment,
                    int64_t amount, struct str key, struct remote_ask *ret)
{
    struct str form;
    enum err e = check_payment(ctx, payment);

    if (e)
        return e;
    form = httpc_form(ctx, STR(""), "payment_intent", payment);
    form = httpc_form(ctx, form, "amount",
                      str_of(arena_printf(ctx->arena, "%lld", (long long)amount)));
    form = httpc_form(ctx, form, "reason", STR("requested_by_customer"));
    form = httpc_form(ctx, form, "metadata[ck_giveback]", key);
    return stripe_api_post(ctx, way, "/v1/refunds", key, form, true, ret);
}

enum err
stripe_books_refunds(struct ctx *ctx, const struct payer_way *way, struct str payment,
                     struct remote_ask *ret)
{
    enum err e = check_payment(ctx, payment);

    return e ? e
             : stripe_api_get(ctx, way,
                              arena_printf(ctx->arena,
                                           "/v1/refunds?payment_intent=%.*s&limit=%d",
                                           STR_ARG(payment), STRIPE_BOOKS_LIST_MAX),
                              ret);
}

static bool
is_ours(const struct json *refund, struct str key)
{
    return str_eq(json_str(json_at(refund, "metadata.ck_giveback")), key);
}

/* A list, or the one refund itself. */
enum err
stripe_books_refunded(struct ctx *ctx, const struct remote_answer *a, struct str key,
                      struct stripe_books_refunded *ret)
{
    const struct json *all = json_get(a->body, "data"), *one = all ? NULL : a->body;

    for (size_t i = 0; !one && i < json_count(all); i++)
        if (is_ours(json_item(all, i), key))
            one = json_item(all, i);
    if (!one)
        return ctx_fail(ctx, E_NOTFOUND, "Stripe has no such refund");
    *ret = (struct stripe_books_refunded){
        .id = json_str(json_get(one, "id")),
        .state = json_str(json_get(one, "status")),
        .why = point_clean(ctx->arena, json_str(json_get(one, "failure_reason")), WHY_SIGNS),
    };
    return stripe_api_is_id(ret->id, "") && ret->state.n
               ? OK
               : ctx_fail(ctx, E_REMOTE, "Stripe answered with what is no refund");
}

enum err
stripe_books_payment(struct ctx *ctx, const struct payer_way *way, struct str payment,
                     struct remote_ask *ret)
{
    enum err e = check_payment(ctx, payment);

    return e ? e
             : stripe_api_get(ctx, way,
                              arena_printf(ctx->arena,
                                           "/v1/payment_intents/%.*s"
                                           "?expand%%5B0%%5D=latest_charge.balance_transaction",
                                           STR_ARG(payment)),
                              ret);
}

enum err
stripe_books_fee(struct ctx *ctx, const struct remote_answer *a, struct stripe_books_fee *ret)
{
    const struct json *txn = json_at(a->body, "latest_charge.balance_transaction");
    struct str currency;
    int64_t s = 0;

    if (json_type(txn) != JSON_OBJECT)
        return ctx_fail(ctx, E_NOTFOUND, "the payment is not in Stripe's balance yet");
    currency = json_str(json_get(txn, "currency"));
    *ret = (struct stripe_books_fee){
        .id = json_str(json_get(txn, "id")),
        .currency = str_upper(ctx->arena, str_sub(currency, 0, 3)),
    };
    if (!stripe_api_is_id(ret->id, "txn_") || currency.n != 3 ||
        !json_i64(json_get(txn, "fee"), &ret->fee) || ret->fee < 0 || ret->fee > MINOR_MAX ||
        !json_i64(json_get(txn, "created"), &s) || s <= 0 || s > SECONDS_MAX)
        return ctx_fail(ctx, E_REMOTE, "Stripe answered with what is no movement of money");
    ret->at = s * 1000;
    return OK;
}

enum err
stripe_books_balance(struct ctx *ctx, const struct payer_way *way, struct remote_ask *ret)
{
    return stripe_api_get(ctx, way, "/v1/balance", ret);
}

enum err
stripe_books_moves(struct ctx *ctx, const struct payer_way *way, int64_t since,
                   struct str after, struct remote_ask *ret)
{
    struct arena *a = ctx->arena;

    if (after.n && !stripe_api_is_id(after, "txn_"))
        return ctx_fail(ctx, E_INVALID, "that is no movement of Stripe's");
    return stripe_api_get(
        ctx, way,
        arena_printf(a,
                     "/v1/balance_transactions?limit=%d&expand%%5B0%%5D=data.source"
                     "&created%%5Bgte%%5D=%lld%s%.*s",
                     STRIPE_BOOKS_LIST_MAX, (long long)since, after.n ? "&starting_after=" : "",
                     STR_ARG(after)),
        ret);
}

static bool
add_up(const struct json *list, struct str currency, int64_t *sum)
{
    int64_t v;

    if (json_type(list) != JSON_ARRAY)
        return false;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *one = json_item(list, i);

        if (!str_ieq(json_str(json_get(one, "currency")), currency))
            continue;
        if (!json_i64(json_get(one, "amount"), &v) || __builtin_add_overflow(*sum, v, sum))
            return false;
    }
    return true;
}

bool
stripe_books_held(const struct remote_answer *a, struct str currency, int64_t *ret)
{
    int64_t sum = 0;

    if (!a->body || !add_up(json_get(a->body, "available"), currency, &sum) ||
        !add_up(json_get(a->body, "pending"), currency, &sum))
        return false;
    *ret = sum;
    return true;
}

bool
stripe_books_room(const struct remote_answer *a, struct str currency, int64_t *ret)
{
    int64_t sum = 0;

    if (!a->body || !add_up(json_get(a->body, "available"), currency, &sum))
        return false;
    *ret = sum;
    return true;
}

/* source is an id, or the object itself where it was expanded. */
static struct str
source_of(const struct json *v)
{
    return v && json_type(v) == JSON_OBJECT ? json_str(json_get(v, "id")) : json_str(v);
}

/* What a movement belongs to. */
static struct str
about(const struct json *source, struct str id)
{
    static const char *const names[] = {"payment_intent", "transfer"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct str to = source_of(json_get(source, names[i]));

        if (to.n)
            return to;
    }
    return id;
}

static bool
is_marked(const struct json *source)
{
    const struct json *marks = json_get(source, "metadata");

    for (size_t i = 0; i < json_count(marks); i++)
        if (str_starts(json_name(json_item(marks, i)), STR("ck_")))
            return true;
    return false;
}

static bool
read_move(struct ctx *ctx, const struct json *v, struct stripe_books_move *ret)
{
    int64_t s = 0;

    *ret = (struct stripe_books_move){
        .id = json_str(json_get(v, "id")),
        .type = json_str(json_get(v, "type")),
        .source = source_of(json_get(v, "source")),
        .currency = str_upper(ctx->arena, json_str(json_get(v, "currency"))),
        .ours = is_marked(json_get(v, "source")),
    };
    ret->about = about(json_get(v, "source"), ret->source);
    if (!stripe_api_is_id(ret->id, "txn_") || !json_i64(json_get(v, "amount"), &ret->amount) ||
        !json_i64(json_get(v, "fee"), &ret->fee) || !json_i64(json_get(v, "net"), &ret->net) ||
        !json_i64(json_get(v, "created"), &s) || s <= 0 || s > SECONDS_MAX)
        return false;
    ret->at = s * 1000;
    return true;
}

enum err
stripe_books_moved(struct ctx *ctx, const struct remote_answer *a,
                   struct stripe_books_move **ret, size_t *ret_n, bool *ret_more)
{
    const struct json *data = json_get(a->body, "data");
    size_t n = json_count(data);

    if (!data || json_type(data) != JSON_ARRAY || n > STRIPE_BOOKS_LIST_MAX)
        return ctx_fail(ctx, E_REMOTE, "Stripe answered with what is no list");
    *ret = ARENA_ARRAY(ctx->arena, n, struct stripe_books_move);
    for (size_t i = 0; i < n; i++)
        if (!read_move(ctx, json_item(data, i), &(*ret)[i]))
            return ctx_fail(ctx, E_REMOTE, "Stripe's list has a line that cannot be read");
    *ret_n = n;
    *ret_more = json_bool(json_get(a->body, "has_more"), false);
    return OK;
}
