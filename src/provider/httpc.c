/* libcurl's door. Not for: deciding what an answer means. */
#include "provider/httpc.h"

#include <curl/curl.h>

#include "base/buf.h"
#include "base/enc.h"

enum { CONNECT_MS = 2000, PARTS_MAX = 12, TYPE_MAX = 128 };

struct httpc {
    CURL *curl;
    char why[CURL_ERROR_SIZE];
};

/* What libcurl must be given back after a request. */
struct held {
    struct curl_slist *headers;
    curl_mime *mime;
};

enum err
httpc_open(struct ctx *ctx, struct arena *process, struct httpc **ret)
{
    struct httpc *h = ARENA_NEW(process, struct httpc);

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(h->curl = curl_easy_init()))
        return ctx_fail(ctx, E_INTERNAL, "libcurl does not start");
    *ret = h;
    return OK;
}

void
httpc_close(struct httpc *h)
{
    curl_easy_cleanup(h->curl);
    curl_global_cleanup();
}

/* Less than what came stops the transfer: the answer is too long. */
static size_t
take(char *p, size_t size, size_t n, void *arg)
{
    struct buf *b = arg;

    buf_add(b, (struct str){.p = p, .n = size * n});
    return b->failed ? 0 : size * n;
}

static void
drop(struct held *h)
{
    curl_slist_free_all(h->headers);
    curl_mime_free(h->mime);
}

/* Whole segments only: "http://host/api" does not stand for "http://host/apix". */
static bool
leads_to(struct str url, struct str base)
{
    char after = url.n > base.n ? url.p[base.n] : '/';

    return base.n && str_starts(url, base) && (after == '/' || after == '?') &&
           str_find(url, STR("/../"), 0) == SIZE_MAX;
}

static CURLcode
set_up(struct httpc *h, const struct httpc_ask *ask, struct buf *answer)
{
    CURL *c = h->curl;
    bool plain = ask->socket || str_starts(ask->base, STR("http://"));
    CURLcode rc;

    curl_easy_reset(c);
    h->why[0] = '\0';
    if ((rc = curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->why)) ||
        (rc = curl_easy_setopt(c, CURLOPT_URL, ask->url)) ||
        (rc = curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L)) ||
        (rc = curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L)) ||
        (rc = curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L)) ||
        (rc = curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L)) ||
        (rc = curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L)) ||
        (rc = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https")) ||
        (rc = curl_easy_setopt(c, CURLOPT_PROXY, "")) ||
        (rc = curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS)) ||
        (rc = curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)ask->timeout_ms)) ||
        (rc = curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, ask->once ? 1L : 0L)) ||
        (rc = curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take)) ||
        (rc = curl_easy_setopt(c, CURLOPT_WRITEDATA, answer)))
        return rc;
    return ask->socket ? curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, ask->socket) : CURLE_OK;
}

/* A method without a body sends none; with one it keeps the name that POST would change. */
static CURLcode
set_method(CURL *c, const struct httpc_ask *ask)
{
    static const char *const name[] = {
        [HTTPC_GET] = "GET",     [HTTPC_POST] = "POST",     [HTTPC_PUT] = "PUT",
        [HTTPC_PATCH] = "PATCH", [HTTPC_DELETE] = "DELETE",
    };
    bool body = ask->type || ask->n_parts;
    CURLcode rc;

    if (ask->method == HTTPC_POST && !body &&
        (rc = curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)0)))
        return rc;
    if (ask->method == HTTPC_POST && !body)
        return curl_easy_setopt(c, CURLOPT_POSTFIELDS, "");
    if (ask->method == HTTPC_GET || (ask->method == HTTPC_POST && body))
        return CURLE_OK;
    return curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, name[ask->method]);
}

static CURLcode
add_part(curl_mime *mime, const struct httpc_part *p)
{
    curl_mimepart *part = curl_mime_addpart(mime);
    CURLcode rc;

    if (!part)
        return CURLE_OUT_OF_MEMORY;
    if ((rc = curl_mime_name(part, p->name)) || (rc = curl_mime_type(part, p->type)) ||
        (p->file && (rc = curl_mime_filename(part, p->file))))
        return rc;
    return curl_mime_data(part, p->body.n ? p->body.p : "", p->body.n);
}

