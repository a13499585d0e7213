/* Commands about people: members, roles, login links, sessions, overlays. Fields and answers
 * stand in vault/table.h. Not for: rules of names and tokens (user/). */
#pragma once

#include "user/member.h"
#include "vault/table.h"

enum err people_member_add(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                           const struct msg *in, struct msg *out) MUST_USE;
enum err people_role_grant(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                           const struct msg *in, struct msg *out) MUST_USE;
enum err people_role_revoke(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                            const struct msg *in, struct msg *out) MUST_USE;
enum err people_member_block(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                             const struct msg *in, struct msg *out) MUST_USE;
enum err people_member_unblock(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                               const struct msg *in, struct msg *out) MUST_USE;
enum err people_login_link(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                           const struct msg *in, struct msg *out) MUST_USE;
enum err people_login_use(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                          const struct msg *in, struct msg *out) MUST_USE;
enum err people_session_end(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                            const struct msg *in, struct msg *out) MUST_USE;
enum err people_overlay_add(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                            const struct msg *in, struct msg *out) MUST_USE;
enum err people_overlay_revoke(struct ctx *ctx, struct tx *tx, const struct vault_actor *who,
                               const struct msg *in, struct msg *out) MUST_USE;
/* The member whose name, number or "discord:ID" stands in that field. */
enum err people_field(struct ctx *ctx, const struct msg *in, const char *field,
                      struct member *ret) MUST_USE;
