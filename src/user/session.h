/* Browser sessions, one-time login links, overlay tokens: all opaque 256-bit tokens of which
 * only the SHA-256 is stored. Not for: cookies (http/cookie.h). */
#pragma once

#include "base/ctx.h"

struct tx;

struct session {
    int64_t id;
    int64_t member_id;
    struct str member_name;
    int64_t created_at, expires_at;
    struct str label; /* the browser, as it called itself at the login; of session_list */
};

/* Somebody who sits down at an open browser may look around, but neither see nor move money. */
enum { SESSION_IDLE_MIN = 30, SESSION_WHOLE_H = 12, SESSION_FRESH_MIN = 5 };
enum session_trust {
    SESSION_KNOWN, /* says who it is */
    SESSION_MONEY, /* used within SESSION_IDLE_MIN, its login not older than SESSION_WHOLE_H */
    SESSION_FRESH  /* its login not older than SESSION_FRESH_MIN: may move money */
};

/* A link that logs the member in once within ttl_ms. ret_token: 43 signs in ctx's arena. */
enum err session_link(struct ctx *ctx, struct tx *tx, int64_t member_id, int64_t ttl_ms,
                      struct str *ret_token) MUST_USE;
/* Whose link it is, without using it. E_NOTFOUND: unknown, used or too old (text says which).
 */
enum err session_link_show(struct ctx *ctx, struct str token, struct str *ret_name) MUST_USE;
/* Uses the link: a fresh session token; 30 days. */
enum err session_open(struct ctx *ctx, struct tx *tx, struct str link_token,
                      struct str *ret_token) MUST_USE;
/* E_AUTH when there is no such live session or the member is blocked. */
enum err session_find(struct ctx *ctx, struct str token, struct session *ret) MUST_USE;
/* A session of 30 days for somebody whose login is proven otherwise. */
enum err session_start(struct ctx *ctx, struct tx *tx, int64_t member_id, struct str label,
                       struct str *ret_token) MUST_USE;
/* Somebody used it: 30 days from now on. What is good for money no more stays so: it lives on
 * half an hour less, since the end of a session says when it was used last. */
enum err session_renew(struct ctx *ctx, struct tx *tx, struct str token) MUST_USE;
/* True when it is time to say that it is in use: a minute after the last time, a day where it
 * is not good for money. */
bool session_is_stale(const struct session *s, int64_t now);
enum session_trust session_trust(const struct session *s, int64_t now);
/* E_AUTH with what to do when it is good for less. */
enum err session_need(struct ctx *ctx, struct str token, enum session_trust need) MUST_USE;
/* Live sessions of a member, newest first. */
enum err session_list(struct ctx *ctx, int64_t member_id, size_t max, struct session **ret,
                      size_t *ret_n) MUST_USE;
/* Ends one, or all but one, of that member's sessions; what is not his stays. */
enum err session_end_one(struct ctx *ctx, struct tx *tx, int64_t member_id,
                         int64_t id) MUST_USE;
enum err session_end_others(struct ctx *ctx, struct tx *tx, int64_t member_id,
                            int64_t keep_id) MUST_USE;
enum err session_end(struct ctx *ctx, struct tx *tx, struct str token) MUST_USE;

enum err session_overlay_add(struct ctx *ctx, struct tx *tx, struct str label,
                             struct str *ret_token) MUST_USE;
enum err session_overlay_revoke(struct ctx *ctx, struct tx *tx, struct str label) MUST_USE;
/* E_NOTFOUND when unknown or revoked. */
enum err session_overlay_find(struct ctx *ctx, struct str token,
                              struct str *ret_label) MUST_USE;
