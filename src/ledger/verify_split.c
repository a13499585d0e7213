/* One entry's meta at a time, then the two tables race by race. A digest in order of seq stands
 * for the rows that an entry demands, so that the tables are read once, in their own order. */
#include "ledger/verify_split.h"

#include <stdio.h>
#include <string.h>

#include "ledger/meta.h"
#include "ledger/split.h"
#include "ledger/verify_fix.h"
#include "ledger/verify_refund.h"

struct back {
    int64_t sale_id, amount;
    struct str meta; /* of an entry */
    bool asked;
};

/* One race's part of a sale, while its seat lines are read. */
struct part {
    int64_t race_id, pool, bonus, unit;
    size_t n, seats;
    int64_t no[SPLIT_MAX], member[SPLIT_MAX];
    struct split_part want[SPLIT_MAX];
    int64_t paid[SPLIT_MAX], left[SPLIT_MAX];
};

uint64_t
verify_split_digest(uint64_t d, int64_t a, int64_t b, int64_t c, int64_t e)
{
    const int64_t v[] = {a, b, c, e};

    for (size_t i = 0; i < ARRAY_SIZE(v); i++) {
        d = (d ^ (uint64_t)v[i]) * UINT64_C(0x9e3779b97f4a7c15);
        d ^= d >> 32;
    }
    return d;
}

struct verify_split
verify_split_new(struct verify_report *r, struct arena *a)
{
    return (struct verify_split){
        .r = r,
        .seats = verify_table_new(a, sizeof(struct verify_split_seat)),
        .races = verify_table_new(a, sizeof(struct verify_split_race)),
        .backs = verify_table_new(a, sizeof(struct back)),
        .rests = verify_table_new(a, sizeof(int64_t)),
        .stakes = verify_table_new(a, sizeof(int64_t)),
        .a = a,
    };
}

static void
wrong(struct verify_split *v, const struct hash_entry *e, const char *what)
{
    verify_report_no(v->r, "I13", "entry", e->seq, "%s", what);
}

/* Sum of the lines whose account code begins so and whose item is that one. */
static int64_t
moved(const struct hash_entry *e, const char *code, int64_t member, struct str item)
{
    char want[80];
    int64_t sum = 0;

    if (member)
        snprintf(want, sizeof(want), "%s%lld", code, (long long)member);
    else
        snprintf(want, sizeof(want), "%s", code);
    for (size_t i = 0; i < e->n; i++) {
        struct str c = e->line[i].code;
        size_t at = str_find(c, STR("@"), 0);

        if (at != SIZE_MAX)
            c = str_sub(c, 0, at);
        if (str_eq_text(c, want) && str_eq(e->line[i].item, item))
            sum += e->line[i].amount;
    }
    return sum;
}

static int64_t
moved_wallets(const struct hash_entry *e, int64_t member)
{
    return moved(e, "L:wallet_pending:", member, STR("")) +
           moved(e, "L:wallet:", member, STR(""));
}

static int64_t
moved_all_wallets(const struct hash_entry *e)
{
    int64_t sum = 0;

    for (size_t i = 0; i < e->n; i++)
        if (str_starts(e->line[i].code, STR("L:wallet:")) ||
            str_starts(e->line[i].code, STR("L:wallet_pending:")))
            sum += e->line[i].amount;
    return sum;
}

static int64_t
moved_holds(const struct hash_entry *e)
{
    int64_t sum = 0;

    for (size_t i = 0; i < e->n; i++)
        if (str_starts(e->line[i].code, STR("L:dispute_hold")))
            sum += e->line[i].amount;
    return sum;
}

static struct str
item_of(char room[40], const char *word, int64_t id)
{
    int n = snprintf(room, 40, "%s:%lld", word, (long long)id);

    return (struct str){.p = room, .n = (size_t)n};
}

