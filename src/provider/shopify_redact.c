/* What is kept of a notice stands in one list. See shopify_redact.h. */
#include "provider/shopify_redact.h"

#include "base/buf.h"
#include "base/ctx.h"

/* Values under these names stay; so does what stands within, if its own name is here. */
static const char *const kept[] = {
    "admin_graphql_api_id",
    "amount",
    "amount_set",
    "cancelled_at",
    "created_at",
    "currency",
    "currency_code",
    "discounted_price",
    "discounted_price_set",
    "financial_status",
    "id",
    "is_removed",
    "kind",
    "line_items",
    "order_id",
    "orders_requested",
    "orders_to_redact",
    "presentment_currency",
    "presentment_money",
    "price",
    "price_set",
    "processed_at",
    "quantity",
    "refunds",
    "shipping_lines",
    "shop_money",
    "sku",
    "status",
    "tax_lines",
    "taxes_included",
    "test",
    "title",
    "total_price",
    "total_price_set",
    "total_tax",
    "total_tax_set",
    "transactions",
    "updated_at",
    "variant_id",
};

static bool
keeps(struct str name)
{
    for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
        if (str_eq_text(name, kept[i]))
            return true;
    return false;
}

static void write(struct buf *b, const struct json *v);

/* Only what is kept is named at all: the names of other fields can tell something too. n: how
 * many members stand in front. */
static void
write_members(struct buf *b, const struct json *v, size_t n)
{
    for (size_t i = 0; i < json_count(v); i++) {
        const struct json *item = json_item(v, i);
        if (!keeps(json_name(item)))
            continue;
        if (n++)
            buf_add_char(b, ',');
        buf_add_json(b, json_name(item));
        buf_add_char(b, ':');
        write(b, item);
    }
}

/* The reader bounds the depth. */
static void
write(struct buf *b, const struct json *v)
{
    switch (json_type(v)) { /* NULL is null */
    case JSON_OBJECT:
        buf_add_char(b, '{');
        write_members(b, v, 0);
        buf_add_char(b, '}');
        break;
    case JSON_ARRAY:
        buf_add_char(b, '[');
        for (size_t i = 0; i < json_count(v); i++) {
            if (i)
                buf_add_char(b, ',');
            write(b, json_item(v, i));
        }
        buf_add_char(b, ']');
        break;
    case JSON_STRING:
        buf_add_json(b, json_str(v));
        break;
    case JSON_NUMBER:
        buf_add(b, json_number(v));
        break;
    case JSON_BOOL:
        buf_add_text(b, json_bool(v, false) ? "true" : "false");
        break;
    case JSON_NULL:
        buf_add_text(b, "null");
        break;
    }
}

struct str
shopify_redact_body(struct ctx *ctx, const struct json *notice, struct str race,
                    struct str buyer, size_t size)
{
    /* A sign becomes six at most. */
    struct buf b = buf_new(ctx->arena, 6 * size + 256);

    buf_add_text(&b, "{\"redacted\":true");
    if (buyer.n) {
        buf_add_text(&b, ",\"customer\":{\"id\":");
        buf_add_json(&b, buyer);
        buf_add_char(&b, '}');
    }
    if (race.n) {
        buf_add_text(&b, ",\"note_attributes\":[{\"name\":\"race\",\"value\":");
        buf_add_json(&b, race);
        buf_add_text(&b, "}]");
    }
    write_members(&b, notice, 1);
    buf_add_char(&b, '}');
    return buf_err(&b) ? STR("{\"redacted\":true}") : buf_str(&b);
}
