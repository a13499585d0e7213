/* A sale's entry: inputs, pool, races, seats and odd cents recomputed from the rule and from
 * what went before. Not for: where the race's window was (check_sale.c). */
#include "audit.h"

#include <inttypes.h>
#include <string.h>

enum { RACES = 64, SEATS = 8 };

struct seat {
    int64_t no, member, weight, carry, paid, left;
};

struct part {
    int64_t race, pool, bonus, unit;
    size_t n;
    struct seat seat[SEATS];
};

struct sale {
    int64_t id, amount, tax, shipping, cost, fee, basis, bps, uncapped, pool, order_at;
    char currency[8], processor[AUDIT_WORD_MAX];
    size_t n;
    struct part part[RACES];
};

struct rule {
    int64_t bps, guard, bonus_bps, fee_bps, fee_fixed, clear_h;
    bool net, winner, by_place, weighted;
    int64_t weight[SEATS];
};

/* One place: too big for a stack frame. */
static struct sale sale;

static void
differ(struct audit *a, const char *what)
{
    audit_differ(a, 13, "journal", a->entry.seq, "%s", what);
}

static bool
head_parse(struct text line)
{
    return text_head(line, "sale") && text_number(line, "id", &sale.id) &&
           text_number(line, "amount", &sale.amount) && text_number(line, "tax", &sale.tax) &&
           text_number(line, "shipping", &sale.shipping) &&
           text_number(line, "cost", &sale.cost) && text_number(line, "fee", &sale.fee) &&
           text_number(line, "basis", &sale.basis) && text_number(line, "bps", &sale.bps) &&
           text_number(line, "uncapped", &sale.uncapped) &&
           text_number(line, "pool", &sale.pool);
}

static bool
seat_parse(struct text line, struct seat *s)
{
    return text_number(line, "no", &s->no) && text_number(line, "member", &s->member) &&
           text_number(line, "weight", &s->weight) && text_number(line, "carry", &s->carry) &&
           text_number(line, "paid", &s->paid) && text_number(line, "left", &s->left) &&
           s->no >= 1 && s->no <= SEATS && s->member > 0 && s->weight > 0 &&
           s->weight <= 100000 && s->paid >= 0;
}

static bool
meta_parse(struct audit *a)
{
    struct text rest = a->entry.meta, line;
    struct part *p = NULL;

    sale.n = 0;
    if (!text_line(&rest, &line) || !head_parse(line))
        return false;
    while (text_line(&rest, &line)) {
        if (text_head(line, "race") && sale.n < RACES) {
            p = &sale.part[sale.n++];
            p->n = 0;
            if (!text_number(line, "id", &p->race) || !text_number(line, "pool", &p->pool) ||
                !text_number(line, "bonus", &p->bonus) ||
                !text_number(line, "unit", &p->unit) || p->pool < 0 || p->bonus < 0 ||
                p->bonus > p->pool || p->unit <= 0)
                return false;
        } else if (text_head(line, "seat") && p != NULL && p->n < SEATS) {
            if (!seat_parse(line, &p->seat[p->n]))
                return false;
            if (p->n > 0 && p->seat[p->n].no <= p->seat[p->n - 1].no)
                return false;
            p->n++;
        } else {
            return false;
        }
    }
    for (size_t i = 0; i < sale.n; i++)
        if (sale.part[i].n == 0)
            return false;
    return rest.n == 0 && sale.n > 0;
}

