/* Unreversed lines of a sale. See part.h. */
#include "race/part.h"

#include <string.h>

#include "db/db.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "ledger/split.h"
#include "race/part_settled.h"

static const int64_t RACE_LONGEST_MS = 96 * 3600000LL;

struct part_race *
part_race_of(struct parts *p, int64_t race_id)
{
    for (size_t i = 0; i < p->n_races; i++)
        if (p->race[i].id == race_id)
            return &p->race[i];
    return NULL;
}

static enum err
read_totals(struct ctx *ctx, struct part_race *r)
{
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_part_totals);

    stmt_i64(&s, ":race", r->id);
    while ((e = stmt_row(&s)) == OK) {
        int64_t no = stmt_col_i64(&s, "seat_no");
        r->total[no - 1] = stmt_col_i64(&s, "total");
        r->residue[no - 1] = stmt_col_i64(&s, "residue");
        r->unit[no - 1] = stmt_col_i64(&s, "unit");
    }
    return e == E_NOTFOUND ? OK : e;
}

static enum err
read_race(struct ctx *ctx, struct parts *p, int64_t race_id, struct part_race **ret)
{
    struct part_race *r = part_race_of(p, race_id);

    *ret = r;
    if (r)
        return OK;
    BUG_IF(p->n_races == PART_RACES_MAX);
    r = &p->race[p->n_races];
    *r = (struct part_race){.id = race_id};
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_part_race);
        stmt_i64(&s, ":race", race_id);
        enum err e = stmt_one(&s);
        if (e)
            return e;
        struct str state = stmt_col_str(&s, "state");
        r->settled = str_eq(state, STR("SETTLED"));
        r->is_void = str_eq(state, STR("VOID"));
        r->available = r->settled || stmt_col_i64(&s, "clear_h") == 0;
        r->pot = stmt_col_i64(&s, "pot");
        r->waiting = stmt_col_i64(&s, "waiting");
        r->sales = stmt_col_i64(&s, "sales");
    }
    p->n_races++;
    *ret = r;
    return read_totals(ctx, r);
}

/* One wallet part for each seat of the sale's split, in the order of its meta; left comes
 * later. */
static enum err
read_shares(struct ctx *ctx, struct parts *p)
{
    enum err e;
    size_t n = 0;

    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_part_shares);
        stmt_i64(&s, ":seq", p->seq);
        stmt_str(&s, ":provider", p->provider);
        stmt_str(&s, ":payment", p->payment);
        stmt_i64(&s, ":from", p->order_at - RACE_LONGEST_MS);
        stmt_i64(&s, ":at", p->order_at);
        stmt_i64(&s, ":sale", p->sale_id);
        while ((e = stmt_row(&s)) == OK) {
            BUG_IF(n == PART_MAX);
            p->part[n++] = (struct part){
                .kind = PART_WALLET,
                .race_id = stmt_col_i64(&s, "race_id"),
                .seat_no = stmt_col_i64(&s, "seat_no"),
                .member_id = stmt_col_i64(&s, "member_id"),
                .share = stmt_col_i64(&s, "cents"),
            };
        }
        if (e != E_NOTFOUND)
            return e;
    }
    p->n = n;
    for (size_t i = 0; i < n; i++) {
        struct part_race *r;
        if ((e = read_race(ctx, p, p->part[i].race_id, &r)))
            return e;
    }
    return OK;
}

struct part *
part_wallet(struct parts *p, int64_t member_id)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->part[i].member_id == member_id)
            return &p->part[i];
    return NULL;
}

struct part *
part_add(struct parts *p, struct part one)
{
    BUG_IF(p->n == PART_MAX);
    p->part[p->n] = one;
    return &p->part[p->n++];
}

struct part *
part_of_member(struct parts *p, int64_t race_id, int64_t member_id)
{
    struct part *w = part_wallet(p, member_id);

    return w ? w
             : part_add(p, (struct part){
                               .kind = PART_PLACE, .race_id = race_id, .member_id = member_id});
}

/* The member in L:wallet:3, L:wallet_pending:3, A:clawback:3, or the item of a hold; 0 for
 * none. */
static int64_t
member_in(struct str code, struct str item)
{
    static const struct str prefix[] = {STR_INIT("L:wallet:"), STR_INIT("L:wallet_pending:"),
                                        STR_INIT("A:clawback:")};
    struct str tail = STR_NULL;
    int64_t id = 0;

    for (size_t i = 0; i < ARRAY_SIZE(prefix); i++)
        if (str_starts(code, prefix[i]))
            tail = str_sub(code, prefix[i].n, code.n);
    if (str_eq(code, STR("L:dispute_hold")))
        while (str_split(&item, ':', &tail)) {
        }
    return str_i64(tail, 1, INT64_MAX, &id) ? id : 0;
}

struct rest {
    int64_t mfg, tax, house;
};

static void
take_sum(struct parts *p, struct str code, struct str item, int64_t left, struct rest *rest)
{
    struct str base = code;
    struct part_race *pool = NULL;
    int64_t member = 0, race = 0;

    if (str_has(code, '@'))
        str_split(&code, '@', &base);
    if ((member = member_in(base, item)))
        part_of_member(p, 0, member)->left += left;
    else if (str_eq(base, STR("L:pool")) &&
             str_i64(str_sub(item, sizeof("race:") - 1, item.n), 1, INT64_MAX, &race) &&
             (pool = part_race_of(p, race)))
        pool->pool += left;
    else if (str_eq(base, STR("L:mfg_payable")) || str_eq(base, STR("E:goods_lost")))
        rest->mfg += left;
    else if (str_eq(base, STR("L:sales_tax")))
        rest->tax += left;
    else if (str_eq(base, STR("I:house:merch")))
        rest->house += left;
}

