/* Disputes of a sale: ledger entries of sql/FORMAT.md. See chargeback.h. */
#include "race/chargeback.h"

#include "base/crypt.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "ledger/owed.h"
#include "queue/alert.h"
#include "race/line.h"
#include "race/mirror.h"
#include "race/recut.h"
#include "race/refund.h"
#include "race/settle.h"
#include "race/take.h"

enum { META_MAX = 16384, ABSURD = 100000000 };

/* Seq of the dispute's entry of that kind, 0 when there is none. */
static enum err
seq_of(struct ctx *ctx, const struct fact *f, const char *kind, int64_t *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_refund_find);
    stmt_str(&s, ":provider", f->provider);
    stmt_str(&s, ":payment", f->payment);
    stmt_str(&s, ":kind", str_of(kind));
    stmt_str(&s, ":object", f->object);
    enum err e = stmt_one(&s);
    if (e && e != E_NOTFOUND)
        return e;
    *ret = e || stmt_col_null(&s, "seq") ? 0 : stmt_col_i64(&s, "seq");
    return OK;
}

static void
start(struct ctx *ctx, struct journal_draft *d, const struct fact *f, const struct parts *p,
      const char *kind, const char *step)
{
    journal_start(d, str_of(kind), f->provider,
                  str_of(arena_printf(ctx->arena, "dispute:%.*s:%s", STR_ARG(f->object), step)),
                  f->at_ms);
    d->request = crypt_sha256(d->key);
    d->ref = p->ref;
    d->actor = str_of(arena_printf(ctx->arena, "provider:%.*s", STR_ARG(f->provider)));
}

static enum err
row(struct ctx *ctx, const struct fact *f, const struct parts *p, const char *kind, int64_t seq,
    int64_t inbox_id)
{
    int64_t id;

    return line_refund_add(ctx,
                           &(struct line_refund){
                               .provider = f->provider,
                               .payment = f->payment,
                               .kind = kind,
                               .object = f->object,
                               .amount = f->amount,
                               .state = "booked",
                               .sale_id = p->sale_id,
                               .seq = seq,
                               .inbox_id = inbox_id,
                               .at = f->at_ms,
                           },
                           &id);
}

static struct str
code(struct ctx *ctx, const char *prefix, struct str name)
{
    return str_of(arena_printf(ctx->arena, "%s%.*s", prefix, STR_ARG(name)));
}

static enum err
post_open(struct ctx *ctx, struct tx *tx, const struct fact *f, struct parts *p,
          int64_t inbox_id)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    struct journal_done done;
    enum err e;

    start(ctx, d, f, p, "DISPUTE_OPEN", "open");
    if ((e = part_line(ctx, tx, d, p, code(ctx, "A:dispute:", f->provider), f->object,
                       f->amount)) ||
        (e = part_line(ctx, tx, d, p, code(ctx, "A:processor:", f->provider), STR(""),
                       -f->amount)) ||
        (e = journal_post(ctx, tx, d, &done)))
        return e;
    return row(ctx, f, p, "dispute", done.seq, inbox_id);
}

/* Shares still in wallets are put aside, as far as they are there. */
static enum err
post_freeze(struct ctx *ctx, struct tx *tx, const struct fact *f, struct parts *p,
            int64_t inbox_id)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    struct journal_done done;
    enum err e;

    start(ctx, d, f, p, "DISPUTE_FREEZE", "freeze");
    if ((e = take_freeze(ctx, tx, d, p, f->object)))
        return e;
    if (!d->n)
        return OK;
    if ((e = journal_post(ctx, tx, d, &done)) ||
        (e = row(ctx, f, p, "freeze", done.seq, inbox_id)))
        return e;
    return part_write(ctx, tx, p, done.seq, STR("dispute"));
}

/* More was taken from us than the buyer had paid: it stays open as the provider's debt. */
static enum err
tell_more(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t more)
{
    return alert_raise(
        ctx, tx, STR("dispute_over"), f->object, "warning", "provider",
        str_of(arena_printf(ctx->arena,
                            "dispute %.*s took %lld more than was left of its sale: the rest "
                            "stays open at A:dispute",
                            STR_ARG(f->object), (long long)more)));
}

static int64_t
left_of(const struct parts *p)
{
    int64_t sum = 0;

    for (size_t i = 0; i < p->n; i++)
        sum += p->part[i].left;
    return sum;
}

