/* What is still missing after setup, each with its exact next step: addresses to enter at the
 * providers, the certificate, whether the house can be reached. Not for: looking whether all
 * works (ctl_check.c). */
#include <string.h>
#include <unistd.h>

#include "main/ctl_setup.h"
#include "setup/half.h"
#include "setup/put.h"

/* clang-format off */
/* What each provider must be told, once it is set up. */
static const struct {
    const char *key; /* set: the step is needed */
    const char *where, *path, *events;
} hooks[] = {
    {"discord.application_id", "Discord, General Information, Interactions Endpoint URL",
     "/hooks/discord", ""},
    {"discord.client_secret", "Discord, OAuth2, Redirects", "/login/discord/back", ""},
    {"stripe.webhook_secret", "Stripe, Developers, Webhooks", "/hooks/stripe",
     "checkout.session.completed, checkout.session.async_payment_succeeded, "
     "checkout.session.async_payment_failed, charge.refunded, refund.created, refund.updated, "
     "refund.failed, charge.dispute.* (created, updated, closed, funds_withdrawn, "
     "funds_reinstated), transfer.* (created, updated, reversed)"},
    {"stripe.connect_secret", "Stripe, Developers, Webhooks, an endpoint for connected accounts",
     "/hooks/stripe-connect", "account.updated, account.application.deauthorized, payout.*"},
    {"shopify.shop", "Shopify, Settings, Notifications, Webhooks", "/hooks/shopify",
     "orders/create, orders/paid, orders/updated, orders/cancelled, refunds/create, "
     "app/uninstalled, customers/data_request, customers/redact, shop/redact"},
    {"whop.webhook_secret", "Whop, Developer, Webhooks", "/hooks/whop",
     "payment.succeeded, refund.*, dispute.*"},
    {"paypal.client_id", "PayPal, your application, Webhooks", "/hooks/paypal",
     "PAYMENT.PAYOUTS-ITEM.*, PAYMENT.PAYOUTSBATCH.*"},
};
/* clang-format on */

static const char *
option_of(const char *key)
{
    for (size_t i = 0; i < setup_count; i++)
        if (strcmp(setup_questions[i].key, key) == 0)
            return setup_questions[i].option;
    return "";
}

static void
next_cert(struct setup *s)
{
    struct str host = setup_value(s, "host");

    if (setup_is(s, "tls", "certbot") && !s->cert_there)
        setup_missing(s, "there is no certificate yet",
                      "apt install certbot && certbot certonly --webroot -w /var/www/html -d "
                      "%.*s --deploy-hook 'systemctl reload nginx' && cozykart setup --batch",
                      STR_ARG(host));
    if (setup_is(s, "tls", "own") && !s->cert_there)
        setup_missing(s, "your certificate is not there yet",
                      "put it with its chain at %.*s and its key at %.*s, then cozykart setup "
                      "--batch",
                      STR_ARG(setup_value(s, "cert")), STR_ARG(setup_value(s, "cert-key")));
    if (setup_is(s, "tls", "own") && s->cert_there && s->cert_over)
        setup_missing(s, "your certificate has ended: no browser and no shop takes it",
                      "put a new one with its chain at %.*s and its key at %.*s, then cozykart "
                      "setup --batch",
                      STR_ARG(setup_value(s, "cert")), STR_ARG(setup_value(s, "cert-key")));
}

static void
next_site(struct setup *s)
{
    const char *dir = setup_path(s, "/etc/cozykart/nginx");

    setup_missing(s, "the site is not enabled",
                  "write  include %s/http.conf;  into the http context of your nginx (the head "
                  "of a file in sites-enabled is one) and  include %s/server.conf;  into the "
                  "server block for %.*s, then nginx -t && systemctl reload nginx; or "
                  "cozykart setup --batch --site yes",
                  dir, dir, STR_ARG(setup_value(s, "host")));
}

