/* The way of a request through the house: match the table of addresses, do what the route's
 * flags demand, call the handler, turn errors into pages or problem documents, add the headers
 * that every answer carries, log one line. Not for: what an address means (page/). */
#pragma once

#include "http/limit.h"
#include "http/res.h"

/* The handler is called only when everything that its flags demand has been done. It reads its
 * fields (form.h), reads through the domains or sends one command to the vault, and fills res.
 */
typedef enum err (*http_handler)(struct ctx *ctx, const struct req *req, struct res *res);

enum route_flags {
    ROUTE_PUBLIC = 0,
    ROUTE_SESSION = 1 << 0, /* looks who asks, does not insist */
    ROUTE_USER = 1 << 1,    /* 401 unless somebody is logged in */
    ROUTE_FORM = 1 << 2, /* POST of a page's form: urlencoded body, token and origin checked */
    ROUTE_RAW = 1 << 3,  /* POST with any JSON body, kept as raw bytes: signed hooks */
    ROUTE_MACHINE = 1 << 4, /* errors as problem+json whatever the address looks like */
    ROUTE_OVERLAY = 1 << 5, /* may stand in a frame of any site */
    ROUTE_QUIET = 1 << 6,   /* logged at debug level only: health checks */
    ROUTE_ENCODED = 1 << 7, /* with ROUTE_RAW: the bytes are an urlencoded form */
    ROUTE_MONEY = 1 << 8,   /* shows or changes money: only for a login in use */
    ROUTE_FRESH = 1 << 9    /* moves money: only right after a login */
};

/* 403 unless the member has one of these roles (bits as in
 * req_session.roles); only together with ROUTE_USER. */
#define ROUTE_ROLES(rights)   ((unsigned)(rights) << 16)
#define ROUTE_ROLES_OF(flags) ((flags) >> 16)

enum { ROUTE_BODY_FORM = 64 * 1024, ROUTE_BODY_HOOK = 1024 * 1024 };

/* One address. A GET route answers HEAD too. Pattern segments: literal; ":name" matches 1 to 64
 * signs of [A-Za-z0-9_-]; ":…_any" matches 1 to 160 bytes of any text without '/'; ":id" and
 * ":…_id" match a decimal number from 1; each may carry a literal ending: "/race/:id.json".
 * Literals win over names, numbers over texts, texts over any. Every POST has exactly one of
 * ROUTE_FORM and ROUTE_RAW. */
struct route {
    const char *method; /* "GET" or "POST" */
    const char *pattern;
    http_handler handler;
    unsigned flags;        /* enum route_flags, ROUTE_ROLES */
    size_t body_max;       /* bytes; 0 for GET */
    enum limit_class rate; /* LIMIT_NONE unless it needs one */
};

/* An error on its way to the visitor. */
struct router_problem {
    int status;
    struct str code;   /* stable word */
    struct str title;  /* "The request is not valid" */
    struct str detail; /* what exactly, for the person; may be empty */
    int64_t retry_s;   /* 0 none */
};

struct router_opts {
    const struct route *routes;
    size_t n_routes;
    const struct site *site;
    struct db *db; /* the worker's read-only ledger, put into each ctx; NULL in tests without */

    /* Opens the ledger when db is NULL at a request: the vault may not have been there yet.
     * What it returns is the answer then: E_BUSY makes 503. May be NULL. */
    enum err (*ledger_open)(struct ctx *ctx, void *arg, struct db **ret);
    void *ledger_arg;

    /* Who holds this session token: fills ret (token is set already). E_AUTH when it is unknown
     * or too old. May be NULL: then nobody is ever logged in. */
    enum err (*session_find)(struct ctx *ctx, const struct site *site, struct str token,
                             struct req_session *ret);
    /* Fills res for somebody whose login is not good enough for the page or form: the way to
     * log in again. May be NULL, and is not asked by machines: they get 401. */
    enum err (*login_again)(struct ctx *ctx, const struct req *req, struct res *res);
    /* "staff or auditor", of ROUTE_ROLES. May be NULL. */
    struct str (*role_words)(struct ctx *ctx, unsigned roles);
    /* Fills res with an HTML error page for p; ctx->trace is the error id to show. May be NULL
     * or fail: a plain page is sent instead. */
    enum err (*error_page)(struct ctx *ctx, const struct req *req, struct res *res,
                           const struct router_problem *p);
};

struct router;

/* Checks the table (a wrong pattern or a POST without protection is a bug). Lives in process;
 * site and routes are kept, not copied. */
struct router *router_new(struct arena *process, const struct router_opts *o);
/* Finds the route of req and returns how long a body it takes: what the reader of the wire may
 * read. 0 when no route matches. */
size_t router_body_max(const struct router *r, struct req *req);
/* Answers the request; never fails: whatever goes wrong is the answer. False when req->line was
 * given and the answer waits there: then router_finish is called when the line is readable or
 * has given up, with all four as they were. */
bool router_run(struct router *r, struct ctx *ctx, struct req *req, struct res *res);
void router_finish(struct router *r, struct ctx *ctx, struct req *req, struct res *res);
/* The answer to something that is no request at all: req_read failed with e. */
void router_refuse(struct router *r, struct ctx *ctx, struct req *req, struct res *res,
                   enum err e);
