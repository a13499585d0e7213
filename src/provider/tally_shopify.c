/* Orders of the house's shop by the Admin API: what was received and what went back, and each
 * order as its notice would have told it, so that one that never came is applied like any
 * other. Discount codes and addresses of arrival do not come this way: the race of such an
 * order is known by its note attributes alone. Not for: notices themselves (shopify.h). */
#include "provider/tally.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "provider/field.h"

enum {
    ASK_MS = 20000,
    ANSWER_MAX = 8 * 1024 * 1024,
    QUERY_MAX = 8192,
    NOTICE_MAX = 64 * 1024,
    FIRST = 50,
    CURSOR_MAX = 400
};

/* Order of http.want. */
enum { WANT_RETRY };

static const char *const query =
    "query($after: String, $q: String) { orders(first: 50, after: $after, query: $q, "
    "sortKey: UPDATED_AT) { pageInfo { hasNextPage endCursor } nodes { legacyResourceId test "
    "createdAt updatedAt cancelledAt displayFinancialStatus currencyCode taxesIncluded "
    "totalPriceSet { shopMoney { amount currencyCode } } "
    "totalDiscountsSet { shopMoney { amount currencyCode } } "
    "totalTaxSet { shopMoney { amount currencyCode } } "
    "totalShippingPriceSet { shopMoney { amount currencyCode } } "
    "totalReceivedSet { shopMoney { amount currencyCode } } "
    "totalRefundedSet { shopMoney { amount currencyCode } } "
    "customAttributes { key value } "
    "lineItems(first: 50) { nodes { sku title quantity "
    "originalUnitPriceSet { shopMoney { amount currencyCode } } } } } } }";

static enum err
ask(struct ctx *ctx, const struct payer_way *way, const struct tally_at *at,
    struct remote_ask *ret)
{
    struct buf b = buf_new(ctx->arena, QUERY_MAX);
    char since[CLOCK_TEXT];

    if (at->page.n > CURSOR_MAX || !str_is_text(at->page, "") || !str_is_text(way->token, ""))
        return ctx_fail(ctx, E_INVALID, "that is no page of Shopify's");
    buf_add_text(&b, "{\"query\":");
    buf_add_json(&b, str_of(query));
    buf_printf(&b, ",\"variables\":{\"q\":\"updated_at:>='%s'\",\"after\":",
               clock_rfc3339(at->since, since));
    if (at->page.n)
        buf_add_json(&b, at->page);
    else
        buf_add_text(&b, "null");
    buf_add_text(&b, "}}");
    *ret = (struct remote_ask){
        .http = {.method = HTTPC_POST,
                 .base = way->base,
                 .url = arena_printf(ctx->arena, "%.*s/admin/api/2026-04/graphql.json",
                 STR_ARG(way->base)),
                 .type = "application/json",
                 .body = buf_str(&b),
                 .want = {[WANT_RETRY] = "Retry-After"},
                 .timeout_ms = ASK_MS,
                 .answer_max = ANSWER_MAX}
    };
    ret->http.header[0] =
        arena_printf(ctx->arena, "X-Shopify-Access-Token: %.*s", STR_ARG(way->token));
    ret->http.header[1] = "Accept: application/json";
    return buf_err(&b);
}

/* "25.00" of a sum in the shop's currency; empty when it is not there. */
static const struct json *
sum_of(const struct json *o, const char *name)
{
    return json_at(json_get(o, name), "shopMoney.amount");
}

static void
add_text(struct buf *b, const char *name, struct str value)
{
    buf_printf(b, ",\"%s\":", name);
    buf_add_json(b, value);
}

static void
add_items(struct buf *b, const struct json *o)
{
    const struct json *items = json_at(o, "lineItems.nodes");

    buf_add_text(b, ",\"line_items\":[");
    for (size_t i = 0; i < json_count(items); i++) {
        const struct json *it = json_item(items, i);
        int64_t n = 0;

        (void)json_i64(json_get(it, "quantity"), &n);
        buf_printf(b, "%s{\"quantity\":%lld", i ? "," : "", (long long)n);
        add_text(b, "sku", json_str(json_get(it, "sku")));
        add_text(b, "title", json_str(json_get(it, "title")));
        add_text(b, "price", json_str(sum_of(it, "originalUnitPriceSet")));
        buf_add_char(b, '}');
    }
    buf_add_char(b, ']');
}

/* What went back stands as one refund: the total is what counts. */
static void
add_refunds(struct buf *b, const struct json *o, int64_t back, struct str currency)
{
    if (back <= 0)
        return;
    buf_add_text(b, ",\"refunds\":[{\"id\":1");
    add_text(b, "processed_at", json_str(json_get(o, "updatedAt")));
    buf_add_text(b, ",\"transactions\":[{\"kind\":\"refund\",\"status\":\"success\"");
    add_text(b, "amount", json_str(sum_of(o, "totalRefundedSet")));
    add_text(b, "currency", currency);
    buf_add_text(b, "}]}]");
}

static enum err
make_notice(struct ctx *ctx, const struct json *o, struct str id, int64_t back,
            struct tally_notice *ret)
{
    struct buf b = buf_new(ctx->arena, NOTICE_MAX);
    const struct json *marks = json_get(o, "customAttributes");
    struct str currency = json_str(json_get(o, "currencyCode"));
    struct str cancelled = json_str(json_get(o, "cancelledAt"));

