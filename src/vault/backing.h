/* Commands of sponsors and of what overlays tell. Fields and answers stand in vault/table.h.
 * Not for: rules about either (league/). */
#pragma once

#include "vault/table.h"

enum err backing_add(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
enum err backing_end(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
enum err backing_logo(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out) MUST_USE;
enum err backing_slot(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out) MUST_USE;
enum err backing_seen(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out) MUST_USE;
enum err backing_click(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                       const struct msg *in, struct msg *out) MUST_USE;
enum err backing_note(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out) MUST_USE;
