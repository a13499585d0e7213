/* One function a kind of answer. See vet.h. */
#include "setup/vet.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/money.h"

enum { SECRET_MAX = 512, SECRET_MIN = 8, NAME_MAX_SIGNS = 60, HOST_MAX = 253, LABEL_MAX = 63 };

static bool
only(struct str s, const char *signs)
{
    for (size_t i = 0; i < s.n; i++)
        if (!s.p[i] || !strchr(signs, s.p[i]))
            return false;
    return true;
}

static const char digits[] = "0123456789";
static const char word_signs[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789_-.@+";

bool
vet_is_secret(enum vet_kind kind)
{
    return kind >= VET_STRIPE_KEY;
}

bool
vet_is_address(struct str host)
{
    unsigned char out[sizeof(struct in6_addr)];
    char text[INET6_ADDRSTRLEN + 1];

    if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
        host = str_sub(host, 1, host.n - 2);
    if (host.n == 0 || host.n >= sizeof text)
        return false;
    memcpy(text, host.p, host.n);
    text[host.n] = '\0';
    return inet_pton(AF_INET, text, out) == 1 || inet_pton(AF_INET6, text, out) == 1;
}

/* What people paste from the address bar, each with its own word. */
static enum err
host_shape(struct ctx *ctx, struct str h)
{
    if (str_find(h, STR("://"), 0) != SIZE_MAX)
        return ctx_fail(ctx, E_INVALID, "write the host name alone, without https://");
    if (str_has(h, '/'))
        return ctx_fail(ctx, E_INVALID, "write the host name alone, without a path behind it");
    if (str_has(h, ' ') || str_has(h, '\t'))
        return ctx_fail(ctx, E_INVALID, "a host name has no blanks");
    if (str_has(h, '_'))
        return ctx_fail(ctx, E_INVALID,
                        "a host name has no underscore: no certificate is given for one");
    if (vet_is_address(h))
        return OK;
    if (str_has(h, ':'))
        return ctx_fail(ctx, E_INVALID, "write the host name alone, without a port");
    if (!only(h, "abcdefghijklmnopqrstuvwxyz0123456789.-"))
        return ctx_fail(ctx, E_INVALID,
                        "a host name has letters a to z, digits, dots and hyphens; other "
                        "letters are written in their xn-- form");
    return OK;
}

static enum err
host(struct ctx *ctx, UNUSED enum conf_mode mode, struct str h, struct str *ret)
{
    struct str rest, label;
    enum err e;

    h = str_lower(ctx->arena, h);
    if (str_ends(h, STR(".")))
        h = str_sub(h, 0, h.n - 1);
    *ret = h;
    if ((e = host_shape(ctx, h)))
        return e;
    if (vet_is_address(h)) {
        if (str_has(h, ':') && h.p[0] != '[')
            *ret = str_of(arena_printf(ctx->arena, "[%.*s]", STR_ARG(h)));
        return OK;
    }
    if (h.n > HOST_MAX)
        return ctx_fail(ctx, E_INVALID, "a host name has at most 253 signs");
    if (!h.n || h.p[0] == '.' || str_find(h, STR(".."), 0) != SIZE_MAX)
        return ctx_fail(ctx, E_INVALID, "a host name has no empty part between dots");
    for (rest = h; str_split(&rest, '.', &label);)
        if (label.n > LABEL_MAX || label.p[0] == '-' || label.p[label.n - 1] == '-')
            return ctx_fail(ctx, E_INVALID,
                            "each part of a host name has 1 to 63 signs and no hyphen at "
                            "either end");
    return OK;
}

static enum err
person(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    struct str id = str_starts(v, STR("discord:")) ? str_sub(v, 8, v.n) : STR_NULL;

    if (id.p && (id.n < 15 || id.n > 20 || !only(id, digits)))
        return ctx_fail(ctx, E_INVALID,
                        "discord: is followed by the person's id, 15 to 20 digits: in Discord, "
                        "developer mode on, right click on the name, Copy User ID");
    if (!id.p && (v.n > NAME_MAX_SIGNS || str_has(v, ':')))
        return ctx_fail(ctx, E_INVALID, "write discord:ID, or a name of at most 60 signs");
    return OK;
}

static enum err
id_number(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    if (!only(v, digits))
        return ctx_fail(ctx, E_INVALID,
                        "an id of Discord is a number; with developer mode on, a right click "
                        "offers Copy ID");
    return v.n >= 15 && v.n <= 20
               ? OK
               : ctx_fail(ctx, E_INVALID, "an id of Discord has 15 to 20 digits");
}

static enum err
key(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, struct str *ret)
{
    *ret = str_lower(ctx->arena, v);
    return v.n == 64 && only(*ret, "0123456789abcdef")
               ? OK
               : ctx_fail(ctx, E_INVALID,
                          "the public key has 64 hex signs; it stands under General "
                          "Information of the application");
}

static enum err
mail(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    size_t at = str_find(v, STR("@"), 0);

    return only(v, word_signs) && at != SIZE_MAX && at > 0 && at + 1 < v.n && v.n <= 128 &&
                   str_find(v, STR("@"), at + 1) == SIZE_MAX
               ? OK
               : ctx_fail(ctx, E_INVALID, "this is not an address of mail like me@example.org");
}

static enum err
file(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    return v.n > 1 && v.p[0] == '/' && str_is_text(v, "") && !str_has(v, ' ') &&
                   !str_has(v, ';') && !str_has(v, '"') && !str_has(v, '\'') &&
                   !str_has(v, '{') && !str_has(v, '}') && !str_has(v, '$')
               ? OK
               : ctx_fail(ctx, E_INVALID,
                          "write the whole path of the file, from / on and without blanks");
}

static enum err
one_line(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    return str_length(v) <= NAME_MAX_SIGNS
               ? OK
               : ctx_fail(ctx, E_INVALID, "this has at most 60 signs");
}

static enum err
mode_word(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    return str_eq_text(v, "test") || str_eq_text(v, "live")
               ? OK
               : ctx_fail(ctx, E_INVALID, "the mode is test or live");
}

static enum err
currency(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    return money_exponent(v) >= 0
               ? OK
               : ctx_fail(ctx, E_INVALID,
                          "this is not a currency this program knows; write it like USD");
}

static enum err
word(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    return v.n <= 128 && only(v, word_signs)
               ? OK
               : ctx_fail(ctx, E_INVALID, "this is one word: letters, digits, _ - . @ +");
}

static enum err
shop(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, struct str *ret)
{
    *ret = str_lower(ctx->arena, v);
    return str_ends(*ret, STR(".myshopify.com")) && v.n > 14 &&
                   only(*ret, "abcdefghijklmnopqrstuvwxyz0123456789.-")
               ? OK
               : ctx_fail(ctx, E_INVALID, "write the shop's own name, like name.myshopify.com");
}

static enum err
account(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    return str_starts(v, STR("biz_")) && only(v, word_signs)
               ? OK
               : ctx_fail(ctx, E_INVALID, "the company's id begins with biz_");
}

static enum err
port(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    int64_t n;

    return str_i64(v, 1, 65535, &n)
               ? OK
               : ctx_fail(ctx, E_INVALID, "a port is a number from 1 to 65535");
}

static enum err
tls(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    return str_eq_text(v, "certbot") || str_eq_text(v, "own") || str_eq_text(v, "proxy") ||
                   str_eq_text(v, "none")
               ? OK
               : ctx_fail(ctx, E_INVALID, "this is one of certbot, own, proxy and none");
}

static enum err
smtp(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    return (str_starts(v, STR("smtp://")) || str_starts(v, STR("smtps://"))) && v.n > 8 &&
                   v.p[v.n - 1] != '/' && only(v, "abcdefghijklmnopqrstuvwxyz0123456789.-:/[]")
               ? OK
               : ctx_fail(ctx, E_INVALID,
                          "write it like smtp://127.0.0.1:25 or smtps://mail.example.org");
}

static enum err
stripe_key(struct ctx *ctx, enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    struct conf c = {.mode = mode};

    if (str_starts(v, STR("pk_")))
        return ctx_fail(ctx, E_INVALID,
                        "this is Stripe's publishable key; the secret one begins with sk_ or "
                        "rk_");
    if (str_starts(v, STR("whsec_")))
        return ctx_fail(ctx, E_INVALID,
                        "this is the secret of a webhook; the API key begins with sk_ or rk_");
    return conf_check_key(ctx, &c, v);
}

static enum err
stripe_hook(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    return str_starts(v, STR("whsec_")) ? OK
                                        : ctx_fail(ctx, E_INVALID,
                                                   "this secret begins with whsec_; it is "
                                                   "shown at Stripe beside the endpoint");
}

static enum err
shopify_token(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    return str_starts(v, STR("shpat_"))
               ? OK
               : ctx_fail(ctx, E_INVALID,
                          str_starts(v, STR("shpss_"))
                              ? "this is the app's client secret; the Admin API token begins "
                                "with shpat_"
                              : "the Admin API token begins with shpat_; it is shown once, "
                                "when the app is installed");
}

static enum err
shopify_hook(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    return !str_starts(v, STR("shpat_")) ? OK
                                         : ctx_fail(ctx, E_INVALID,
                                                    "this is the Admin API token; webhooks are "
                                                    "signed with the app's client secret");
}

static enum err
whop_key(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    return !str_starts(v, STR("ws_")) && !str_starts(v, STR("whsec_")) &&
                   !str_starts(v, STR("biz_"))
               ? OK
               : ctx_fail(ctx, E_INVALID,
                          "this is not the API key: it stands under Developer, API keys");
}

static enum err
bot_token(struct ctx *ctx, UNUSED enum conf_mode mode, struct str v, UNUSED struct str *ret)
{
    size_t first = str_find(v, STR("."), 0);

    return first != SIZE_MAX && str_find(v, STR("."), first + 1) != SIZE_MAX
               ? OK
               : ctx_fail(ctx, E_INVALID,
                          "a bot's token has three parts with dots between them; it stands "
                          "under Bot, Reset Token");
}

static enum err
anything(UNUSED struct ctx *ctx, UNUSED enum conf_mode mode, UNUSED struct str v,
         UNUSED struct str *ret)
{
    return OK;
}

/* What holds for every secret, told apart from what was copied along with it. */
static enum err
secret_shape(struct ctx *ctx, enum vet_kind kind, struct str v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == ' ' || v.p[i] == '\t' || v.p[i] == '\n' || v.p[i] == '\r')
            return ctx_fail(ctx, E_INVALID,
                            "a secret has no blanks inside; copy it once more, alone");
        if (v.p[i] < '!' || v.p[i] > '~')
            return ctx_fail(ctx, E_INVALID,
                            "a secret has no signs like these; copy it once more, alone");
    }
    if (v.n > SECRET_MAX)
        return ctx_fail(ctx, E_INVALID, "this is too long for a secret (over 512 signs)");
    if (v.n < SECRET_MIN && kind != VET_PASSWORD)
        return ctx_fail(ctx, E_INVALID, "this is too short for a secret (under 8 signs)");
    return OK;
}

