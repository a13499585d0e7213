/* Whop's payments and transfers: two lists, one behind the other; a page is "p" or "t" and
 * their cursor. What went back of a payment is a second line of it. Not for: payouts
 * (payer_whop.c). */
#include "provider/tally.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "provider/field.h"
#include "provider/whop_api.h"

enum { ANSWER_MAX = 4 * 1024 * 1024, FIRST = 50, CURSOR_MAX = 300 };

static bool
is_payments(const struct tally_at *at)
{
    return !at->page.n || at->page.p[0] == 'p';
}

static enum err
ask(struct ctx *ctx, const struct payer_way *way, const struct tally_at *at,
    struct remote_ask *ret)
{
    bool payments = is_payments(at);
    struct str after = str_sub(at->page, 1, SIZE_MAX), query;
    char since[CLOCK_TEXT];
    enum err e;

    if (after.n && !field_is_made_of(after, CURSOR_MAX, "_-.="))
        return ctx_fail(ctx, E_INVALID, "that is no page of Whop's");
    query = httpc_form(ctx, STR(""), payments ? "company_id" : "origin_id", way->account);
    query = httpc_form(ctx, query, "first", str_of(arena_printf(ctx->arena, "%d", FIRST)));
    query = httpc_form(ctx, query, payments ? "updated_after" : "created_after",
                       str_of(clock_rfc3339(at->since, since)));
    query = httpc_form(ctx, query, "direction", STR("asc"));
    if (after.n)
        query = httpc_form(ctx, query, "after", after);
    e = whop_api_begin(ctx, way, HTTPC_GET,
                       arena_printf(ctx->arena, "/%s?%.*s", payments ? "payments" : "transfers",
                                    STR_ARG(query)),
                       ret);
    if (!e)
        ret->http.answer_max = ANSWER_MAX;
    return e;
}

/* A payment, and what of it went back. False: it cannot be read. */
static bool
read_payment(struct ctx *ctx, const struct json *p, struct tally_page *ret)
{
    struct str id = field_id(json_get(p, "id"));
    struct str currency = field_currency(ctx, json_get(p, "currency"));
    int64_t total = field_money(json_get(p, "total"), currency),
            left = field_money(json_get(p, "amount_after_fees"), currency),
            back = field_money(json_get(p, "refunded_amount"), currency),
            at = field_time(json_get(p, "paid_at")),
            back_at = field_time(json_get(p, "refunded_at"));
    bool ours = json_at(p, "metadata.ck_kind") ||
                str_eq_text(json_str(json_get(p, "billing_reason")), "one_time");

    if (!str_eq_text(json_str(json_get(p, "status")), "paid"))
        return true;
    if (!id.n || id.n > TALLY_ID_MAX - 5 || total < 0 || at < 0)
        return false;
    ret->line[ret->n++] =
        (struct tally_line){.object = id,
                            .kind = "charge",
                            .source = id,
                            .currency = currency,
                            .amount = total,
                            .fee = left >= 0 && left <= total ? total - left : 0,
                            .at = at,
                            .ours = ours};
    if (back > 0)
        ret->line[ret->n++] = (struct tally_line){
            .object = str_of(arena_printf(ctx->arena, "%.*s:back", STR_ARG(id))),
            .kind = "refund",
            .source = id,
            .currency = currency,
            .amount = -back,
            .at = back_at > 0 ? back_at : at,
            .ours = ours};
    return true;
}

static bool
read_transfer(struct ctx *ctx, const struct json *t, struct tally_page *ret)
{
    struct str id = field_id(json_get(t, "id"));
    struct str currency = field_currency(ctx, json_get(t, "currency"));
    int64_t amount = field_money(json_get(t, "amount"), currency),
            fee = field_money(json_get(t, "fee_amount"), currency),
            at = field_time(json_get(t, "created_at"));

    if (!id.n || id.n > TALLY_ID_MAX || amount < 0 || at < 0)
        return false;
    ret->line[ret->n++] = (struct tally_line){.object = id,
                                              .kind = "transfer",
                                              .source = id,
                                              .currency = currency,
                                              .amount = -amount,
                                              .fee = fee > 0 ? fee : 0,
                                              .at = at,
                                              .ours = json_at(t, "metadata.ck_payout") != NULL};
    return true;
}

static enum err
done(struct ctx *ctx, const struct remote_ask *ask, enum err e, const struct httpc_answer *a,
     struct remote_answer *ret)
{
    remote_read(ctx, ask, e, a, ret);
    if (ret->how == REMOTE_DONE)
        return OK;
    return ctx_fail(
        ctx, E_REMOTE, "%.*s",
        STR_ARG(ret->status == 401 ? STR("Whop does not accept our API key") : ret->why));
}

static enum err
read_page(struct ctx *ctx, const struct payer_way *way, const struct tally_at *at,
          const struct remote_ask *ask, enum err e, const struct httpc_answer *a,
          struct tally_page *ret)
{
    bool payments = is_payments(at);
    struct remote_answer r;
    const struct json *data;
    struct str end;

    (void)way;
    if ((e = done(ctx, ask, e, a, &r)))
        return e;
    data = json_get(r.body, "data");
    if (!data || json_type(data) != JSON_ARRAY || json_count(data) > TALLY_LINES_MAX / 2)
        return ctx_fail(ctx, E_REMOTE, "Whop answered with what is no list");
    *ret =
        (struct tally_page){.line = ARENA_ARRAY(ctx->arena, TALLY_LINES_MAX, struct tally_line),
                            .next = payments ? STR("t") : STR("")};
    for (size_t i = 0; i < json_count(data); i++)
        if (payments ? !read_payment(ctx, json_item(data, i), ret)
                     : !read_transfer(ctx, json_item(data, i), ret))
            return ctx_fail(ctx, E_REMOTE, "Whop's list has a line that cannot be read");
    end = json_str(json_at(r.body, "page_info.end_cursor"));
    if (json_bool(json_at(r.body, "page_info.has_next_page"), false) && end.n)
        ret->next =
            str_of(arena_printf(ctx->arena, "%c%.*s", payments ? 'p' : 't', STR_ARG(end)));
    return OK;
}

static enum err
held(struct ctx *ctx, const struct remote_ask *ask, enum err e, const struct httpc_answer *a,
     struct str currency, int64_t *ret)
{
    struct remote_answer r;

    remote_read(ctx, ask, e, a, &r);
    if (r.status == 403)
        return ctx_fail(ctx, E_NOTFOUND, "our API key at Whop may not read the balance");
    if (r.how != REMOTE_DONE)
        return done(ctx, ask, e, a, &r);
    return whop_api_has(ctx, r.body, currency, true, ret)
               ? OK
               : ctx_fail(ctx, E_REMOTE, "Whop answered with what is no balance");
}

const struct tally tally_whop = {
    .name = STR_INIT("whop"),
    .overlap_ms = 60 * 60 * 1000,
    .ask = ask,
    .read = read_page,
    .ask_held = whop_api_balance,
    .held = held,
};
