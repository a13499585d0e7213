/* Form tokens and origins. Not for: sessions themselves. */
#include "http/csrf.h"

#include <string.h>

#include "base/crypt.h"
#include "base/enc.h"

enum { NONCE_BYTES = 16, NONCE_SIGNS = 22, MAC_SIGNS = 43 };

/* The MAC as 43 signs in out. */
static void
mac_text(const struct req_session *s, struct str path, struct str nonce, char out[MAC_SIGNS])
{
    static const char sign[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char lead[NONCE_SIGNS + 6];

    BUG_IF(nonce.n != NONCE_SIGNS);
    memcpy(lead, "form:", 5);
    memcpy(lead + 5, nonce.p, NONCE_SIGNS);
    lead[5 + NONCE_SIGNS] = ':';
    struct sha256 mac = crypt_hmac3(s->token, (struct str){lead, sizeof(lead)}, path, STR_NULL);

    for (size_t i = 0, bit = 0; i < MAC_SIGNS; i++, bit += 6) {
        size_t at = bit / 8;
        unsigned pair =
            (unsigned)mac.b[at] << 8 | (at + 1 < sizeof(mac.b) ? mac.b[at + 1] : 0U);

        out[i] = sign[(pair >> (10 - bit % 8)) & 63U];
    }
}

struct str
csrf_token(struct ctx *ctx, const struct req_session *s, struct str path)
{
    unsigned char random[NONCE_BYTES];
    char mac[MAC_SIGNS];

    if (s->token.n == 0)
        return STR_NULL;
    ctx->world->random(ctx->world->arg, random, sizeof(random));
    struct str nonce = enc_base64url(ctx->arena, random, sizeof(random));

    mac_text(s, path, nonce, mac);
    return str_of(arena_printf(ctx->arena, "%.*s.%.*s", STR_ARG(nonce), (int)sizeof(mac), mac));
}

bool
csrf_check(const struct req_session *s, struct str path, struct str token,
           struct str *ret_nonce)
{
    char mac[MAC_SIGNS];

    if (s->token.n == 0 || token.n != NONCE_SIGNS + 1 + MAC_SIGNS ||
        token.p[NONCE_SIGNS] != '.')
        return false;
    struct str nonce = str_sub(token, 0, NONCE_SIGNS);

    mac_text(s, path, nonce, mac);
    if (!crypt_same((struct str){mac, sizeof(mac)}, str_sub(token, NONCE_SIGNS + 1, MAC_SIGNS)))
        return false;
    *ret_nonce = nonce;
    return true;
}

enum err
csrf_origin(struct ctx *ctx, const struct req *r, struct str site_url, bool strict)
{
    struct str site = req_header(r, "sec-fetch-site");
    struct str origin = req_header(r, "origin");

    if (site.n != 0 && !str_eq_text(site, "same-origin"))
        return ctx_fail(ctx, E_DENIED, "the form was sent from another site");
    if (origin.n != 0 && !str_eq(origin, site_url))
        return ctx_fail(ctx, E_DENIED, "the form was sent from another site");
    if (strict && site.n == 0 && origin.n == 0)
        return ctx_fail(ctx, E_DENIED, "the browser does not say where the form came from");
    return OK;
}
