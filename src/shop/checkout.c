/* Rows of checkouts, from the form to the notice. See checkout.h. */
#include "shop/checkout.h"

#include "base/conf.h"
#include "base/crypt.h"
#include "base/enc.h"
#include "base/id.h"
#include "base/money.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "queue/alert.h"
#include "queue/outbox.h"

/* Stripe takes no less and no more. */
enum { AMOUNT_MIN = 50, AMOUNT_MAX = 99999999 };
enum {
    TITLE_SIGNS = 200,
    URL_BYTES = 1024,
    SESSION_BYTES = 200,
    WHY_BYTES = 300,
    KEY_BYTES = 8
};

static struct str
number(struct ctx *ctx, int64_t v)
{
    return str_of(arena_printf(ctx->arena, "%lld", (long long)v));
}

static enum err
check(struct ctx *ctx, const struct checkout_new *n)
{
    char least[MONEY_TEXT], most[MONEY_TEXT];
    struct money lo = {0}, hi = {0};
    struct str ccy = ctx->conf->money.currency;

    if (!ctx->conf->stripe.api_key_file.n)
        return ctx_fail(ctx, E_BUSY, "payments by Stripe are not set up here");
    if (money_make(AMOUNT_MIN, ccy, &lo) || money_make(AMOUNT_MAX, ccy, &hi))
        return ctx_fail(ctx, E_INTERNAL, "the house has no currency");
    if (n->amount < AMOUNT_MIN || n->amount > AMOUNT_MAX)
        return ctx_fail(ctx, E_INVALID, "an amount between %s and %s can be paid here",
                        money_show(lo, least), money_show(hi, most));
    if (n->shipping < 0 || n->shipping > n->amount)
        return ctx_fail(ctx, E_INVALID, "shipping is a part of the amount");
    if (!n->title.n || str_length(n->title) > TITLE_SIGNS || !str_is_text(n->title, ""))
        return ctx_fail(ctx, E_INVALID, "what is paid needs a name");
    return OK;
}

enum err
checkout_add(struct ctx *ctx, struct tx *tx, const struct checkout_new *n, struct checkout *ret)
{
    char token[CHECKOUT_TOKEN + 1];
    int64_t now = ctx_now(ctx), id;
    struct sha256 sha;
    enum err e = check(ctx, n);

    BUG_IF(!tx->open);
    if (e)
        return e;
    id_token(ctx->world, token);
    sha = crypt_sha256(str_of(token));
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_checkout_add);
        stmt_blob(&s, ":sha", sha.b, sizeof sha.b);
        stmt_str(&s, ":kind", str_of(n->kind));
        stmt_i64(&s, ":amount", n->amount);
        stmt_i64(&s, ":shipping", n->shipping);
        stmt_str(&s, ":title", n->title);
        stmt_str(&s, ":items", n->items.p ? n->items : STR(""));
        stmt_str(&s, ":tag", n->tag.p ? n->tag : STR(""));
        stmt_str(&s, ":back",
                 str_of(arena_printf(ctx->arena, "%.*s%s", STR_ARG(n->back), token)));
        if (n->member_id)
            stmt_i64(&s, ":member", n->member_id);
        else
            stmt_null(&s, ":member");
        stmt_i64(&s, ":now", now);
        stmt_i64(&s, ":expires", now + CHECKOUT_LIVES_MS);
        if ((e = stmt_one(&s)))
            return e;
        id = stmt_col_i64(&s, "id");
    }
    if ((e = outbox_add(ctx, tx, STR("checkout"), number(ctx, id), number(ctx, id), now)))
        return e;
    return checkout_get(ctx, id, ret);
}

enum err
checkout_get(struct ctx *ctx, int64_t id, struct checkout *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_checkout_get);
    struct sha256 sha;
    enum err e;

    stmt_i64(&s, ":id", id);
    if ((e = stmt_one(&s)) == E_NOTFOUND)
        return ctx_fail(ctx, e, "there is no checkout %lld", (long long)id);
    if (e)
        return e;
    *ret = (struct checkout){
        .id = id,
        .kind = stmt_col_str(&s, "kind"),
        .state = stmt_col_str(&s, "state"),
        .amount = stmt_col_i64(&s, "amount"),
        .shipping = stmt_col_i64(&s, "shipping"),
        .created_at = stmt_col_i64(&s, "created_at"),
        .expires_at = stmt_col_i64(&s, "expires_at"),
        .member_id = stmt_col_i64(&s, "member_id"),
        .title = stmt_col_str(&s, "title"),
        .items = stmt_col_str(&s, "items"),
        .tag = stmt_col_str(&s, "tag"),
        .back = stmt_col_str(&s, "back"),
        .session = stmt_col_str(&s, "session"),
        .url = stmt_col_str(&s, "url"),
        .why = stmt_col_str(&s, "why"),
        .ref = stmt_col_str(&s, "ref"),
    };
    ret->token = str_sub(ret->back, ret->back.n - CHECKOUT_TOKEN, CHECKOUT_TOKEN);
    /* Numbers begin again in another ledger; the shop of both may be the same. */
    sha = crypt_sha256(ret->token);
    ret->key = str_of(arena_printf(ctx->arena, "checkout-%lld-%.*s", (long long)id,
                                   STR_ARG(enc_hex(ctx->arena, sha.b, KEY_BYTES))));
    return OK;
}

