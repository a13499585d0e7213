/* cozykart check: whether shops beside Stripe can be believed as they are set up. Not for:
 * asking them anything. */
#include "base/conf.h"
#include "main/ctl_check.h"

enum { PATH_MIN = 16, PATH_MAX = 64 };

/* First line of a secret; empty when none is set. False when it cannot be read, which is
 * judged.
 */
static bool
secret(struct ctl *c, const char *key, const char *what, struct str file, struct str *ret)
{
    size_t n = 0;

    *ret = STR("");
    ctx_clear(c->ctx);
    if (conf_secret(c->ctx, c->ctx->arena, key, file, ret, 1, &n) == OK)
        return true;
    if (!check_unseen(c, what))
        ctl_judge(c, what, false, str_text(c->ctx->arena, ctx_why(c->ctx)));
    return false;
}

static void
shopify(struct ctl *c)
{
    struct str shop = c->conf->shopify.shop, line;

    if (!secret(c, "shopify.webhook_secret", "shopify.webhook_secret_file",
                c->conf->shopify.webhook_secret_file, &line))
        return;
    if (!shop.n && !line.n) {
        ctl_say(c, "--   shopify.shop is not set: /hooks/shopify is closed");
        return;
    }
    ctl_judge(c, "shopify.shop",
              str_ends(shop, STR(".myshopify.com")) && shop.n > STR(".myshopify.com").n,
              "it must be the shop's own name, like name.myshopify.com: notices come under it");
    ctl_judge(c, "shopify.webhook_secret_file", line.n > 0,
              "it is not set: /hooks/shopify answers 503 until it is");
}

static void
kofi(struct ctl *c)
{
    struct str token, path;
    bool fits = true;

    if (!secret(c, "kofi.token", "kofi.token_file", c->conf->kofi.token_file, &token) ||
        !secret(c, "kofi.path", "kofi.path_file", c->conf->kofi.path_file, &path))
        return;
    if (!token.n && !path.n) {
        ctl_say(c, "--   kofi.token_file is not set: /hooks/kofi is closed");
        return;
    }
    for (size_t i = 0; i < path.n; i++) {
        char s = path.p[i];
        fits = fits && ((s >= '0' && s <= '9') || (s >= 'a' && s <= 'z') ||
                        (s >= 'A' && s <= 'Z') || s == '-' || s == '_');
    }
    ctl_judge(c, "kofi.token_file", token.n > 0,
              "it is not set: put the verification token of Ko-fi's webhook page there");
    ctl_judge(c, "kofi.path_file", fits && path.n >= PATH_MIN && path.n <= PATH_MAX,
              "it must hold 16 to 64 signs of letters, digits, - and _: the end of the address "
              "that Ko-fi gets");
}

static void
whop(struct ctl *c)
{
    bool coded = str_eq_text(c->conf->whop.key_mode, "whsec");
    struct str line;

    if (!secret(c, "whop.webhook_secret", "whop.webhook_secret_file",
                c->conf->whop.webhook_secret_file, &line))
        return;
    if (!line.n) {
        ctl_say(c, "--   whop.webhook_secret_file is not set: /hooks/whop is closed");
        return;
    }
    ctl_judge(c, "whop.webhook_secret_file", !coded || str_starts(line, STR("whsec_")),
              "whop.key_mode is whsec, but the secret does not begin with whsec_");
}

void
ctl_shops_check(struct ctl *c)
{
    shopify(c);
    kofi(c);
    whop(c);
}
