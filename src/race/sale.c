/* Planning and booking a paid order. See sale.h. */
#include "race/sale.h"

#include <string.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/crypt.h"
#include "db/stmt.h"
#include "db/tx.h"
#include "ledger/account.h"
#include "ledger/journal.h"
#include "ledger/owed.h"
#include "ledger/split.h"
#include "queue/alert.h"
#include "race/line.h"
#include "race/product.h"
#include "race/refund.h"
#include "race/rule.h"
#include "race/settle.h"
#include "race/window.h"

enum { ABSURD = 100000000, QUANTITY_MAX = 10000, META_MAX = 16384, TITLE_MAX = 120 };
static const int64_t HOUR_MS = 3600000, LATE_MS = 72 * 3600000LL, FUTURE_MS = 5 * 60000;
/* No race stays open for longer: clock.tick cuts it long before. */
static const int64_t RACE_LONGEST_MS = 96 * 3600000LL;

/* A race near the order's time, as read by one query. */
struct near {
    struct window w[WINDOW_RACES_MAX];
    struct sale_plan_race r[WINDOW_RACES_MAX];
    size_t n;
};

static enum err
check_currency(struct ctx *ctx, struct str c)
{
    bool upper = c.n == 3;

    for (size_t i = 0; upper && i < 3; i++)
        upper = c.p[i] >= 'A' && c.p[i] <= 'Z';
    if (!upper || money_exponent(c) < 0)
        return ctx_fail(ctx, E_INVALID, "the currency is not known");
    return OK;
}

static enum err
check(struct ctx *ctx, const struct fact *f)
{
    enum err e = check_currency(ctx, f->currency);

    if (e)
        return e;
    if (f->amount <= 0)
        return ctx_fail(ctx, E_INVALID, "the amount is not above zero");
    if (f->amount > ABSURD)
        return ctx_fail(ctx, E_INVALID, "the amount is absurd: over %d minor units", ABSURD);
    if (f->tax < 0 || f->shipping < 0 || f->tax > f->amount || f->shipping > f->amount - f->tax)
        return ctx_fail(ctx, E_INVALID, "tax and shipping do not fit the amount");
    if (f->n_items > FACT_ITEMS_MAX)
        return ctx_fail(ctx, E_INVALID, "the order has more than %d lines", FACT_ITEMS_MAX);
    for (size_t i = 0; i < f->n_items; i++)
        if (f->items[i].quantity < 1 || f->items[i].quantity > QUANTITY_MAX ||
            f->items[i].price < 0 || f->items[i].price > ABSURD)
            return ctx_fail(ctx, E_INVALID, "line %zu of the order is absurd", i + 1);
    if (!f->payment.n || f->payment.n > 150)
        return ctx_fail(ctx, E_INVALID, "the order names no payment");
    if (f->at_ms < 0 || f->at_ms > ctx_now(ctx) + FUTURE_MS)
        return ctx_fail(ctx, E_INVALID,
                        "the order time is more than 5 minutes ahead of our clock");
    return OK;
}

/* Unit costs at order time and the title; an unknown cost counts as 0. */
static enum err
costs(struct ctx *ctx, const struct fact *f, struct sale_plan *p)
{
    p->cost_known = f->n_items > 0;
    for (size_t i = 0; i < f->n_items; i++) {
        const struct fact_item *it = &f->items[i];
        bool known = false;
        int64_t cost = 0;
        struct str title = it->sku.n ? it->sku : STR("Order");
        enum err e =
            it->sku.n ? product_at(ctx, it->sku, f->at_ms, &title, &cost, &known) : E_NOTFOUND;
        if (e && e != E_NOTFOUND)
            return e;
        if (e)
            ctx_clear(ctx);
        p->unit_cost[i] = known ? cost : 0;
        p->item_title[i] = it->title.n ? it->title : title;
        p->cost += p->unit_cost[i] * it->quantity; /* 50 x 10^4 x 10^8: fits */
        p->cost_known = p->cost_known && known;
    }
    p->title = f->n_items ? p->item_title[0] : STR("Order");
    if (f->n_items > 1)
        p->title = str_of(
            arena_printf(ctx->arena, "%.*s + %zu more", STR_ARG(p->title), f->n_items - 1));
    p->title = str_sub(p->title, 0, TITLE_MAX);
    return OK;
}

