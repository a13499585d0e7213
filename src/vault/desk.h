/* Commands of the console: what staff and operators do on pages. Fields and answers stand in
 * vault/table.h. Not for: the people's command (steward.h and others). */
#pragma once

#include "vault/table.h"

enum err desk_close(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                    const struct msg *in, struct msg *out) MUST_USE;
enum err desk_dispute(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out) MUST_USE;
enum err desk_lift(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                   const struct msg *in, struct msg *out) MUST_USE;
enum err desk_note(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                   const struct msg *in, struct msg *out) MUST_USE;
enum err desk_run(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                  const struct msg *in, struct msg *out) MUST_USE;
enum err desk_postpone(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                       const struct msg *in, struct msg *out) MUST_USE;
enum err desk_tag(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                  const struct msg *in, struct msg *out) MUST_USE;
enum err desk_tagged(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
