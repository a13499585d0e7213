/* Disputes of a sale: ledger entries of sql/FORMAT.md. See dispute.h. */
#include "race/dispute.h"

#include "base/crypt.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "race/line.h"
#include "race/mirror.h"

enum { META_MAX = 16384 };

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
    for (size_t i = 0; i < p->n; i++) {
        struct part *one = &p->part[i];
        const struct part_race *r = part_race_of(p, one->race_id);
        int64_t has = 0;

        if (one->kind != PART_WALLET) {
            one->back = 0;
            continue;
        }
        struct str from = str_of(arena_printf(
            ctx->arena, "%s%lld",
            !r || r->available ? "L:wallet:" : "L:wallet_pending:", (long long)one->member_id));
        if ((e = account_balance(ctx, from, &has)))
            return e;
        if (one->back > -has)
            one->back = -has;
        struct str item = str_of(arena_printf(ctx->arena, "%.*s:%lld", STR_ARG(f->object),
                                              (long long)one->member_id));
        if ((e = part_line(ctx, tx, d, p, from, STR(""), one->back)) ||
            (e = part_line(ctx, tx, d, p, STR("L:dispute_hold"), item, -one->back)))
            return e;
    }
    if (!d->n)
        return OK;
    if ((e = journal_post(ctx, tx, d, &done)) ||
        (e = row(ctx, f, p, "freeze", done.seq, inbox_id)))
        return e;
    return part_write(ctx, tx, p, done.seq, STR("dispute"));
}

static enum err
post_lost(struct ctx *ctx, struct tx *tx, const struct fact *f, struct parts *p,
          int64_t inbox_id)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    const struct part_take how = {.dispute = f->object, .lost = true};
    struct buf meta = buf_new(ctx->arena, META_MAX);
    struct journal_done done;
    enum err e;

    buf_printf(&meta, "refund sale=%lld amount=%lld before=%lld gross=%lld\n",
               (long long)p->sale_id, (long long)f->amount, (long long)p->returned,
               (long long)p->amount);
    start(ctx, d, f, p, "DISPUTE_LOST", "lost");
    if ((e = part_spread(ctx, p, f->amount)) || (e = part_debit(ctx, tx, d, p, &how, &meta)) ||
        (e = part_line(ctx, tx, d, p, code(ctx, "A:dispute:", f->provider), f->object,
                       -f->amount)))
        return e;
    d->meta = buf_str(&meta);
    if ((e = journal_post(ctx, tx, d, &done)) || (e = part_count(ctx, p, f->amount)) ||
        (e = row(ctx, f, p, "lost", done.seq, inbox_id)))
        return e;
    return part_write(ctx, tx, p, done.seq, STR("dispute"));
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

enum err
dispute_book(struct ctx *ctx, struct tx *tx, const struct fact *f, struct parts *p,
             int64_t inbox_id)
{
    int64_t open, freeze, lost, won;
    enum err e;

    if ((e = seq_of(ctx, f, "dispute", &open)) || (e = seq_of(ctx, f, "freeze", &freeze)) ||
        (e = seq_of(ctx, f, "lost", &lost)) || (e = seq_of(ctx, f, "won", &won)))
        return e;
    if (lost || won || (open && f->kind == FACT_DISPUTE_OPEN))
        return ctx_fail(ctx, E_DUPLICATE, "dispute %.*s is known", STR_ARG(f->object));
    if (!open) {
        if ((e = part_spread(ctx, p, f->amount)) || (e = post_open(ctx, tx, f, p, inbox_id)))
            return e;
        if (f->kind == FACT_DISPUTE_OPEN)
            return post_freeze(ctx, tx, f, p, inbox_id);
        /* The end came before the beginning: the same entries, without the freeze. */
        if ((e = seq_of(ctx, f, "dispute", &open)))
            return e;
    }
    if (f->kind == FACT_DISPUTE_LOST)
        return post_lost(ctx, tx, f, p, inbox_id);
    if ((freeze && (e = mirror(ctx, tx, f, p, freeze, "freeze", inbox_id))) ||
        (e = mirror(ctx, tx, f, p, open, "open", inbox_id)))
        return e;
    return row(ctx, f, p, "won", open, inbox_id);
}
