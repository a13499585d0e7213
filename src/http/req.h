/* One request as the handlers see it: checked, decoded, bounded. Not for: the wire (fcgi.c),
 * typed form fields (form.h).
 *
 * Every text is a view into the request's arena. The client's address and scheme come from
 * parameters that only nginx sets, never from headers. */
#pragma once

#include "base/ctx.h"
#include "http/site.h"

struct route;

enum req_method { REQ_OTHER, REQ_GET, REQ_HEAD, REQ_POST };

enum {
    REQ_PARAMS_MAX = 200,        /* FastCGI parameters of one request */
    REQ_PARAM_BYTES = 64 * 1024, /* names and values of all of them */
    REQ_PATH_MAX = 1024,
    REQ_ARGS_MAX = 4,
    REQ_BODY_MAX = 1024 * 1024
};

/* A FastCGI parameter, as nginx sends it: "HTTP_ACCEPT" = "*" "/" "*". */
struct req_param {
    struct str name;
    struct str value;
};

/* A ":name" of the route's pattern. */
struct req_arg {
    struct str name;
    struct str text;
    int64_t id; /* for :id and :…_id, otherwise 0 */
};

/* How good a login is (user/session.h), each including those before it. */
enum req_trust { REQ_KNOWN, REQ_MONEY, REQ_FRESH };

/* Who asks; user_id is 0 when nobody is logged in or the route does not look. */
struct req_session {
    int64_t user_id;
    struct str token; /* the cookie's value: what commands to the vault carry */
    struct str name;  /* for display */
    bool by_script;   /* a script of the page asks: nobody touched anything */
    bool renewed;     /* its life was prolonged just now: the cookie's is too */
    enum req_trust trust;
    unsigned roles; /* bits, meaning defined by user/ */
};

struct req {
    enum req_method method;
    struct str path;  /* percent-decoded, begins with '/', no "//", no dot segments */
    struct str query; /* as sent, without '?' */
    struct str addr;  /* client address */
    struct str host;  /* as sent; never used to build addresses (conf->site.url is) */
    bool https;       /* the visitor's side of nginx speaks TLS */
    int64_t length;   /* CONTENT_LENGTH; -1 when absent */
    struct str type;  /* media type of the body, lower case, without parameters */
    struct str body;  /* complete, or empty */
    bool too_big;     /* the body was longer than the route takes, and was not read */
    const struct req_param *params;
    size_t n_params;
    const struct site *site;
    const struct route *route; /* NULL while none matched */
    struct req_arg args[REQ_ARGS_MAX];
    size_t n_args;
    struct req_session session;
    struct call *line;   /* to the vault, of this request alone: its answer may wait there
                          * (res_ask); NULL: none */
    struct str form_key; /* one-time key of the checked form token: idempotency key of the
                          * command that this form sends; empty when the form had no token */
};

/* Reads the parameters of a request (not its body). E_INVALID when the method or address is
 * missing or malformed, when CONTENT_LENGTH is not a plain decimal number, or a parameter
 * stands twice; E_LIMIT over the limits above. Takes nginx's REQUEST_ID as ctx's trace id. */
enum err req_read(struct ctx *ctx, const struct req_param *params, size_t n,
                  struct req *ret) MUST_USE;

/* A header by its name in lower case ("stripe-signature"); empty when absent. */
struct str req_header(const struct req *r, const char *name);
/* A cookie's value; empty when absent, malformed, or given twice. */
struct str req_cookie(const struct req *r, const char *name);
/* The number of ":id" or ":race_id"; the text of ":name". Asking for a name that the pattern
 * does not have is a bug. */
int64_t req_id(const struct req *r, const char *name);
struct str req_arg(const struct req *r, const char *name);
/* True for addresses that answer machines: /api, /hooks, and everything ending in .json. */
bool req_is_machine(const struct req *r);
