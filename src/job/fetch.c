/* See fetch.h. */
#include "job/fetch.h"

#include "base/log.h"
#include "provider/paypal.h"

enum { FETCH_MS = 10000, CERT_MAX = 32 * 1024 };

static enum err
keep(struct ctx *ctx, const struct kinds_tools *tools, struct str url, struct str pem)
{
    struct msg *m = ARENA_NEW(ctx->arena, struct msg);
    struct msg *in = ARENA_NEW(ctx->arena, struct msg);

    msg_init(m, STR("cert.keep"));
    msg_add_str(m, "url", url);
    msg_add_str(m, "pem", pem);
    return call_ask(ctx, tools->vault, m, in);
}

enum err
fetch_cert(struct ctx *ctx, const struct kinds_tools *tools, struct kinds_job *job)
{
    struct remote_ask *r = ARENA_NEW(ctx->arena, struct remote_ask);
    struct str url = str_dup(ctx->arena, job->payload), base = paypal_cert_base(ctx, url);
    struct httpc_answer got = {0};
    enum err e;

    if (!base.n)
        return OK;
    *r = (struct remote_ask){
        .http = {.method = HTTPC_GET,
                 .base = base,
                 .url = str_text(ctx->arena, url),
                 .timeout_ms = FETCH_MS,
                 .answer_max = CERT_MAX}
    };
    if ((e = bank_ask(ctx, tools->bank, r, &got)))
        return e;
    if (got.status >= 500 || got.status == 429)
        return ctx_fail(ctx, E_REMOTE, "PayPal answers %lld", (long long)got.status);
    /* Whoever knocks may name what is not there. */
    if (got.status != 200) {
        log_line(LOG_NOTICE, "event=certificate status=%lld", (long long)got.status);
        return OK;
    }
    if (!paypal_cert_fits(ctx, url, got.body)) {
        job->never = true;
        return ctx_fail(ctx, E_INVALID, "the certificate at %.*s is not PayPal's, or not valid",
                        STR_ARG(url));
    }
    return keep(ctx, tools, url, got.body);
}
