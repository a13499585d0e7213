/* Interactions from Discord: verified, answered within the command's own transaction. Not for:
 * what is said (bot/). */
#pragma once

#include "vault/table.h"

/* Command discord.take: body, signature, timestamp -> json, the answer to send. E_AUTH: the
 * signature does not fit; E_INVALID: no interaction; E_DENIED: no public key is configured, the
 * endpoint is closed. */
enum err talk_take(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                   const struct msg *in, struct msg *out) MUST_USE;
/* After a refused discord.take: the alert endpoint_closed, once. */
enum err talk_refused(struct ctx *ctx, struct tx *tx) MUST_USE;