static CURLcode
set_body(CURL *c, const struct httpc_ask *ask, struct held *held)
{
    CURLcode rc = CURLE_OK;

    if (ask->n_parts) {
        if (!(held->mime = curl_mime_init(c)))
            return CURLE_OUT_OF_MEMORY;
        for (size_t i = 0; !rc && i < ask->n_parts; i++)
            rc = add_part(held->mime, &ask->part[i]);
        return rc ? rc : curl_easy_setopt(c, CURLOPT_MIMEPOST, held->mime);
    }
    if (ask->type &&
        ((rc = curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->body.n)) ||
         (rc = curl_easy_setopt(c, CURLOPT_POSTFIELDS, ask->body.n ? ask->body.p : ""))))
        return rc;
    return CURLE_OK;
}

static CURLcode
set_headers(CURL *c, const struct httpc_ask *ask, struct held *held)
{
    char type[TYPE_MAX];

    if (ask->type) {
        snprintf(type, sizeof type, "Content-Type: %s", ask->type);
        held->headers = curl_slist_append(held->headers, type);
    }
    /* Waiting for "100 Continue" costs a second where nobody knows it. */
    held->headers = curl_slist_append(held->headers, "Expect:");
    for (size_t i = 0; i < HTTPC_HEADERS_MAX && ask->header[i]; i++)
        held->headers = curl_slist_append(held->headers, ask->header[i]);
    return curl_easy_setopt(c, CURLOPT_HTTPHEADER, held->headers);
}

/* Nothing left the house with these; with any other it may have arrived. */
static bool
was_never_sent(CURLcode rc)
{
    return rc == CURLE_COULDNT_CONNECT || rc == CURLE_COULDNT_RESOLVE_HOST ||
           rc == CURLE_COULDNT_RESOLVE_PROXY || rc == CURLE_SSL_CONNECT_ERROR ||
           rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_UNSUPPORTED_PROTOCOL ||
           rc == CURLE_URL_MALFORMAT;
}

static void
read_headers(struct ctx *ctx, CURL *c, const struct httpc_ask *ask, struct httpc_answer *ret)
{
    struct curl_header *h;

    for (size_t i = 0; i < HTTPC_WANT_MAX && ask->want[i]; i++)
        if (curl_easy_header(c, ask->want[i], 0, CURLH_HEADER, -1, &h) == CURLHE_OK)
            ret->header[i] = str_dup(ctx->arena, str_of(h->value));
}

enum err
httpc_do(struct ctx *ctx, struct httpc *h, const struct httpc_ask *ask,
         struct httpc_answer *ret)
{
    struct buf answer = buf_new(ctx->arena, ask->answer_max);
    struct held held CLEANUP(drop) = {0};
    long status = 0;
    CURLcode rc;

    BUG_IF(ask->n_parts > PARTS_MAX);
    if (!ask->socket && !leads_to(str_of(ask->url), ask->base))
        return ctx_fail(ctx, E_INTERNAL, "%s is no address of %.*s", ask->url,
                        STR_ARG(ask->base));
    if ((rc = set_up(h, ask, &answer)) || (rc = set_body(h->curl, ask, &held)) ||
        (rc = set_method(h->curl, ask)) || (rc = set_headers(h->curl, ask, &held)))
        return ctx_fail(ctx, E_INTERNAL, "libcurl refuses a setting: %s",
                        curl_easy_strerror(rc));
    if (!(rc = curl_easy_perform(h->curl)))
        rc = curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
    if (rc)
        /* Not the whole URL: tokens of answers stand in it. */
        return ctx_fail(ctx, was_never_sent(rc) ? E_REMOTE : E_UNCERTAIN, "%.*s: %s",
                        STR_ARG(ask->socket ? str_of(ask->url) : ask->base),
                        h->why[0] ? h->why : curl_easy_strerror(rc));
    *ret = (struct httpc_answer){.status = status, .body = buf_str(&answer)};
    read_headers(ctx, h->curl, ask, ret);
    return OK;
}

struct str
httpc_form(struct ctx *ctx, struct str before, const char *name, struct str value)
{
    return str_of(arena_printf(ctx->arena, "%.*s%s%s=%.*s", STR_ARG(before),
                               before.n ? "&" : "", name,
                               STR_ARG(enc_percent(ctx->arena, value))));
}