/* The row of the sale against what the entry says. False: no row to go on with. */
static bool
check_row(struct audit *a, int64_t id, bool open, bool tag)
{
    sqlite3_stmt *st =
        row_query(a, "SELECT amount, tax, shipping, cost, fee, basis, uncapped, pool, seq, "
                     "order_at, currency, provider FROM sale WHERE id = ?1");
    int64_t v[10];
    bool found;

    sqlite3_bind_int64(st, 1, id);
    found = row_next(a, st);
    for (int i = 0; found && i < 10; i++)
        v[i] = row_int_or(a, st, i, 0);
    if (found) {
        snprintf(sale.currency, sizeof sale.currency, "%.7s", row_text(a, st, 10).p);
        snprintf(sale.processor, sizeof sale.processor, "A:processor:%.80s",
                 row_text(a, st, 11).p);
    }
    row_done(a, st);
    if (!found || row_bad(a, "sale", id)) {
        audit_differ(a, 18, "journal", a->entry.seq, "books a sale that is not there");
        return false;
    }
    if (!tag && v[8] != a->entry.seq)
        audit_differ(a, 15, "journal", a->entry.seq,
                     "books sale %" PRId64 ", which has another booking entry", id);
    if (open && (sale.id != id || sale.amount != v[0] || sale.tax != v[1] ||
                 sale.shipping != v[2] || sale.cost != v[3] ||
                 (!tag && (sale.fee != v[4] || sale.basis != v[5] || sale.uncapped != v[6] ||
                           sale.pool != v[7]))))
        audit_differ(a, 18, "sale", id, "is not what its booking entry was computed from");
    if (!open && v[7] != 0)
        audit_differ(a, 18, "sale", id, "has a pool that was not booked");
    sale.order_at = v[9];
    if (!open) {
        sale.amount = v[0];
        sale.tax = v[1];
        sale.cost = v[3];
        sale.pool = 0;
        sale.n = 0;
    }
    if (a->entry.effective_at != sale.order_at)
        audit_differ(a, 18, "sale", id, "has another order time than its booking entry");
    for (size_t i = 0; i < a->entry.n_lines; i++)
        if (strcmp(a->entry.line[i].currency, sale.currency) != 0) {
            audit_differ(a, 18, "sale", id, "is booked in another currency");
            break;
        }
    return true;
}

static bool
rule_load(struct audit *a, int64_t race, struct rule *r)
{
    sqlite3_stmt *st = row_query(
        a,
        "SELECT u.pool_bps, u.floor_guard, u.bonus_bps, u.fee_bps, u.fee_fixed, r.clear_h, "
        "u.basis, u.share, u.weights_by, u.weights FROM race r JOIN rule u ON u.id = r.rule_id "
        "WHERE r.id = ?1");
    struct text weights, one;
    bool found;

    memset(r, 0, sizeof *r);
    sqlite3_bind_int64(st, 1, race);
    found = row_next(a, st);
    if (found) {
        *r = (struct rule){.bps = row_int(a, st, 0),
                           .guard = row_int(a, st, 1),
                           .bonus_bps = row_int(a, st, 2),
                           .fee_bps = row_int(a, st, 3),
                           .fee_fixed = row_int(a, st, 4),
                           .clear_h = row_int(a, st, 5)};
        r->net = text_is(row_text(a, st, 6), "net");
        r->winner = text_is(row_text(a, st, 7), "winner_bonus");
        r->weighted = text_is(row_text(a, st, 7), "weighted");
        r->by_place = r->weighted && text_is(row_text(a, st, 8), "place");
        weights = row_text(a, st, 9);
        for (size_t i = 0; i < SEATS && weights.n > 0; i++) {
            const char *comma = memchr(weights.p, ',', weights.n);

            one = (struct text){weights.p,
                                comma != NULL ? (size_t)(comma - weights.p) : weights.n};
            if (!text_int(one, &r->weight[i]))
                a->bad = true;
            weights.p += one.n + (comma != NULL);
            weights.n -= one.n + (comma != NULL);
        }
    }
    row_done(a, st);
    return found && !row_bad(a, "rule of race", race);
}

