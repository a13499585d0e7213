/* Two parts, the DJ's and the fee: what is left of each is read from the tip's own postings.
 * See tipmove.h. */
#include "dj/tipmove.h"

#include "base/buf.h"
#include "base/crypt.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "dj/booth.h"
#include "dj/request.h"
#include "ledger/account.h"
#include "ledger/owed.h"
#include "ledger/split.h"

enum { META_MAX = 1024, HOLDS_MAX = 16 };

struct str
tipmove_text(struct ctx *ctx, const char *head, struct str tail)
{
    return str_of(arena_printf(ctx->arena, "%s%.*s", head, STR_ARG(tail)));
}

static struct str
of_member(struct ctx *ctx, const char *head, int64_t id)
{
    return str_of(arena_printf(ctx->arena, "%s%lld", head, (long long)id));
}

static enum err
read_left(struct ctx *ctx, struct tipmove *t)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_undo_sums);
    int64_t dj = t->dj_id ? t->amount - t->fee : 0;
    enum err e;

    stmt_i64(&s, ":tip", t->id);
    while ((e = stmt_row(&s)) == OK) {
        struct str code = stmt_col_str(&s, "code");
        int64_t owed = -stmt_col_i64(&s, "amount");

        if (str_starts(code, STR("I:platform_fee:tips")))
            t->left[1] += owed;
        else if (str_starts(code, STR("L:")) || str_starts(code, STR("A:clawback:")))
            t->left[0] += owed;
        if (str_starts(code, STR("L:wallet_pending:")))
            t->pending += owed;
    }
    t->taken[0] = dj - t->left[0];
    t->taken[1] = t->amount - dj - t->left[1];
    return e == E_NOTFOUND ? OK : e;
}

enum err
tipmove_load(struct ctx *ctx, int64_t tip_id, struct tipmove *ret)
{
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_undo_tip);
        stmt_i64(&s, ":tip", tip_id);
        enum err e = stmt_one(&s);
        if (e)
            return e;
        *ret = (struct tipmove){
            .id = tip_id,
            .dj_id = stmt_col_i64(&s, "dj_id"),
            .seq = stmt_col_i64(&s, "seq"),
            .amount = stmt_col_i64(&s, "amount"),
            .fee = stmt_col_i64(&s, "fee"),
            .returned = stmt_col_i64(&s, "returned"),
            .rows = stmt_col_i64(&s, "n_rows"),
            .released = stmt_col_i64(&s, "released"),
            .provider = stmt_col_str(&s, "provider"),
            .payment = stmt_col_str(&s, "payment"),
            .ccy = str_text(ctx->arena, stmt_col_str(&s, "currency")),
        };
    }
    ret->ref = of_member(ctx, "tip:", tip_id);
    ret->processor = tipmove_text(ctx, "A:processor:", ret->provider);
    ret->wallet = of_member(ctx, ret->released ? "L:wallet:" : "L:wallet_pending:", ret->dj_id);
    return read_left(ctx, ret);
}

enum err
tipmove_line(struct ctx *ctx, struct tx *tx, struct journal_draft *d, const struct tipmove *t,
             struct str code, struct str item, int64_t amount)
{
    int64_t id;
    enum err e;

    if (!amount)
        return OK;
    if ((e = account_get(ctx, tx, code, t->ccy, &id)))
        return e;
    journal_add(d, id, item, amount);
    return OK;
}

struct journal_draft *
tipmove_begin(struct ctx *ctx, const struct tipmove *t, const char *kind, struct str key,
              int64_t at)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);

    journal_start(d, str_of(kind), t->provider, key, at);
    d->ref = t->ref;
    d->actor = tipmove_text(ctx, "provider:", t->provider);
    d->request = crypt_sha256(key);
    return d;
}

/* A key of its own for each entry that a notice about refunds causes. */
static struct str
next_key(struct ctx *ctx, const struct tipmove *t)
{
    return str_of(
        arena_printf(ctx->arena, "tip:%.*s:%lld", STR_ARG(t->payment), (long long)t->rows + 1));
}

enum err
tipmove_post(struct ctx *ctx, struct tx *tx, struct journal_draft *d, int64_t *ret_seq)
{
    struct journal_done done;
    enum err e = journal_post(ctx, tx, d, &done);

    if (!e)
        *ret_seq = done.seq;
    return e;
}

