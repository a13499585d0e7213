/* Matches addresses, does what flags demand, calls the handler. Not for: how answers look
 * (answer.c). */
#include "http/router.h"

#include <string.h>

#include "base/conf.h"
#include "base/log.h"
#include "http/answer.h"
#include "http/cookie.h"
#include "http/csrf.h"
#include "http/form.h"

enum { SEGMENTS_MAX = 8, NAME_MAX_SIGNS = 64, ANY_MAX_BYTES = 160 };

enum segment_kind {
    SEGMENT_ANY,
    SEGMENT_TEXT,
    SEGMENT_ID,
    SEGMENT_LITERAL
}; /* the better match is greater */

struct segment {
    enum segment_kind kind;
    struct str name;   /* literal, or the name behind ':' */
    struct str ending; /* literal ending of a name: ".json" */
};

struct pattern {
    struct segment s[SEGMENTS_MAX];
    size_t n;
};

struct router {
    struct router_opts o;
    struct pattern *p; /* one for each route */
};

/* "a/b" of "/a/b", one segment at a time; "/" alone is one empty segment. */
static bool
segment_next(struct str *path, struct str *ret)
{
    if (path->n == 0)
        return false;
    *path = str_sub(*path, 1, SIZE_MAX);
    size_t end = str_find(*path, STR("/"), 0);

    *ret = str_sub(*path, 0, end == SIZE_MAX ? path->n : end);
    *path = end == SIZE_MAX ? STR("") : str_sub(*path, end, SIZE_MAX);
    return true;
}

static void
pattern_parse(const struct route *r, struct pattern *p)
{
    struct str rest = str_of(r->pattern), part;
    size_t names = 0;

    BUG_IF(rest.n == 0 || rest.p[0] != '/');
    while (segment_next(&rest, &part)) {
        struct segment *s = &p->s[p->n];

        BUG_IF(p->n == SEGMENTS_MAX);
        p->n++;
        *s = (struct segment){.kind = SEGMENT_LITERAL, .name = part};
        if (part.n == 0 || part.p[0] != ':')
            continue;
        size_t dot = str_find(part, STR("."), 0);

        s->name = str_sub(part, 1, dot == SIZE_MAX ? SIZE_MAX : dot - 1);
        s->ending = dot == SIZE_MAX ? STR("") : str_sub(part, dot, SIZE_MAX);
        bool id = str_eq_text(s->name, "id") || str_ends(s->name, STR("_id"));

        s->kind = id ? SEGMENT_ID : str_ends(s->name, STR("_any")) ? SEGMENT_ANY : SEGMENT_TEXT;
        BUG_IF(s->name.n == 0 || ++names > REQ_ARGS_MAX);
    }
}

static void
route_check(const struct route *r)
{
    bool post = strcmp(r->method, "POST") == 0;
    bool form = (r->flags & ROUTE_FORM) != 0, raw = (r->flags & ROUTE_RAW) != 0;

    BUG_IF(!post && strcmp(r->method, "GET") != 0);
    BUG_IF(r->handler == NULL);
    BUG_IF(ROUTE_ROLES_OF(r->flags) != 0 && (r->flags & ROUTE_USER) == 0);
    BUG_IF((r->flags & (ROUTE_MONEY | ROUTE_FRESH)) != 0 && (r->flags & ROUTE_USER) == 0);
    BUG_IF(post && form == raw); /* every POST is a protected form or a signed hook */
    BUG_IF(!post && (form || raw || r->body_max != 0));
    BUG_IF(post && (r->body_max == 0 || r->body_max > REQ_BODY_MAX));
}

struct router *
router_new(struct arena *process, const struct router_opts *o)
{
    struct router *r = ARENA_NEW(process, struct router);

    r->o = *o;
    r->p = ARENA_ARRAY(process, o->n_routes, struct pattern);
    for (size_t i = 0; i < o->n_routes; i++) {
        route_check(&o->routes[i]);
        pattern_parse(&o->routes[i], &r->p[i]);
        for (size_t k = 0; k < i; k++)
            BUG_IF(strcmp(o->routes[k].pattern, o->routes[i].pattern) == 0 &&
                   strcmp(o->routes[k].method, o->routes[i].method) == 0);
    }
    return r;
}

static bool
name_good(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_'))
            return false;
    }
    return s.n != 0 && s.n <= NAME_MAX_SIGNS;
}

