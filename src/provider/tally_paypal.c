/* PayPal has no list of our payouts, but each of them is a batch: those are looked at by their
 * ids. Not for: sending (payer_paypal.c). */
#include "provider/tally.h"

#include "base/ctx.h"
#include "provider/field.h"

enum { ASK_MS = 12000, ANSWER_MAX = 256 * 1024, ITEMS_MAX = 10 };

/* Order of http.want. */
enum { WANT_RETRY };

static bool
is_id(struct str s)
{
    return field_is_made_of(s, 60, "-_");
}

static enum err
ask(struct ctx *ctx, const struct payer_way *way, const struct tally_at *at,
    struct remote_ask *ret)
{
    if (!is_id(at->page))
        return ctx_fail(ctx, E_INVALID, "that is no batch of PayPal's");
    *ret = (struct remote_ask){
        .http = {.method = HTTPC_GET,
                 .base = way->base,
                 .url = arena_printf(ctx->arena, "%.*s/v1/payments/payouts/%.*s",
                 STR_ARG(way->base), STR_ARG(at->page)),
                 .want = {[WANT_RETRY] = "Retry-After"},
                 .timeout_ms = ASK_MS,
                 .answer_max = ANSWER_MAX}
    };
    ret->http.header[0] =
        arena_printf(ctx->arena, "Authorization: Bearer %.*s", STR_ARG(way->token));
    ret->http.header[1] = "Accept: application/json";
    return OK;
}

/* Money that is ours again: the line says so with 0, and the fee that stays. */
static bool
is_back(struct str status)
{
    static const char *const back[] = {"FAILED", "BLOCKED", "RETURNED", "REFUNDED", "REVERSED"};

    for (size_t i = 0; i < ARRAY_SIZE(back); i++)
        if (str_eq_text(status, back[i]))
            return true;
    return false;
}

static bool
read_item(struct ctx *ctx, struct str batch, const struct json *item, int64_t made,
          struct tally_line *ret)
{
    const struct json *amount = json_at(item, "payout_item.amount");
    struct str id = field_id(json_get(item, "payout_item_id"));
    struct str currency = field_currency(ctx, json_get(amount, "currency"));
    int64_t value = field_money(json_get(amount, "value"), currency),
            fee = field_money(json_at(item, "payout_item_fee.value"), currency),
            at = field_time(json_get(item, "time_processed"));
    bool back = is_back(json_str(json_get(item, "transaction_status")));

    if (!id.n || id.n > TALLY_ID_MAX || value < 0)
        return false;
    *ret = (struct tally_line){.object = id,
                               .kind = "transfer",
                               .source = batch,
                               .currency = currency,
                               .amount = back ? 0 : -value,
                               .fee = fee > 0 ? fee : 0,
                               .at = at >= 0 ? at : made,
                               .ours = true};
    return true;
}

static enum err
read_page(struct ctx *ctx, const struct payer_way *way, const struct tally_at *at,
          const struct remote_ask *ask, enum err e, const struct httpc_answer *a,
          struct tally_page *ret)
{
    struct remote_answer r;
    const struct json *items;
    int64_t made;

    (void)way;
    remote_read(ctx, ask, e, a, &r);
    *ret = (struct tally_page){.line = ARENA_ARRAY(ctx->arena, ITEMS_MAX, struct tally_line),
                               .next = STR("")};
    if (r.status == 404)
        return OK; /* they do not know it: our payout has no line */
    if (r.how != REMOTE_DONE)
        return ctx_fail(ctx, E_REMOTE, "%.*s", STR_ARG(r.why));
    items = json_get(r.body, "items");
    made = field_time(json_at(r.body, "batch_header.time_created"));
    if (json_count(items) > ITEMS_MAX)
        return ctx_fail(ctx, E_REMOTE, "PayPal's batch has more items than we sent");
    for (size_t i = 0; i < json_count(items); i++, ret->n++)
        if (!read_item(ctx, at->page, json_item(items, i), made >= 0 ? made : ctx_now(ctx),
                       &ret->line[i]))
            return ctx_fail(ctx, E_REMOTE, "PayPal's batch has an item that cannot be read");
    return OK;
}

const struct tally tally_paypal = {
    .name = STR_INIT("paypal"),
    .by_payout = true,
    .ask = ask,
    .read = read_page,
};
