/* One-time form tokens and the origin of unsafe requests. Nothing is stored and workers need no
 * secret: a token is NONCE.MAC, the MAC is HMAC-SHA256 with the visitor's own session token as
 * key over the form's path and the nonce. The nonce becomes the idempotency key of the command,
 * so that a form sent twice acts once. Not for: who may do what. */
#pragma once

#include "http/req.h"

/* Name of the hidden field. */
#define CSRF_FIELD "form_token"

/* A fresh token for a form that posts to path; empty without a session. */
struct str csrf_token(struct ctx *ctx, const struct req_session *s, struct str path);
/* True when token was made for this session and path; *ret_nonce is its nonce then. */
bool csrf_check(const struct req_session *s, struct str path, struct str token,
                struct str *ret_nonce);
/* E_DENIED when the browser says that the request comes from another site (Sec-Fetch-Site,
 * Origin), or, with strict, when it says nothing at all. site_url is scheme and host of ours.
 */
enum err csrf_origin(struct ctx *ctx, const struct req *r, struct str site_url,
                     bool strict) MUST_USE;
