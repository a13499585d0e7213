/* What a fan wants before paying: checked, and kept beside its checkout. Not for: what was paid
 * (tip.h). */
#pragma once

#include "dj/tip.h"

/* Reads only; the page asks before it sends, the vault again. ret_field: "amount", "message",
 * "title", "artist", "link", "from" or "dj": what the refusal is about. */
enum err wish_check(struct ctx *ctx, const struct tip_new *n, const char **ret_field) MUST_USE;
enum err wish_add(struct ctx *ctx, struct tx *tx, const struct tip_new *n,
                  int64_t checkout_id) MUST_USE;

struct wish {
    int64_t dj_id;
    struct str fan, from, message, title, artist, link;
};
/* E_NOTFOUND: that checkout is for no tip. */
enum err wish_get(struct ctx *ctx, int64_t checkout_id, struct wish *ret) MUST_USE;