static enum err
read_near(struct ctx *ctx, int64_t at, struct near *ret)
{
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sale_races);

    stmt_i64(&s, ":from", at - RACE_LONGEST_MS);
    stmt_i64(&s, ":at", at);
    stmt_i64(&s, ":near", at - HOUR_MS);
    while ((e = stmt_row(&s)) == OK && ret->n < WINDOW_RACES_MAX) {
        struct sale_plan_race *r = &ret->r[ret->n];
        struct str state = stmt_col_str(&s, "state");
        enum err bad = rule_read(&s, &r->rule);
        if (bad)
            return bad;
        r->race_id = stmt_col_i64(&s, "race_id");
        r->over = str_eq(state, STR("SETTLED"));
        r->settled = r->over || stmt_col_i64(&s, "race_clear_h") == 0;
        r->pot = stmt_col_i64(&s, "pot");
        r->waiting = stmt_col_i64(&s, "waiting");
        r->sales = stmt_col_i64(&s, "sales");
        ret->w[ret->n++] = (struct window){
            .race_id = r->race_id,
            .opened_at = stmt_col_i64(&s, "opened_at"),
            .closed_at = stmt_col_i64(&s, "closed_at"),
            .grace_ms = 1000 * stmt_col_i64(&s, "race_grace_s"),
            .is_void = str_eq(state, STR("VOID")),
            .overlap = str_eq(r->rule.overlap, STR("first"))  ? WINDOW_FIRST
                       : str_eq(r->rule.overlap, STR("last")) ? WINDOW_LAST
                                                              : WINDOW_SHARE,
        };
    }
    return e == E_NOTFOUND ? OK : e;
}

/* Seats of the race: receivers at that time with weight and residue, and everybody's total. */
static enum err
read_seats(struct ctx *ctx, int64_t at, struct sale_plan_race *r)
{
    bool by_seat = str_eq(r->rule.share, STR("weighted")) && !rule_waits(&r->rule);
    int64_t residue[RACE_SEATS_MAX] = {0}, unit[RACE_SEATS_MAX] = {0};
    enum err e;
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sale_seats);

    stmt_i64(&s, ":race", r->race_id);
    stmt_i64(&s, ":at", at);
    while ((e = stmt_row(&s)) == OK) {
        int64_t no = stmt_col_i64(&s, "seat_no"), left = stmt_col_i64(&s, "left_at");

        BUG_IF(no < 1 || no > RACE_SEATS_MAX);
        r->total[no - 1] = stmt_col_i64(&s, "total");
        if (left && left <= at)
            continue;
        residue[r->n_seats] = stmt_col_i64(&s, "residue");
        unit[r->n_seats] = stmt_col_i64(&s, "unit");
        r->seat[r->n_seats++] = (struct sale_plan_seat){
            .no = no,
            .member_id = stmt_col_i64(&s, "member_id"),
            .weight = by_seat ? r->rule.weights[no - 1] : 1,
        };
    }
    for (size_t i = 0; i < r->n_seats; i++)
        r->unit += r->seat[i].weight;
    for (size_t i = 0; i < r->n_seats; i++)
        r->seat[i].carry = split_rescale(residue[i], unit[i], r->unit);
    return e == E_NOTFOUND ? OK : e;
}

/* Keeps the race that hears of an order which does not count. */
static void
miss(const struct near *near, size_t at, struct sale_plan *p)
{
    if (at == SIZE_MAX)
        return;
    p->near = near->r[at].race_id;
    p->near_pot = near->r[at].pot;
}

