/* What a provider never tells, told by people: money that went back at Ko-fi. Not for:
 * providers that send notices of it, which would count it twice. */
#pragma once

#include "vault/table.h"

/* Command refund.told. E_CONFLICT: that provider tells itself; E_NOTFOUND: nothing of ours was
 * paid by that payment; E_INVALID: more than was paid. */
enum err byhand_refund(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                       const struct msg *in, struct msg *out) MUST_USE;
