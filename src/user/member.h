/* People: names and roles. Not for: sessions, money. */
#pragma once

#include "base/ctx.h"

struct tx;

struct member {
    int64_t id;
    struct str name;  /* for themselves and for those who run the house */
    struct str shown; /* for everybody else: "Racer 41" when hidden */
    int64_t created_at;
    bool blocked;
};

/* Name: 1 to 32 code points, text without control or direction-changing characters, trimmed,
 * unique without case. E_INVALID, E_CONFLICT. */
enum err member_add(struct ctx *ctx, struct tx *tx, struct str name, int64_t *ret_id) MUST_USE;
/* Another name, by the same rules. E_CONFLICT: somebody else has it. */
enum err member_rename(struct ctx *ctx, struct tx *tx, int64_t id, struct str name) MUST_USE;
/* "Racer 41" is how a hidden member is called; nobody may be named so. */
bool member_is_reserved(struct str name);
/* E_NOTFOUND "there is no member …". who: a name, or an id as decimal digits. */
enum err member_find(struct ctx *ctx, struct str who, struct member *ret) MUST_USE;
enum err member_get(struct ctx *ctx, int64_t id, struct member *ret) MUST_USE;
enum err member_list(struct ctx *ctx, int64_t after, size_t max, struct member **ret,
                     size_t *ret_n) MUST_USE;
/* role: host, dj, creator, staff, operator, auditor. Granting twice changes nothing. */
enum err member_grant(struct ctx *ctx, struct tx *tx, int64_t id, struct str role,
                      struct str by) MUST_USE;
/* Taking away what is not there changes nothing. */
enum err member_revoke(struct ctx *ctx, struct tx *tx, int64_t id, struct str role) MUST_USE;
/* A blocked member's sessions and links are worth nothing, at once; what is in the books stays.
 */
enum err member_block(struct ctx *ctx, struct tx *tx, int64_t id, bool on) MUST_USE;
/* "dj,host", or empty. */
enum err member_roles(struct ctx *ctx, int64_t id, struct str *ret) MUST_USE;
