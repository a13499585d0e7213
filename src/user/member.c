/* Names, checked and folded, and roles. Not for: sessions (session.c), money. */
#include "user/member.h"

#include <string.h>

#include "base/point.h"
#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"

enum { NAME_LENGTH_MAX = 32, NAME_BYTES_MAX = 128 };

/* The small letter of the same length in UTF-8; only alphabets whose letters stand at a fixed
 * distance. */
static uint32_t
fold(uint32_t c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 0x00C0 && c <= 0x00DE && c != 0x00D7) ||
        (c >= 0x0391 && c <= 0x03A9) || (c >= 0x0410 && c <= 0x042F))
        return c + 0x20;
    if (c >= 0x0400 && c <= 0x040F)
        return c + 0x50;
    return c;
}

/* What makes two names the same. */
static struct str
key_of(struct arena *a, struct str name)
{
    char *out = arena_alloc(a, name.n);
    size_t at = 0;

    memcpy(out, name.p, name.n);
    while (at < name.n) {
        size_t from = at;
        uint32_t c = point_next(name, &at), low = fold(c);

        if (low == c)
            continue;
        if (low < 0x80) {
            out[from] = (char)low;
        } else {
            out[from] = (char)(0xC0 | low >> 6);
            out[from + 1] = (char)(0x80 | (low & 0x3F));
        }
    }
    return (struct str){.p = out, .n = name.n};
}

bool
member_is_reserved(struct str name)
{
    int64_t n;

    return name.n > 6 && str_ieq(str_sub(name, 0, 6), STR("racer ")) &&
           str_i64(str_trim(str_sub(name, 6, name.n)), 0, INT64_MAX, &n);
}

static enum err
check_name(struct ctx *ctx, struct str name)
{
    bool digits = true;

    if (name.n == 0)
        return ctx_fail(ctx, E_INVALID, "a name has at least one sign");
    if (name.n > NAME_BYTES_MAX || !str_is_text(name, ""))
        return ctx_fail(ctx, E_INVALID, "a name is plain text of at most %d signs",
                        NAME_LENGTH_MAX);
    if (str_length(name) > NAME_LENGTH_MAX)
        return ctx_fail(ctx, E_INVALID, "a name has at most %d signs", NAME_LENGTH_MAX);
    for (size_t at = 0; at < name.n;) {
        uint32_t c = point_next(name, &at);

        if (point_is_tricky(c))
            return ctx_fail(ctx, E_INVALID, "a name must not contain invisible signs");
        digits = digits && c >= '0' && c <= '9';
    }
    if (digits)
        return ctx_fail(ctx, E_INVALID, "a name of digits alone would look like a number");
    if (member_is_reserved(name))
        return ctx_fail(ctx, E_INVALID,
                        "names like Racer 41 stand for members who hide theirs");
    return OK;
}

enum err
member_add(struct ctx *ctx, struct tx *tx, struct str name, int64_t *ret_id)
{
    enum err e;

    BUG_IF(!tx->open);
    name = str_trim(name);
    if ((e = check_name(ctx, name)))
        return e;

    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_member_add);
    stmt_str(&s, ":name", name);
    stmt_str(&s, ":name_key", key_of(ctx->arena, name));
    stmt_i64(&s, ":now", ctx_now(ctx));
    e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_CONFLICT, "there is already a member %.*s", STR_ARG(name));
    if (e)
        return e;
    *ret_id = stmt_col_i64(&s, "id");
    return OK;
}

enum err
member_rename(struct ctx *ctx, struct tx *tx, int64_t id, struct str name)
{
    enum err e;

    BUG_IF(!tx->open);
    name = str_trim(name);
    if ((e = check_name(ctx, name)))
        return e;

    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_member_rename);
    stmt_str(&s, ":name", name);
    stmt_str(&s, ":name_key", key_of(ctx->arena, name));
    stmt_i64(&s, ":id", id);
    if ((e = stmt_run(&s)))
        return e;
    if (db_changes(ctx->db) != 1)
        return ctx_fail(ctx, E_CONFLICT, "there is already a member %.*s", STR_ARG(name));
    return OK;
}

