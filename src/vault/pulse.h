/* Signs of life: the vault's own go along with whatever is committed, those of others come as
 * commands. Not for: what a gap means (upkeep/outage.h). */
#pragma once

#include "vault/table.h"

/* Once a minute adds the vault's sign to the transaction at hand. What goes wrong with it is
 * undone and no reason to refuse anything; false: the whole transaction is lost. */
bool pulse_ride(struct ctx *ctx, struct tx *tx) MUST_USE;
enum pulse { PULSE_BEGIN, PULSE_ON, PULSE_END };
/* The same in a transaction of its own, for a vault that nobody asks. PULSE_BEGIN: it was just
 * started, and something is written in any case, which shows whether the disk takes it.
 * PULSE_END: it stops in order. Any error means "unknown", as with tx_commit. */
enum err pulse_alone(struct ctx *ctx, enum pulse how) MUST_USE;
/* part.alive: of the caller's side. */
enum err pulse_alive(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                     const struct msg *in, struct msg *out) MUST_USE;
