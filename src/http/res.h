/* One answer: status, headers, body. Not for: sending (fcgi.c), choosing error pages
 * (router.c). */
#pragma once

#include "http/req.h"

struct res;

enum { RES_HEADERS_MAX = 24, RES_BODY_MAX = 2 * 1024 * 1024 };

/* Who may keep the answer, and how long. Whoever has a session always gets RES_NO_STORE. */
enum res_cache {
    RES_NO_STORE, /* the default */
    RES_SHORT,    /* public, 2 s: pages and snapshots, for nginx's micro-cache */
    RES_LONG      /* public, one year, immutable: addresses that carry a content hash */
};

struct res_header {
    struct str name;
    struct str value;
};

/* Fills res when the vault has answered: how is what call_end returned. */
typedef enum err (*res_rest)(struct ctx *ctx, const struct req *req, struct res *res,
                             enum err how, const struct msg *answer);

/* Adds the next piece of a long body; ret_more false: it was the last. What it takes of ctx's
 * arena is given back after each piece. */
typedef enum err (*res_piece)(struct ctx *ctx, void *arg, struct buf *b, bool *ret_more);

enum { RES_PIECE_MAX = 4 * 1024 * 1024 };

struct res {
    struct ctx *ctx;
    int status;      /* 200 unless set */
    struct str type; /* content type; empty when there is no body */
    struct str body;
    enum res_cache cache;
    struct res_header headers[RES_HEADERS_MAX];
    size_t n_headers;
    int fail_status; /* res_fail_as, otherwise 0 */
    struct str fail_code;
    int64_t retry_s; /* Retry-After, 0 none */
    res_rest rest;   /* not NULL: waits for the vault */
    res_piece piece; /* not NULL: stands for the body */
    void *piece_arg;
    int64_t start_ms; /* tick when the router began */
};

void res_init(struct res *r, struct ctx *ctx);

void res_status(struct res *r, int status);
/* E_INVALID when name or value has CR, LF, NUL or another control character; BUG_IF there is no
 * room. */
enum err res_header(struct res *r, const char *name, struct str value) MUST_USE;
void res_cache(struct res *r, enum res_cache cache);
/* A body of any type ("text/plain; charset=utf-8"). The body is kept, not copied. */
void res_body(struct res *r, const char *type, struct str body);
/* A body made piece by piece while it is sent, however long it becomes. When a piece fails the
 * connection is cut, so that nobody takes half of it for the whole. */
void res_stream(struct res *r, const char *type, res_piece piece, void *arg);
/* Renders a template as text/html. */
enum err res_page(struct res *r, const struct req *req, const char *tmpl,
                  const struct view *v) MUST_USE;
/* The same view as application/json. */
enum err res_json(struct res *r, const struct view *v) MUST_USE;
/* 303 to a path of ours: begins with one '/', E_INVALID for anything that a browser might read
 * as another host. */
enum err res_redirect(struct res *r, struct str path) MUST_USE;

/* 303 to a site of our settings (base: "https://discord.com") with a path of ours to say. */
enum err res_leave(struct res *r, struct str base, struct str path) MUST_USE;

/* A handler that is about to return an error may ask for another status and code than the
 * error's own: 410 "gone", 409 "lobby-full". */
void res_fail_as(struct res *r, int status, struct str code);
/* Retry-After of an error that is about to be returned. */
void res_retry(struct res *r, int64_t seconds);

/* For the end of a handler: asks the vault and has rest fill the answer. Where the server can,
 * it takes other requests in between, so that the vault gets many commands for one commit. */
enum err res_ask(struct res *r, const struct req *req, const struct msg *ask,
                 res_rest rest) MUST_USE;

/* The same for who cannot wait as long as others: after ms it is E_BUSY. */
enum err res_ask_within(struct res *r, const struct req *req, const struct msg *ask, int64_t ms,
                        res_rest rest) MUST_USE;

/* A rest for what only notes something: 204. */
enum err res_noted(struct ctx *ctx, const struct req *req, struct res *res, enum err how,
                   const struct msg *answer) MUST_USE;

/* The value of a header that was set, or empty: for tests. */
struct str res_get(const struct res *r, const char *name);
