/* Names, checked and folded, and roles. Not for: sessions (session.c), money. */
#include "user/member.h"

#include <string.h>

#include "db/stmt.h"
#include "db/tx.h"

enum { NAME_LENGTH_MAX = 32, NAME_BYTES_MAX = 128 };

/* One code point of well-formed UTF-8 from *at on. */
static uint32_t
next_point(struct str s, size_t *at)
{
    unsigned char c = (unsigned char)s.p[*at];
    int more = c < 0x80 ? 0 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
    uint32_t v = more == 0 ? c : c & (0x3FU >> more);

    ++*at;
    for (; more && *at < s.n; more--)
        v = v << 6 | ((unsigned char)s.p[(*at)++] & 0x3F);
    return v;
}

/* Signs that turn the direction of the text around them, or that nobody sees: one could pass
 * for somebody else with them. */
static bool
is_tricky(uint32_t c)
{
    return c == 0x00AD || c == 0x034F || c == 0x061C || c == 0x115F || c == 0x1160 ||
           c == 0x180E || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0x3164 || c == 0xFEFF ||
           (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

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
        uint32_t c = next_point(name, &at), low = fold(c);

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
        uint32_t c = next_point(name, &at);

        if (is_tricky(c))
            return ctx_fail(ctx, E_INVALID, "a name must not contain invisible signs");
        digits = digits && c >= '0' && c <= '9';
    }
    if (digits)
        return ctx_fail(ctx, E_INVALID, "a name of digits alone would look like a number");
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

static struct member
read_row(struct stmt *s)
{
    return (struct member){
        .id = stmt_col_i64(s, "id"),
        .name = stmt_col_str(s, "name"),
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

enum err
member_grant(struct ctx *ctx, struct tx *tx, int64_t id, struct str role, struct str by)
{
    struct member m;
    enum err e;

    BUG_IF(!tx->open);
    if (!is_role(role))
        return ctx_fail(ctx, E_INVALID,
                        "a role is host, dj, creator, staff, operator or auditor");
    if ((e = member_get(ctx, id, &m)))
        return e;

    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_member_grant);
    stmt_i64(&s, ":id", id);
    stmt_str(&s, ":role", role);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_str(&s, ":by", by);
    return stmt_run(&s);
}

enum err
member_has(struct ctx *ctx, int64_t id, struct str role, bool *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_member_has);
    enum err e;

    stmt_i64(&s, ":id", id);
    stmt_str(&s, ":role", role);
    if ((e = stmt_one(&s)))
        return e;
    *ret = stmt_col_i64(&s, "n") > 0;
    return OK;
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