static bool
segment_match(const struct segment *s, struct str part, struct req_arg *args, size_t *n)
{
    if (s->kind == SEGMENT_LITERAL)
        return str_eq(s->name, part);
    if (part.n <= s->ending.n || !str_ends(part, s->ending))
        return false;
    struct req_arg a = {.name = s->name, .text = str_sub(part, 0, part.n - s->ending.n)};

    /* The address as a whole was checked to be text (req.c). */
    if (s->kind == SEGMENT_ID    ? !str_i64(a.text, 1, MINOR_MAX, &a.id)
        : s->kind == SEGMENT_ANY ? a.text.n > ANY_MAX_BYTES
                                 : !name_good(a.text))
        return false;
    args[(*n)++] = a;
    return true;
}

static bool
pattern_match(const struct pattern *p, struct str path, struct req_arg *args, size_t *ret_n)
{
    struct str part;
    size_t n = 0, i = 0;

    for (; segment_next(&path, &part); i++)
        if (i == p->n || !segment_match(&p->s[i], part, args, &n))
            return false;
    *ret_n = n;
    return i == p->n;
}

/* Which of two patterns that both match says more about the address. */
static bool
pattern_better(const struct pattern *a, const struct pattern *b)
{
    for (size_t i = 0; i < a->n; i++)
        if (a->s[i].kind != b->s[i].kind)
            return a->s[i].kind > b->s[i].kind;
        else if (a->s[i].ending.n != b->s[i].ending.n)
            return a->s[i].ending.n > b->s[i].ending.n;
    return false;
}

static bool
method_fits(const struct route *r, enum req_method m)
{
    return r->method[0] == 'P' ? m == REQ_POST : m == REQ_GET || m == REQ_HEAD;
}

/* Sets route and args. Otherwise says which methods the address has. */
static void
route_find(const struct router *r, struct req *req, bool *ret_get, bool *ret_post)
{
    const struct pattern *best = NULL;

    req->route = NULL;
    req->n_args = 0;
    *ret_get = *ret_post = false;
    for (size_t i = 0; i < r->o.n_routes; i++) {
        const struct route *route = &r->o.routes[i];
        struct req_arg args[REQ_ARGS_MAX];
        size_t n = 0;

        if (!pattern_match(&r->p[i], req->path, args, &n))
            continue;
        *(route->method[0] == 'P' ? ret_post : ret_get) = true;
        if (!method_fits(route, req->method) ||
            (best != NULL && !pattern_better(&r->p[i], best)))
            continue;
        best = &r->p[i];
        req->route = route;
        req->n_args = n;
        memcpy(req->args, args, sizeof(args));
    }
}

size_t
router_body_max(const struct router *r, struct req *req)
{
    bool get, post;

    route_find(r, req, &get, &post);
    return req->route == NULL ? 0 : req->route->body_max;
}

static enum err
find_or_explain(const struct router *r, struct ctx *ctx, struct req *req, struct res *res)
{
    bool get, post;

    route_find(r, req, &get, &post);
    if (req->route != NULL)
        return OK;
    if (!get && !post)
        return ctx_fail(ctx, E_NOTFOUND, "there is no such page");
    enum err e = res_header(res, "Allow",
                            str_of(!get    ? "POST"
                                   : !post ? "GET, HEAD"
                                           : "GET, HEAD, POST"));

    res_fail_as(res, 405, STR("method-not-allowed"));
    return e != OK ? e : ctx_fail(ctx, E_INVALID, "this address does not take that method");
}

static enum err
body_check(struct ctx *ctx, const struct req *req, struct res *res)
{
    unsigned flags = req->route->flags;
    const char *want = (flags & (ROUTE_FORM | ROUTE_ENCODED)) != 0
                           ? "application/x-www-form-urlencoded"
                       : (flags & ROUTE_RAW) != 0 ? "application/json"
                                                  : NULL;

    if (req->too_big) {
        res_fail_as(res, 413, STR("too-big"));
        return ctx_fail(ctx, E_LIMIT, "the request is longer than %zu bytes",
                        req->route->body_max);
    }
    if (want != NULL && !str_eq_text(req->type, want)) {
        res_fail_as(res, 415, STR("media-type"));
        return ctx_fail(ctx, E_INVALID, "the content type must be %s", want);
    }
    return OK;
}

