/* Which races an order counts for, and what each gets: a pure reading. See sale.h. Not for:
 * writing it down (sale.c). */
#include "race/sale.h"

#include "base/conf.h"
#include "db/stmt.h"
#include "ledger/split.h"
#include "race/product.h"
#include "race/rule.h"
#include "race/window.h"

enum { ABSURD = 100000000, QUANTITY_MAX = 10000, TITLE_MAX = 120 };
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
    if (f->cancelled) {
        p->reason = STR("cancelled");
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

static enum err
read_sale(struct ctx *ctx, int64_t sale_id, struct fact *f, struct sale_plan *p)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_sale_again);

    stmt_i64(&s, ":sale", sale_id);
    enum err e = stmt_one(&s);
    if (e == E_NOTFOUND)
        return ctx_fail(ctx, E_NOTFOUND, "there is no sale %lld", (long long)sale_id);
    if (e)
        return e;
    *f = (struct fact){
        .kind = FACT_SALE,
        .provider = stmt_col_str(&s, "provider"),
        .payment = stmt_col_str(&s, "payment"),
        .at_ms = stmt_col_i64(&s, "order_at"),
        .currency = stmt_col_str(&s, "currency"),
        .amount = stmt_col_i64(&s, "amount"),
        .tax = stmt_col_i64(&s, "tax"),
        .shipping = stmt_col_i64(&s, "shipping"),
        .test = stmt_col_null(&s, "seq"),
    };
    *p = (struct sale_plan){
        .cost = stmt_col_i64(&s, "cost"),
        .cost_known = stmt_col_i64(&s, "cost_known"),
        .title = stmt_col_str(&s, "title"),
        .house_currency = str_eq(f->currency, race_currency(ctx)),
    };
    return OK;
}

enum err
sale_plan_tagged(struct ctx *ctx, int64_t sale_id, int64_t race, struct fact *ret_fact,
                 struct sale_plan *ret)
{
    enum err e = read_sale(ctx, sale_id, ret_fact, ret);

    if (e)
        return e;
    if (ret_fact->test)
        return ctx_fail(ctx, E_CONFLICT, "a test order counts for no race");
    if (!ret->house_currency)
        return ctx_fail(ctx, E_CONFLICT, "an order in %.*s counts for no race",
                        STR_ARG(ret_fact->currency));
    ret_fact->tag = str_of(arena_printf(ctx->arena, "%lld", (long long)race));
    if ((e = check(ctx, ret_fact)) || (e = attribute(ctx, ret_fact, ret)))
        return e;
    if (str_eq(ret->reason, STR("paid_too_late")))
        return ctx_fail(ctx, E_CONFLICT, "the order is older than 72 hours: it stays as it is");
    if (ret->n_races != 1 || ret->race[0].race_id != race)
        return ctx_fail(ctx, E_CONFLICT,
                        "the order's time lies neither in the window of race %lld nor in its "
                        "grace: no tag would have changed that",
                        (long long)race);
    ret->reason = STR("tagged");
    ret->words = race_reason_words(ret->reason);
    pool(ret_fact, ret);
    if ((e = divide(ctx, ret)))
        return e;
    ret->house = ret_fact->amount - ret_fact->tax - ret->cost - ret->pool;
    return OK;
}
