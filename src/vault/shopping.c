/* Reads fields, calls shop/, writes the log of acts. Not for: deciding anything. */
#include "vault/shopping.h"

#include "race/product.h"
#include "shop/fee.h"
#include "shop/giveback.h"
#include "shop/shelf.h"
#include "user/audit_log.h"
#include "user/right.h"
#include "vault/actor.h"

enum {
    SKU_BYTES = 80,
    ITEMS_BYTES = 1000,
    TAG_BYTES = 40,
    WORD_BYTES = 200,
    TEXT_BYTES = 800,
    URL_BYTES = 1024,
    PICTURE_BYTES = 512 * 1024
};

/* A visitor may buy; who is logged in is remembered with what they buy. */
enum err
shopping_sale(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
              const struct msg *in, struct msg *out)
{
    struct checkout_new n = {.kind = "sale", .back = STR("/shop/thanks/")};
    struct vault_actor member = *who;
    struct checkout c;
    struct str items;
    enum err e;

    if ((e = msg_text(ctx, in, "items", 1, ITEMS_BYTES, &items)) ||
        (e = msg_maybe_text(ctx, in, "tag", TAG_BYTES, &n.tag)))
        return e;
    if (msg_opt(in, "session").n && (e = actor_member(ctx, in, 0, &member, &n.member_id)))
        return e;
    if ((e = shelf_order(ctx, items, &n)) || (e = checkout_add(ctx, tx, &n, &c)))
        return e;
    msg_add_str(out, "token", c.token);
    return OK;
}

enum err
shopping_opened(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                const struct msg *in, struct msg *out)
{
    struct str session, url;
    int64_t id;
    enum err e;

    (void)who;
    (void)out;
    if ((e = msg_i64(ctx, in, "checkout", 1, INT64_MAX, &id)) ||
        (e = msg_text(ctx, in, "session", 1, WORD_BYTES, &session)) ||
        (e = msg_text(ctx, in, "url", 1, URL_BYTES, &url)))
        return e;
    return checkout_opened(ctx, tx, id, session, url);
}

enum err
shopping_failed(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                const struct msg *in, struct msg *out)
{
    struct str why;
    int64_t id;
    enum err e;

    (void)who;
    (void)out;
    if ((e = msg_i64(ctx, in, "checkout", 1, INT64_MAX, &id)) ||
        (e = msg_text(ctx, in, "why", 1, TEXT_BYTES, &why)))
        return e;
    return checkout_failed(ctx, tx, id, why);
}

enum err
shopping_giveback(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                  const struct msg *in, struct msg *out)
{
    struct str state, object, why;
    int64_t id;
    enum err e;

    (void)who;
    (void)out;
    if ((e = msg_i64(ctx, in, "giveback", 1, INT64_MAX, &id)) ||
        (e = msg_text(ctx, in, "state", 1, TAG_BYTES, &state)) ||
        (e = msg_maybe_text(ctx, in, "object", WORD_BYTES, &object)) ||
        (e = msg_maybe_text(ctx, in, "why", TEXT_BYTES, &why)))
        return e;
    return giveback_report(ctx, tx, id, state, object, why);
}

enum err
shopping_refund(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                const struct msg *in, struct msg *out)
{
    struct giveback g;
    int64_t sale, amount, id;
    struct str reason;
    enum err e;

    if ((e = msg_i64(ctx, in, "sale", 1, INT64_MAX, &sale)) ||
        (e = msg_i64(ctx, in, "amount", 1, MINOR_MAX, &amount)) ||
        (e = msg_text(ctx, in, "reason", 1, TEXT_BYTES, &reason)) ||
        (e = giveback_sale(ctx, tx, sale, amount, reason, who->text, &id)) ||
        (e = giveback_get(ctx, id, &g)))
        return e;
    msg_add_i64(out, "giveback", id);
    msg_add_str(out, "state", g.state);
    return audit_log_add(
        ctx, tx, who->text, in->name, g.ref,
        str_of(arena_printf(ctx->arena, "%lld: %.*s", (long long)amount, STR_ARG(reason))));
}

