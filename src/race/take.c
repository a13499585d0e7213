/* Debits of a sale's parts. See take.h; the lines of meta: sql/FORMAT.md. */
#include "race/take.h"

#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "ledger/split.h"

static struct str
code_of(struct ctx *ctx, const char *prefix, int64_t id)
{
    return str_of(arena_printf(ctx->arena, "%s%lld", prefix, (long long)id));
}

static struct str
hold_of(struct ctx *ctx, struct str dispute, int64_t member_id)
{
    return str_of(
        arena_printf(ctx->arena, "%.*s:%lld", STR_ARG(dispute), (long long)member_id));
}

static struct str
wallet_of(struct ctx *ctx, struct parts *p, const struct part *one, int64_t member_id)
{
    const struct part_race *r = part_race_of(p, one->race_id);

    return code_of(ctx, !r || r->available ? "L:wallet:" : "L:wallet_pending:", member_id);
}

enum err
take_open(struct ctx *ctx, const struct parts *p, struct take *ret)
{
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_refund_open);

    ret->n = 0;
    stmt_str(&s, ":provider", p->provider);
    stmt_str(&s, ":payment", p->payment);
    while ((e = stmt_row(&s)) == OK) {
        if (ret->n == TAKE_HOLDS_MAX)
            return ctx_fail(ctx, E_LIMIT, "the sale has too many open disputes");
        ret->dispute[ret->n++] = stmt_col_str(&s, "object");
    }
    return e == E_NOTFOUND ? OK : e;
}

/* What a liability account (or its item) still holds, after the lines of the draft. */
static enum err
has(struct ctx *ctx, struct tx *tx, const struct journal_draft *d, const struct parts *p,
    struct str code, struct str item, int64_t *ret)
{
    int64_t bal, id;
    enum err e =
        item.n ? account_item_balance(ctx, code, item, &bal) : account_balance(ctx, code, &bal);

    *ret = 0;
    if (e || !bal)
        return e; /* an account that was never used is not opened for this */
    if ((e = account_get(ctx, tx, code, p->currency, &id)))
        return e;
    for (size_t i = 0; i < d->n; i++)
        if (d->line[i].account_id == id && str_eq(d->line[i].item, item))
            bal += d->line[i].amount;
    *ret = bal < 0 ? -bal : 0;
    return OK;
}

/* Who has the money of a part: the drivers it was cut between, or the one member. */
static size_t
takers(const struct part *one, struct part_by by[PART_BY_MAX])
{
    size_t n = one->n_by;

    for (size_t i = 0; i < n; i++)
        by[i] = one->by[i];
    if (!n)
        by[n++] = (struct part_by){.member_id = one->member_id, .weight = 1};
    return n;
}

static enum err
from_holds(struct ctx *ctx, struct tx *tx, struct journal_draft *d, struct parts *p,
           struct part *one, const struct take *how, struct part_by *by, size_t n)
{
    int64_t rest = one->back, held;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < how->n && rest > 0; k++) {
            struct str item = hold_of(ctx, how->dispute[k], by[i].member_id);
            enum err e = has(ctx, tx, d, p, STR("L:dispute_hold"), item, &held);
            if (e)
                return e;
            if (held > rest)
                held = rest;
            if ((e = part_line(ctx, tx, d, p, STR("L:dispute_hold"), item, held)))
                return e;
            rest -= held;
            by[i].back += held;
            one->held += held;
        }
    return OK;
}

/* The holds first; then each driver's wallet, cut as the settlement cut the seat's money; what
 * a wallet does not hold becomes a receivable. */
static enum err
debit_wallet(struct ctx *ctx, struct tx *tx, struct journal_draft *d, struct parts *p,
             struct part *one, const struct take *how)
{
    struct part_by by[PART_BY_MAX];
    size_t n = takers(one, by);
    int64_t weight[PART_BY_MAX], cut[PART_BY_MAX], there;
    enum err e = from_holds(ctx, tx, d, p, one, how, by, n);

    if (e)
        return e;
    for (size_t i = 0; i < n; i++)
        weight[i] = by[i].weight;
    if ((e = split_largest(one->back - one->held, weight, n, cut)))
        return ctx_fail(ctx, e, "what a seat gives back cannot be cut");
    for (size_t i = 0; i < n; i++) {
        struct str code = wallet_of(ctx, p, one, by[i].member_id);
        if ((e = has(ctx, tx, d, p, code, STR(""), &there)))
            return e;
        if (there > cut[i])
            there = cut[i];
        by[i].back += cut[i];
        by[i].missing = cut[i] - there;
        one->missing += by[i].missing;
        if ((e = part_line(ctx, tx, d, p, code, STR(""), there)) ||
            (e = part_line(ctx, tx, d, p, code_of(ctx, "A:clawback:", by[i].member_id), p->ref,
                           by[i].missing)))
            return e;
    }
    for (size_t i = 0; i < one->n_by; i++)
        one->by[i] = by[i];
    return OK;
}

