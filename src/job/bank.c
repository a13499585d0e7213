/* See bank.h. */
#include "job/bank.h"

#include "base/conf.h"
#include "base/log.h"
#include "provider/payer_paypal.h"
#include "provider/stripe_api.h"

enum { FAR_MAX = 8, FAR_BYTES = 200, TOKEN_BYTES = 4096, REST_MAX_MS = 30 * 1000 };

/* Somebody who was asked, by address. */
struct far {
    char base[FAR_BYTES]; /* "" free */
    int64_t failures;     /* in a row */
    int64_t until;        /* tick */
};

struct bank {
    struct httpc *http;
    struct far far[FAR_MAX];
    char token[TOKEN_BYTES]; /* PayPal's */
    size_t token_n;
    int64_t token_until;
    bool token_kept; /* it was not fetched for the way given last */
};

enum err
bank_open(struct ctx *ctx, struct arena *process, struct bank **ret)
{
    struct bank *b = ARENA_NEW(process, struct bank);
    enum err e = httpc_open(ctx, process, &b->http);

    if (!e)
        *ret = b;
    return e;
}

void
bank_close(struct bank *b)
{
    httpc_close(b->http);
}

enum err
bank_key(struct ctx *ctx, const char *key, struct str file, struct str *ret)
{
    struct str line[1];
    size_t n = 0;
    enum err e;

    *ret = STR("");
    if ((e = conf_secret(ctx, ctx->arena, key, file, line, ARRAY_SIZE(line), &n)) || !n)
        return e;
    *ret = line[0];
    return OK;
}

static enum err
not_here(struct ctx *ctx, const char *name)
{
    return ctx_fail(ctx, E_BUSY, "%s is not set up here", name);
}

static enum err
fetch_token(struct ctx *ctx, struct bank *b, struct str secret)
{
    struct remote_ask *ask = ARENA_NEW(ctx->arena, struct remote_ask);
    struct httpc_answer got = {0};
    struct str token = STR("");
    enum err e = payer_paypal_token(ctx, ctx->conf->paypal.api, ctx->conf->paypal.client_id,
                                    secret, ask);

    if (e)
        return e;
    e = bank_ask(ctx, b, ask, &got);
    if ((e = payer_paypal_given(ctx, ask, e, &got, &token, &b->token_until)))
        return e;
    if (token.n > sizeof b->token)
        return ctx_fail(ctx, E_REMOTE, "PayPal's token is too long");
    if (token.n)
        memcpy(b->token, token.p, token.n);
    b->token_n = token.n;
    return OK;
}

static enum err
paypal_way(struct ctx *ctx, struct bank *b, struct payer_way *ret)
{
    struct str secret;
    enum err e = bank_key(ctx, "paypal.client_secret_file",
                          ctx->conf->paypal.client_secret_file, &secret);

    if (e)
        return e;
    if (!ctx->conf->paypal.client_id.n || !secret.n)
        return not_here(ctx, "PayPal");
    b->token_kept = b->token_n && ctx_now(ctx) < b->token_until;
    if (!b->token_kept && (e = fetch_token(ctx, b, secret)))
        return e;
    *ret = (struct payer_way){
        .base = ctx->conf->paypal.api,
        .token = str_dup(ctx->arena, (struct str){.p = b->token, .n = b->token_n}),
        .account = STR(""),
    };
    return OK;
}

static enum err
whop_way(struct ctx *ctx, struct payer_way *ret)
{
    struct str key;
    enum err e = bank_key(ctx, "whop.api_key_file", ctx->conf->whop.api_key_file, &key);

    if (e)
        return e;
    if (!ctx->conf->whop.account.n || !key.n)
        return not_here(ctx, "Whop");
    *ret = (struct payer_way){
        .base = ctx->conf->whop.api, .token = key, .account = ctx->conf->whop.account};
    return OK;
}

enum err
bank_way(struct ctx *ctx, struct bank *b, struct str name, struct payer_way *ret)
{
    if (str_eq_text(name, "stripe"))
        return stripe_api_way(ctx, ret);
    if (str_eq_text(name, "paypal"))
        return paypal_way(ctx, b, ret);
    if (str_eq_text(name, "whop"))
        return whop_way(ctx, ret);
    return not_here(ctx, str_text(ctx->arena, name));
}

bool
bank_was_stale(struct bank *b, struct str name)
{
    bool kept = str_eq_text(name, "paypal") && b->token_kept;

    if (str_eq_text(name, "paypal"))
        b->token_n = 0;
    return kept;
}

/* The place of an address, its own or that of whoever was asked to rest the longest ago. */
static struct far *
find(struct bank *b, struct str base)
{
    struct far *oldest = &b->far[0];

    base = str_sub(base, 0, FAR_BYTES - 1);
    for (size_t i = 0; i < FAR_MAX; i++)
        if (str_eq_text(base, b->far[i].base))
            return &b->far[i];
    for (size_t i = 0; i < FAR_MAX; i++)
        if (b->far[i].until < oldest->until)
            oldest = &b->far[i];
    *oldest = (struct far){0};
    snprintf(oldest->base, sizeof oldest->base, "%.*s", STR_ARG(base));
    return oldest;
}

enum err
bank_ask(struct ctx *ctx, struct bank *b, const struct remote_ask *ask,
         struct httpc_answer *ret)
{
    struct far *f = find(b, ask->http.base);
    struct httpc_ask http = ask->http;
    int64_t ms;
    enum err e;

    if (ctx->world->tick_ms(ctx->world->arg) < f->until)
        return ctx_fail(ctx, E_REMOTE, "%s did not answer the last time", f->base);
    http.once = ask->money;
    e = httpc_do(ctx, b->http, &http, ret);
    if (e == E_REMOTE || e == E_UNCERTAIN) {
        ms = f->failures >= 5 ? REST_MAX_MS : INT64_C(1000) << f->failures;
        f->failures++;
        log_line(LOG_NOTICE, "event=remote result=%.*s why=\"%s\"", STR_ARG(err_info(e)->name),
                 ctx->fail_text);
        f->until = ctx->world->tick_ms(ctx->world->arg) + (ms > REST_MAX_MS ? REST_MAX_MS : ms);
    } else
        f->failures = 0;
    return e;
}