    buf_printf(&b, "{\"id\":%.*s,\"test\":%s,\"taxes_included\":%s", STR_ARG(id),
               json_bool(json_get(o, "test"), false) ? "true" : "false",
               json_bool(json_get(o, "taxesIncluded"), false) ? "true" : "false");
    add_text(&b, "created_at", json_str(json_get(o, "createdAt")));
    add_text(&b, "updated_at", json_str(json_get(o, "updatedAt")));
    if (cancelled.n)
        add_text(&b, "cancelled_at", cancelled);
    add_text(&b, "financial_status",
             str_lower(ctx->arena, json_str(json_get(o, "displayFinancialStatus"))));
    add_text(&b, "currency", currency);
    add_text(&b, "total_price", json_str(sum_of(o, "totalPriceSet")));
    add_text(&b, "total_received", json_str(sum_of(o, "totalReceivedSet")));
    add_text(&b, "total_discounts", json_str(sum_of(o, "totalDiscountsSet")));
    add_text(&b, "total_tax", json_str(sum_of(o, "totalTaxSet")));
    buf_add_text(&b, ",\"shipping_lines\":[{\"price\":");
    buf_add_json(&b, json_str(sum_of(o, "totalShippingPriceSet")));
    buf_add_text(&b, "}],\"note_attributes\":[");
    for (size_t i = 0; i < json_count(marks); i++) {
        buf_printf(&b, "%s{\"name\":", i ? "," : "");
        buf_add_json(&b, json_str(json_get(json_item(marks, i), "key")));
        add_text(&b, "value", json_str(json_get(json_item(marks, i), "value")));
        buf_add_char(&b, '}');
    }
    buf_add_char(&b, ']');
    add_items(&b, o);
    add_refunds(&b, o, back, currency);
    buf_add_char(&b, '}');
    *ret = (struct tally_notice){
        .order = id,
        .key = str_of(arena_printf(ctx->arena, "sync:%.*s:%.*s", STR_ARG(id),
                                   STR_ARG(json_str(json_get(o, "updatedAt"))))),
        .type = STR("orders/updated"),
        .body = buf_str(&b),
    };
    return buf_err(&b);
}

/* Test orders and such as no money was received for are no lines. */
static enum err
read_order(struct ctx *ctx, const struct json *o, struct tally_page *ret)
{
    struct str id = field_id(json_get(o, "legacyResourceId"));
    struct str currency = field_currency(ctx, json_get(o, "currencyCode"));
    int64_t got = field_money(sum_of(o, "totalReceivedSet"), currency),
            back = field_money(sum_of(o, "totalRefundedSet"), currency),
            at = field_time(json_get(o, "createdAt")),
            changed = field_time(json_get(o, "updatedAt")), number;

    if (!str_i64(id, 1, INT64_MAX, &number) || got < 0 || back < 0 || at < 0 || changed < 0)
        return ctx_fail(ctx, E_REMOTE, "Shopify's list has an order that cannot be read");
    if (json_bool(json_get(o, "test"), false) || got == 0)
        return OK;
    ret->line[ret->n++] = (struct tally_line){.object = id,
                                              .kind = "charge",
                                              .source = id,
                                              .currency = currency,
                                              .amount = got,
                                              .at = at,
                                              .ours = true};
    if (back > 0)
        ret->line[ret->n++] = (struct tally_line){
            .object = str_of(arena_printf(ctx->arena, "%.*s:back", STR_ARG(id))),
            .kind = "refund",
            .source = id,
            .currency = currency,
            .amount = -back,
            .at = changed,
            .ours = true};
    return make_notice(ctx, o, id, back, &ret->notice[ret->n_notices++]);
}

static enum err
refused(struct ctx *ctx, const struct remote_answer *r)
{
    struct str code =
        json_str(json_at(json_item(json_get(r->body, "errors"), 0), "extensions.code"));

    if (r->status == 401 || str_eq_text(code, "ACCESS_DENIED"))
        return ctx_fail(ctx, E_REMOTE, "Shopify does not accept our token for orders");
    if (str_eq_text(code, "THROTTLED"))
        return ctx_fail(ctx, E_REMOTE, "Shopify asks us to wait");
    return ctx_fail(
        ctx, E_REMOTE, "%.*s",
        STR_ARG(r->how == REMOTE_DONE ? STR("Shopify refused the question") : r->why));
}

static enum err
read_page(struct ctx *ctx, const struct payer_way *way, const struct tally_at *at,
          const struct remote_ask *ask, enum err e, const struct httpc_answer *a,
          struct tally_page *ret)
{
    const struct json *orders, *nodes;
    struct remote_answer r;
    struct str end;

    (void)way;
    (void)at;
    remote_read(ctx, ask, e, a, &r);
    orders = json_at(r.body, "data.orders");
    nodes = json_get(orders, "nodes");
    if (r.how != REMOTE_DONE || json_get(r.body, "errors") || !nodes)
        return refused(ctx, &r);
    if (json_count(nodes) > FIRST)
        return ctx_fail(ctx, E_REMOTE, "Shopify answered with what is no list");
    *ret = (struct tally_page){
        .line = ARENA_ARRAY(ctx->arena, 2 * FIRST, struct tally_line),
        .notice = ARENA_ARRAY(ctx->arena, FIRST, struct tally_notice),
        .next = STR(""),
    };
    for (size_t i = 0; i < json_count(nodes); i++)
        if ((e = read_order(ctx, json_item(nodes, i), ret)))
            return e;
    end = json_str(json_at(orders, "pageInfo.endCursor"));
    if (json_bool(json_at(orders, "pageInfo.hasNextPage"), false) && end.n)
        ret->next = end;
    return OK;
}

const struct tally tally_shopify = {
    .name = STR_INIT("shopify"),
    .overlap_ms = 10 * 60 * 1000,
    .ask = ask,
    .read = read_page,
};