static bool
is_sale_line(struct verify_split *v, const struct hash_entry *e, const struct meta *m,
             int64_t *ret_pool)
{
    int64_t id, amount, tax, shipping, cost, fee, basis, bps, uncapped, pool;
    char room[40];

    if (!meta_i64(m, "id", &id) || !meta_i64(m, "amount", &amount) ||
        !meta_i64(m, "tax", &tax) || !meta_i64(m, "shipping", &shipping) ||
        !meta_i64(m, "cost", &cost) || !meta_i64(m, "fee", &fee) ||
        !meta_i64(m, "basis", &basis) || !meta_i64(m, "bps", &bps) ||
        !meta_i64(m, "uncapped", &uncapped) || !meta_i64(m, "pool", &pool)) {
        wrong(v, e, "the sale line is not whole");
        return false;
    }
    *ret_pool = pool;
    if (!str_eq(e->ref, item_of(room, "sale", id)))
        wrong(v, e, "the sale line names another sale than ref");

    int64_t product, want;
    if (__builtin_mul_overflow(basis, bps, &product)) {
        wrong(v, e, "the basis is absurd");
        return false;
    }
    want = product > 0 ? product / 10000 : 0;
    if (uncapped != want)
        verify_report_no(v->r, "I13", "entry", e->seq, "uncapped is %lld, not %lld",
                         (long long)want, (long long)uncapped);
    int64_t most = amount - tax - shipping - cost - fee;
    if (most < 0)
        most = 0;
    if (pool != uncapped && pool != (most < uncapped ? most : uncapped))
        verify_report_no(v->r, "I13", "entry", e->seq,
                         "pool is %lld of %lld, with at most %lld", (long long)pool,
                         (long long)uncapped, (long long)most);
    return true;
}

static bool
read_race(struct verify_split *v, const struct hash_entry *e, const struct meta *m,
          struct part *p)
{
    memset(p, 0, offsetof(struct part, no));
    if (meta_i64(m, "id", &p->race_id) && meta_i64(m, "pool", &p->pool) &&
        meta_i64(m, "bonus", &p->bonus) && meta_i64(m, "unit", &p->unit) && p->bonus >= 0 &&
        p->pool >= p->bonus)
        return true;
    wrong(v, e, "a race line is not whole");
    return false;
}

static bool
read_seat(struct verify_split *v, const struct hash_entry *e, const struct meta *m,
          struct part *p)
{
    size_t i = p->n;
    struct split_part *w = &p->want[i];

    if (i < SPLIT_MAX && meta_i64(m, "no", &p->no[i]) && meta_i64(m, "member", &p->member[i]) &&
        meta_i64(m, "weight", &w->weight) && meta_i64(m, "carry", &w->carry) &&
        meta_i64(m, "paid", &p->paid[i]) && meta_i64(m, "left", &p->left[i]) &&
        (i == 0 || p->no[i] > p->no[i - 1])) {
        p->n++;
        return true;
    }
    wrong(v, e, "a seat line is not whole, or out of order");
    return false;
}

/* The carry that the seat's last line left, in terms of this unit. */
static void
check_carry(struct verify_split *v, const struct hash_entry *e, const struct part *p, size_t i)
{
    struct verify_split_seat *s = verify_table_get(&v->seats, p->race_id, p->no[i], STR_NULL);
    int64_t carry = s->unit > 0 && p->unit > 0 ? split_rescale(s->left, s->unit, p->unit) : 0;

    if (p->want[i].carry != carry)
        verify_report_no(v->r, "I13", "entry", e->seq,
                         "race %lld seat %lld carries %lld, its last line left %lld",
                         (long long)p->race_id, (long long)p->no[i],
                         (long long)p->want[i].carry, (long long)carry);
    s->left = p->left[i];
    s->unit = p->unit;
    s->digest = verify_split_digest(
        verify_split_digest(s->digest, e->seq, p->member[i], p->paid[i], p->left[i]), p->unit,
        0, 0, 0);
}