/* Races of the order with their receivers; those without receivers drop out. */
static enum err
attribute(struct ctx *ctx, const struct fact *f, struct sale_plan *p)
{
    struct near *near = ARENA_NEW(ctx->arena, struct near);
    struct window_choice c;
    int64_t tag = 0;
    enum err e = read_near(ctx, f->at_ms, near);

    if (e)
        return e;
    str_i64(f->tag, 1, INT64_MAX, &tag);
    window_choose(near->w, near->n, f->at_ms, tag, &c);
    p->reason = c.reason;
    miss(near, c.n ? c.at[0] : c.near, p);
    if (ctx_now(ctx) - f->at_ms > LATE_MS) {
        p->reason = STR("paid_too_late");
        return OK;
    }
    for (size_t i = 0; i < c.n && p->n_races < SALE_RACES_MAX; i++) {
        struct sale_plan_race *r = &p->race[p->n_races];
        *r = near->r[c.at[i]];
        if ((e = read_seats(ctx, f->at_ms, r)))
            return e;
        p->n_races += r->n_seats > 0;
    }
    if (c.n && !p->n_races)
        p->reason = STR("no_seats");
    else if (c.n > 1 && p->n_races == 1)
        p->reason = STR("in_window");
    return OK;
}

/* The pool by the rule of the race that opened first. */
static void
pool(const struct fact *f, struct sale_plan *p)
{
    const struct race_rule *r = &p->race[0].rule;
    int64_t goods = f->amount - f->tax - f->shipping, guard;

    p->rule_id = r->id;
    p->bps = r->pool_bps;
    p->fee = (f->amount * r->fee_bps + 5000) / 10000 + r->fee_fixed;
    guard = goods - p->cost - p->fee;
    p->basis = str_eq(r->basis, STR("net")) ? guard : goods;
    p->uncapped = p->basis > 0 ? p->basis * r->pool_bps / 10000 : 0;
    p->pool = p->uncapped;
    if (r->floor_guard && p->pool > guard)
        p->pool = guard > 0 ? guard : 0;
}

/* The pool cut between the races by seats, and each part between its seats. */
static enum err
divide(struct ctx *ctx, struct sale_plan *p)
{
    int64_t seats = 0, rest = p->pool;

    for (size_t i = 0; i < p->n_races; i++)
        seats += (int64_t)p->race[i].n_seats;
    for (size_t i = 0; i < p->n_races; i++)
        rest -= p->race[i].pool = p->pool * (int64_t)p->race[i].n_seats / seats;
    for (size_t i = 0; i < p->n_races; i++) {
        struct sale_plan_race *r = &p->race[i];
        struct split_part part[RACE_SEATS_MAX];

        r->pool += (int64_t)i < rest;
        r->bonus = rule_waits(&r->rule) ? r->pool : r->pool * r->rule.bonus_bps / 10000;
        for (size_t k = 0; k < r->n_seats; k++)
            part[k] =
                (struct split_part){.weight = r->seat[k].weight, .carry = r->seat[k].carry};
        enum err e = split_carry(r->pool - r->bonus, part, r->n_seats, &r->unit);
        if (e)
            return ctx_fail(ctx, e, "the split cannot be");
        for (size_t k = 0; k < r->n_seats; k++) {
            r->seat[k].paid = part[k].paid;
            r->seat[k].left = part[k].left;
        }
    }
    return OK;
}

enum err
sale_plan(struct ctx *ctx, const struct fact *f, struct sale_plan *ret)
{
    enum err e;

    *ret = (struct sale_plan){.reason = STR("test_order")};
    if ((e = check(ctx, f)))
        return e;
    ret->house_currency = str_eq(f->currency, race_currency(ctx));
    if ((e = costs(ctx, f, ret)))
        return e;
    if (!ret->house_currency) {
        /* Unit costs are in the house's currency: nothing of them can stand in this entry. */
        ret->reason = STR("wrong_currency");
        ret->cost = 0;
    } else if (!f->test && (e = attribute(ctx, f, ret))) {
        return e;
    }
    if (ret->n_races) {
        pool(f, ret);
        if ((e = divide(ctx, ret)))
            return e;
    }
    ret->house = f->amount - f->tax - ret->cost - ret->pool;
    ret->words = race_reason_words(ret->reason);
    return OK;
}