static enum err
debit_one(struct ctx *ctx, struct tx *tx, struct journal_draft *d, struct parts *p,
          struct part *one, const struct take *how)
{
    switch (one->kind) {
    case PART_WALLET:
    case PART_PLACE:
        return debit_wallet(ctx, tx, d, p, one, how);
    case PART_POOL:
        return part_line(ctx, tx, d, p, STR("L:pool"), code_of(ctx, "race:", one->race_id),
                         one->back);
    case PART_MFG:
        return part_line(ctx, tx, d, p, how->lost ? STR("E:goods_lost") : STR("L:mfg_payable"),
                         STR(""), one->back);
    case PART_TAX:
        return part_line(ctx, tx, d, p, STR("L:sales_tax"), STR(""), one->back);
    case PART_HOUSE:
        break;
    }
    return part_line(ctx, tx, d, p, STR("I:house:merch"), STR(""), one->back);
}

static void
write_meta(struct buf *meta, const struct part *one, bool lost)
{
    static const char *const word[] = {
        [PART_WALLET] = "wallet:", [PART_PLACE] = "place:", [PART_POOL] = "pool:",
        [PART_MFG] = "mfg",        [PART_TAX] = "tax",      [PART_HOUSE] = "house",
    };

    buf_printf(meta, "part of=%s", word[one->kind]);
    if (one->kind <= PART_POOL)
        buf_add_i64(meta, one->kind == PART_POOL ? one->race_id : one->member_id);
    if (one->kind == PART_PLACE)
        buf_printf(meta, " race=%lld seat=%lld", (long long)one->race_id,
                   (long long)one->seat_no);
    buf_printf(meta, " left=%lld back=%lld short=%lld%s\n", (long long)one->left,
               (long long)one->back, (long long)one->missing,
               one->kind == PART_MFG && lost ? " lost=1" : "");
    for (size_t i = 0; i < one->n_by; i++)
        buf_printf(meta, "by race=%lld seat=%lld member=%lld back=%lld short=%lld\n",
                   (long long)one->race_id, (long long)one->seat_no,
                   (long long)one->by[i].member_id, (long long)one->by[i].back,
                   (long long)one->by[i].missing);
}

enum err
take_debit(struct ctx *ctx, struct tx *tx, struct journal_draft *d, struct parts *p,
           const struct take *how, struct buf *meta)
{
    for (size_t i = 0; i < p->n; i++) {
        enum err e = debit_one(ctx, tx, d, p, &p->part[i], how);
        if (e)
            return e;
        write_meta(meta, &p->part[i], how->lost);
    }
    return OK;
}

static enum err
freeze_one(struct ctx *ctx, struct tx *tx, struct journal_draft *d, struct parts *p,
           struct part *one, struct str dispute)
{
    struct part_by by[PART_BY_MAX];
    size_t n = takers(one, by);
    int64_t weight[PART_BY_MAX], cut[PART_BY_MAX], there;
    enum err e;

    for (size_t i = 0; i < n; i++)
        weight[i] = by[i].weight;
    if ((e = split_largest(one->back, weight, n, cut)))
        return ctx_fail(ctx, e, "a seat's money cannot be cut");
    one->back = 0;
    for (size_t i = 0; i < n; i++) {
        struct str from = wallet_of(ctx, p, one, by[i].member_id);
        if ((e = has(ctx, tx, d, p, from, STR(""), &there)))
            return e;
        if (there > cut[i])
            there = cut[i];
        one->back += there;
        if ((e = part_line(ctx, tx, d, p, from, STR(""), there)) ||
            (e = part_line(ctx, tx, d, p, STR("L:dispute_hold"),
                           hold_of(ctx, dispute, by[i].member_id), -there)))
            return e;
    }
    return OK;
}

enum err
take_freeze(struct ctx *ctx, struct tx *tx, struct journal_draft *d, struct parts *p,
            struct str dispute)
{
    for (size_t i = 0; i < p->n; i++) {
        struct part *one = &p->part[i];
        enum err e = OK;

        if (one->kind != PART_WALLET)
            one->back = 0;
        else
            e = freeze_one(ctx, tx, d, p, one, dispute);
        if (e)
            return e;
    }
    return OK;
}

enum err
take_release(struct ctx *ctx, struct tx *tx, struct journal_draft *d, struct parts *p,
             struct str dispute)
{
    for (size_t i = 0; i < p->n; i++) {
        struct part *one = &p->part[i];
        struct part_by by[PART_BY_MAX];
        size_t n = one->kind == PART_WALLET ? takers(one, by) : 0;

        for (size_t k = 0; k < n; k++) {
            struct str item = hold_of(ctx, dispute, by[k].member_id);
            int64_t held;
            enum err e = has(ctx, tx, d, p, STR("L:dispute_hold"), item, &held);
            if (e || (e = part_line(ctx, tx, d, p, STR("L:dispute_hold"), item, held)) ||
                (e = part_line(ctx, tx, d, p, wallet_of(ctx, p, one, by[k].member_id), STR(""),
                               -held)))
                return e;
            one->held += held;
        }
    }
    return OK;
}