/* Fee, basis and pool from the first race's rule. */
static void
check_inputs(struct audit *a, const struct rule *r)
{
    wide gross = (wide)sale.amount - sale.tax - sale.shipping;
    wide fee = wide_floor((wide)sale.amount * r->fee_bps + 5000, 10000) + r->fee_fixed;
    wide basis = r->net ? gross - sale.cost - sale.fee : gross;
    wide uncapped = wide_floor((wide)sale.basis * sale.bps, 10000);
    wide cap = gross - sale.cost - sale.fee, pool;

    uncapped = uncapped < 0 ? 0 : uncapped;
    cap = cap < 0 ? 0 : cap;
    pool = r->guard == 1 && cap < uncapped ? cap : uncapped;
    if (sale.bps != r->bps || sale.fee != fee || sale.basis != basis)
        differ(a, "rate, fee or basis are not the rule's");
    if (sale.uncapped != uncapped || sale.pool != pool)
        differ(a, "the pool does not recompute");
}

/* The races' parts by occupied seats, odd cents in the order they were opened. */
static void
check_races(struct audit *a)
{
    wide seats = 0, given = 0;
    int64_t before = INT64_MIN, id = 0, odd;

    for (size_t i = 0; i < sale.n; i++) {
        int64_t at =
            row_one(a, "SELECT opened_at FROM race WHERE id = ?1", sale.part[i].race, 0, 0, 0);

        if (at < before || (at == before && sale.part[i].race <= id))
            differ(a, "races are not in the order they were opened");
        before = at;
        id = sale.part[i].race;
        seats += (wide)sale.part[i].n;
    }
    for (size_t i = 0; i < sale.n; i++)
        given += (wide)sale.pool * (wide)sale.part[i].n / seats;
    odd = (int64_t)(sale.pool - given);
    for (size_t i = 0; i < sale.n; i++) {
        wide part = (wide)sale.pool * (wide)sale.part[i].n / seats + ((int64_t)i < odd ? 1 : 0);

        if (sale.part[i].pool != part) {
            differ(a, "the races' parts do not recompute");
            return;
        }
    }
}

/* Which seats were taken at order time, and by whom. */
static void
check_drivers(struct audit *a, const struct part *p)
{
    int64_t n = row_one(a,
                        "SELECT count(*) FROM seat WHERE race_id = ?1 AND joined_at <= ?2 "
                        "AND (left_at IS NULL OR left_at > ?2)",
                        p->race, sale.order_at, 0, -1);

    if (n != (int64_t)p->n)
        differ(a, "seats taken at order time and seats that shared differ");
    for (size_t i = 0; i < p->n; i++)
        if (row_one(a,
                    "SELECT member_id FROM stint WHERE race_id = ?1 AND seat_no = ?2 AND "
                    "(from_at <= ?3 OR stint_no = 1) ORDER BY stint_no DESC LIMIT 1",
                    p->race, p->seat[i].no, sale.order_at, 0) != p->seat[i].member) {
            differ(a, "a share went to somebody who did not drive at order time");
            return;
        }
}

/* want, paid, left by the carry rule; false when the stored ones differ. */
static bool
carry_fits(const struct part *p)
{
    wide want[SEATS], paid[SEATS], missing = p->pool - p->bonus;

    for (size_t i = 0; i < p->n; i++) {
        const struct seat *s = &p->seat[i];

        if (s->carry > 64 * (wide)p->unit || s->carry < -64 * (wide)p->unit)
            return false;
        want[i] = (wide)(p->pool - p->bonus) * s->weight + s->carry;
        paid[i] = wide_floor(want[i], p->unit);
        paid[i] = paid[i] < 0 ? 0 : paid[i];
        missing -= paid[i];
    }
    for (int turn = 0; missing != 0; turn++) {
        size_t best = SEATS;

        if (turn > 4096)
            return false;
        for (size_t i = 0; i < p->n; i++) {
            wide rest = want[i] - paid[i] * p->unit;
            wide top = best < SEATS ? want[best] - paid[best] * p->unit : 0;

            if (missing > 0 ? best == SEATS || rest > top
                            : paid[i] > 0 && (best == SEATS || rest <= top))
                best = i;
        }
        if (best == SEATS)
            return false;
        paid[best] += missing > 0 ? 1 : -1;
        missing -= missing > 0 ? 1 : -1;
    }
    for (size_t i = 0; i < p->n; i++)
        if (paid[i] != p->seat[i].paid || want[i] - paid[i] * p->unit != p->seat[i].left)
            return false;
    return true;
}

