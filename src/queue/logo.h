/* Pictures of others as they were given, for the job that draws each anew before anybody sees
 * it. Not for: whose they are (league/sponsor.h, shop/shelf.h), the clean copies
 * (job/picture.h). */
#pragma once

#include "base/ctx.h"

struct tx;

/* PNG or SVG by its first bytes, at most max; adds the job "logo" (payload: sha). The same
 * bytes twice are one. what: "a logo", for the text of E_INVALID. */
enum err logo_keep(struct ctx *ctx, struct tx *tx, const char *what, struct str bytes,
                   size_t max, struct str *ret_sha) MUST_USE;
/* What was given. E_NOTFOUND. */
enum err logo_get(struct ctx *ctx, struct str sha, struct str *ret_type,
                  struct str *ret_bytes) MUST_USE;
/* The clean copy stands in media/logo/<sha>.png. */
enum err logo_ready(struct ctx *ctx, struct tx *tx, struct str sha) MUST_USE;
