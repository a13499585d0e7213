/* Entries of refunds and rows of what was told: what refund.c books, of one sale at a time. See
 * refund_post.h. */
#include "race/refund_post.h"

#include "base/crypt.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "race/chargeback.h"
#include "race/mirror.h"
#include "race/take.h"

enum { META_MAX = 16384 };

enum err
refund_post_told(struct ctx *ctx, struct str provider, struct str payment,
                 struct refund_told *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_refund_sums);
    stmt_str(&s, ":provider", provider);
    stmt_str(&s, ":payment", payment);
    enum err e = stmt_one(&s);
    if (e)
        return e;
    int64_t total = stmt_col_i64(&s, "total"), amounts = stmt_col_i64(&s, "amounts");
    ret->want = (total > amounts ? total : amounts) - stmt_col_i64(&s, "failed");
    if (ret->want < 0)
        ret->want = 0;
    ret->booked = stmt_col_i64(&s, "booked");
    ret->entries = stmt_col_i64(&s, "entries");
    return OK;
}

enum err
refund_post_take(struct ctx *ctx, struct tx *tx, struct parts *p, int64_t amount, int64_t at_ms,
                 int64_t n, int64_t *ret_seq)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    struct buf meta = buf_new(ctx->arena, META_MAX);
    struct journal_done done;
    /* A part of the money back, or a second time: the goods were made. */
    struct take how = {.lost = amount != p->amount};
    enum err e;

    buf_printf(&meta, "refund sale=%lld amount=%lld before=%lld gross=%lld\n",
               (long long)p->sale_id, (long long)amount, (long long)p->returned,
               (long long)p->amount);
    journal_start(
        d, STR("REFUND"), p->provider,
        str_of(arena_printf(ctx->arena, "refund:%.*s:%lld", STR_ARG(p->payment), (long long)n)),
        at_ms);
    d->ref = p->ref;
    d->actor = str_of(arena_printf(ctx->arena, "provider:%.*s", STR_ARG(p->provider)));
    /* Shares that a dispute of this sale froze go first: the dispute ends with what is left. */
    if ((e = take_open(ctx, p, &how)) || (e = part_spread(ctx, p, amount)) ||
        (e = take_debit(ctx, tx, d, p, &how, &meta)) ||
        (e = part_line(
             ctx, tx, d, p,
             str_of(arena_printf(ctx->arena, "A:processor:%.*s", STR_ARG(p->provider))),
             STR(""), -amount)))
        return e;
    if (buf_err(&meta))
        return ctx_fail(ctx, E_INTERNAL, "the refund has too many parts");
    d->meta = buf_str(&meta);
    d->request = crypt_sha256(d->meta);
    if ((e = journal_post(ctx, tx, d, &done)) || (e = part_count(ctx, p, amount)) ||
        (e = part_write(ctx, tx, p, done.seq, STR("refund"))))
        return e;
    *ret_seq = done.seq;
    return OK;
}

enum err
refund_post_row(struct ctx *ctx, int64_t id, const char *state, int64_t sale_id, int64_t booked,
                int64_t seq)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_refund_set);
    stmt_i64(&s, ":id", id);
    stmt_str(&s, ":state", str_of(state));
    stmt_i64(&s, ":sale", sale_id);
    stmt_i64(&s, ":booked", booked);
    if (seq)
        stmt_i64(&s, ":seq", seq);
    else
        stmt_null(&s, ":seq");
    return stmt_run(&s);
}

enum err
refund_post_give(struct ctx *ctx, struct tx *tx, const struct parts *sale, int64_t amount,
                 int64_t inbox_id, int64_t *ret)
{
    int64_t seq[REFUND_ENTRIES_MAX], booked[REFUND_ENTRIES_MAX];
    size_t n = 0;
    enum err e = OK;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_refund_entries);
        stmt_str(&s, ":provider", sale->provider);
        stmt_str(&s, ":payment", sale->payment);
        while (n < REFUND_ENTRIES_MAX && (e = stmt_row(&s)) == OK) {
            seq[n] = stmt_col_i64(&s, "seq");
            booked[n++] = stmt_col_i64(&s, "booked");
        }
        if (e && e != E_NOTFOUND)
            return e;
    }
    *ret = 0;
    for (size_t i = 0; i < n && *ret < amount; i++) {
        struct parts *p = ARENA_NEW(ctx->arena, struct parts);
        struct mirror m = {
            .seq = seq[i],
            .booked = booked[i],
            .kind = STR("REFUND_FAILED"),
            .key = str_of(arena_printf(ctx->arena, "refund:back:%lld", (long long)seq[i])),
            .inbox_id = inbox_id,
        };
        if ((e = part_load(ctx, sale->provider, sale->payment, p)) ||
            (e = part_count(ctx, p, -booked[i])) || (e = mirror_entry(ctx, tx, p, &m)) ||
            (e = chargeback_thaw_ended(ctx, tx, p, seq[i], inbox_id)))
            return e;
        *ret += booked[i];
    }
    return OK;
}