static enum err
read_sums(struct ctx *ctx, struct parts *p, struct rest *rest)
{
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_part_sums);

    stmt_i64(&s, ":seq", p->seq);
    stmt_str(&s, ":provider", p->provider);
    stmt_str(&s, ":payment", p->payment);
    while ((e = stmt_row(&s)) == OK)
        take_sum(p, stmt_col_str(&s, "code"), stmt_col_str(&s, "item"),
                 -stmt_col_i64(&s, "amount"), rest);
    return e == E_NOTFOUND ? OK : e;
}

/* Parts in the order of the page: wallets, places, pools, maker, tax, house; empty ones drop
 * out. */
static enum err
arrange(struct ctx *ctx, struct parts *p, const struct rest *rest)
{
    size_t n = 0;
    enum err e = part_settled_cut(ctx, p);

    if (e)
        return e;
    for (size_t i = 0; i < p->n_races; i++) {
        struct part_race *r = &p->race[i];
        if (!r->pool)
            continue;
        if (r->settled) {
            if ((e = part_settled_places(ctx, p, r)))
                return e;
        } else {
            part_add(p, (struct part){.kind = PART_POOL, .race_id = r->id, .left = r->pool});
        }
    }
    part_add(p, (struct part){.kind = PART_MFG, .left = rest->mfg});
    part_add(p, (struct part){.kind = PART_TAX, .left = rest->tax});
    part_add(p, (struct part){.kind = PART_HOUSE, .left = rest->house});
    for (size_t i = 0; i < p->n; i++)
        if (p->part[i].left != 0 && (p->part[i].kind != PART_PLACE || p->part[i].race_id))
            p->part[n++] = p->part[i];
    p->n = n;
    return OK;
}

enum err
part_load(struct ctx *ctx, struct str provider, struct str payment, struct parts *ret)
{
    struct rest rest = {0};
    enum err e;

    memset(ret, 0, sizeof(*ret));
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_part_sale);
        stmt_str(&s, ":provider", provider);
        stmt_str(&s, ":payment", payment);
        if ((e = stmt_one(&s)))
            return e;
        ret->sale_id = stmt_col_i64(&s, "id");
        ret->seq = stmt_col_null(&s, "seq") ? 0 : stmt_col_i64(&s, "seq");
        ret->inbox_id = stmt_col_i64(&s, "inbox_id");
        ret->order_at = stmt_col_i64(&s, "order_at");
        ret->amount = stmt_col_i64(&s, "amount");
        ret->returned = stmt_col_i64(&s, "returned");
        ret->title = stmt_col_str(&s, "title");
        struct str ccy = stmt_col_str(&s, "currency");
        memcpy(ret->currency, ccy.p, ccy.n < 3 ? ccy.n : 3);
    }
    ret->provider = provider;
    ret->payment = payment;
    ret->ref = str_of(arena_printf(ctx->arena, "sale:%lld", (long long)ret->sale_id));
    if (!ret->seq)
        return OK;
    if ((e = read_shares(ctx, ret)) || (e = read_sums(ctx, ret, &rest)))
        return e;
    return arrange(ctx, ret, &rest);
}

enum err
part_load_sale(struct ctx *ctx, int64_t sale_id, struct parts *ret)
{
    struct str provider, payment;
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_part_payment);
        stmt_i64(&s, ":sale", sale_id);
        enum err e = stmt_one(&s);
        if (e)
            return e;
        provider = stmt_col_str(&s, "provider");
        payment = stmt_col_str(&s, "payment");
    }
    return part_load(ctx, provider, payment, ret);
}

enum err
part_spread(struct ctx *ctx, struct parts *p, int64_t amount)
{
    int64_t left[PART_MAX], back[PART_MAX], sum = 0;

    for (size_t i = 0; i < p->n; i++)
        sum += left[i] = p->part[i].left;
    if (amount < 1 || amount > sum)
        return ctx_fail(ctx, E_INVALID, "%lld are to go back, %lld are left of the sale",
                        (long long)amount, (long long)sum);
    enum err e = split_refund(amount, left, p->n, back);
    if (e)
        return ctx_fail(ctx, e, "the refund cannot be spread");
    for (size_t i = 0; i < p->n; i++)
        p->part[i].back = back[i];
    return OK;
}

enum err
part_line(struct ctx *ctx, struct tx *tx, struct journal_draft *d, const struct parts *p,
          struct str code, struct str item, int64_t amount)
{
    int64_t id;

    if (!amount)
        return OK;
    enum err e = account_get(ctx, tx, code, p->currency, &id);
    if (!e)
        journal_add(d, id, item, amount);
    return e;
}

enum err
part_count(struct ctx *ctx, const struct parts *p, int64_t amount)
{
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_part_returned);
        stmt_i64(&s, ":sale", p->sale_id);
        stmt_i64(&s, ":amount", amount);
        enum err e = stmt_run(&s);
        if (e || db_changes(ctx->db) > 0)
            return e;
    }
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_part_returned_first);
    stmt_i64(&s, ":sale", p->sale_id);
    stmt_i64(&s, ":gross", p->amount);
    stmt_i64(&s, ":amount", amount);
    return stmt_run(&s);
}
