/* Commands of DJs and of who tips them. Fields and answers stand in vault/table.h. Not for:
 * rules about them (dj/). */
#pragma once

#include "vault/table.h"

enum err mixing_tip(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                    const struct msg *in, struct msg *out) MUST_USE;
enum err mixing_air(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                    const struct msg *in, struct msg *out) MUST_USE;
enum err mixing_limits(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                       const struct msg *in, struct msg *out) MUST_USE;
enum err mixing_song(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
