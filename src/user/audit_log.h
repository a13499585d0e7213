/* Who did what, when, by which request: written in the transaction of the change, append-only.
 * Not for: the journal of money; the program cozykart-audit. */
#pragma once

#include "base/ctx.h"

struct tx;

enum err audit_log_add(struct ctx *ctx, struct tx *tx, struct str actor, struct str action,
                       struct str object, struct str detail) MUST_USE;
/* The object as "race:12". */
enum err audit_log_on(struct ctx *ctx, struct tx *tx, struct str actor, struct str action,
                      const char *kind, int64_t id, struct str detail) MUST_USE;