/* Carry from each seat's line before; remembers the new ones. */
static void
check_carry(struct audit *a, const struct part *p)
{
    wide unit = 0;

    for (size_t i = 0; i < p->n; i++) {
        const struct audit_map_slot *was = map_get(&a->carry, p->race, p->seat[i].no);
        wide carry = was == NULL         ? 0
                     : was->y == p->unit ? was->x
                                         : (wide)was->x * p->unit / was->y;

        unit += p->seat[i].weight;
        if (p->seat[i].carry != carry)
            differ(a, "a seat's carry is not what its line before left");
        map_set(&a->carry, p->race, p->seat[i].no, p->seat[i].left, p->unit);
    }
    if (unit != p->unit || !carry_fits(p))
        differ(a, "the shares do not recompute");
}

static void
check_weights(struct audit *a, const struct part *p, const struct rule *r)
{
    wide bonus = r->by_place ? p->pool
                 : r->winner ? wide_floor((wide)p->pool * r->bonus_bps, 10000)
                             : 0;

    if (p->bonus != bonus)
        differ(a, "the waiting part is not the rule's");
    for (size_t i = 0; i < p->n; i++)
        if (p->seat[i].weight !=
            (r->weighted && !r->by_place ? r->weight[p->seat[i].no - 1] : 1)) {
            differ(a, "weights are not the rule's");
            return;
        }
}

/* The rows that pages read: one share a seat, one line of the pot. */
static void
check_rows(struct audit *a, const struct part *p, int64_t id)
{
    sqlite3_stmt *st =
        row_query(a, "SELECT sale_id, member_id, cents, residue, unit FROM share "
                     "WHERE race_id = ?1 AND seat_no = ?2 AND seq = ?3");

    for (size_t i = 0; i < p->n; i++) {
        const struct seat *s = &p->seat[i];

        sqlite3_reset(st);
        sqlite3_bind_int64(st, 1, p->race);
        sqlite3_bind_int64(st, 2, s->no);
        sqlite3_bind_int64(st, 3, a->entry.seq);
        a->seat_lines++;
        if (!row_next(a, st))
            audit_differ(a, 14, "journal", a->entry.seq,
                         "seat %" PRId64 " of race %" PRId64 " has no share row", s->no,
                         p->race);
        else if (row_int(a, st, 0) != id || row_int(a, st, 1) != s->member ||
                 row_int(a, st, 2) != s->paid || row_int(a, st, 3) != s->left ||
                 row_int(a, st, 4) != p->unit)
            audit_differ(a, 14, "share", a->entry.seq,
                         "of race %" PRId64 " seat %" PRId64 " is not what was booked", p->race,
                         s->no);
    }
    row_done(a, st);
    st = row_query(
        a, "SELECT sale_id, at, delta, bonus FROM pot_line WHERE race_id = ?1 AND seq = ?2");
    sqlite3_bind_int64(st, 1, p->race);
    sqlite3_bind_int64(st, 2, a->entry.seq);
    if (!row_next(a, st) || row_int(a, st, 0) != id || row_int(a, st, 1) != sale.order_at ||
        row_int(a, st, 2) != p->pool || row_int(a, st, 3) != p->bonus)
        audit_differ(a, 14, "pot_line", a->entry.seq,
                     "of race %" PRId64 " is not what was booked", p->race);
    row_done(a, st);
    row_bad(a, "share or pot_line", a->entry.seq);
}

/* A race with nothing to move settles without an entry; a sale that comes later finds it so. */
static bool
is_settled(struct audit *a, int64_t race)
{
    return map_get(&a->settled, race, 0) != NULL ||
           row_one(a,
                   "SELECT 1 FROM race WHERE id = ?1 AND settled_at <= ?2 AND NOT EXISTS "
                   "(SELECT 1 FROM journal j WHERE j.kind = 'RACE_SETTLE' AND j.seq > ?3 AND "
                   "j.ref = 'race:' || ?1 AND j.recorded_at = settled_at)",
                   race, a->entry.recorded_at, a->entry.seq, 0) == 1;
}

