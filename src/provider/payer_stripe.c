/* Transfers from our balance at Stripe to connected accounts. The transfer is the payment; its
 * way on to a bank is the connected account's own. Not for: making those accounts
 * (stripe_account.h). */
#include "provider/payer.h"
#include "provider/stripe_books.h"

static const int64_t MEMORY_MS = INT64_C(23) * 3600 * 1000;

static bool
fits(struct str to)
{
    return stripe_api_is_id(to, "acct_");
}

/* A refusal for want of money is repeated under its key for a day, whatever came meanwhile. */
static struct str
key_of(struct arena *a, const struct pay_order *o)
{
    return o->spent
               ? str_of(arena_printf(a, "%.*s-%lld", STR_ARG(o->key), (long long)o->spent + 1))
               : o->key;
}

static enum err
send(struct ctx *ctx, const struct payer_way *way, const struct pay_order *o,
     struct remote_ask *ret)
{
    struct arena *a = ctx->arena;
    struct str form = STR("");

    if (!fits(o->to) || o->amount <= 0)
        return ctx_fail(ctx, E_INVALID, "that is no account of Stripe's");
    form =
        httpc_form(ctx, form, "amount", str_of(arena_printf(a, "%lld", (long long)o->amount)));
    form = httpc_form(ctx, form, "currency", str_lower(a, str_of(o->currency)));
    form = httpc_form(ctx, form, "destination", o->to);
    form = httpc_form(ctx, form, "transfer_group", o->key);
    form = httpc_form(ctx, form, "metadata[ck_payout]",
                      str_of(arena_printf(a, "%lld", (long long)o->id)));
    return stripe_api_post(ctx, way, "/v1/transfers", key_of(a, o), form, true, ret);
}

static enum err
look(struct ctx *ctx, const struct payer_way *way, const struct pay_order *o,
     struct remote_ask *ret)
{
    struct arena *a = ctx->arena;
    struct str query;

    if (o->ref.n) {
        if (!stripe_api_is_id(o->ref, "tr_"))
            return ctx_fail(ctx, E_INVALID, "that is no transfer of Stripe's");
        return stripe_api_get(ctx, way, arena_printf(a, "/v1/transfers/%.*s", STR_ARG(o->ref)),
                              ret);
    }
    if (!fits(o->to))
        return ctx_fail(ctx, E_INVALID, "that is no account of Stripe's");
    query = httpc_form(ctx, STR(""), "transfer_group", o->key);
    query = httpc_form(ctx, query, "destination", o->to);
    query = httpc_form(ctx, query, "limit", STR("100"));
    return stripe_api_get(ctx, way, arena_printf(a, "/v1/transfers?%.*s", STR_ARG(query)), ret);
}

static struct pay_answer
answer(enum pay_what what, struct str ref, struct str why)
{
    return (struct pay_answer){.what = what, .ref = ref, .why = why, .fee = -1, .holds = -1};
}

static struct str
id_of(const struct json *v)
{
    return json_type(v) == JSON_OBJECT ? json_str(json_get(v, "id")) : json_str(v);
}

/* A transfer that is the one we ordered, to the cent. */
static bool
is_ours(struct ctx *ctx, const struct pay_order *o, const struct json *t)
{
    int64_t amount;

    return json_i64(json_get(t, "amount"), &amount) && amount == o->amount &&
           str_eq(json_str(json_get(t, "currency")),
                  str_lower(ctx->arena, str_of(o->currency))) &&
           str_eq(id_of(json_get(t, "destination")), o->to) &&
           str_eq(json_str(json_get(t, "transfer_group")), o->key);
}

static struct pay_answer
read_transfer(struct ctx *ctx, const struct pay_order *o, const struct json *t)
{
    struct str ref = json_str(json_get(t, "id"));
    int64_t back = 0;

    if (!stripe_api_is_id(ref, "tr_"))
        return answer(PAY_UNKNOWN, STR(""), STR("Stripe gave no transfer: it is looked for"));
    if (!is_ours(ctx, o, t))
        return answer(PAY_UNKNOWN, STR(""),
                      STR("Stripe holds another transfer under the name of this payout: a "
                          "person must compare them"));
    (void)json_i64(json_get(t, "amount_reversed"), &back);
    if (json_bool(json_get(t, "reversed"), false) || back >= o->amount)
        return answer(PAY_FAILED, ref, STR("the transfer was taken back at Stripe"));
    if (back > 0)
        return answer(PAY_UNKNOWN, ref,
                      STR("a part of the transfer was taken back at Stripe: a person must "
                          "look"));
    return answer(PAY_PAID, ref, STR(""));
}

