/* Commands of the league: points tables, seasons, penalties. Fields and answers stand in
 * vault/table.h. Not for: their rules (league/). */
#pragma once

#include "vault/table.h"

enum err steward_points(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                        const struct msg *in, struct msg *out) MUST_USE;
enum err steward_season(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                        const struct msg *in, struct msg *out) MUST_USE;
enum err steward_change(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                        const struct msg *in, struct msg *out) MUST_USE;
enum err steward_put(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
enum err steward_close(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                       const struct msg *in, struct msg *out) MUST_USE;
enum err steward_erratum(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                         const struct msg *in, struct msg *out) MUST_USE;
enum err steward_penalty(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                         const struct msg *in, struct msg *out) MUST_USE;
enum err steward_lift(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out) MUST_USE;