enum err
tipmove_row(struct ctx *ctx, struct tipmove *t, const struct fact *f, const char *kind,
            int64_t booked, int64_t seq, int64_t inbox_id)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_undo_add);
    bool total = f->kind == FACT_REFUND_TOTAL;

    t->rows++;
    stmt_i64(&s, ":tip", t->id);
    stmt_str(&s, ":kind", str_of(kind));
    stmt_str(&s, ":object", f->object.n ? f->object : STR(""));
    stmt_i64(&s, ":amount", total ? 0 : f->amount);
    stmt_i64(&s, ":total", total ? f->amount : 0);
    stmt_i64(&s, ":booked", booked);
    if (seq)
        stmt_i64(&s, ":seq", seq);
    else
        stmt_null(&s, ":seq");
    if (inbox_id)
        stmt_i64(&s, ":inbox", inbox_id);
    else
        stmt_null(&s, ":inbox");
    stmt_i64(&s, ":at", f->at_ms);
    return stmt_run(&s);
}

/* The database refuses what would be below zero or above the tip. */
static enum err
count(struct ctx *ctx, const struct tipmove *t, int64_t amount)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_undo_count);

    stmt_i64(&s, ":tip", t->id);
    stmt_i64(&s, ":amount", amount);
    return stmt_run(&s);
}

/* What of the hold of that dispute is there. */
enum err
tipmove_held(struct ctx *ctx, const struct tipmove *t, struct str dispute, struct str *ret_item,
             int64_t *ret)
{
    int64_t bal;
    enum err e;

    *ret_item =
        str_of(arena_printf(ctx->arena, "%.*s:%lld", STR_ARG(dispute), (long long)t->dj_id));
    if ((e = account_item_balance(ctx, STR("L:dispute_hold"), *ret_item, &bal)))
        return e;
    *ret = -bal;
    return OK;
}

/* Disputes of the tip that are still open. */
static enum err
open_disputes(struct ctx *ctx, const struct tipmove *t, struct str *ret, size_t *ret_n)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_undo_open);
    enum err e = OK;

    *ret_n = 0;
    stmt_i64(&s, ":tip", t->id);
    while (*ret_n < HOLDS_MAX && (e = stmt_row(&s)) == OK)
        ret[(*ret_n)++] = stmt_col_str(&s, "object");
    return e == E_NOTFOUND ? OK : e;
}

struct taking {
    int64_t back[2], held, missing;
};

/* Debits the DJ's part: holds first, then the wallet, the rest is owed; and the fee. own: the
 * dispute that ends with this entry, whose hold is used up; empty: a refund. */
static enum err
debit(struct ctx *ctx, struct tx *tx, struct journal_draft *d, const struct tipmove *t,
      struct str own, struct taking *k)
{
    struct str dispute[HOLDS_MAX], item;
    int64_t rest = k->back[0], there = 0, bal = 0, spare = 0;
    size_t n = 0;
    enum err e;

    if (own.n)
        dispute[n++] = own;
    else if ((e = open_disputes(ctx, t, dispute, &n)))
        return e;
    for (size_t i = 0; i < n; i++) {
        if ((e = tipmove_held(ctx, t, dispute[i], &item, &there)))
            return e;
        int64_t use = there < rest ? there : rest;
        if (own.n)
            spare = there - use;
        if ((e = tipmove_line(ctx, tx, d, t, STR("L:dispute_hold"), item, own.n ? there : use)))
            return e;
        rest -= use;
        k->held += use;
    }
    if (t->dj_id && (e = account_balance(ctx, t->wallet, &bal)))
        return e;
    there = -bal + spare;
    k->missing = rest > there ? rest - there : 0;
    if ((e = tipmove_line(ctx, tx, d, t, t->wallet, STR(""), rest - k->missing - spare)) ||
        (e = tipmove_line(ctx, tx, d, t, of_member(ctx, "A:clawback:", t->dj_id), t->ref,
                          k->missing)))
        return e;
    return tipmove_line(ctx, tx, d, t, STR("I:platform_fee:tips"), STR(""), k->back[1]);
}

