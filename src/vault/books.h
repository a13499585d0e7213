/* Commands of whoever compares us with the providers, and the alerts that follow. Fields and
 * answers stand in vault/table.h. Not for: verdicts (ledger/theirs.h), asking (job/compare.h).
 */
#pragma once

#include "vault/table.h"

enum err books_lines(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
enum err books_unlisted(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                        const struct msg *in, struct msg *out) MUST_USE;
enum err books_read(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                    const struct msg *in, struct msg *out) MUST_USE;
enum err books_failed(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out) MUST_USE;
enum err books_checked(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                       const struct msg *in, struct msg *out) MUST_USE;