static void
check_part(struct audit *a, const struct part *p, int64_t id)
{
    bool settled = is_settled(a, p->race);
    char item[64];
    struct rule r;

    if (!rule_load(a, p->race, &r)) {
        audit_differ(a, 22, "journal", a->entry.seq, "shares with a race that is not there");
        return;
    }
    if (p == sale.part)
        check_inputs(a, &r);
    a->race_lines++;
    check_drivers(a, p);
    check_weights(a, p, &r);
    check_carry(a, p);
    check_rows(a, p, id);
    for (size_t i = 0; i < p->n; i++)
        want_id(a, settled || r.clear_h == 0 ? "L:wallet:" : "L:wallet_pending:",
                p->seat[i].member, "", -(wide)p->seat[i].paid);
    snprintf(item, sizeof item, "race:%" PRId64, p->race);
    want_add(a, "L:pool", item, -(wide)p->bonus);
}

void
check_split(struct audit *a, int64_t id)
{
    bool open = !text_is(a->entry.kind, "SALE_CLOSED");
    int64_t race[RACES];

    if (open && !meta_parse(a)) {
        differ(a, "meta of the sale cannot be read");
        return;
    }
    if (!open && a->entry.meta.n > 0)
        differ(a, "has meta, which its kind has not");
    if (!check_row(a, id, open, false))
        return;
    want_clear(a);
    want_add(a, sale.processor, "", sale.amount);
    want_add(a, "L:sales_tax", "", -(wide)sale.tax);
    want_add(a, "L:mfg_payable", "", -(wide)sale.cost);
    want_add(a, "I:house:merch", "", -((wide)sale.amount - sale.tax - sale.cost - sale.pool));
    if (open)
        check_races(a);
    for (size_t i = 0; i < sale.n; i++) {
        race[i] = sale.part[i].race;
        check_part(a, &sale.part[i], id);
    }
    check_window(a, id, race, sale.n);
    want_compare(a, &a->entry, open ? 13 : 18);
}

/* TAG_IN: the pool of a sale whose tag had been forgotten, out of the house's part. */
void
check_tag(struct audit *a, int64_t id)
{
    if (!meta_parse(a) || sale.n != 1) {
        differ(a, "meta of the tag cannot be read");
        return;
    }
    if (!check_refund_parts(a, id) || !check_row(a, id, true, true))
        return;
    if (row_one(a,
                "SELECT seq FROM retag WHERE sale_id = ?1 AND race_id = ?2 AND state = 'DONE' "
                "AND closed_by <> asked_by AND closed_at - ?3 <= 72 * 3600000",
                id, sale.part[0].race, sale.order_at, 0) != a->entry.seq)
        audit_differ(a, 33, "journal", a->entry.seq, "follows no tag that two people attached");
    if (row_one(a,
                "SELECT 1 FROM race WHERE id = ?1 AND opened_at <= ?2 AND "
                "(closed_at IS NULL OR ?2 < closed_at + grace_s * 1000 OR end_reason <> '')",
                sale.part[0].race, sale.order_at, 0, 0) != 1)
        audit_differ(a, 33, "journal", a->entry.seq,
                     "counts a sale for a race that was not open for it");
    if (row_one(a,
                "SELECT count(*) FROM retag t JOIN stint s ON s.race_id = t.race_id AND "
                "s.member_id IN (t.asked_by, t.closed_by) WHERE t.sale_id = ?1 AND "
                "t.state = 'DONE'",
                id, 0, 0, 0) != 0)
        audit_differ(a, 33, "sale", id, "was given to a race by somebody who sat in it");
    want_clear(a);
    want_add(a, "I:house:merch", "", sale.pool);
    check_part(a, &sale.part[0], id);
    want_compare(a, &a->entry, 33);
    check_refund_moved(a, id, sale.pool);
}