static enum err
rate_check(const struct router *r, struct ctx *ctx, const struct req *req, struct res *res)
{
    struct limit *l = r->o.site == NULL ? NULL : r->o.site->limit;
    int64_t wait = 0;

    if (l == NULL || req->route->rate == LIMIT_NONE ||
        limit_take(l, req->route->rate, req->addr, ctx->world->tick_ms(ctx->world->arg), &wait))
        return OK;
    res_fail_as(res, 429, STR("rate-limited"));
    res_retry(res, wait);
    return ctx_fail(ctx, E_LIMIT, "too many requests, wait %lld s", (long long)wait);
}

static enum err
role_check(const struct router *r, struct ctx *ctx, const struct req *req)
{
    unsigned need = ROUTE_ROLES_OF(req->route->flags);

    if (need == 0 || (req->session.roles & need) != 0)
        return OK;
    struct str words = r->o.role_words ? r->o.role_words(ctx, need) : STR("others");

    return ctx_fail(ctx, E_DENIED, "you are logged in as %.*s, this page is for %.*s",
                    STR_ARG(req->session.name), STR_ARG(words));
}

static enum err
session_check(const struct router *r, struct ctx *ctx, struct req *req)
{
    unsigned flags = req->route->flags;
    struct str token = STR_NULL;

    if ((flags & (ROUTE_SESSION | ROUTE_USER | ROUTE_FORM)) != 0)
        token = req_cookie(req, cookie_session_name(ctx->conf));
    if (token.n != 0 && r->o.session_find != NULL) {
        struct str mode = req_header(req, "sec-fetch-mode");
        struct req_session s = {.token = token,
                                .by_script = mode.n && !str_eq_text(mode, "navigate")};
        enum err e = r->o.session_find(ctx, r->o.site, token, &s);

        if (e != OK && e != E_AUTH && e != E_NOTFOUND)
            return e;
        if (e == OK)
            req->session = s;
        else
            ctx_clear(ctx);
    }
    if ((flags & ROUTE_USER) != 0 && req->session.user_id == 0)
        return ctx_fail(ctx, E_AUTH, "log in first");
    return role_check(r, ctx, req);
}

/* A visitor without session has nothing that a token could be bound to: then the browser's word
 * about the origin is needed. */
static enum err
form_check(struct ctx *ctx, struct req *req)
{
    struct str token = STR_NULL;
    bool known = req->session.token.n != 0;

    if ((req->route->flags & ROUTE_FORM) == 0)
        return OK;
    enum err e =
        csrf_origin(ctx, req, ctx->conf == NULL ? STR("") : ctx->conf->site.url, !known);

    if (e != OK || !known)
        return e;
    if (!form_peek(ctx, req->body, CSRF_FIELD, &token) ||
        !csrf_check(&req->session, req->path, token, &req->form_key))
        return ctx_fail(ctx, E_DENIED, "the form is too old: load the page again");
    return OK;
}

/* True when the login is too old for what is asked. */
static bool
login_old(const struct req *req)
{
    unsigned flags = req->route->flags;
    enum req_trust need = (flags & ROUTE_FRESH) != 0   ? REQ_FRESH
                          : (flags & ROUTE_MONEY) != 0 ? REQ_MONEY
                                                       : REQ_KNOWN;

    return req->session.user_id != 0 && req->session.trust < need;
}

static enum err
login_again(const struct router *r, struct ctx *ctx, const struct req *req, struct res *res)
{
    if (r->o.login_again != NULL && !req_is_machine(req))
        return r->o.login_again(ctx, req, res);
    return ctx_fail(ctx, E_AUTH, "log in again: this login is too old for money");
}

static enum err
ledger_check(struct router *r, struct ctx *ctx)
{
    if (r->o.db != NULL || r->o.ledger_open == NULL)
        return OK;
    enum err e = r->o.ledger_open(ctx, r->o.ledger_arg, &r->o.db);

    ctx->db = r->o.db;
    return e;
}

static enum err
route_run(struct router *r, struct ctx *ctx, struct req *req, struct res *res)
{
    enum err e = find_or_explain(r, ctx, req, res);

    if (e == OK)
        e = body_check(ctx, req, res);
    if (e == OK)
        e = rate_check(r, ctx, req, res);
    if (e == OK)
        e = ledger_check(r, ctx);
    if (e == OK)
        e = session_check(r, ctx, req);
    if (e == OK)
        e = form_check(ctx, req);
    if (e != OK)
        return e;
    return login_old(req) ? login_again(r, ctx, req, res) : req->route->handler(ctx, req, res);
}

