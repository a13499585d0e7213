/* Shipped templates of configuration with their @NAME@ filled in, as packaging/fill does it.
 * Not for: pages (view/). */
#pragma once

#include "base/ctx.h"

struct fill {
    const char *name; /* "RUN"; NULL ends the list */
    struct str value;
};

/* E_INVALID for a name without a value: a forgotten one must not reach a server. */
enum err fill_text(struct ctx *ctx, struct str text, const struct fill *with,
                   struct str *ret) MUST_USE;