static enum err (*const judge[])(struct ctx *, enum conf_mode, struct str, struct str *) = {
    [VET_TEXT] = one_line,
    [VET_HOST] = host,
    [VET_MODE] = mode_word,
    [VET_CURRENCY] = currency,
    [VET_PERSON] = person,
    [VET_ID] = id_number,
    [VET_KEY] = key,
    [VET_WORD] = word,
    [VET_SHOP] = shop,
    [VET_ACCOUNT] = account,
    [VET_MAIL] = mail,
    [VET_FILE] = file,
    [VET_PORT] = port,
    [VET_TLS] = tls,
    [VET_SMTP] = smtp,
    [VET_STRIPE_KEY] = stripe_key,
    [VET_STRIPE_HOOK] = stripe_hook,
    [VET_SHOPIFY_TOKEN] = shopify_token,
    [VET_SHOPIFY_HOOK] = shopify_hook,
    [VET_WHOP_KEY] = whop_key,
    [VET_BOT_TOKEN] = bot_token,
    [VET_PASSWORD] = anything,
    [VET_SECRET] = anything,
};

enum err
vet(struct ctx *ctx, enum vet_kind kind, enum conf_mode mode, struct str answer,
    struct str *ret)
{
    struct str v = str_trim(answer);
    enum err e;

    *ret = v;
    if (!v.n)
        return ctx_fail(ctx, E_INVALID, "it is empty");
    if (vet_is_secret(kind) ? (e = secret_shape(ctx, kind, v)) != OK : !str_is_text(v, ""))
        return vet_is_secret(kind)
                   ? e
                   : ctx_fail(ctx, E_INVALID, "this holds signs that are no text");
    return judge[kind](ctx, mode, v, ret);
}

const char *
vet_doubt(enum vet_kind kind, struct str answer)
{
    if (kind == VET_HOST)
        return vet_is_address(answer)
                   ? "this is an address, not a name: no certificate is given for it, and "
                     "payment services call names only"
                   : "";
    return kind == VET_STRIPE_HOOK || kind == VET_SHOPIFY_TOKEN || kind == VET_SHOPIFY_HOOK ||
                   kind == VET_WHOP_KEY
               ? "it does not tell whether it is for tests or for real money"
               : "";
}
