/* libcurl's door. Not for: deciding what an answer means. */
#include "provider/httpc.h"

#include <curl/curl.h>

#include "base/buf.h"

enum { CONNECT_MS = 3000, HEADERS_MAX = 256 };

struct httpc {
    CURL *curl;
    char why[CURL_ERROR_SIZE];
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

static CURLcode
set_up(struct httpc *h, const struct httpc_ask *ask, struct buf *answer)
{
    CURL *c = h->curl;
    CURLcode rc;

    curl_easy_reset(c);
    h->why[0] = '\0';
    if ((rc = curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->why)) ||
        (rc = curl_easy_setopt(c, CURLOPT_URL, ask->url)) ||
        (rc = curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L)) ||
        (rc = curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L)) ||
        (rc =
             curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, ask->socket ? "http" : "http,https")) ||
        (rc = curl_easy_setopt(c, CURLOPT_PROXY, "")) ||
        (rc = curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS)) ||
        (rc = curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)ask->timeout_ms)) ||
        (rc = curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take)) ||
        (rc = curl_easy_setopt(c, CURLOPT_WRITEDATA, answer)))
        return rc;
    if (ask->socket && (rc = curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, ask->socket)))
        return rc;
    if (ask->type &&
        ((rc = curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->body.n)) ||
         (rc = curl_easy_setopt(c, CURLOPT_POSTFIELDS, ask->body.n ? ask->body.p : ""))))
        return rc;
    return CURLE_OK;
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

enum err
httpc_do(struct ctx *ctx, struct httpc *h, const struct httpc_ask *ask,
         struct httpc_answer *ret)
{
    struct buf answer = buf_new(ctx->arena, ask->answer_max);
    struct curl_slist *headers = NULL;
    char type[HEADERS_MAX];
    long status = 0;
    CURLcode rc = set_up(h, ask, &answer);

    if (rc)
        return ctx_fail(ctx, E_INTERNAL, "libcurl refuses a setting: %s",
                        curl_easy_strerror(rc));
    if (ask->type) {
        snprintf(type, sizeof type, "Content-Type: %s", ask->type);
        headers = curl_slist_append(headers, type);
        /* Waiting for "100 Continue" costs a second where nobody knows it. */
        headers = curl_slist_append(headers, "Expect:");
    }
    rc = curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, headers);
    if (!rc)
        rc = curl_easy_perform(h->curl);
    if (!rc)
        rc = curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    if (rc)
        return ctx_fail(ctx, was_never_sent(rc) ? E_REMOTE : E_UNCERTAIN, "%s: %s", ask->url,
                        h->why[0] ? h->why : curl_easy_strerror(rc));
    *ret = (struct httpc_answer){.status = status, .body = buf_str(&answer)};
    return OK;
}