/* The pattern, not the address: some addresses hold secrets. Nor what people are told of their
 * own mistakes: it may name them. */
static void
request_log(struct ctx *ctx, const struct req *req, const struct res *res, enum err e,
            int64_t ms)
{
    static const char *const method[] = {
        [REQ_OTHER] = "OTHER", [REQ_GET] = "GET", [REQ_HEAD] = "HEAD", [REQ_POST] = "POST"};
    bool quiet = req->route != NULL && (req->route->flags & ROUTE_QUIET) != 0;
    bool bad = res->status >= 500 && e != E_BUSY;
    enum log_level level = bad ? LOG_WARNING : LOG_INFO;
    const char *route = req->route == NULL ? "-" : req->route->pattern;
    const char *at = ctx->fail_file == NULL ? "-" : ctx->fail_file;

    if (quiet && !bad)
        return;
    if (e == OK)
        log_line(level, "event=request trace=%s method=%s route=%s status=%d bytes=%zu ms=%lld",
                 ctx->trace, method[req->method], route, res->status, res->body.n,
                 (long long)ms);
    else if (!err_is_ours(e))
        log_line(level,
                 "event=request trace=%s method=%s route=%s status=%d bytes=%zu ms=%lld "
                 "err=%.*s at=%s:%d",
                 ctx->trace, method[req->method], route, res->status, res->body.n,
                 (long long)ms, STR_ARG(err_info(e)->name), at, ctx->fail_line);
    else
        log_line(level,
                 "event=request trace=%s method=%s route=%s status=%d bytes=%zu ms=%lld "
                 "err=%.*s at=%s:%d why=\"%s\"",
                 ctx->trace, method[req->method], route, res->status, res->body.n,
                 (long long)ms, STR_ARG(err_info(e)->name), at, ctx->fail_line, ctx->fail_text);
}

/* What was kept over a login is sent now. */
static enum err
kept_end(const struct ctx *ctx, const struct req *req, struct res *res)
{
    bool sent = req->route != NULL && (req->route->flags & ROUTE_FRESH) != 0 &&
                req->session.trust == REQ_FRESH;

    return sent && req_cookie(req, cookie_kept_name(ctx->conf)).n ? cookie_end_kept(res) : OK;
}

static void
answer_finish(struct router *r, struct ctx *ctx, struct req *req, struct res *res, enum err e)
{
    int64_t ms = ctx->world->tick_ms(ctx->world->arg) - res->start_ms;

    if (e == E_DUPLICATE) /* already done: the handler gave the same answer again */
        e = OK;
    if (e != OK)
        answer_error(ctx, req, res, e, r->o.error_page);
    else if (kept_end(ctx, req, res) != OK)
        ctx_clear(ctx);
    if (req->session.renewed && !res_get(res, "Set-Cookie").n &&
        cookie_set_session(res, req->session.token, COOKIE_SESSION_S) != OK)
        ctx_clear(ctx);
    answer_headers(ctx, req, res);
    if (r->o.site != NULL && r->o.site->stats != NULL)
        site_count(r->o.site->stats, res->status, ms);
    request_log(ctx, req, res, e, ms);
}

static void
answer_start(const struct router *r, struct ctx *ctx, struct req *req, struct res *res)
{
    res_init(res, ctx);
    res->start_ms = ctx->world->tick_ms(ctx->world->arg);
    req->site = r->o.site;
    ctx->db = r->o.db;
}

bool
router_run(struct router *r, struct ctx *ctx, struct req *req, struct res *res)
{
    answer_start(r, ctx, req, res);
    enum err e = route_run(r, ctx, req, res);

    if (e == OK && res->rest != NULL)
        return false;
    answer_finish(r, ctx, req, res, e);
    return true;
}

void
router_finish(struct router *r, struct ctx *ctx, struct req *req, struct res *res)
{
    struct msg *answer = ARENA_NEW(ctx->arena, struct msg);
    enum err e = call_end(ctx, req->line, answer);

    answer_finish(r, ctx, req, res, res->rest(ctx, req, res, e, answer));
}

void
router_refuse(struct router *r, struct ctx *ctx, struct req *req, struct res *res, enum err e)
{
    answer_start(r, ctx, req, res);
    req->route = NULL;
    if (e == E_LIMIT)
        res_fail_as(res, 431, STR("headers-too-big"));
    answer_finish(r, ctx, req, res, e);
}
