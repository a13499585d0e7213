/* See cert.h. */
#include "vault/cert.h"

#include <string.h>

#include "db/stmt.h"
#include "db/tx.h"
#include "provider/paypal.h"
#include "queue/outbox.h"

enum { PEM_MAX = 32 * 1024, SELDOM_MS = 5000 };
/* A certificate that was taken back is not used for longer than that. */
static const int64_t KEEP_MS = INT64_C(7) * 24 * 3600 * 1000;

static struct {
    char url[PAYPAL_URL_MAX + 1]; /* "" none */
    int64_t next;                 /* tick of the next job */
} wanted;

enum err
cert_get(struct ctx *ctx, struct str url, struct str *ret_pem)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_cert_get);
    enum err e;

    stmt_str(&s, ":url", url);
    stmt_i64(&s, ":since", ctx_now(ctx) - KEEP_MS);
    if (!(e = stmt_one(&s)))
        *ret_pem = stmt_col_str(&s, "pem");
    return e;
}

void
cert_want(struct str url)
{
    if (url.n > PAYPAL_URL_MAX)
        return;
    memcpy(wanted.url, url.p, url.n);
    wanted.url[url.n] = '\0';
}

enum err
cert_fetch(struct ctx *ctx, struct tx *tx)
{
    struct str url = str_dup(ctx->arena, str_of(wanted.url));
    int64_t tick = ctx->world->tick_ms(ctx->world->arg);

    wanted.url[0] = '\0';
    if (!url.n || tick < wanted.next)
        return OK;
    wanted.next = tick + SELDOM_MS;
    return outbox_add(
        ctx, tx, STR("paypal.cert"),
        str_of(arena_printf(ctx->arena, "%lld %.*s", (long long)ctx_now(ctx), STR_ARG(url))),
        url, ctx_now(ctx));
}

enum err
cert_keep(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
          struct msg *out)
{
    struct str url, pem;
    enum err e;

    (void)who;
    (void)out;
    BUG_IF(!tx->open);
    if ((e = msg_text(ctx, in, "url", 1, PAYPAL_URL_MAX, &url)) ||
        (e = msg_bytes(ctx, in, "pem", PEM_MAX, &pem)))
        return e;
    if (!str_is_text(pem, "\r\n\t") || !paypal_cert_fits(ctx, url, pem))
        return ctx_fail(ctx, E_INVALID, "that is no certificate of PayPal's");
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_cert_put);
    stmt_str(&s, ":url", url);
    stmt_str(&s, ":pem", pem);
    stmt_i64(&s, ":now", ctx_now(ctx));
    return stmt_run(&s);
}
