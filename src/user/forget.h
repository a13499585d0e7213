/* Forgetting a person: what stays is a number that the books know. Not for: whether somebody may
 * leave (vault/leaving.h), lines of the journal: they never held a name. */
#pragma once

#include "base/ctx.h"

struct tx;

/* Name, identities, sessions, links, choices, unpaid wishes and destinations; nobody can log in
 * as that member any more. */
enum err forget_member(struct ctx *ctx, struct tx *tx, int64_t id) MUST_USE;
/* What keeps a member here, in words; empty: nothing. Money is for the caller to look at. */
enum err forget_kept(struct ctx *ctx, int64_t id, struct str *ret) MUST_USE;