enum err
shopping_fee(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
             const struct msg *in, struct msg *out)
{
    struct fee f;
    enum err e;

    (void)who;
    (void)out;
    if ((e = msg_text(ctx, in, "provider", 1, TAG_BYTES, &f.provider)) ||
        (e = msg_text(ctx, in, "payment", 1, WORD_BYTES, &f.payment)) ||
        (e = msg_text(ctx, in, "txn", 1, WORD_BYTES, &f.txn)) ||
        (e = msg_text(ctx, in, "currency", 3, 3, &f.currency)) ||
        (e = msg_i64(ctx, in, "amount", 0, MINOR_MAX, &f.amount)) ||
        (e = msg_i64(ctx, in, "at", 1, MINOR_MAX, &f.at)))
        return e;
    return fee_take(ctx, tx, &f);
}

/* What is not said stays as it stands. */
enum err
shopping_shelf(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
               const struct msg *in, struct msg *out)
{
    struct shelf_item n = {.text = STR(""), .shopify = STR(""), .kofi = STR(""), .rank = 100};
    struct str sku, picture;
    enum err e;

    (void)out;
    if ((e = msg_text(ctx, in, "sku", 1, SKU_BYTES, &sku)))
        return e;
    e = shelf_get(ctx, sku, &n);
    if (e && e != E_NOTFOUND)
        return e;
    ctx_clear(ctx);
    n.sku = sku;
    if ((e = msg_maybe_i64(ctx, in, "price", -MINOR_MAX, MINOR_MAX, &n.price)) ||
        (e = msg_maybe_i64(ctx, in, "shipping", -MINOR_MAX, MINOR_MAX, &n.shipping)) ||
        (e = msg_maybe_i64(ctx, in, "rank", -MINOR_MAX, MINOR_MAX, &n.rank)) ||
        (msg_has(in, "text") && (e = msg_text(ctx, in, "text", 0, TEXT_BYTES, &n.text))) ||
        (msg_has(in, "shopify") &&
         (e = msg_text(ctx, in, "shopify", 0, WORD_BYTES, &n.shopify))) ||
        (msg_has(in, "kofi") && (e = msg_text(ctx, in, "kofi", 0, WORD_BYTES, &n.kofi))) ||
        (e = shelf_put(ctx, tx, &n, who->text)))
        return e;
    if (msg_has(in, "picture") &&
        ((e = msg_bytes(ctx, in, "picture", PICTURE_BYTES, &picture)) ||
         (e = shelf_picture(ctx, tx, sku, picture))))
        return e;
    return audit_log_add(ctx, tx, who->text, in->name, sku,
                         str_of(arena_printf(ctx->arena, "%lld + %lld", (long long)n.price,
                                             (long long)n.shipping)));
}

enum err
shopping_end(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
             const struct msg *in, struct msg *out)
{
    struct str sku;
    enum err e;

    (void)out;
    if ((e = msg_text(ctx, in, "sku", 1, SKU_BYTES, &sku)) || (e = shelf_end(ctx, tx, sku)))
        return e;
    return audit_log_add(ctx, tx, who->text, in->name, sku, STR(""));
}

enum err
shopping_cost(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
              const struct msg *in, struct msg *out)
{
    struct vault_actor member = *who;
    int64_t id, from, cost;
    struct str sku;
    enum err e;

    (void)out;
    if ((e = actor_member(ctx, in, RIGHT_STAFF | RIGHT_OPERATOR, &member, &id)) ||
        (e = msg_text(ctx, in, "sku", 1, SKU_BYTES, &sku)) ||
        (e = msg_i64(ctx, in, "from", 0, INT64_MAX, &from)) ||
        (e = msg_i64(ctx, in, "cost", 0, MINOR_MAX, &cost)) ||
        (e = product_cost(ctx, tx, sku, from, cost, member.text)))
        return e;
    return audit_log_add(
        ctx, tx, member.text, in->name, sku,
        str_of(arena_printf(ctx->arena, "%lld from %lld", (long long)cost, (long long)from)));
}