enum err
checkout_find(struct ctx *ctx, struct str token, struct checkout *ret)
{
    struct sha256 sha = crypt_sha256(token);
    int64_t id;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_checkout_find);
        stmt_blob(&s, ":sha", sha.b, sizeof sha.b);
        if ((e = stmt_one(&s)) == E_NOTFOUND)
            return ctx_fail(ctx, e, "there is no such order here");
        if (e)
            return e;
        id = stmt_col_i64(&s, "id");
    }
    return checkout_get(ctx, id, ret);
}

static enum err
title_of(struct ctx *ctx, struct str sku, struct str *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_checkout_title);
    enum err e;

    stmt_str(&s, ":sku", sku);
    if (!(e = stmt_one(&s)))
        *ret = stmt_col_str(&s, "title");
    return e;
}

enum err
checkout_lines(struct ctx *ctx, const struct checkout *c, struct checkout_line **ret,
               size_t *ret_n)
{
    struct checkout_line *line =
        ARENA_ARRAY(ctx->arena, CHECKOUT_LINES_MAX, struct checkout_line);
    struct str items = c->items, one, quantity;
    size_t n = 0;
    enum err e;

    if (!items.n)
        line[n++] = (struct checkout_line){
            .sku = STR(""), .title = c->title, .price = c->amount, .quantity = 1};
    while (items.n && n < CHECKOUT_LINES_MAX && str_split(&items, ',', &one)) {
        struct checkout_line *l = &line[n++];

        if (!str_split(&one, ':', &l->sku) || !str_split(&one, ':', &quantity) ||
            !str_i64(quantity, 1, INT32_MAX, &l->quantity) ||
            !str_i64(one, 0, MINOR_MAX, &l->price))
            return ctx_fail(ctx, E_INTERNAL, "checkout %lld has items that cannot be read",
                            (long long)c->id);
        if ((e = title_of(ctx, l->sku, &l->title)))
            return e;
    }
    *ret = line;
    *ret_n = n;
    return OK;
}

enum err
checkout_opened(struct ctx *ctx, struct tx *tx, int64_t id, struct str session, struct str url)
{
    struct checkout c;
    enum err e = checkout_get(ctx, id, &c);

    BUG_IF(!tx->open);
    if (e)
        return e;
    if (!session.n || session.n > SESSION_BYTES || !url.n || url.n > URL_BYTES)
        return ctx_fail(ctx, E_INVALID, "an open checkout has a session and an address");
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_checkout_opened);
    stmt_i64(&s, ":id", id);
    stmt_str(&s, ":session", session);
    stmt_str(&s, ":url", url);
    if ((e = stmt_run(&s)))
        return e;
    return alert_resolve(ctx, tx, STR("checkout"), STR("stripe"));
}

enum err
checkout_failed(struct ctx *ctx, struct tx *tx, int64_t id, struct str why)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_checkout_failed);
    enum err e;

    BUG_IF(!tx->open);
    stmt_i64(&s, ":id", id);
    stmt_str(&s, ":why", str_sub(why, 0, WHY_BYTES));
    if ((e = stmt_run(&s)))
        return e;
    return alert_raise(
        ctx, tx, STR("checkout"), STR("stripe"), "error", "us",
        str_of(arena_printf(ctx->arena, "nobody can pay by Stripe: %.*s", STR_ARG(why))));
}

enum err
checkout_paid(struct ctx *ctx, struct tx *tx, int64_t id, struct str ref)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_checkout_paid);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":id", id);
    stmt_str(&s, ":ref", ref);
    return stmt_run(&s);
}

static enum err
gone(struct ctx *ctx, int64_t id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_checkout_gone);

    stmt_i64(&s, ":id", id);
    return stmt_run(&s);
}

enum err
checkout_tick(struct ctx *ctx, struct tx *tx, size_t max, size_t *ret_n)
{
    int64_t *id = ARENA_ARRAY(ctx->arena, max, int64_t);
    size_t n = 0;
    enum err e = OK;

    BUG_IF(!tx->open);
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_checkout_over);
        stmt_i64(&s, ":now", ctx_now(ctx));
        if ((e = stmt_ids(&s, max, id, &n)))
            return e;
    }
    for (size_t i = 0; i < n; i++)
        if ((e = gone(ctx, id[i])))
            return e;
    *ret_n = n;
    return OK;
}