static struct str
meta_of(struct ctx *ctx, const struct tipmove *t, const char *tag, int64_t amount,
        const int64_t base[2], const struct taking *k)
{
    struct buf b = buf_new(ctx->arena, META_MAX);

    buf_printf(&b, "%s tip=%lld amount=%lld before=%lld gross=%lld\n", tag, (long long)t->id,
               (long long)amount, (long long)t->returned, (long long)t->amount);
    if (t->dj_id)
        buf_printf(&b, "part of=wallet:%lld left=%lld back=%lld short=%lld held=%lld\n",
                   (long long)t->dj_id, (long long)base[0], (long long)k->back[0],
                   (long long)k->missing, (long long)k->held);
    buf_printf(&b, "part of=fee left=%lld back=%lld\n", (long long)base[1],
               (long long)k->back[1]);
    return buf_str(&b);
}

/* The song goes with a tip that went back whole, and browsers learn of it. */
enum err
tipmove_tell(struct ctx *ctx, struct tx *tx, const struct tipmove *t, int64_t returned)
{
    enum err e = OK;

    if (returned == t->amount || t->returned == t->amount)
        e = request_returned(ctx, tx, t->id, returned == t->amount);
    return e ? e : booth_tip(ctx, tx, t->id, "tip.refunded");
}

/* Takes amount back, to the processor or out of a dispute. */
enum err
tipmove_take(struct ctx *ctx, struct tx *tx, struct tipmove *t, const struct fact *f,
             int64_t amount, bool lost, int64_t *ret_seq)
{
    struct str key =
        lost ? str_of(arena_printf(ctx->arena, "dispute:%.*s:lost", STR_ARG(f->object)))
             : next_key(ctx, t);
    struct journal_draft *d =
        tipmove_begin(ctx, t, lost ? "TIP_LOST" : "TIP_REFUND", key, f->at_ms);
    struct taking k = {0};
    enum err e;

    if (split_refund(amount, t->left, 2, k.back))
        return ctx_fail(ctx, E_INVALID, "more went back than was paid");
    if ((e = debit(ctx, tx, d, t, lost ? f->object : STR(""), &k)) ||
        (e = lost ? tipmove_line(ctx, tx, d, t, tipmove_text(ctx, "A:dispute:", t->provider),
                                 f->object, -amount)
                  : tipmove_line(ctx, tx, d, t, t->processor, STR(""), -amount)))
        return e;
    d->meta = meta_of(ctx, t, "back", amount, t->left, &k);
    if ((e = count(ctx, t, amount)))
        return e;
    return tipmove_post(ctx, tx, d, ret_seq);
}

/* A refund that did not happen: the money comes again, in proportion to what was taken. */
enum err
tipmove_give(struct ctx *ctx, struct tx *tx, struct tipmove *t, const struct fact *f,
             int64_t amount, int64_t *ret_seq)
{
    struct journal_draft *d = tipmove_begin(ctx, t, "TIP_AGAIN", next_key(ctx, t), f->at_ms);
    struct taking k = {0};
    enum err e;

    if (split_refund(amount, t->taken, 2, k.back))
        return ctx_fail(ctx, E_INVALID, "more comes again than went back");
    if ((e = tipmove_line(ctx, tx, d, t, t->processor, STR(""), amount)) ||
        (e = tipmove_line(ctx, tx, d, t, t->wallet, STR(""), -k.back[0])) ||
        (e = tipmove_line(ctx, tx, d, t, STR("I:platform_fee:tips"), STR(""), -k.back[1])))
        return e;
    d->meta = meta_of(ctx, t, "again", amount, t->taken, &k);
    if ((e = count(ctx, t, -amount)) || (e = tipmove_post(ctx, tx, d, ret_seq)))
        return e;
    return t->released && t->dj_id ? owed_recover(ctx, tx, t->dj_id) : OK;
}

/* Is a row of that kind and object there? Its entry, 0 when it has none. */
enum err
tipmove_known(struct ctx *ctx, const struct tipmove *t, const char *kind, struct str object,
              bool *ret, int64_t *ret_seq)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_undo_find);

    stmt_i64(&s, ":tip", t->id);
    stmt_str(&s, ":kind", str_of(kind));
    stmt_str(&s, ":object", object);
    enum err e = stmt_one(&s);
    if (e && e != E_NOTFOUND)
        return e;
    *ret = !e;
    *ret_seq = e ? 0 : stmt_col_i64(&s, "seq");
    return OK;
}