static void
check_race(struct verify_split *v, const struct hash_entry *e, struct part *p)
{
    struct verify_split_race *r = verify_table_get(&v->races, p->race_id, 0, STR_NULL);
    int64_t unit = 0;
    char room[40];

    r->digest = verify_split_digest(r->digest, e->seq, p->pool, p->bonus, 0);
    for (size_t i = 0; i < p->n; i++)
        check_carry(v, e, p, i);
    if (split_carry(p->pool - p->bonus, p->want, p->n, &unit) != OK || unit != p->unit) {
        wrong(v, e, "a race's split cannot be recomputed");
        return;
    }
    for (size_t i = 0; i < p->n; i++)
        /* Weights by place: all seats get 0 and keep their carry until the result. */
        if (p->want[i].paid != p->paid[i] || p->want[i].left != p->left[i])
            verify_report_no(v->r, "I13", "entry", e->seq,
                             "race %lld seat %lld gets %lld, left %lld; recomputed %lld, %lld",
                             (long long)p->race_id, (long long)p->no[i], (long long)p->paid[i],
                             (long long)p->left[i], (long long)p->want[i].paid,
                             (long long)p->want[i].left);
    if (moved(e, "L:pool", 0, item_of(room, "race", p->race_id)) != -p->bonus)
        wrong(v, e, "the waiting money is not the pool line");
}

/* Races of one sale: their pools by number of seats, left-over cents to the first. */
static void
check_pools(struct verify_split *v, const struct hash_entry *e, const int64_t *pool,
            const size_t *seats, size_t n, int64_t total)
{
    int64_t all = 0, rest = total;

    for (size_t i = 0; i < n; i++)
        all += (int64_t)seats[i];
    for (size_t i = 0; i < n; i++)
        rest -= total * (int64_t)seats[i] / all;
    for (size_t i = 0; i < n; i++) {
        int64_t want = total * (int64_t)seats[i] / all + (rest > 0);

        rest -= rest > 0;
        if (pool[i] != want)
            verify_report_no(v->r, "I13", "entry", e->seq, "a race's pool is %lld, not %lld",
                             (long long)want, (long long)pool[i]);
    }
}

/* seq is dense in a sound ledger; one that is absurdly far away is reported elsewhere. */
static void
mark_split(struct verify_split *v, int64_t seq)
{
    size_t word = (size_t)seq / 64;

    if (seq < 0 || word > v->words + (1 << 20))
        return;
    if (word >= v->words) {
        size_t words = word * 2 + 64;
        uint64_t *more = ARENA_ARRAY(v->a, words, uint64_t);

        if (v->words)
            memcpy(more, v->is_split, v->words * sizeof(*more));
        v->is_split = more;
        v->words = words;
    }
    v->is_split[word] |= UINT64_C(1) << (seq % 64);
}

bool
verify_split_has(const struct verify_split *v, int64_t seq)
{
    size_t word = (size_t)seq / 64;

    return seq >= 0 && word < v->words && (v->is_split[word] >> (seq % 64) & 1);
}

static void
check_sale(struct verify_split *v, const struct hash_entry *e)
{
    enum { RACES = 8, MEMBERS = RACES * SPLIT_MAX };
    struct str text = e->meta;
    struct part p;
    int64_t total = 0, pool[RACES], member[MEMBERS], cents[MEMBERS], all = 0;
    size_t seats[RACES], n = 0, n_members = 0;
    bool whole = true, open = false;
    struct meta m;

    mark_split(v, e->seq);
    if (!meta_next(&text, &m) || !str_eq_text(m.tag, "sale") || !is_sale_line(v, e, &m, &total))
        return;
    while (whole) {
        bool more = meta_next(&text, &m);

        if (open && (!more || !str_eq_text(m.tag, "seat"))) {
            check_race(v, e, &p);
            pool[n] = p.pool;
            seats[n++] = p.n;
            open = false;
        }
        if (!more)
            break;
        if (str_eq_text(m.tag, "race") && n < RACES) {
            whole = read_race(v, e, &m, &p);
            open = whole;
        } else if (str_eq_text(m.tag, "seat") && open && n_members < MEMBERS) {
            whole = read_seat(v, e, &m, &p);
            if (!whole)
                break;
            member[n_members] = p.member[p.n - 1];
            cents[n_members++] = p.paid[p.n - 1];
            all += p.paid[p.n - 1];
        } else {
            whole = false;
            wrong(v, e, "meta has a line that does not belong there");
        }
    }
    if (!whole)
        return;
    if (n == 0 || n_members == 0) {
        wrong(v, e, "a split without seats");
        return;
    }
    check_pools(v, e, pool, seats, n, total);
    for (size_t i = 0; i < n_members; i++) {
        int64_t want = 0;

        for (size_t k = 0; k < n_members; k++)
            if (member[k] == member[i])
                want += cents[k];
        if (-moved_wallets(e, member[i]) != want)
            verify_report_no(v->r, "I13", "entry", e->seq, "member %lld got %lld, not %lld",
                             (long long)member[i], (long long)-moved_wallets(e, member[i]),
                             (long long)want);
    }
    if (-moved_all_wallets(e) != all)
        wrong(v, e, "a wallet line that the split does not know");
}

