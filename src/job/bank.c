/* See bank.h. */
#include "job/bank.h"

#include "base/conf.h"

struct bank {
    struct httpc *http;
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
    if (str_eq_text(str_of(key), "stripe.api_key") &&
        (e = conf_check_key(ctx, ctx->conf, line[0])))
        return e;
    *ret = line[0];
    return OK;
}

enum err
bank_ask(struct ctx *ctx, struct bank *b, const struct remote_ask *ask,
         struct httpc_answer *ret)
{
    return httpc_do(ctx, b->http, &ask->http, ret);
}
