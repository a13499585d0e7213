/* Cookies: strict reading, one way of writing. Not for: what a session is. */
#include "http/cookie.h"

#include "base/conf.h"

enum { COOKIE_PAIRS_MAX = 64, COOKIE_TOKEN_MAX = 128 };

const char *
cookie_session_name(const struct conf *conf)
{
    return conf != NULL && conf->web.secure_cookies ? "__Host-ck" : "ck";
}

const char *
cookie_login_name(const struct conf *conf)
{
    return conf != NULL && conf->web.secure_cookies ? "__Host-ckl" : "ckl";
}

const char *
cookie_kept_name(const struct conf *conf)
{
    return conf != NULL && conf->web.secure_cookies ? "__Host-ckk" : "ckk";
}

/* cookie-octet of RFC 6265: no control signs, blanks, quotes, commas, semicolons, backslashes.
 */
static bool
value_good(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c <= ' ' || c >= 0x7f || c == '"' || c == ',' || c == ';' || c == '\\')
            return false;
    }
    return true;
}

struct str
cookie_find(struct str header, struct str name)
{
    struct str pair, found = STR_NULL;
    size_t pairs = 0, times = 0;

    while (str_split(&header, ';', &pair)) {
        if (++pairs > COOKIE_PAIRS_MAX)
            return STR_NULL;
        pair = str_trim(pair);
        size_t eq = str_find(pair, STR("="), 0);

        if (eq == SIZE_MAX || !str_eq(str_sub(pair, 0, eq), name))
            continue; /* other people's cookies may look as they like */
        found = str_sub(pair, eq + 1, SIZE_MAX);
        if (++times > 1 || !value_good(found))
            return STR_NULL;
    }
    return found;
}

static bool
token_good(struct str s, size_t max)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_'))
            return false;
    }
    return s.n != 0 && s.n <= max;
}

static enum err
cookie_write(struct res *res, const char *name, struct str token, int64_t max_age_s)
{
    const struct conf *conf = res->ctx->conf;
    bool secure = conf != NULL && conf->web.secure_cookies;
    const char *v =
        arena_printf(res->ctx->arena, "%s=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
                     name, STR_ARG(token), (long long)max_age_s, secure ? "; Secure" : "");

    return res_header(res, "Set-Cookie", str_of(v));
}

enum err
cookie_set_session(struct res *res, struct str token, int64_t max_age_s)
{
    if (!token_good(token, COOKIE_TOKEN_MAX) || max_age_s <= 0)
        return ctx_fail(res->ctx, E_INVALID, "not a session token");
    return cookie_write(res, cookie_session_name(res->ctx->conf), token, max_age_s);
}

enum err
cookie_end_session(struct res *res)
{
    return cookie_write(res, cookie_session_name(res->ctx->conf), STR_NULL, 0);
}

enum err
cookie_set_login(struct res *res, struct str secret, int64_t max_age_s)
{
    if (!token_good(secret, COOKIE_TOKEN_MAX) || max_age_s <= 0)
        return ctx_fail(res->ctx, E_INVALID, "not the secret of a login");
    return cookie_write(res, cookie_login_name(res->ctx->conf), secret, max_age_s);
}

enum err
cookie_end_login(struct res *res)
{
    return cookie_write(res, cookie_login_name(res->ctx->conf), STR_NULL, 0);
}

enum err
cookie_set_kept(struct res *res, struct str kept, int64_t max_age_s)
{
    if (!token_good(kept, COOKIE_KEPT_MAX) || max_age_s <= 0)
        return ctx_fail(res->ctx, E_INVALID, "too long to be kept");
    return cookie_write(res, cookie_kept_name(res->ctx->conf), kept, max_age_s);
}

enum err
cookie_end_kept(struct res *res)
{
    return cookie_write(res, cookie_kept_name(res->ctx->conf), STR_NULL, 0);
}
