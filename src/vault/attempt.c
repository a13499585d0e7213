/* Keyed commands and their first answers. Not for: running them (batch.c). */
#include "vault/attempt.h"

#include "db/stmt.h"
#include "db/tx.h"

struct sha256
attempt_hash(struct arena *a, const struct msg *in)
{
    const struct msg_field **sorted = ARENA_ARRAY(a, in->n, const struct msg_field *);
    struct crypt_hash *h = crypt_hash_new();
    struct sha256 sum;
    size_t n = 0;

    for (size_t i = 0; i < in->n; i++) {
        size_t at = n;

        if (str_eq_text(in->f[i].name, "trace"))
            continue;
        for (; at > 0 && str_cmp(sorted[at - 1]->name, in->f[i].name) > 0; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = &in->f[i];
        n++;
    }
    crypt_hash_start(h);
    crypt_hash_add(h, in->name.p, in->name.n);
    for (size_t i = 0; i < n; i++) {
        const struct msg_field *f = sorted[i];
        char head[96];
        int len = f->is_i64
                      ? snprintf(head, sizeof head, "\n%.*s i %lld", STR_ARG(f->name),
                                 (long long)f->i)
                      : snprintf(head, sizeof head, "\n%.*s s %zu ", STR_ARG(f->name), f->s.n);

        BUG_IF(len < 0 || (size_t)len >= sizeof head);
        crypt_hash_add(h, head, (size_t)len);
        if (!f->is_i64)
            crypt_hash_add(h, f->s.p, f->s.n);
    }
    sum = crypt_hash_end(h);
    crypt_hash_free(h);
    return sum;
}

static struct str
scope_of(struct ctx *ctx, const struct vault_actor *who, const struct msg *in)
{
    return str_of(arena_printf(ctx->arena, "%.*s %.*s", STR_ARG(in->name), STR_ARG(who->text)));
}

enum err
attempt_find(struct ctx *ctx, const struct vault_actor *who, const struct msg *in,
             struct str key, const struct sha256 *asked, struct str *ret_answer)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_attempt_find);
    struct str sha;
    enum err e;

    stmt_str(&s, ":scope", scope_of(ctx, who, in));
    stmt_str(&s, ":key", key);
    if ((e = stmt_one(&s)))
        return e;
    sha = stmt_col_blob(&s, "request_sha");
    if (!str_eq(sha, (struct str){.p = (const char *)asked->b, .n = sizeof asked->b}))
        return ctx_fail(ctx, E_CONFLICT, "key %.*s was used for another %.*s", STR_ARG(key),
                        STR_ARG(in->name));
    *ret_answer = stmt_col_blob(&s, "answer");
    return OK;
}

enum err
attempt_add(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct str key, const struct sha256 *asked, struct str answer)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_attempt_add);

    BUG_IF(!tx->open);
    stmt_str(&s, ":scope", scope_of(ctx, who, in));
    stmt_str(&s, ":key", key);
    stmt_blob(&s, ":sha", asked->b, sizeof asked->b);
    stmt_blob(&s, ":answer", answer.p, answer.n);
    stmt_i64(&s, ":now", ctx_now(ctx));
    return stmt_run(&s);
}

bool
attempt_is_final(enum err e)
{
    return e != E_BUSY && e != E_FULL && e != E_REMOTE && e != E_UNCERTAIN && e != E_INTERNAL;
}