/* open: the entry that stands for the end when nothing is left to take back. */
static enum err
post_lost(struct ctx *ctx, struct tx *tx, const struct fact *f, struct parts *p, int64_t open,
          int64_t inbox_id)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    const struct take how = {.n = 1, .dispute = {f->object}, .lost = true};
    struct buf meta = buf_new(ctx->arena, META_MAX);
    int64_t left = left_of(p), amount = f->amount < left ? f->amount : left;
    struct journal_done done;
    enum err e;

    if (amount < f->amount && (e = tell_more(ctx, tx, f, f->amount - amount)))
        return e;
    if (amount < 1)
        return row(ctx, f, p, "lost", open, inbox_id);
    buf_printf(&meta, "refund sale=%lld amount=%lld before=%lld gross=%lld\n",
               (long long)p->sale_id, (long long)amount, (long long)p->returned,
               (long long)p->amount);
    start(ctx, d, f, p, "DISPUTE_LOST", "lost");
    if ((e = part_spread(ctx, p, amount)) || (e = take_debit(ctx, tx, d, p, &how, &meta)) ||
        (e = take_release(ctx, tx, d, p, f->object)) ||
        (e = part_line(ctx, tx, d, p, code(ctx, "A:dispute:", f->provider), f->object,
                       -amount)))
        return e;
    if (buf_err(&meta))
        return ctx_fail(ctx, E_INTERNAL, "the dispute has too many parts");
    d->meta = buf_str(&meta);
    if ((e = journal_post(ctx, tx, d, &done)) || (e = part_count(ctx, p, amount)) ||
        (e = row(ctx, f, p, "lost", done.seq, inbox_id)))
        return e;
    return part_write(ctx, tx, p, done.seq, STR("dispute"));
}

/* What a dispute's hold has left goes back to the drivers. Key: unique for the occasion. */
static enum err
post_thaw(struct ctx *ctx, struct tx *tx, struct parts *p, struct str dispute, struct str key,
          int64_t inbox_id)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    struct journal_done done;
    int64_t id;
    enum err e;

    journal_start(d, STR("DISPUTE_THAW"), p->provider, key, ctx_now(ctx));
    d->request = crypt_sha256(key);
    d->ref = p->ref;
    d->actor = code(ctx, "provider:", p->provider);
    for (size_t i = 0; i < p->n; i++)
        p->part[i].back = 0;
    if ((e = take_release(ctx, tx, d, p, dispute)) || !d->n)
        return e;
    if ((e = journal_post(ctx, tx, d, &done)) ||
        (e = line_refund_add(ctx,
                             &(struct line_refund){.provider = p->provider,
                                                   .payment = p->payment,
                                                   .kind = "mirror",
                                                   .object = dispute,
                                                   .state = "booked",
                                                   .sale_id = p->sale_id,
                                                   .seq = done.seq,
                                                   .inbox_id = inbox_id,
                                                   .at = ctx_now(ctx)},
                             &id)) ||
        (e = part_write(ctx, tx, p, done.seq, STR("dispute"))))
        return e;
    for (size_t i = 0; !e && i < p->n_races; i++)
        if (p->race[i].is_void)
            e = settle_void(ctx, tx, p->race[i].id, STR("clock"));
        else if (!p->race[i].settled)
            e = recut_again(ctx, tx, p->race[i].id, p->sale_id);
    for (size_t i = 0; !e && i < p->n; i++)
        if (p->part[i].held && p->part[i].kind == PART_WALLET)
            for (size_t k = 0; !e && k < (p->part[i].n_by ? p->part[i].n_by : 1); k++)
                e = owed_recover(ctx, tx,
                                 p->part[i].n_by ? p->part[i].by[k].member_id
                                                 : p->part[i].member_id);
    return e;
}

enum err
chargeback_thaw_ended(struct ctx *ctx, struct tx *tx, const struct parts *sale, int64_t seq,
                      int64_t inbox_id)
{
    struct str ended[TAKE_HOLDS_MAX];
    size_t n = 0;
    enum err e;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_refund_ended);
        stmt_str(&s, ":provider", sale->provider);
        stmt_str(&s, ":payment", sale->payment);
        while (n < TAKE_HOLDS_MAX && (e = stmt_row(&s)) == OK)
            ended[n++] = stmt_col_str(&s, "object");
        if (n < TAKE_HOLDS_MAX && e != E_NOTFOUND)
            return e;
    }
    for (size_t i = 0; i < n; i++) {
        struct parts *p = ARENA_NEW(ctx->arena, struct parts);
        struct str key = str_of(arena_printf(ctx->arena, "dispute:%.*s:thaw:%lld",
                                             STR_ARG(ended[i]), (long long)seq));
        if ((e = part_load(ctx, sale->provider, sale->payment, p)) ||
            (e = post_thaw(ctx, tx, p, ended[i], key, inbox_id)))
            return e;
    }
    return OK;
}

