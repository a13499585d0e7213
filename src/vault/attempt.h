/* First answers of commands that carry a key, refusals included: the same key and fields give
 * the same answer again. Not for: keys of journal entries (ledger/journal.h). */
#pragma once

#include "base/crypt.h"
#include "vault/table.h"

/* What was asked: name and fields but the trace, in an order of their own. */
struct sha256 attempt_hash(struct arena *a, const struct msg *in);
/* OK with the first answer's bytes; E_NOTFOUND: never seen; E_CONFLICT: seen with other fields.
 */
enum err attempt_find(struct ctx *ctx, const struct vault_actor *who, const struct msg *in,
                      struct str key, const struct sha256 *asked,
                      struct str *ret_answer) MUST_USE;
enum err attempt_add(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct str key, const struct sha256 *asked,
                     struct str answer) MUST_USE;
/* False for failures that pass by themselves: asked again, they get another chance. */
bool attempt_is_final(enum err e);
