/* Who hears of a fact: THE way from what providers tell to the domains. Not for: storing
 * notices (notice.h), what a fact causes. */
#pragma once

#include "base/fact.h"

struct ctx;
struct tx;

/* How the domain answered, for the inbox: state applied, ignored or waiting. */
struct apply_outcome {
    struct str state, reason, ref;
};

/* ret begins as applied. E_INVALID: set the notice aside; other errors: try again. */
enum err apply_fact(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t inbox_id,
                    struct apply_outcome *ret) MUST_USE;
