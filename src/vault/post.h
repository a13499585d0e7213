/* Commands of the post room: jobs, alerts, live messages, what time alone does. Fields and
 * answers stand in vault/table.h. Not for: notices (notice.h). */
#pragma once

#include "vault/table.h"

enum err post_claim(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                    const struct msg *in, struct msg *out) MUST_USE;
enum err post_finish(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
enum err post_fail(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                   const struct msg *in, struct msg *out) MUST_USE;
enum err post_defer(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                    const struct msg *in, struct msg *out) MUST_USE;
enum err post_retry(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                    const struct msg *in, struct msg *out) MUST_USE;
enum err post_tick(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                   const struct msg *in, struct msg *out) MUST_USE;
enum err post_prune(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                    const struct msg *in, struct msg *out) MUST_USE;
enum err post_raise(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                    const struct msg *in, struct msg *out) MUST_USE;
enum err post_resolve(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                      const struct msg *in, struct msg *out) MUST_USE;
enum err post_mailed(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
enum err post_ping(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                   const struct msg *in, struct msg *out) MUST_USE;
