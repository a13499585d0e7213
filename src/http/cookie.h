/* Reading and writing cookies with safe attributes. Not for: what a session is. */
#pragma once

#include "http/res.h"

enum { COOKIE_SESSION_S = 30 * 24 * 3600 };

/* Name of the session cookie: "__Host-ck" where site.url is https, otherwise "ck". */
const char *cookie_session_name(const struct conf *conf);

/* Name of the cookie of a login that is under way: "__Host-ckl" or "ckl". */
const char *cookie_login_name(const struct conf *conf);

/* Name of the cookie that keeps what somebody wanted while he logs in again: "__Host-ckk" or
 * "ckk". */
const char *cookie_kept_name(const struct conf *conf);

/* The value of name in a Cookie header; empty when absent, when a pair is malformed, or when
 * the name stands there twice. */
struct str cookie_find(struct str header, struct str name);
/* Set-Cookie of the session: HttpOnly, SameSite=Lax, Path=/, Secure where the site is https.
 * E_INVALID unless token is [A-Za-z0-9_-]. */
enum err cookie_set_session(struct res *res, struct str token, int64_t max_age_s) MUST_USE;
/* Ends it in the browser. */
enum err cookie_end_session(struct res *res) MUST_USE;
/* The same for a login that is under way. */
enum err cookie_set_login(struct res *res, struct str secret, int64_t max_age_s) MUST_USE;
enum err cookie_end_login(struct res *res) MUST_USE;
/* What is kept is base64url of at most COOKIE_KEPT_MAX signs. */
enum { COOKIE_KEPT_MAX = 3000 };
enum err cookie_set_kept(struct res *res, struct str kept, int64_t max_age_s) MUST_USE;
enum err cookie_end_kept(struct res *res) MUST_USE;
