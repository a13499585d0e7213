/* Verified notices, once per provider and delivery key. Not for: applying them
 * (vault/notice.c). */
#include "queue/inbox.h"

#include "base/crypt.h"
#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"

static enum err
read_next(struct ctx *ctx, const struct inbox_new *n, int64_t *ret_id, int64_t *ret_known)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_inbox_next);
    enum err e;

    stmt_str(&s, ":provider", n->provider);
    stmt_str(&s, ":key", n->key);
    if ((e = stmt_one(&s)))
        return e;
    *ret_id = stmt_col_i64(&s, "id");
    *ret_known = stmt_col_i64(&s, "known");
    return OK;
}

enum err
inbox_add(struct ctx *ctx, struct tx *tx, const struct inbox_new *n, int64_t *ret_id)
{
    int64_t id, known;
    enum err e;

    BUG_IF(!tx->open);
    if ((e = read_next(ctx, n, &id, &known)))
        return e;
    *ret_id = known ? known : id;
    if (known)
        return ctx_fail(ctx, E_DUPLICATE, "notice %.*s is known", STR_ARG(n->key));

    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_inbox_add);
    stmt_i64(&s, ":id", id);
    stmt_str(&s, ":provider", n->provider);
    stmt_str(&s, ":key", n->key);
    stmt_str(&s, ":type", n->type);
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_str(&s, ":ref", n->ref);
    stmt_blob(&s, ":body", n->body.p, n->body.n);
    stmt_str(&s, ":about", n->about.n ? n->about : STR(""));
    return stmt_run(&s);
}

enum err
inbox_mark(struct ctx *ctx, struct tx *tx, int64_t id, struct str state, struct str reason,
           struct str ref, int64_t due_at)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_inbox_mark);
    enum err e;

    BUG_IF(!tx->open);
    stmt_str(&s, ":state", state);
    stmt_str(&s, ":reason", reason);
    stmt_str(&s, ":ref", ref);
    if (due_at)
        stmt_i64(&s, ":due", due_at);
    else
        stmt_null(&s, ":due");
    stmt_i64(&s, ":id", id);
    if ((e = stmt_run(&s)))
        return e;
    if (db_changes(ctx->db) != 1)
        return ctx_fail(ctx, E_NOTFOUND, "there is no notice %lld", (long long)id);
    return OK;
}

static struct inbox_notice
read_row(struct stmt *s)
{
    return (struct inbox_notice){
        .id = stmt_col_i64(s, "id"),
        .provider = stmt_col_str(s, "provider"),
        .key = stmt_col_str(s, "delivery_key"),
        .type = stmt_col_str(s, "type"),
        .received_at = stmt_col_i64(s, "received_at"),
        .state = stmt_col_str(s, "state"),
        .reason = stmt_col_str(s, "reason"),
        .ref = stmt_col_str(s, "ref"),
        .tries = stmt_col_i64(s, "tries"),
    };
}

enum err
inbox_get(struct ctx *ctx, int64_t id, struct inbox_notice *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_inbox_get);
    enum err e;

    stmt_i64(&s, ":id", id);
    e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no notice %lld", (long long)id);
    if (e)
        return e;
    *ret = read_row(&s);
    ret->body = stmt_col_blob(&s, "body");
    ret->about = stmt_col_str(&s, "about");
    ret->redacted_at = stmt_col_i64(&s, "redacted_at");
    return OK;
}

enum err
inbox_list(struct ctx *ctx, struct str state, int64_t before, size_t max,
           struct inbox_notice **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) =
        stmt_get(ctx, state.n ? SQL_inbox_list_state : SQL_inbox_list);
    struct inbox_notice *row = ARENA_ARRAY(ctx->arena, max, struct inbox_notice);
    size_t n = 0;
    enum err e = OK;

    if (state.n)
        stmt_str(&s, ":state", state);
    stmt_i64(&s, ":before", before ? before : INT64_MAX);
    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        row[n++] = read_row(&s);
    if (e && e != E_NOTFOUND)
        return e;
    *ret = row;
    *ret_n = n;
    return OK;
}

enum err
inbox_due(struct ctx *ctx, int64_t now, size_t max, int64_t *ret_ids, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_inbox_due);

    stmt_i64(&s, ":now", now);
    return stmt_ids(&s, max, ret_ids, ret_n);
}

enum err
inbox_again(struct ctx *ctx, struct tx *tx, struct str provider, struct str about)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_inbox_again);

    BUG_IF(!tx->open);
    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":about", about);
    stmt_i64(&s, ":now", ctx_now(ctx));
    return stmt_run(&s);
}

enum err
inbox_about(struct ctx *ctx, struct str provider, struct str about, size_t max,
            int64_t *ret_ids, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_inbox_about);

    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":about", about);
    return stmt_ids(&s, max, ret_ids, ret_n);
}

enum err
inbox_redact(struct ctx *ctx, struct tx *tx, const struct inbox_notice *n, struct str body)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_inbox_redact);
    struct sha256 was = crypt_sha256(n->body);

    BUG_IF(!tx->open);
    stmt_blob(&s, ":body", body.p, body.n);
    stmt_blob(&s, ":sha", was.b, sizeof was.b);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_i64(&s, ":id", n->id);
    return stmt_run(&s);
}

enum err
inbox_redact_all(struct ctx *ctx, struct tx *tx, struct str provider, struct str body,
                 int64_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_inbox_redact_all);
    enum err e;

    BUG_IF(!tx->open);
    stmt_blob(&s, ":body", body.p, body.n);
    stmt_i64(&s, ":now", ctx_now(ctx));
    stmt_str(&s, ":provider", provider);
    e = stmt_run(&s);
    *ret_n = e ? 0 : db_changes(ctx->db);
    return e;
}