/* Refunds drew on the hold: it is no longer what the freeze put there. */
static enum err
was_drawn(struct ctx *ctx, struct str dispute, int64_t freeze, bool *ret)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_refund_held);

    stmt_i64(&s, ":seq", freeze);
    stmt_str(&s, ":from", str_of(arena_printf(ctx->arena, "%.*s:", STR_ARG(dispute))));
    stmt_str(&s, ":to", str_of(arena_printf(ctx->arena, "%.*s;", STR_ARG(dispute))));
    enum err e = stmt_one(&s);
    if (e && e != E_NOTFOUND)
        return e;
    *ret = e || stmt_col_i64(&s, "held") != stmt_col_i64(&s, "frozen");
    return OK;
}

/* Once a dispute, with whatever notice tells it first. */
static enum err
post_fee(struct ctx *ctx, struct tx *tx, const struct fact *f, const struct parts *p,
         bool *ret_new)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    struct journal_done done;
    enum err e;

    *ret_new = false;
    if (f->fee < 1 || f->fee > ABSURD)
        return OK;
    start(ctx, d, f, p, "DISPUTE_FEE", "fee");
    d->key = code(ctx, "fee:", f->object);
    d->request = crypt_sha256(d->key);
    if ((e = part_line(ctx, tx, d, p, STR("E:dispute_fees"), STR(""), f->fee)) ||
        (e = part_line(ctx, tx, d, p, code(ctx, "A:processor:", f->provider), STR(""),
                       -f->fee)) ||
        (e = journal_post(ctx, tx, d, &done)))
        return e;
    *ret_new = !done.replayed;
    return OK;
}

static enum err
mirror(struct ctx *ctx, struct tx *tx, const struct fact *f, struct parts *p, int64_t seq,
       const char *step, int64_t inbox_id)
{
    struct mirror m = {
        .seq = seq,
        .kind = STR("DISPUTE_WON"),
        .key =
            str_of(arena_printf(ctx->arena, "dispute:%.*s:won:%s", STR_ARG(f->object), step)),
        .inbox_id = inbox_id,
    };

    return mirror_entry(ctx, tx, p, &m);
}

/* The wallets have their money again, the processor its. */
static enum err
post_won(struct ctx *ctx, struct tx *tx, const struct fact *f, struct parts *p, int64_t open,
         int64_t freeze, int64_t inbox_id)
{
    bool drawn = false;
    enum err e = OK;

    if (freeze && (e = was_drawn(ctx, f->object, freeze, &drawn)))
        return e;
    if (drawn)
        e = post_thaw(
            ctx, tx, p, f->object,
            str_of(arena_printf(ctx->arena, "dispute:%.*s:won:thaw", STR_ARG(f->object))),
            inbox_id);
    else if (freeze)
        e = mirror(ctx, tx, f, p, freeze, "freeze", inbox_id);
    if (e || (e = mirror(ctx, tx, f, p, open, "open", inbox_id)))
        return e;
    return row(ctx, f, p, "won", open, inbox_id);
}

enum err
chargeback_book(struct ctx *ctx, struct tx *tx, const struct fact *f, struct parts *p,
                int64_t inbox_id)
{
    int64_t open, freeze, lost, won, left = left_of(p);
    bool fee;
    enum err e;

    if ((e = seq_of(ctx, f, "dispute", &open)) || (e = seq_of(ctx, f, "freeze", &freeze)) ||
        (e = seq_of(ctx, f, "lost", &lost)) || (e = seq_of(ctx, f, "won", &won)) ||
        (e = post_fee(ctx, tx, f, p, &fee)))
        return e;
    if (lost || won || (open && f->kind == FACT_DISPUTE_OPEN))
        return fee ? OK
                   : ctx_fail(ctx, E_DUPLICATE, "dispute %.*s is known", STR_ARG(f->object));
    if (!open) {
        if (f->amount > p->amount)
            return ctx_fail(ctx, E_INVALID, "more is disputed than was paid");
        if ((e = post_open(ctx, tx, f, p, inbox_id)))
            return e;
        if (f->kind == FACT_DISPUTE_OPEN && left > 0)
            e = part_spread(ctx, p, f->amount < left ? f->amount : left);
        if (f->kind == FACT_DISPUTE_OPEN)
            return e || left < 1 ? e : post_freeze(ctx, tx, f, p, inbox_id);
        /* The end came before the beginning: the same entries, without the freeze. */
        if ((e = seq_of(ctx, f, "dispute", &open)))
            return e;
    }
    return f->kind == FACT_DISPUTE_LOST ? post_lost(ctx, tx, f, p, open, inbox_id)
                                        : post_won(ctx, tx, f, p, open, freeze, inbox_id);
}
