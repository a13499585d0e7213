/* asks CONF NAME ARGUMENT…: sends one of our requests to a provider and prints the status and
 * the body of its answer. For 12-clients.t, which holds them against those of the providers'
 * own clients. Not for: what answers mean. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/conf.h"
#include "base/ctx.h"
#include "provider/payer_paypal.h"
#include "provider/stripe_account.h"
#include "provider/stripe_books.h"
#include "provider/tally.h"

enum { ARGUMENTS = 8 };

static struct ctx ctx;
static struct conf conf;
static struct httpc *http;
static struct remote_ask ask;
static struct payer_way stripe;
static const char *arg[ARGUMENTS];

static struct str
text(size_t i)
{
    return str_of(arg[i]);
}

static int64_t
number(size_t i)
{
    return strtoll(arg[i], NULL, 10);
}

static struct str
secret(const char *key, struct str file)
{
    struct str line[1];
    size_t n = 0;

    if (conf_secret(&ctx, ctx.arena, key, file, line, 1, &n) || !n)
        return STR("");
    return line[0];
}

/* id key to cents ref first_at */
static struct pay_order
order(void)
{
    return (struct pay_order){.id = number(0),
                              .key = text(1),
                              .to = text(2),
                              .amount = number(3),
                              .currency = "USD",
                              .ref = text(4),
                              .first_at = number(5)};
}

static enum err
give(struct httpc_answer *ret)
{
    return httpc_do(&ctx, http, &ask.http, ret);
}

/* How to come to each of them; PayPal's token is fetched first. */
static enum err
way_of(const char *name, struct payer_way *ret)
{
    struct httpc_answer got;
    int64_t until;
    enum err e;

    if (!strcmp(name, "whop")) {
        *ret = (struct payer_way){.base = conf.whop.api,
                                  .token = secret("whop.api_key_file", conf.whop.api_key_file),
                                  .account = conf.whop.account};
        return OK;
    }
    if (!strcmp(name, "shopify")) {
        *ret =
            (struct payer_way){.base = conf.shopify.api,
                               .token = secret("shopify.token_file", conf.shopify.token_file)};
        return OK;
    }
    if (strcmp(name, "paypal") != 0) {
        *ret = stripe;
        return OK;
    }
    *ret = (struct payer_way){.base = conf.paypal.api};
    if ((e = payer_paypal_token(
             &ctx, conf.paypal.api, conf.paypal.client_id,
             secret("paypal.client_secret_file", conf.paypal.client_secret_file), &ask)))
        return e;
    e = give(&got);
    return payer_paypal_given(&ctx, &ask, e, &got, &ret->token, &until);
}

static enum err
payout(const char *name, bool look)
{
    const struct payer *p = payer_find(str_of(name));
    struct pay_order o = order();
    struct payer_way way;
    enum err e = way_of(name, &way);

    if (e)
        return e;
    return look ? p->look(&ctx, &way, &o, &ask) : p->send(&ctx, &way, &o, &ask);
}

/* since page */
static enum err
list(const char *name)
{
    const struct tally *t = tally_find(str_of(name));
    struct tally_at at = {.since = number(0) * 1000, .page = text(1)};
    struct payer_way way;
    enum err e = way_of(name, &way);

    return e ? e : t->ask(&ctx, &way, &at, &ask);
}

/* id key name price quantity items back expires */
static enum err
session(void)
{
    struct stripe_api_checkout c = {
        .id = number(0),
        .reference = text(0),
        .key = text(1),
        .kind = STR("sale"),
        .title = text(2),
        .items = text(5),
        .tag = STR("128"),
        .back = text(6),
        .cancel = text(6),
        .shipping = 500,
        .expires_at = number(7) * 1000,
        .line = {{.name = text(2), .price = number(3), .quantity = number(4)}},
        .n_lines = 1};

    return stripe_api_open(&ctx, &stripe, &c, &ask);
}

static enum err
make(const char *name)
{
    if (!strcmp(name, "session"))
        return session();
    if (!strcmp(name, "sessions"))
        return stripe_api_sessions(&ctx, &stripe, number(0) * 1000, &ask);
    if (!strcmp(name, "refund"))
        return stripe_books_refund(&ctx, &stripe, text(0), number(1), text(2), &ask);
    if (!strcmp(name, "refunds"))
        return stripe_books_refunds(&ctx, &stripe, text(0), &ask);
    if (!strcmp(name, "intent"))
        return stripe_books_payment(&ctx, &stripe, text(0), &ask);
    if (!strcmp(name, "balance"))
        return stripe_books_balance(&ctx, &stripe, &ask);
    if (!strcmp(name, "moves"))
        return stripe_books_moves(&ctx, &stripe, number(0), text(1), &ask);
    if (!strcmp(name, "account"))
        return stripe_account_make(&ctx, &stripe, number(0), number(1), text(2), &ask);
    if (!strcmp(name, "account_get"))
        return stripe_account_get(&ctx, &stripe, text(0), &ask);
    if (!strcmp(name, "link"))
        return stripe_account_link(&ctx, &stripe, text(0), text(1), text(2), &ask);
    if (!strncmp(name, "send-", 5))
        return payout(name + 5, false);
    if (!strncmp(name, "look-", 5))
        return payout(name + 5, true);
    if (!strncmp(name, "list-", 5))
        return list(name + 5);
    return ctx_fail(&ctx, E_INVALID, "there is no request %s", name);
}

int
main(int argc, char **argv)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(64 << 20);
    struct httpc_answer got;
    enum err e;

    signal(SIGPIPE, SIG_IGN);
    ctx_init(&ctx, a, world_real());
    ctx.conf = &conf;
    for (int i = 0; i < ARGUMENTS; i++)
        arg[i] = i + 3 < argc ? argv[i + 3] : "";
    e = argc < 3 ? ctx_fail(&ctx, E_INVALID, "asks CONF NAME ARGUMENT…")
                 : conf_load(&ctx, a, argv[1], &conf);
    if (!e)
        e = httpc_open(&ctx, a, &http);
    if (!e)
        e = stripe_api_way(&ctx, &stripe);
    if (!e)
        e = make(argv[2]);
    if (!e)
        e = give(&got);
    if (e) {
        fprintf(stderr, "asks: %.*s\n", STR_ARG(ctx_why(&ctx)));
        return 1;
    }
    printf("%lld %.*s\n", (long long)got.status, STR_ARG(got.body));
    httpc_close(http);
    return 0;
}
