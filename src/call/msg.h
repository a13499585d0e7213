/* Messages between our processes: a name and up to 64 typed fields, bounded, versioned. Numbers
 * are little-endian. Reading never trusts the sender. Not for: what the names mean
 * (vault/table.h).
 *
 * Bytes: "CKM" 0x01 · u8 name length · name · u16 number of fields · for each field: u8 type
 * ('i' int64, 's' bytes) · u8 name length · name · i64, or u32 length + bytes. Names are
 * [A-Za-z0-9._], 1 to 40 signs, unique within a message. */
#pragma once

#include "base/ctx.h"

enum { MSG_FIELDS_MAX = 64, MSG_NAME_MAX = 40, MSG_SIZE_MAX = 1280 * 1024 };

struct msg_field {
    struct str name;
    bool is_i64;
    int64_t i;
    struct str s;
};

struct msg {
    struct str name;
    size_t n;
    struct msg_field f[MSG_FIELDS_MAX];
};

void msg_init(struct msg *m, struct str name);
/* Views are kept, not copied; BUG_IF there is no room or the name is taken. */
void msg_add_i64(struct msg *m, const char *name, int64_t v);
void msg_add_str(struct msg *m, const char *name, struct str v);

bool msg_has(const struct msg *m, const char *name);
/* E_INVALID with the field's name in ctx when it is absent, of the other type or out of range.
 */
enum err msg_i64(struct ctx *ctx, const struct msg *m, const char *name, int64_t lo, int64_t hi,
                 int64_t *ret) MUST_USE;
/* max in bytes; the text must be well-formed UTF-8 without control characters. */
enum err msg_text(struct ctx *ctx, const struct msg *m, const char *name, size_t min,
                  size_t max, struct str *ret) MUST_USE;
/* The same for fields that may be absent: then the text is empty, the number stays as it is. */
enum err msg_maybe_text(struct ctx *ctx, const struct msg *m, const char *name, size_t max,
                        struct str *ret) MUST_USE;
enum err msg_maybe_i64(struct ctx *ctx, const struct msg *m, const char *name, int64_t lo,
                       int64_t hi, int64_t *ret) MUST_USE;
/* Any bytes. */
enum err msg_bytes(struct ctx *ctx, const struct msg *m, const char *name, size_t max,
                   struct str *ret) MUST_USE;
/* The text, or empty when the field is absent. */
struct str msg_opt(const struct msg *m, const char *name);
int64_t msg_opt_i64(const struct msg *m, const char *name, int64_t otherwise);

/* E_LIMIT when it would pass MSG_SIZE_MAX. */
enum err msg_encode(struct ctx *ctx, const struct msg *m, struct str *ret) MUST_USE;
/* Fields are views into bytes. E_INVALID for anything not exactly as written above. */
enum err msg_decode(struct ctx *ctx, struct str bytes, struct msg *ret) MUST_USE;
