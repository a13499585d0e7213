/* Messages for browsers, numbered by channel. Not for: pushing them (job/push.c). */
#include "queue/live.h"

#include "db/stmt.h"
#include "db/tx.h"

enum { DATA_MAX = 4096 };

enum err
live_add(struct ctx *ctx, struct tx *tx, struct str channel, struct str type, struct str data)
{
    struct stmt step CLEANUP(stmt_done) = stmt_get(ctx, SQL_live_step);
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_live_add);
    int64_t seq;
    enum err e;

    BUG_IF(!tx->open || channel.n == 0 || data.n > DATA_MAX);
    if ((e = live_seq(ctx, channel, &seq)))
        return e;
    seq++;
    stmt_str(&step, ":channel", channel);
    stmt_i64(&step, ":seq", seq);
    if ((e = stmt_run(&step)))
        return e;
    stmt_str(&s, ":channel", channel);
    stmt_i64(&s, ":seq", seq);
    stmt_i64(&s, ":at", ctx_now(ctx));
    stmt_str(&s, ":type", type);
    stmt_str(&s, ":data", data);
    return stmt_run(&s);
}

enum err
live_list(struct ctx *ctx, int64_t after, size_t max, struct live_msg **ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_live_list);
    struct live_msg *row = ARENA_ARRAY(ctx->arena, max, struct live_msg);
    size_t n = 0;
    enum err e = OK;

    stmt_i64(&s, ":after", after);
    stmt_i64(&s, ":max", (int64_t)max);
    while (n < max && (e = stmt_row(&s)) == OK)
        row[n++] = (struct live_msg){
            .id = stmt_col_i64(&s, "id"),
            .channel = stmt_col_str(&s, "channel"),
            .seq = stmt_col_i64(&s, "seq"),
            .at = stmt_col_i64(&s, "at"),
            .type = stmt_col_str(&s, "type"),
            .data = stmt_col_str(&s, "data"),
        };
    if (e && e != E_NOTFOUND)
        return e;
    *ret = row;
    *ret_n = n;
    return OK;
}

enum err
live_seq(struct ctx *ctx, struct str channel, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_live_seq);
    enum err e;

    stmt_str(&s, ":channel", channel);
    e = stmt_one(&s);
    if (e && e != E_NOTFOUND)
        return e;
    *ret = e ? 0 : stmt_col_i64(&s, "seq");
    return OK;
}

enum err
live_last(struct ctx *ctx, int64_t *ret_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_live_last);
    enum err e;

    if ((e = stmt_one(&s)))
        return e;
    *ret_id = stmt_col_i64(&s, "id");
    return OK;
}

enum err
live_prune(struct ctx *ctx, struct tx *tx, int64_t upto)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_live_prune);

    BUG_IF(!tx->open);
    stmt_i64(&s, ":upto", upto);
    return stmt_run(&s);
}