static struct str
meta(struct ctx *ctx, const struct fact *f, const struct sale_plan *p, int64_t id)
{
    struct buf b = buf_new(ctx->arena, META_MAX);

    if (!p->n_races)
        return STR("");
    buf_printf(&b,
               "sale id=%lld amount=%lld tax=%lld shipping=%lld cost=%lld fee=%lld basis=%lld "
               "bps=%lld uncapped=%lld pool=%lld\n",
               (long long)id, (long long)f->amount, (long long)f->tax, (long long)f->shipping,
               (long long)p->cost, (long long)p->fee, (long long)p->basis, (long long)p->bps,
               (long long)p->uncapped, (long long)p->pool);
    for (size_t i = 0; i < p->n_races; i++) {
        const struct sale_plan_race *r = &p->race[i];
        buf_printf(&b, "race id=%lld pool=%lld bonus=%lld unit=%lld\n", (long long)r->race_id,
                   (long long)r->pool, (long long)r->bonus, (long long)r->unit);
        for (size_t k = 0; k < r->n_seats; k++) {
            const struct sale_plan_seat *s = &r->seat[k];
            buf_printf(&b,
                       "seat no=%lld member=%lld weight=%lld carry=%lld paid=%lld left=%lld\n",
                       (long long)s->no, (long long)s->member_id, (long long)s->weight,
                       (long long)s->carry, (long long)s->paid, (long long)s->left);
        }
    }
    BUG_IF(buf_err(&b));
    return buf_str(&b);
}

/* One line of the entry; accounts that get nothing are not opened. */
static enum err
add(struct ctx *ctx, struct tx *tx, struct journal_draft *d, struct str code, const char *ccy,
    struct str item, int64_t amount)
{
    int64_t id;

    if (!amount)
        return OK;
    enum err e = account_get(ctx, tx, code, ccy, &id);
    if (!e)
        journal_add(d, id, item, amount);
    return e;
}

static enum err
add_race(struct ctx *ctx, struct tx *tx, struct journal_draft *d, const char *ccy,
         const struct sale_plan_race *r)
{
    for (size_t k = 0; k < r->n_seats; k++) {
        int64_t id;
        if (!r->seat[k].paid)
            continue;
        enum err e = account_of(ctx, tx, r->settled ? "L:wallet:" : "L:wallet_pending:",
                                r->seat[k].member_id, ccy, &id);
        if (e)
            return e;
        journal_add(d, id, STR(""), -r->seat[k].paid);
    }
    return add(ctx, tx, d, STR("L:pool"), ccy,
               str_of(arena_printf(ctx->arena, "race:%lld", (long long)r->race_id)), -r->bonus);
}

static enum err
post(struct ctx *ctx, struct tx *tx, const struct fact *f, const struct sale_plan *p,
     int64_t id, struct str ref, int64_t *ret_seq)
{
    struct journal_draft *d = ARENA_NEW(ctx->arena, struct journal_draft);
    struct journal_done done;
    const char *ccy = str_text(ctx->arena, f->currency);
    bool waits = false;
    enum err e;

    for (size_t i = 0; i < p->n_races; i++)
        waits = waits || p->race[i].bonus > 0;
    journal_start(d,
                  !p->n_races ? STR("SALE_CLOSED")
                  : waits     ? STR("SALE_POOL")
                              : STR("SALE_OPEN"),
                  f->provider,
                  str_of(arena_printf(ctx->arena, "sale:%.*s", STR_ARG(f->payment))), f->at_ms);
    d->ref = ref;
    d->meta = meta(ctx, f, p, id);
    d->actor = str_of(arena_printf(ctx->arena, "provider:%.*s", STR_ARG(f->provider)));
    d->policy = p->rule_id
                    ? str_of(arena_printf(ctx->arena, "rule:%lld", (long long)p->rule_id))
                    : STR("");
    d->request = crypt_sha256(
        str_of(arena_printf(ctx->arena, "sale %.*s %.*s %lld %.*s", STR_ARG(f->provider),
                            STR_ARG(f->payment), (long long)f->amount, STR_ARG(f->currency))));
    struct str processor =
        str_of(arena_printf(ctx->arena, "A:processor:%.*s", STR_ARG(f->provider)));
    if ((e = add(ctx, tx, d, processor, ccy, STR(""), f->amount)) ||
        (e = add(ctx, tx, d, STR("L:mfg_payable"), ccy, STR(""), -p->cost)) ||
        (e = add(ctx, tx, d, STR("L:sales_tax"), ccy, STR(""), -f->tax)) ||
        (e = add(ctx, tx, d, STR("I:house:merch"), ccy, STR(""), -p->house)))
        return e;
    for (size_t i = 0; i < p->n_races; i++)
        if ((e = add_race(ctx, tx, d, ccy, &p->race[i])))
            return e;
    if ((e = journal_post(ctx, tx, d, &done)))
        return e;
    *ret_seq = done.seq;
    return OK;
}