static void
check_settle(struct verify_split *v, const struct hash_entry *e)
{
    struct str text = e->meta;
    int64_t race_id, waiting, shares, weight[SPLIT_MAX], paid[SPLIT_MAX], want[SPLIT_MAX],
        cents;
    int64_t released = 0, places = 0;
    size_t n = 0;
    char room[40];
    struct meta m;

    if (!meta_next(&text, &m) || !str_eq_text(m.tag, "settle") ||
        !meta_i64(&m, "race", &race_id) || !meta_i64(&m, "waiting", &waiting) ||
        !meta_i64(&m, "shares", &shares)) {
        wrong(v, e, "the settle line is not whole");
        return;
    }
    while (meta_next(&text, &m)) {
        if (str_eq_text(m.tag, "place") && n < SPLIT_MAX &&
            meta_i64(&m, "weight", &weight[n]) && meta_i64(&m, "paid", &paid[n])) {
            places += paid[n++];
        } else if (str_eq_text(m.tag, "release") && meta_i64(&m, "cents", &cents)) {
            int64_t member = 0;

            released += cents;
            if (!meta_i64(&m, "member", &member) ||
                moved(e, "L:wallet_pending:", member, STR("")) != cents)
                wrong(v, e, "a release is not what left the pending account");
        } else if (!str_eq_text(m.tag, "stint")) {
            wrong(v, e, "meta has a line that does not belong there");
            return;
        }
    }
    if (released != shares)
        wrong(v, e, "the releases are not the shares");
    if (places != waiting)
        wrong(v, e, "the places are not what waited");
    if (moved(e, "L:pool", 0, item_of(room, "race", race_id)) != waiting)
        wrong(v, e, "the waiting money is not the pool line");
    if (moved_all_wallets(e) != -waiting)
        wrong(v, e, "the wallets did not get what waited");
    if (n > 0 && (split_largest(waiting, weight, n, want) != OK ||
                  memcmp(want, paid, n * sizeof(want[0])) != 0))
        wrong(v, e, "the places recompute to other amounts");
}

static int64_t
sale_of(struct str ref)
{
    int64_t id = 0;

    if (!str_starts(ref, STR("sale:")) || !str_i64(str_sub(ref, 5, ref.n), 1, INT64_MAX, &id))
        return 0;
    return id;
}

static void
check_back(struct verify_split *v, const struct hash_entry *e)
{
    struct str text = e->meta;
    int64_t sale_id, amount, before, gross, left[SPLIT_MAX], back[SPLIT_MAX], want[SPLIT_MAX];
    int64_t shorts = 0, wallets = 0;
    size_t n = 0;
    char room[40];
    struct meta m;

    if (!meta_next(&text, &m) || !str_eq_text(m.tag, "refund") ||
        !meta_i64(&m, "sale", &sale_id) || !meta_i64(&m, "amount", &amount) ||
        !meta_i64(&m, "before", &before) || !meta_i64(&m, "gross", &gross) ||
        sale_id != sale_of(e->ref)) {
        wrong(v, e, "the refund line is not whole, or of another sale");
        return;
    }

    struct back *so_far = verify_table_get(&v->backs, sale_id, 0, STR_NULL);
    struct back *mine = verify_table_get(&v->backs, 0, e->seq, STR_NULL);
    if (so_far->amount != before)
        verify_report_no(v->r, "I13", "entry", e->seq,
                         "says %lld went back before; it was %lld", (long long)before,
                         (long long)so_far->amount);
    so_far->amount += amount;
    *mine = (struct back){.sale_id = sale_id, .amount = amount, .meta = str_dup(v->a, e->meta)};

    while (meta_next(&text, &m)) {
        int64_t lack = 0;
        struct str of = meta_str(&m, "of");

        if (str_eq_text(m.tag, "by")) /* who of several drivers gave the part before it */
            continue;
        if (!str_eq_text(m.tag, "part") || n >= SPLIT_MAX || !meta_i64(&m, "left", &left[n]) ||
            !meta_i64(&m, "back", &back[n])) {
            wrong(v, e, "a part line is not whole");
            return;
        }
        if (meta_i64(&m, "short", &lack))
            shorts += lack;
        if (str_starts(of, STR("wallet:")) || str_starts(of, STR("place:")))
            wallets += back[n] - lack;
        n++;
    }
    if (split_refund(amount, left, n, want) != OK ||
        memcmp(want, back, n * sizeof(want[0])) != 0)
        wrong(v, e, "the parts of what goes back recompute to other amounts");

    int64_t owed = 0;
    for (size_t i = 0; i < e->n; i++)
        if (str_starts(e->line[i].code, STR("A:clawback:")) &&
            str_eq(e->line[i].item, item_of(room, "sale", sale_id)))
            owed += e->line[i].amount;
    if (owed != shorts)
        wrong(v, e, "what is owed back is not what was short");
    if (str_eq_text(e->kind, "REFUND") && moved_all_wallets(e) + moved_holds(e) != wallets)
        wrong(v, e, "the wallets did not give what the parts say");
}