/* The receiver's fault; all else that is refused can be put right here, and waits. */
static bool
is_receiver(const struct json *error, struct str code)
{
    static const char *const codes[] = {
        "account_invalid", "transfers_not_allowed", "insufficient_capabilities_for_transfer",
        "account_closed",  "amount_too_small",      "amount_too_large"};

    for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
        if (str_eq_text(code, codes[i]))
            return true;
    return str_eq_text(json_str(json_get(error, "param")), "destination");
}

static void
sent(struct ctx *ctx, const struct pay_order *o, const struct remote_ask *ask, enum err e,
     const struct httpc_answer *a, struct pay_answer *ret)
{
    struct remote_answer r;
    const struct json *error;

    stripe_api_read(ctx, ask, e, a, &r);
    error = json_get(r.body, "error");
    if (r.how == REMOTE_DONE) {
        *ret = read_transfer(ctx, o, r.body);
        return;
    }
    *ret = answer(PAY_UNKNOWN, STR(""), e ? payer_lost(ctx, STR("Stripe"), e) : r.why);
    ret->wait_ms = r.wait_ms;
    if (r.how == REMOTE_WAIT)
        ret->what = PAY_WAIT;
    /* The key stands for something: it is found by looking. */
    else if (r.how == REMOTE_REFUSED && error && !str_eq_text(r.code, "idempotency_error"))
        ret->what = is_receiver(error, r.code) ? PAY_FAILED : PAY_WAIT;
    else if (r.how == REMOTE_REFUSED && e)
        ret->what = PAY_WAIT;
    ret->lacks = ret->spent =
        ret->what == PAY_WAIT && str_eq_text(r.code, "balance_insufficient");
}

static void
read_list(struct ctx *ctx, const struct pay_order *o, const struct json *body,
          struct pay_answer *ret)
{
    const struct json *data = json_get(body, "data");

    if (json_type(data) != JSON_ARRAY)
        *ret = answer(PAY_WAIT, STR(""), STR("Stripe's list of transfers cannot be read"));
    else if (json_count(data) == 0 && !json_bool(json_get(body, "has_more"), false))
        *ret = answer(PAY_ABSENT, STR(""), STR(""));
    else if (json_count(data) != 1)
        *ret = answer(PAY_UNKNOWN, STR(""),
                      STR("Stripe holds several transfers under the name of this payout: a "
                          "person must compare them"));
    else
        *ret = read_transfer(ctx, o, json_item(data, 0));
}

static void
seen(struct ctx *ctx, const struct pay_order *o, const struct remote_ask *ask, enum err e,
     const struct httpc_answer *a, struct pay_answer *ret)
{
    struct remote_answer r;

    stripe_api_read(ctx, ask, e, a, &r);
    if (r.how != REMOTE_DONE) {
        /* A look that failed tells nothing; one that names an id and finds none is odd. */
        *ret = answer(r.status == 404 ? PAY_UNKNOWN : PAY_WAIT, STR(""),
                      e ? payer_lost(ctx, STR("Stripe"), e) : r.why);
        ret->wait_ms = r.wait_ms;
    } else if (o->ref.n)
        *ret = read_transfer(ctx, o, r.body);
    else
        read_list(ctx, o, r.body, ret);
}

static int64_t
room(struct ctx *ctx, const struct pay_order *o, const struct remote_ask *ask, enum err e,
     const struct httpc_answer *a)
{
    struct remote_answer r;
    int64_t cents;

    stripe_api_read(ctx, ask, e, a, &r);
    return r.how == REMOTE_DONE && stripe_books_room(&r, str_of(o->currency), &cents) ? cents
                                                                                      : -1;
}

const struct payer payer_stripe = {
    .name = STR_INIT("stripe"),
    .memory_ms = MEMORY_MS,
    .send = send,
    .sent = sent,
    .look = look,
    .seen = seen,
    .ask_room = stripe_books_balance,
    .room = room,
    .fits = fits,
};
