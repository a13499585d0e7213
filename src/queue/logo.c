/* Rows of logos, by the hash of their bytes. See logo.h. */
#include "queue/logo.h"

#include "base/crypt.h"
#include "base/enc.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "queue/outbox.h"

enum { HEAD_BYTES = 512 };

static const char *
type_of(struct str bytes)
{
    struct str head = str_sub(bytes, 0, HEAD_BYTES);

    if (str_starts(bytes, (struct str){.p = "\x89PNG\r\n\x1a\n", .n = 8}))
        return "image/png";
    if (str_is_utf8(bytes) && str_find(head, STR("<svg"), 0) != SIZE_MAX)
        return "image/svg+xml";
    return NULL;
}

static enum err
add(struct ctx *ctx, struct str sha, const char *type, struct str bytes)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_logo_add);

    stmt_str(&s, ":sha", sha);
    stmt_str(&s, ":type", str_of(type));
    stmt_blob(&s, ":bytes", bytes.p, bytes.n);
    stmt_i64(&s, ":at", ctx_now(ctx));
    return stmt_run(&s);
}

enum err
logo_keep(struct ctx *ctx, struct tx *tx, const char *what, struct str bytes, size_t max,
          struct str *ret_sha)
{
    const char *type = type_of(bytes);
    enum err e;

    BUG_IF(!tx->open);
    if (!type || bytes.n > max)
        return ctx_fail(ctx, E_INVALID, "%s is a PNG or SVG file of at most %zu KiB", what,
                        max / 1024);
    struct sha256 raw = crypt_sha256(bytes);
    struct str sha = enc_hex(ctx->arena, raw.b, sizeof raw.b);
    if ((e = add(ctx, sha, type, bytes)) ||
        (e = outbox_add(ctx, tx, STR("logo"), sha, sha, ctx_now(ctx))))
        return e;
    *ret_sha = sha;
    return OK;
}

enum err
logo_get(struct ctx *ctx, struct str sha, struct str *ret_type, struct str *ret_bytes)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_logo_get);
    enum err e;

    stmt_str(&s, ":sha", sha);
    e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no logo %.*s", STR_ARG(sha));
    if (e)
        return e;
    *ret_type = stmt_col_str(&s, "type");
    *ret_bytes = stmt_col_blob(&s, "bytes");
    return OK;
}

enum err
logo_ready(struct ctx *ctx, struct tx *tx, struct str sha)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_logo_ready);

    BUG_IF(!tx->open);
    stmt_str(&s, ":sha", sha);
    stmt_i64(&s, ":at", ctx_now(ctx));
    return stmt_run(&s);
}
