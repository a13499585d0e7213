/* Who is at the other end of a socket, and whether that socket is for them. Not for: what a
 * member may (each command's handler). */
#pragma once

#include "base/ctx.h"
#include "vault/table.h"

/* The words are in a. */
struct vault_actor actor_make(struct arena *a, enum vault_from from, unsigned uid);
/* A socket is for root, for the vault's own user and for the one that the settings name for it
 * (allowed; -1: nobody): the rights of the file alone would let everybody in the group speak
 * for everybody. E_DENIED with the way out in words. */
enum err actor_may(struct ctx *ctx, enum vault_from from, int64_t allowed,
                   unsigned uid) MUST_USE;
/* The member behind the field "session" of a command from the web: its id, and ret->text
 * becomes "member:<id>". need: bits of enum right of which one must be there; 0: none. E_AUTH,
 * E_DENIED.
 */
enum err actor_member(struct ctx *ctx, const struct msg *in, unsigned need,
                      struct vault_actor *ret, int64_t *ret_id) MUST_USE;
