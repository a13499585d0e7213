/* From FastCGI parameters to a checked request. Not for: bodies (fcgi.c reads, form.c takes
 * apart). */
#include "http/req.h"

#include <string.h>

#include "base/enc.h"
#include "http/cookie.h"
#include "http/router.h"

static struct str
param_get(const struct req *r, const char *name)
{
    for (size_t i = 0; i < r->n_params; i++)
        if (str_eq_text(r->params[i].name, name))
            return r->params[i].value;
    return STR_NULL;
}

/* Parameters that nginx sets itself may stand once only; headers may repeat, and count as
 * absent then (req_header). */
static enum err
params_check(struct ctx *ctx, const struct req_param *p, size_t n)
{
    size_t bytes = 0;

    if (n > REQ_PARAMS_MAX)
        return ctx_fail(ctx, E_LIMIT, "too many parameters");
    for (size_t i = 0; i < n; i++) {
        bytes += p[i].name.n + p[i].value.n;
        if (bytes > REQ_PARAM_BYTES)
            return ctx_fail(ctx, E_LIMIT, "headers too long");
        if (str_starts(p[i].name, STR("HTTP_")))
            continue;
        for (size_t k = 0; k < i; k++)
            if (str_eq(p[i].name, p[k].name))
                return ctx_fail(ctx, E_INVALID, "a parameter stands twice");
    }
    return OK;
}

static enum err
method_read(struct ctx *ctx, struct str s, enum req_method *ret)
{
    if (s.n == 0 || s.n > 20)
        return ctx_fail(ctx, E_INVALID, "request without a method");
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 'A' || s.p[i] > 'Z')
            return ctx_fail(ctx, E_INVALID, "not a method");
    *ret = str_eq_text(s, "GET")    ? REQ_GET
           : str_eq_text(s, "HEAD") ? REQ_HEAD
           : str_eq_text(s, "POST") ? REQ_POST
                                    : REQ_OTHER;
    return OK;
}

/* One way of writing each address: what is not in that form has no page. */
static bool
path_good(struct str p)
{
    if (p.n == 0 || p.p[0] != '/' || !str_is_text(p, ""))
        return false;
    for (size_t i = 0; i < p.n; i++) {
        if (p.p[i] == '\\')
            return false;
        if (p.p[i] != '/')
            continue;
        struct str rest = str_sub(p, i + 1, SIZE_MAX);
        size_t end = str_find(rest, STR("/"), 0);
        struct str part = str_sub(rest, 0, end == SIZE_MAX ? rest.n : end);

        if (str_eq_text(part, ".") || str_eq_text(part, "..") || (part.n == 0 && end == 0))
            return false;
    }
    return true;
}

static enum err
target_read(struct ctx *ctx, struct str target, struct req *r)
{
    size_t q = str_find(target, STR("?"), 0);
    struct str path = str_sub(target, 0, q);

    r->query = q == SIZE_MAX ? STR("") : str_sub(target, q + 1, SIZE_MAX);
    if (path.n > REQ_PATH_MAX)
        return ctx_fail(ctx, E_LIMIT, "address too long");
    /* An encoded slash would make two addresses out of one for whoever decodes before us. */
    if (str_find(path, STR("%2f"), 0) != SIZE_MAX || str_find(path, STR("%2F"), 0) != SIZE_MAX)
        return ctx_fail(ctx, E_INVALID, "address with an encoded slash");
    enum err e = enc_unpercent(ctx->arena, path, false, &r->path);

    if (e != OK || !path_good(r->path)) {
        r->path = STR("/");
        return ctx_fail(ctx, E_INVALID, "address is malformed");
    }
    return OK;
}

static enum err
type_read(struct ctx *ctx, struct req *r)
{
    struct str length = param_get(r, "CONTENT_LENGTH");
    struct str type = param_get(r, "CONTENT_TYPE");
    size_t semicolon = str_find(type, STR(";"), 0);

    r->length = -1;
    if (length.n != 0 && !str_i64(length, 0, MINOR_MAX, &r->length))
        return ctx_fail(ctx, E_INVALID, "content length is not a number");
    r->type = str_lower(ctx->arena, str_trim(str_sub(type, 0, semicolon)));
    return OK;
}

enum err
req_read(struct ctx *ctx, const struct req_param *params, size_t n, struct req *ret)
{
    *ret = (struct req){.length = -1, .path = STR("/")};
    enum err e = params_check(ctx, params, n);

    if (e != OK)
        return e;
    ret->params = params;
    ret->n_params = n;
    ctx_trace(ctx, param_get(ret, "REQUEST_ID"));
    ret->addr = param_get(ret, "REMOTE_ADDR");
    ret->https = str_eq_text(param_get(ret, "REQUEST_SCHEME"), "https");
    ret->host = req_header(ret, "host");
    e = method_read(ctx, param_get(ret, "REQUEST_METHOD"), &ret->method);
    if (e == OK)
        e = target_read(ctx, param_get(ret, "REQUEST_URI"), ret);
    if (e == OK)
        e = type_read(ctx, ret);
    return e;
}

/* "HTTP_STRIPE_SIGNATURE" for "stripe-signature". */
static bool
header_is(struct str param, const char *name)
{
    size_t n = strlen(name);

    if (param.n != n + 5 || memcmp(param.p, "HTTP_", 5) != 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = name[i] == '-' ? '_' : name[i];

        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (param.p[i + 5] != c)
            return false;
    }
    return true;
}

struct str
req_header(const struct req *r, const char *name)
{
    const struct req_param *found = NULL;

    for (size_t i = 0; i < r->n_params; i++) {
        if (!header_is(r->params[i].name, name))
            continue;
        if (found != NULL)
            return STR_NULL;
        found = &r->params[i];
    }
    return found == NULL ? STR_NULL : found->value;
}

struct str
req_cookie(const struct req *r, const char *name)
{
    return cookie_find(req_header(r, "cookie"), str_of(name));
}

static const struct req_arg *
arg_get(const struct req *r, const char *name)
{
    for (size_t i = 0; i < r->n_args; i++)
        if (str_eq_text(r->args[i].name, name))
            return &r->args[i];
    return NULL;
}

int64_t
req_id(const struct req *r, const char *name)
{
    const struct req_arg *a = arg_get(r, name);

    BUG_IF(a == NULL || a->id == 0);
    return a->id;
}

struct str
req_arg(const struct req *r, const char *name)
{
    const struct req_arg *a = arg_get(r, name);

    BUG_IF(a == NULL);
    return a->text;
}

bool
req_is_machine(const struct req *r)
{
    return str_starts(r->path, STR("/api/")) || str_starts(r->path, STR("/hooks/")) ||
           str_ends(r->path, STR(".json")) ||
           (r->route != NULL && (r->route->flags & ROUTE_MACHINE) != 0);
}
