/* Roles as a bit set and what each may do; the one place where a right is decided. Not for:
 * granting (member.h). */
#pragma once

#include "base/ctx.h"

enum right {
    RIGHT_HOST = 1 << 0,
    RIGHT_DJ = 1 << 1,
    RIGHT_CREATOR = 1 << 2,
    RIGHT_STAFF = 1 << 3,
    RIGHT_OPERATOR = 1 << 4,
    RIGHT_AUDITOR = 1 << 5
};

/* Bits of a member's roles; operator includes staff and host. */
enum err right_of(struct ctx *ctx, int64_t member_id, unsigned *ret) MUST_USE;
/* OK when one of need is there, else E_DENIED "You are logged in as Nova, this is for hosts".
 */
enum err right_need(struct ctx *ctx, int64_t member_id, unsigned need) MUST_USE;
/* "host", "staff or operator" */
struct str right_words(struct ctx *ctx, unsigned rights);