static enum err
write_sale(struct ctx *ctx, const struct fact *f, const struct sale_plan *p, int64_t id,
           int64_t seq, int64_t inbox_id)
{
    {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sale_add);
        stmt_i64(&s, ":id", id);
        stmt_str(&s, ":provider", f->provider);
        stmt_str(&s, ":payment", f->payment);
        stmt_i64(&s, ":inbox_id", inbox_id);
        stmt_i64(&s, ":order_at", f->at_ms);
        stmt_i64(&s, ":arrived_at", ctx_now(ctx));
        stmt_str(&s, ":currency", f->currency);
        stmt_i64(&s, ":amount", f->amount);
        stmt_i64(&s, ":tax", f->tax);
        stmt_i64(&s, ":shipping", f->shipping);
        stmt_i64(&s, ":cost", p->cost);
        stmt_i64(&s, ":fee", p->fee);
        stmt_i64(&s, ":basis", p->basis);
        stmt_i64(&s, ":pool", p->pool);
        stmt_i64(&s, ":uncapped", p->uncapped);
        stmt_str(&s, ":reason", p->reason);
        stmt_str(&s, ":tag", f->tag);
        stmt_str(&s, ":title", p->title);
        stmt_i64(&s, ":cost_known", p->cost_known);
        if (seq)
            stmt_i64(&s, ":seq", seq);
        else
            stmt_null(&s, ":seq");
        enum err e = stmt_run(&s);
        if (e)
            return e;
    }
    for (size_t i = 0; i < f->n_items; i++) {
        struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sale_item_add);
        stmt_i64(&s, ":sale_id", id);
        stmt_i64(&s, ":line_no", (int64_t)i + 1);
        stmt_str(&s, ":sku", f->items[i].sku);
        stmt_str(&s, ":title", p->item_title[i]);
        stmt_i64(&s, ":quantity", f->items[i].quantity);
        stmt_i64(&s, ":price", f->items[i].price);
        stmt_i64(&s, ":unit_cost", p->unit_cost[i]);
        enum err e = stmt_run(&s);
        if (e)
            return e;
    }
    return OK;
}

static enum err
write_race(struct ctx *ctx, struct tx *tx, const struct fact *f, const struct sale_plan *p,
           struct sale_plan_race *r, int64_t id, int64_t seq)
{
    struct line_pot pot = {
        .race_id = r->race_id,
        .seq = seq,
        .sale_id = id,
        .at = f->at_ms,
        .delta = r->pool,
        .bonus = r->bonus,
        .pot = r->pot + r->pool,
        .waiting = r->waiting + r->bonus,
        .sales = r->sales + 1,
    };
    enum err e = line_pot_add(ctx, &pot);

