/* Whether the house's address leads here: name, connection, certificate, machine, each its own
 * sentence. Not for: what the house says there (page/status.c). */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "main/ctl_check.h"
#include "provider/httpc.h"

enum { CONNECT_MS = 5000, ASK_MS = 10000, ANSWER_MAX = 65536 };

static void
split(struct ctl *c, const char *url, const char **host, const char **port)
{
    struct str rest = str_of(url), name;
    bool tls = str_starts(rest, STR("https://"));

    rest = str_sub(rest, tls ? 8 : 7, rest.n);
    *port = tls ? "443" : "80";
    if (rest.n && rest.p[0] == '[') {
        size_t end = str_find(rest, STR("]"), 0);

        name = str_sub(rest, 1, end - 1);
        rest = str_sub(rest, end + 1, rest.n);
        if (rest.n > 1)
            *port = str_text(c->ctx->arena, str_sub(rest, 1, rest.n));
    } else {
        (void)str_split(&rest, ':', &name);
        if (rest.p)
            *port = str_text(c->ctx->arena, rest);
    }
    *host = str_text(c->ctx->arena, name);
}

/* 0, or why no connection came about. */
static int
try_one(const struct addrinfo *a)
{
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), why = 0;
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    socklen_t n = sizeof why;

    if (fd < 0)
        return errno;
    if (connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
        why = errno;
        if (why == EINPROGRESS)
            why = poll(&p, 1, CONNECT_MS) == 1 &&
                          getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &n) == 0
                      ? why
                      : ETIMEDOUT;
    }
    close(fd);
    return why;
}

/* Name and connection. */
static bool
connects(struct ctl *c, const char *host, const char *port, bool *unknown, const char **ret)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    int got = getaddrinfo(host, port, &hints, &list), why = 0;

    if (got == EAI_AGAIN || got == EAI_SYSTEM) {
        *unknown = true;
        *ret = "it cannot be told from here: no name server answers; look at this machine's "
               "network";
        return false;
    }
    if (got != 0) {
        *ret = arena_printf(c->ctx->arena,
                            "the name %s leads nowhere: make a DNS entry (A, AAAA) with this "
                            "machine's address, and wait until it is known",
                            host);
        return false;
    }
    for (const struct addrinfo *a = list; a; a = a->ai_next)
        if ((why = try_one(a)) == 0)
            break;
    freeaddrinfo(list);
    if (why == ENETUNREACH || why == EHOSTUNREACH || why == EAFNOSUPPORT) {
        *unknown = true;
        *ret = arena_printf(c->ctx->arena, "it cannot be told from here: %s", strerror(why));
    } else if (why) {
        *ret = arena_printf(
            c->ctx->arena,
            why == ECONNREFUSED
                ? "nothing listens at %s port %s: is nginx running and the site enabled?"
                : "no connection to %s port %s: is that port open in the firewall, and does "
                  "the name lead to this machine?",
            host, port);
    }
    return why == 0;
}

static const char elsewhere[] =
    "another machine or another site answers there: let the name lead to this one, or enable "
    "the site (cozykart setup --batch --site yes)";

/* What curl says, sorted by what mends it. */
static const char *
why_not(struct ctl *c, const char *host)
{
    struct str why = ctx_why(c->ctx);

    /* nginx ends such a connection when no site is for that name. */
    if (str_find(why, STR("Empty reply"), 0) != SIZE_MAX ||
        str_find(why, STR("unrecognized name"), 0) != SIZE_MAX)
        return elsewhere;
    if (str_find(why, STR("certificate"), 0) != SIZE_MAX ||
        str_find(why, STR("SSL"), 0) != SIZE_MAX)
        return arena_printf(c->ctx->arena,
                            str_eq_text(check_noted(c, "tls"), "own")
                                ? "the certificate there is not good (%.*s): put one for %s in "
                                  "the place of yours that browsers trust and that has its "
                                  "chain, or take one of certbot (cozykart setup --batch --tls "
                                  "certbot)"
                                : "the certificate there is not good (%.*s): get one for %s "
                                  "with certbot, or name the right files",
                            STR_ARG(why), host);
    return str_text(c->ctx->arena, why);
}

bool
ctl_reach(struct ctl *c, const char *url, struct str sign, bool *unknown, const char **ret)
{
    struct arena *a = c->ctx->arena;
    struct httpc_ask ask = {
        .method = HTTPC_GET,
        .url = arena_printf(a, "%s/.well-known/cozykart", url),
        .base = str_of(url),
        .timeout_ms = ASK_MS,
        .answer_max = ANSWER_MAX,
    };
    struct httpc_answer answer = {0};
    struct httpc *http = NULL;
    const char *host, *port;
    enum err e;

    *unknown = false;
    *ret = "";
    split(c, url, &host, &port);
    if (!connects(c, host, port, unknown, ret))
        return false;
    ctx_clear(c->ctx);
    if ((e = httpc_open(c->ctx, c->process, &http)) == OK)
        e = httpc_do(c->ctx, http, &ask, &answer);
    if (http)
        httpc_close(http);
    if (e)
        *ret = why_not(c, host);
    else if (!str_eq(str_trim(answer.body), str_trim(sign)))
        *ret = answer.status == 200 || answer.status == 404
                   ? elsewhere
                   : arena_printf(a, "it answers %lld there: look into nginx's error log",
                                  (long long)answer.status);
    ctx_clear(c->ctx);
    return !**ret;
}
