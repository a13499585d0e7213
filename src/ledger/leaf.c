/* Lines of the list: sql/FORMAT.md section 8. See leaf.h. */
#include "ledger/leaf.h"

#include "base/crypt.h"
#include "base/enc.h"
#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"

enum { SECRET = 32, SALT = 16, LINE_BYTES = 96, AT_ONCE = 2000 };

enum err
leaf_secret(struct ctx *ctx, struct str *ret)
{
    enum err e = db_stamp(ctx, "list_secret", ret);

    return e == E_CONFLICT ? ctx_fail(ctx, E_NOTFOUND, "no day has a list yet") : e;
}

enum err
leaf_secret_make(struct ctx *ctx, struct tx *tx, struct str *ret)
{
    unsigned char random[SECRET];
    enum err e = leaf_secret(ctx, ret);

    BUG_IF(!tx->open);
    if (e != E_NOTFOUND)
        return e;
    ctx_clear(ctx);
    ctx->world->random(ctx->world->arg, random, sizeof(random));
    *ret = enc_hex(ctx->arena, random, sizeof(random));

    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_leaf_secret_add);
    stmt_str(&s, ":secret", *ret);
    return stmt_run(&s);
}

struct str
leaf_salt(struct arena *a, struct str secret, int64_t seq)
{
    struct sha256 sha =
        crypt_sha256(str_of(arena_printf(a, "%.*s %lld", STR_ARG(secret), (long long)seq)));

    return enc_hex(a, sha.b, SALT);
}

static struct sha256
leaf_of(struct arena *a, struct str secret, int64_t seq, struct str sha)
{
    return crypt_sha256(str_of(arena_printf(a, "%.*s %.*s", STR_ARG(enc_hex(a, sha.p, sha.n)),
                                            STR_ARG(leaf_salt(a, secret, seq)))));
}

enum err
leaf_lines(struct ctx *ctx, struct str secret, int64_t first, int64_t last, size_t max,
           struct buf *b, int64_t *ret_next)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_leaf_list);
    enum err e;

    stmt_i64(&s, ":first", first);
    stmt_i64(&s, ":last", last);
    stmt_i64(&s, ":max", (int64_t)max);
    for (*ret_next = first; (e = stmt_row(&s)) == OK;) {
        /* Released before b grows, which may be in the same arena. */
        struct arena_mark mark = arena_mark(ctx->arena);
        int64_t seq = stmt_col_i64(&s, "seq");
        struct sha256 leaf = leaf_of(ctx->arena, secret, seq, stmt_col_blob(&s, "sha"));

        arena_release(ctx->arena, mark);
        buf_printf(b, "%lld %.*s\n", (long long)seq,
                   STR_ARG(enc_hex(ctx->arena, leaf.b, sizeof(leaf.b))));
        *ret_next = seq + 1;
    }
    return e == E_NOTFOUND ? OK : e;
}

enum err
leaf_sum(struct ctx *ctx, struct str secret, int64_t first, int64_t last, struct str *ret)
{
    struct crypt_hash *h = crypt_hash_new();
    struct sha256 sha;
    enum err e = OK;

    crypt_hash_start(h);
    while (!e && first <= last) {
        struct arena_mark mark = arena_mark(ctx->arena);
        struct buf b = buf_new(ctx->arena, (size_t)AT_ONCE * LINE_BYTES);
        int64_t next;

        e = leaf_lines(ctx, secret, first, last, AT_ONCE, &b, &next);
        crypt_hash_add(h, buf_str(&b).p, buf_str(&b).n);
        arena_release(ctx->arena, mark);
        if (!e && next == first)
            break; /* entries are missing: another sum than that of all */
        first = next;
    }
    sha = crypt_hash_end(h);
    crypt_hash_free(h);
    *ret = enc_hex(ctx->arena, sha.b, sizeof(sha.b));
    return e;
}