static void
next_hooks(struct setup *s)
{
    for (size_t i = 0; i < ARRAY_SIZE(hooks); i++)
        if (setup_value(s, hooks[i].key).n)
            setup_missing(s, arena_printf(s->c->ctx->arena, "enter at %s", hooks[i].where),
                          "%s%s%s%s", setup_url(s), hooks[i].path,
                          *hooks[i].events ? "  for " : "", hooks[i].events);
    if (setup_value(s, "kofi.token").n)
        setup_missing(s, "enter at Ko-fi, Settings, Webhooks (the end of it is a secret)",
                      "echo %s/hooks/kofi/$(cat %s)", setup_url(s),
                      setup_path(s, "/etc/cozykart/secrets.d/kofi.path"));
    for (size_t i = 0; i < half_count; i++) {
        const struct half *h = &half_rows[i];
        bool secret = false;

        if (!setup_value(s, h->have).n || strcmp(h->lack, "kofi.path") == 0 ||
            setup_value(s, h->lack).n)
            continue;
        for (size_t k = 0; k < setup_count; k++)
            if (strcmp(setup_questions[k].key, h->lack) == 0)
                secret = vet_is_secret(setup_questions[k].kind);
        setup_missing(s, arena_printf(s->c->ctx->arena, "%s is not set: %s", h->lack, h->what),
                      "cozykart setup --batch --%s %s", option_of(h->lack),
                      secret ? "FILE" : "VALUE");
    }
}

static void
next_providers(struct setup *s)
{
    if (!setup_value(s, "stripe.webhook_secret").n && !setup_value(s, "shopify.shop").n &&
        !setup_value(s, "kofi.token").n && !setup_value(s, "whop.webhook_secret").n)
        setup_missing(s, "no shop is set up: no order is heard of",
                      "run cozykart setup again with the keys of Stripe, Shopify, Ko-fi or "
                      "Whop at hand");
    if (setup_value(s, "mail.to").n && !setup_value(s, "mail.smtp").n)
        setup_missing(
            s, "no mail server is named: nobody is told of alerts by mail",
            "cozykart setup --batch --mail-smtp smtp://127.0.0.1:25, when one runs on "
            "this machine, or your provider's with --mail-user and --mail-password");
}

/* A house may do without it, so it comes last. */
static void
next_discord(struct setup *s)
{
    if (!setup_value(s, "discord.application_id").n)
        setup_missing(s,
                      "Discord is not set up (optional): until then people log in by "
                      "cozykart login-link NAME",
                      "make an application at discord.com/developers/applications, then run "
                      "cozykart setup again");
}

/* Asked for, or when all that it needs is there. One's own site needs no certificate of ours.
 */
static bool
is_looked_for(const struct setup *s)
{
    bool own = !setup_is(s, "site", "yes");

    if (ctl_flag(s->c, "verify"))
        return true;
    return s->running && !*s->root &&
           (own || (s->site && (!setup_is(s, "tls", "certbot") || s->cert_there)));
}

static void
next_reach(struct setup *s)
{
    bool own = !setup_is(s, "site", "yes"), unknown = false, there = false;
    bool looked = is_looked_for(s);
    const char *why = "";
    struct str sign;

    if (put_read(s->c->ctx, setup_path(s, "/etc/cozykart/nginx/sign"), &sign) != OK)
        sign = STR("");
    ctx_clear(s->c->ctx);
    if (looked)
        there = ctl_reach(s->c, setup_url(s), sign, &unknown, &why);
    if (own && !there)
        next_site(s);
    if (!looked || (own && !there && !ctl_flag(s->c, "verify")))
        return;
    if (there)
        setup_note(s, "%s leads to this machine", setup_url(s));
    else if (unknown)
        setup_note(s, "could not check whether %s leads here: %s", setup_url(s), why);
    else
        setup_missing(s, arena_printf(s->c->ctx->arena, "%s does not lead here", setup_url(s)),
                      "%s", why);
}

void
setup_next(struct setup *s)
{
    next_cert(s);
    next_reach(s);
    next_providers(s);
    next_hooks(s);
    next_discord(s);
}
