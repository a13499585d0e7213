/* libcurl's other door: mail. Not for: HTTP (httpc.c). */
#include "provider/smtpc.h"

#include <curl/curl.h>
#include <string.h>

#include "base/buf.h"

enum { CONNECT_MS = 5000, REFUSED = 500 };

/* What libcurl must be given back, and how far the letter was read. */
struct post {
    CURL *curl;
    struct curl_slist *to;
    struct str left;
    char why[CURL_ERROR_SIZE];
};

/* Where a letter would end, a header begin or a second address stand. */
static bool
is_address(struct str a)
{
    return a.n >= 3 && a.n <= 254 && str_has(a, '@') && str_is_text(a, "") &&
           !str_has(a, ' ') && !str_has(a, '<') && !str_has(a, '>') && !str_has(a, ',');
}

static size_t
give(char *p, size_t size, size_t n, void *arg)
{
    struct post *post = arg;
    size_t k = size * n < post->left.n ? size * n : post->left.n;

    if (k)
        memcpy(p, post->left.p, k);
    post->left.p += k;
    post->left.n -= k;
    return k;
}

static bool
is_here(struct str url)
{
    size_t at = str_find(url, STR("//"), 0) + 2;
    struct str host = str_sub(url, at, url.n - at);

    return str_starts(host, STR("127.0.0.1")) || str_starts(host, STR("[::1]")) ||
           str_eq_text(host, "localhost") || str_starts(host, STR("localhost:"));
}

/* Lines end with CR LF on the wire; libcurl sees to dots at their beginning. */
static struct str
wire(struct ctx *ctx, struct str text)
{
    struct buf b = buf_new(ctx->arena, 2 * text.n + 2);

    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\n')
            buf_add_char(&b, '\r');
        buf_add_char(&b, text.p[i]);
    }
    return buf_str(&b);
}

static CURLcode
set_up(struct ctx *ctx, struct post *post, const struct smtpc_letter *l)
{
    CURL *c = post->curl;
    struct arena *a = ctx->arena;
    bool inside = str_starts(l->url, STR("smtps://"));
    CURLcode rc;

    post->to = curl_slist_append(NULL, arena_printf(a, "<%.*s>", STR_ARG(l->to)));
    if (!post->to)
        return CURLE_OUT_OF_MEMORY;
    if ((rc = curl_easy_setopt(c, CURLOPT_ERRORBUFFER, post->why)) ||
        (rc = curl_easy_setopt(c, CURLOPT_URL, str_text(a, l->url))) ||
        (rc = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, inside ? "smtps" : "smtp")) ||
        (rc = curl_easy_setopt(
             c, CURLOPT_USE_SSL,
             (long)(inside || is_here(l->url) ? CURLUSESSL_NONE : CURLUSESSL_ALL))) ||
        (rc = curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L)) ||
        (rc = curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L)) ||
        (rc = curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L)) ||
        (rc = curl_easy_setopt(c, CURLOPT_PROXY, "")) ||
        (rc = curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS)) ||
        (rc = curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)l->timeout_ms)) ||
        (rc = curl_easy_setopt(c, CURLOPT_MAIL_FROM,
                               arena_printf(a, "<%.*s>", STR_ARG(l->from)))) ||
        (rc = curl_easy_setopt(c, CURLOPT_MAIL_RCPT, post->to)) ||
        (rc = curl_easy_setopt(c, CURLOPT_UPLOAD, 1L)) ||
        (rc = curl_easy_setopt(c, CURLOPT_READFUNCTION, give)) ||
        (rc = curl_easy_setopt(c, CURLOPT_READDATA, post)))
        return rc;
    if (l->user.n && (rc = curl_easy_setopt(c, CURLOPT_USERNAME, str_text(a, l->user))))
        return rc;
    return l->password.n ? curl_easy_setopt(c, CURLOPT_PASSWORD, str_text(a, l->password))
                         : CURLE_OK;
}

static enum err
judge(struct ctx *ctx, struct post *post, const struct smtpc_letter *l, CURLcode rc)
{
    long code = 0;

    if (rc == CURLE_OK)
        return OK;
    (void)curl_easy_getinfo(post->curl, CURLINFO_RESPONSE_CODE, &code);
    return ctx_fail(ctx, code >= REFUSED || rc == CURLE_LOGIN_DENIED ? E_INVALID : E_REMOTE,
                    "%.*s did not take the letter: %s", STR_ARG(l->url),
                    post->why[0] ? post->why : curl_easy_strerror(rc));
}

enum err
smtpc_send(struct ctx *ctx, const struct smtpc_letter *l)
{
    struct post post = {.left = wire(ctx, l->text)};
    enum err e;

    if (!is_address(l->from) || !is_address(l->to))
        return ctx_fail(ctx, E_INVALID, "that is no mail address: %.*s",
                        STR_ARG(is_address(l->from) ? l->to : l->from));
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return ctx_fail(ctx, E_INTERNAL, "libcurl does not start");
    post.curl = curl_easy_init();
    if (!post.curl) {
        curl_global_cleanup();
        return ctx_fail(ctx, E_INTERNAL, "libcurl does not start");
    }
    CURLcode rc = set_up(ctx, &post, l);

    e = judge(ctx, &post, l, rc ? rc : curl_easy_perform(post.curl));
    curl_slist_free_all(post.to);
    curl_easy_cleanup(post.curl);
    curl_global_cleanup();
    return e;
}