enum err
verify_split_entry(struct verify_split *v, const struct hash_entry *e)
{
    if (e->reverses) {
        struct back *was = verify_table_find(&v->backs, 0, e->reverses, STR_NULL);

        if (was) {
            struct back *so_far = verify_table_get(&v->backs, was->sale_id, 0, STR_NULL);

            so_far->amount -= was->amount;
            verify_fix_keep(v, was->meta, -1);
            return verify_refund_undo(v, was->meta);
        }
        return OK; /* a mirror splits nothing */
    }
    if (e->meta.n == 0) {
        if (str_eq_text(e->kind, "SALE_OPEN") || str_eq_text(e->kind, "SALE_POOL") ||
            str_eq_text(e->kind, "RACE_SETTLE") || str_eq_text(e->kind, "REFUND") ||
            str_eq_text(e->kind, "RACE_FIX") || str_eq_text(e->kind, "DISPUTE_LOST") ||
            str_eq_text(e->kind, "TAG_IN") || str_eq_text(e->kind, "TAG_OUT"))
            wrong(v, e, "the inputs of the split are missing");
        return OK;
    }
    v->splits++;
    if (str_eq_text(e->kind, "SALE_OPEN") || str_eq_text(e->kind, "SALE_POOL"))
        check_sale(v, e);
    else if (str_eq_text(e->kind, "TAG_IN")) {
        check_sale(v, e);
        return verify_refund_entry(v, e);
    } else if (str_eq_text(e->kind, "RACE_SETTLE")) {
        check_settle(v, e);
        verify_fix_keep(v, e->meta, 1);
    } else if (str_eq_text(e->kind, "RACE_FIX"))
        verify_fix_entry(v, e);
    else if (str_eq_text(e->kind, "REFUND") || str_eq_text(e->kind, "DISPUTE_LOST")) {
        check_back(v, e);
        verify_fix_keep(v, e->meta, 1);
        return verify_refund_entry(v, e);
    } else if (str_eq_text(e->kind, "RACE_VOID") || str_eq_text(e->kind, "RACE_RECUT") ||
               str_eq_text(e->kind, "TAG_OUT"))
        return verify_refund_entry(v, e);
    return OK;
}

int64_t
verify_split_take(struct verify_split *v, int64_t sale_id)
{
    struct back *b = verify_table_find(&v->backs, sale_id, 0, STR_NULL);

    if (!b)
        return 0;
    b->asked = true;
    return b->amount;
}

void
verify_split_untaken(struct verify_split *v)
{
    size_t at = 0;
    int64_t sale_id, seq;
    struct str none;

    for (const struct back *b;
         (b = verify_table_next(&v->backs, &at, &sale_id, &seq, &none)) != NULL;)
        if (sale_id && !b->asked && b->amount != 0)
            verify_report_no(v->r, "I9", "sale", sale_id, "%lld went back without its cap",
                             (long long)b->amount);
}
