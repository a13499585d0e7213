/* Notices of providers: verified, stored once, applied in an inner savepoint; kept for another
 * try when that fails. Not for: a provider's formats, money. */
#pragma once

#include "vault/table.h"

/* Command hook.take: provider, body, headers (as provider->wants) -> inbox. OK (the provider
 * gets its 200) also for what is known, ignored, waiting, set aside or kept for replay.
 * E_INVALID, E_AUTH: nothing was stored. E_NOTFOUND: no such provider. E_BUSY: no secret is
 * configured, the endpoint is closed. */
enum err notice_take(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
/* Command hook.sync: provider, key ("sync:…"), type, body -> inbox. What a provider's own list
 * says, as a notice that never came would have told it: fetched by us, so not signed. */
enum err notice_sync(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
/* After a refused hook.take, whose own work is undone: the alert endpoint_closed, once. */
enum err notice_refused(struct ctx *ctx, struct tx *tx) MUST_USE;
/* Command inbox.replay: id (0: all that are due) -> done, failed. What waited a week for its
 * sale is ignored: no sale of ours. E_CONFLICT: dealt with, or still waiting. */
enum err notice_replay(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                       const struct msg *in, struct msg *out) MUST_USE;
