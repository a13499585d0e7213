/* Building, reading, writing of messages between our processes. Not for: moving them (call.c).
 */
#include "call/msg.h"

#include <string.h>

static const unsigned char magic[4] = {'C', 'K', 'M', 1};

static bool
is_name(struct str s)
{
    if (s.n == 0 || s.n > MSG_NAME_MAX)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '.' || c == '_'))
            return false;
    }
    return true;
}

static const struct msg_field *
find(const struct msg *m, struct str name)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->f[i].name.n == name.n && memcmp(m->f[i].name.p, name.p, name.n) == 0)
            return &m->f[i];
    return NULL;
}

void
msg_init(struct msg *m, struct str name)
{
    BUG_IF(!is_name(name));
    m->name = name;
    m->n = 0;
}

static struct msg_field *
add(struct msg *m, const char *name)
{
    struct str n = {.p = name, .n = strlen(name)};
    struct msg_field *f;

    BUG_IF(m->n >= MSG_FIELDS_MAX);
    BUG_IF(!is_name(n) || find(m, n));
    f = &m->f[m->n++];
    *f = (struct msg_field){.name = n};
    return f;
}

void
msg_add_i64(struct msg *m, const char *name, int64_t v)
{
    struct msg_field *f = add(m, name);

    f->is_i64 = true;
    f->i = v;
}

void
msg_add_str(struct msg *m, const char *name, struct str v)
{
    add(m, name)->s = v;
}

bool
msg_has(const struct msg *m, const char *name)
{
    return find(m, (struct str){.p = name, .n = strlen(name)}) != NULL;
}

enum err
msg_i64(struct ctx *ctx, const struct msg *m, const char *name, int64_t lo, int64_t hi,
        int64_t *ret)
{
    const struct msg_field *f = find(m, str_of(name));

    if (!f)
        return ctx_fail(ctx, E_INVALID, "field %s is missing", name);
    if (!f->is_i64)
        return ctx_fail(ctx, E_INVALID, "field %s is not a number", name);
    if (f->i < lo || f->i > hi)
        return ctx_fail(ctx, E_INVALID, "field %s is not within %lld and %lld", name,
                        (long long)lo, (long long)hi);
    *ret = f->i;
    return OK;
}

enum err
msg_maybe_text(struct ctx *ctx, const struct msg *m, const char *name, size_t max,
               struct str *ret)
{
    *ret = STR("");
    return msg_has(m, name) ? msg_text(ctx, m, name, 0, max, ret) : OK;
}

enum err
msg_maybe_i64(struct ctx *ctx, const struct msg *m, const char *name, int64_t lo, int64_t hi,
              int64_t *ret)
{
    return msg_has(m, name) ? msg_i64(ctx, m, name, lo, hi, ret) : OK;
}

enum err
msg_bytes(struct ctx *ctx, const struct msg *m, const char *name, size_t max, struct str *ret)
{
    const struct msg_field *f = find(m, str_of(name));

    if (!f)
        return ctx_fail(ctx, E_INVALID, "field %s is missing", name);
    if (f->is_i64)
        return ctx_fail(ctx, E_INVALID, "field %s is not a text", name);
    if (f->s.n > max)
        return ctx_fail(ctx, E_INVALID, "field %s is longer than %zu bytes", name, max);
    *ret = f->s;
    return OK;
}

enum err
msg_text(struct ctx *ctx, const struct msg *m, const char *name, size_t min, size_t max,
         struct str *ret)
{
    struct str s;
    enum err e;

    if ((e = msg_bytes(ctx, m, name, max, &s)))
        return e;
    if (s.n < min)
        return ctx_fail(ctx, E_INVALID, "field %s is shorter than %zu bytes", name, min);
    if (!str_is_text(s, ""))
        return ctx_fail(ctx, E_INVALID, "field %s is not plain text", name);
    *ret = s;
    return OK;
}

struct str
msg_opt(const struct msg *m, const char *name)
{
    const struct msg_field *f = find(m, str_of(name));

    return f && !f->is_i64 ? f->s : STR("");
}

int64_t
msg_opt_i64(const struct msg *m, const char *name, int64_t otherwise)
{
    const struct msg_field *f = find(m, str_of(name));

    return f && f->is_i64 ? f->i : otherwise;
}