static struct member
read_row(struct stmt *s)
{
    return (struct member){
        .id = stmt_col_i64(s, "id"),
        .name = stmt_col_str(s, "name"),
        .shown = stmt_col_str(s, "shown"),
        .created_at = stmt_col_i64(s, "created_at"),
        .blocked = !stmt_col_null(s, "blocked_at"),
    };
}

enum err
member_get(struct ctx *ctx, int64_t id, struct member *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_member_get);
    enum err e;

    stmt_i64(&s, ":id", id);
    e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no member %lld", (long long)id);
    if (e)
        return e;
    *ret = read_row(&s);
    return OK;
}

enum err
member_find(struct ctx *ctx, struct str who, struct member *ret)
{
    int64_t id;
    enum err e;

    who = str_trim(who);
    if (who.n > NAME_BYTES_MAX || !str_is_text(who, ""))
        return ctx_fail(ctx, E_NOTFOUND, "there is no member of that name");
    if (str_i64(who, 1, INT64_MAX, &id))
        return member_get(ctx, id, ret);

    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_member_by_name);
    stmt_str(&s, ":name_key", key_of(ctx->arena, who));
    e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no member %.*s", STR_ARG(who));
    if (e)
        return e;
    *ret = read_row(&s);
    return OK;
}

enum err
member_list(struct ctx *ctx, int64_t after, size_t max, struct member **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_member_list);
    struct member *row = ARENA_ARRAY(ctx->arena, max, struct member);
    size_t n = 0;
    enum err e = OK;

    stmt_i64(&s, ":after", after);
    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        row[n++] = read_row(&s);
    if (e && e != E_NOTFOUND)
        return e;
    *ret = row;
    *ret_n = n;
    return OK;
}

static bool
is_role(struct str role)
{
    static const char *const known[] = {"host",  "dj",       "creator",
                                        "staff", "operator", "auditor"};

    for (size_t i = 0; i < ARRAY_SIZE(known); i++)
        if (str_eq_text(role, known[i]))
            return true;
    return false;
}

static enum err
check_role(struct ctx *ctx, struct str role)
{
    return is_role(role) ? OK
                         : ctx_fail(ctx, E_INVALID,
                                    "a role is host, dj, creator, staff, operator or auditor");
}

enum err
member_grant(struct ctx *ctx, struct tx *tx, int64_t id, struct str role, struct str by)
{
    struct member m;
    enum err e;

    BUG_IF(!tx->open);
    if ((e = check_role(ctx, role)) || (e = member_get(ctx, id, &m)))
        return e;

    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_member_grant);
    stmt_i64(&s, ":id", id);
    stmt_str(&s, ":role", role);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_str(&s, ":by", by);
    return stmt_run(&s);
}

enum err
member_revoke(struct ctx *ctx, struct tx *tx, int64_t id, struct str role)
{
    enum err e;

    BUG_IF(!tx->open);
    if ((e = check_role(ctx, role)))
        return e;

    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_member_revoke);
    stmt_i64(&s, ":id", id);
    stmt_str(&s, ":role", role);
    return stmt_run(&s);
}

enum err
member_block(struct ctx *ctx, struct tx *tx, int64_t id, bool on)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_member_block);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":id", id);
    if (on)
        stmt_i64(&s, ":now", ctx_now(ctx));
    else
        stmt_null(&s, ":now");
    return stmt_run(&s);
}

enum err
member_roles(struct ctx *ctx, int64_t id, struct str *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_member_roles);
    struct str all = STR("");
    enum err e;

    stmt_i64(&s, ":id", id);
    while ((e = stmt_row(&s)) == OK) {
        struct str role = stmt_col_str(&s, "role");

        all = all.n ? str_of(arena_printf(ctx->arena, "%.*s,%.*s", STR_ARG(all), STR_ARG(role)))
                    : role;
    }
    if (e != E_NOTFOUND)
        return e;
    *ret = all;
    return OK;
}