    for (size_t k = 0; !e && k < r->n_seats; k++) {
        struct sale_plan_seat *s = &r->seat[k];
        r->total[s->no - 1] += s->paid;
        e = line_share_add(ctx, &(struct line_share){
                                    .race_id = r->race_id,
                                    .seat_no = s->no,
                                    .seq = seq,
                                    .sale_id = id,
                                    .member_id = s->member_id,
                                    .cents = s->paid,
                                    .total = r->total[s->no - 1],
                                    .residue = s->left,
                                    .unit = r->unit,
                                });
    }
    if (e)
        return e;
    return line_tell(ctx, tx,
                     &(struct line_news){
                         .type = "pot.changed",
                         .race_id = r->race_id,
                         .sale_id = id,
                         .pot = pot.pot,
                         .delta = r->pool,
                         .amount = f->amount,
                         .title = p->title,
                         .reason = p->reason,
                         .total = r->total,
                     });
}

/* What follows the rows: alerts, the message of a miss, late money, refunds that waited. */
static enum err
afterwards(struct ctx *ctx, struct tx *tx, const struct fact *f, const struct sale_plan *p,
           int64_t id, struct str ref)
{
    enum err e = OK;

    if (!p->cost_known && p->house_currency && !f->test)
        e = alert_raise(
            ctx, tx, STR("cost_missing"), ref, "warning", "user",
            STR("a product of this sale has no unit cost for its time: this sale keeps cost 0, "
                "a cost set now counts for later ones"));
    if (!e && !p->n_races && p->near)
        e = line_tell(ctx, tx,
                      &(struct line_news){
                          .type = "sale.not_counted",
                          .race_id = p->near,
                          .sale_id = id,
                          .pot = p->near_pot,
                          .amount = f->amount,
                          .title = p->title,
                          .reason = p->reason,
                      });
    for (size_t i = 0; !e && i < p->n_races; i++) {
        const struct sale_plan_race *r = &p->race[i];
        if (r->over && r->bonus)
            e = settle_late(ctx, tx, r->race_id, NULL, 0);
        for (size_t k = 0; !e && r->settled && k < r->n_seats; k++)
            if (r->seat[k].paid)
                e = owed_recover(ctx, tx, r->seat[k].member_id);
    }
    return e ? e : refund_waiting(ctx, tx, f->provider, f->payment, id);
}

static struct str
ref_of(struct ctx *ctx, int64_t sale)
{
    return str_of(arena_printf(ctx->arena, "sale:%lld", (long long)sale));
}

/* The id of the next sale, and of the one that has this payment, 0 for none. */
static enum err
read_next(struct ctx *ctx, const struct fact *f, int64_t *ret_id, int64_t *ret_known)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sale_next);
    enum err e;

    stmt_str(&s, ":provider", f->provider);
    stmt_str(&s, ":payment", f->payment);
    if ((e = stmt_one(&s)))
        return e;
    *ret_id = stmt_col_i64(&s, "id");
    *ret_known = stmt_col_i64(&s, "known");
    return OK;
}

enum err
sale_next(struct ctx *ctx, const struct fact *f, struct str *ret_ref)
{
    int64_t id, known;
    enum err e = read_next(ctx, f, &id, &known);

    if (!e)
        *ret_ref = ref_of(ctx, id);
    return e;
}

enum err
sale_book(struct ctx *ctx, struct tx *tx, const struct fact *f, int64_t inbox_id,
          struct str *ret_ref)
{
    struct sale_plan *p = ARENA_NEW(ctx->arena, struct sale_plan);
    int64_t id, known, seq = 0;
    enum err e;

    if ((e = read_next(ctx, f, &id, &known)))
        return e;
    *ret_ref = ref_of(ctx, known);
    if (known)
        return ctx_fail(ctx, E_DUPLICATE, "payment %.*s is booked", STR_ARG(f->payment));
    if ((e = sale_plan(ctx, f, p)))
        return e;
    struct str ref = ref_of(ctx, id);
    if (!f->test && (e = post(ctx, tx, f, p, id, ref, &seq)))
        return e;
    if ((e = write_sale(ctx, f, p, id, seq, inbox_id)))
        return e;
    for (size_t i = 0; i < p->n_races; i++)
        if ((e = write_race(ctx, tx, f, p, &p->race[i], id, seq)))
            return e;
    if (!f->test && (e = afterwards(ctx, tx, f, p, id, ref)))
        return e;
    *ret_ref = ref;
    return OK;
}
