/* Ko-fi's notices. See kofi.h. */
#include "provider/kofi.h"

#include "base/conf.h"
#include "base/crypt.h"
#include "base/enc.h"
#include "provider/field.h"

enum { FROM_MAX = 200, MESSAGE_MAX = 4000 };
/* What the button "send test" names, each time. */
#define TRIAL "00000000-1111-2222-3333-444444444444"

/* The JSON in the form's field data, which must be there once. */
static enum err
read_body(struct ctx *ctx, struct str body, const struct json **ret)
{
    struct str one, name, text = STR_NULL;
    enum err e;

    while (str_split(&body, '&', &one)) {
        if (!str_split(&one, '=', &name) || !str_eq(name, STR("data")))
            continue;
        if (text.p)
            return ctx_fail(ctx, E_INVALID, "the form has data twice");
        if ((e = enc_unpercent(ctx->arena, one, true, &text)))
            return ctx_fail(ctx, E_INVALID, "the form cannot be read");
    }
    if (!text.n)
        return ctx_fail(ctx, E_INVALID, "the form has no data");
    if ((e = json_parse(ctx, text, ret)))
        return e;
    return json_type(*ret) == JSON_OBJECT ? OK
                                          : ctx_fail(ctx, E_INVALID, "the data is no object");
}

/* All are compared, so that time does not tell which one fits. */
static bool
known(const struct str *secrets, size_t n, struct str kind, struct str told)
{
    bool good = false;

    for (size_t i = 0; i < n; i++) {
        struct str secret = str_sub(secrets[i], kind.n, secrets[i].n);
        if (str_starts(secrets[i], kind) && secret.n)
            good |= crypt_same(secret, told);
    }
    return good;
}

static enum err
verify(struct ctx *ctx, const struct provider_notice *n, const struct str *secrets,
       size_t n_secrets)
{
    const struct json *o;

    /* Strangers are sent away before anything of theirs is read. */
    if (!known(secrets, n_secrets, STR("path "), n->header[0]))
        return ctx_fail(ctx, E_AUTH, "the address is not the secret one");
    enum err e = read_body(ctx, n->body, &o);
    if (e)
        return e;
    if (!known(secrets, n_secrets, STR("token "), json_str(json_get(o, "verification_token"))))
        return ctx_fail(ctx, E_AUTH, "the token does not fit");
    return OK;
}

static void
items(struct ctx *ctx, const struct json *o, struct fact *f)
{
    const struct json *list = field_list(o, "shop_items");

    f->items = ARENA_ARRAY(ctx->arena, FACT_ITEMS_MAX, struct fact_item);
    for (size_t i = 0; i < json_count(list) && i < FACT_ITEMS_MAX; i++) {
        const struct json *one = json_item(list, i);
        struct fact_item *it = &f->items[f->n_items++];

        it->sku = field_text(json_get(one, "direct_link_code"), FIELD_SKU_MAX);
        it->quantity = 1;
        /* A quantity that cannot be is set aside. */
        if (json_get(one, "quantity") && !json_i64(json_get(one, "quantity"), &it->quantity))
            it->quantity = 0;
    }
    if (json_count(list) > FACT_ITEMS_MAX)
        f->items[FACT_ITEMS_MAX - 1].quantity = 0;
}

/* Long texts are cut by who shows them; here only what could not be stored falls away. */
static void
words(const struct json *o, struct fact *f)
{
    struct str message = str_trim(json_str(json_get(o, "message")));

    f->message = message.n <= MESSAGE_MAX && str_is_text(message, "\r\n\t") ? message : STR("");
    if (json_bool(json_get(o, "is_public"), false)) {
        f->from = str_trim(field_text(json_get(o, "from_name"), FROM_MAX));
        return;
    }
    size_t end = 0;
    while (end < f->message.n && f->message.p[0] == '@' &&
           (unsigned char)f->message.p[end] > ' ')
        end++;
    f->message = str_sub(f->message, 0, end);
}

static enum err
parse(struct ctx *ctx, const struct provider_notice *n, struct provider_parsed *ret)
{
    const struct json *o;
    enum err e = read_body(ctx, n->body, &o);

    if (e)
        return e;
    *ret = (struct provider_parsed){
        .key = field_text(json_get(o, "message_id"), FIELD_ID_MAX),
        .type = field_text(json_get(o, "type"), 100),
        .live = ctx->conf && ctx->conf->mode == CONF_LIVE, /* it has no test mode */
        .about = field_text(json_get(o, "kofi_transaction_id"), FIELD_ID_MAX),
    };
    if (!ret->key.n)
        return ctx_fail(ctx, E_INVALID, "the notice has no message_id");
    if (!ret->type.n)
        return ctx_fail(ctx, E_INVALID, "the notice has no type");
    bool tip = str_eq_text(ret->type, "Donation");
    if (!tip && !str_eq_text(ret->type, "Shop Order") && !str_eq_text(ret->type, "Commission"))
        return OK;
    struct fact *f = &ret->fact[ret->n++];
    *f = (struct fact){
        .kind = tip ? FACT_TIP : FACT_SALE,
        .provider = STR("kofi"),
        .type = ret->type,
        .payment = ret->about,
        .at_ms = field_time(json_get(o, "timestamp")),
        .currency = field_currency(ctx, json_get(o, "currency")),
        .test = str_eq_text(ret->about, TRIAL),
    };
    f->amount = field_money(json_get(o, "amount"), f->currency);
    if (tip)
        words(o, f);
    else
        items(ctx, o, f);
    return OK;
}

const struct provider kofi_provider = {
    .name = STR_INIT("kofi"),
    .place = STR_INIT("kofi"),
    .wants = {":path"},
    .untold = true,
    .unauthorized = true,
    .verify = verify,
    .parse = parse,
};