static unsigned char *
put(unsigned char *p, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *p++ = (unsigned char)(v >> (8 * i));
    return p;
}

static unsigned char *
put_bytes(unsigned char *p, struct str s)
{
    if (s.n)
        memcpy(p, s.p, s.n);
    return p + s.n;
}

enum err
msg_encode(struct ctx *ctx, const struct msg *m, struct str *ret)
{
    size_t n = sizeof magic + 1 + m->name.n + 2;
    unsigned char *start, *p;

    for (size_t i = 0; i < m->n; i++) {
        const struct msg_field *f = &m->f[i];

        if (f->s.n > MSG_SIZE_MAX)
            return ctx_fail(ctx, E_LIMIT, "field %.*s is too long", STR_ARG(f->name));
        n += 2 + f->name.n + (f->is_i64 ? 8 : 4 + f->s.n);
    }
    if (n > MSG_SIZE_MAX)
        return ctx_fail(ctx, E_LIMIT, "the message %.*s is too long", STR_ARG(m->name));
    start = p = arena_alloc(ctx->arena, n);
    p = put_bytes(p, (struct str){.p = (const char *)magic, .n = sizeof magic});
    *p++ = (unsigned char)m->name.n;
    p = put_bytes(p, m->name);
    p = put(p, m->n, 2);
    for (size_t i = 0; i < m->n; i++) {
        const struct msg_field *f = &m->f[i];

        *p++ = f->is_i64 ? 'i' : 's';
        *p++ = (unsigned char)f->name.n;
        p = put_bytes(p, f->name);
        if (f->is_i64) {
            p = put(p, (uint64_t)f->i, 8);
        } else {
            p = put(p, f->s.n, 4);
            p = put_bytes(p, f->s);
        }
    }
    BUG_IF(p != start + n);
    *ret = (struct str){.p = (const char *)start, .n = n};
    return OK;
}

/* Takes n bytes off the front; false when there are fewer. */
static bool
take(struct str *rest, size_t n, struct str *ret)
{
    if (rest->n < n)
        return false;
    *ret = (struct str){.p = rest->p, .n = n};
    rest->p += n;
    rest->n -= n;
    return true;
}

static bool
take_number(struct str *rest, size_t bytes, uint64_t *ret)
{
    struct str s;
    uint64_t v = 0;

    if (!take(rest, bytes, &s))
        return false;
    for (size_t i = bytes; i > 0; i--)
        v = v << 8 | (unsigned char)s.p[i - 1];
    *ret = v;
    return true;
}

static bool
take_name(struct str *rest, struct str *ret)
{
    uint64_t n = 0;

    return take_number(rest, 1, &n) && take(rest, (size_t)n, ret) && is_name(*ret);
}

static bool
take_field(struct str *rest, struct msg_field *f)
{
    uint64_t type = 0, v = 0;

    *f = (struct msg_field){.is_i64 = false};
    if (!take_number(rest, 1, &type) || (type != 'i' && type != 's') ||
        !take_name(rest, &f->name))
        return false;
    if (type == 's')
        return take_number(rest, 4, &v) && take(rest, (size_t)v, &f->s);
    if (!take_number(rest, 8, &v))
        return false;
    f->is_i64 = true;
    f->i = (int64_t)v;
    return true;
}

enum err
msg_decode(struct ctx *ctx, struct str bytes, struct msg *ret)
{
    struct str rest = bytes, head;
    uint64_t n = 0;

    ret->n = 0;
    if (bytes.n > MSG_SIZE_MAX)
        return ctx_fail(ctx, E_INVALID, "the message is too long");
    if (!take(&rest, sizeof magic, &head) || memcmp(head.p, magic, sizeof magic) != 0)
        return ctx_fail(ctx, E_INVALID, "not a message of this version");
    if (!take_name(&rest, &ret->name) || !take_number(&rest, 2, &n) || n > MSG_FIELDS_MAX)
        return ctx_fail(ctx, E_INVALID, "the head of the message is wrong");
    for (size_t i = 0; i < n; i++) {
        if (!take_field(&rest, &ret->f[i]) || find(ret, ret->f[i].name))
            return ctx_fail(ctx, E_INVALID, "field %zu of the message is wrong", i + 1);
        ret->n++;
    }
    if (rest.n)
        return ctx_fail(ctx, E_INVALID, "the message goes on after its end");
    return OK;
}
