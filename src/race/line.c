/* Rows of pot and shares. See line.h. */
#include "race/line.h"

#include "db/stmt.h"
#include "db/tx.h"
#include "queue/live.h"

enum err
line_pot_add(struct ctx *ctx, const struct line_pot *p)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sale_pot_add);
    stmt_i64(&s, ":race", p->race_id);
    stmt_i64(&s, ":seq", p->seq);
    stmt_i64(&s, ":sale", p->sale_id);
    stmt_i64(&s, ":at", p->at);
    stmt_i64(&s, ":delta", p->delta);
    stmt_i64(&s, ":bonus", p->bonus);
    stmt_i64(&s, ":pot", p->pot);
    stmt_i64(&s, ":waiting", p->waiting);
    stmt_i64(&s, ":sales", p->sales);
    return stmt_run(&s);
}

enum err
line_share_add(struct ctx *ctx, const struct line_share *r)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sale_share_add);
    stmt_i64(&s, ":race", r->race_id);
    stmt_i64(&s, ":seat", r->seat_no);
    stmt_i64(&s, ":seq", r->seq);
    stmt_i64(&s, ":sale", r->sale_id);
    stmt_i64(&s, ":member_id", r->member_id);
    stmt_i64(&s, ":cents", r->cents);
    stmt_i64(&s, ":total", r->total);
    stmt_i64(&s, ":residue", r->residue);
    stmt_i64(&s, ":unit", r->unit);
    return stmt_run(&s);
}

enum err
line_refund_add(struct ctx *ctx, const struct line_refund *r, int64_t *ret_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_refund_add);
    stmt_str(&s, ":provider", r->provider);
    stmt_str(&s, ":payment", r->payment);
    stmt_str(&s, ":kind", str_of(r->kind));
    stmt_str(&s, ":object", r->object);
    stmt_i64(&s, ":total", r->total);
    stmt_i64(&s, ":amount", r->amount);
    stmt_str(&s, ":state", str_of(r->state));
    if (r->sale_id)
        stmt_i64(&s, ":sale", r->sale_id);
    else
        stmt_null(&s, ":sale");
    stmt_i64(&s, ":booked", r->booked);
    if (r->seq)
        stmt_i64(&s, ":seq", r->seq);
    else
        stmt_null(&s, ":seq");
    stmt_i64(&s, ":inbox_id", r->inbox_id);
    stmt_i64(&s, ":at", r->at);
    enum err e = stmt_one(&s);
    if (!e)
        *ret_id = stmt_col_i64(&s, "id");
    return e;
}

enum err
line_tell(struct ctx *ctx, struct tx *tx, const struct line_news *n)
{
    struct buf b = buf_new(ctx->arena, 4096), ch = buf_new(ctx->arena, 64);

    buf_printf(&b, "{\"pot\":%lld,\"delta\":%lld,\"sale\":%lld,\"title\":", (long long)n->pot,
               (long long)n->delta, (long long)n->sale_id);
    buf_add_json(&b, n->title);
    buf_printf(&b, ",\"amount\":%lld,\"reason\":", (long long)n->amount);
    buf_add_json(&b, n->reason);
    for (size_t i = 0; n->total && i < RACE_SEATS_MAX; i++) {
        buf_add_text(&b, i ? "," : ",\"shares\":[");
        buf_add_i64(&b, n->total[i]);
    }
    buf_add_text(&b, n->total ? "]}" : "}");
    if (buf_err(&b))
        return ctx_fail(ctx, E_INTERNAL, "a live message is too long");
    buf_add_text(&ch, "race/");
    buf_add_i64(&ch, n->race_id);
    return live_add(ctx, tx, buf_str(&ch), str_of(n->type), buf_str(&b));
}
