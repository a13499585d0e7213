/* Random days of a ledger from one seed, beside a model that only knows sums. Not for: the
 * worked flows (journal.c). */
#include "lib/fix.h"
#include "lib/place.h"

enum { ACCOUNTS = 12, ITEMS = 4, STEPS = 1500 };

static uint64_t seed;

static int64_t
roll(int64_t lo, int64_t hi)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return lo + (int64_t)(seed % (uint64_t)(hi - lo + 1));
}

/* The model: balances, items, keys. It does not know how the ledger does it. */
static const struct {
    const char *code;
    bool wallet, by_item;
} chart[ACCOUNTS] = {
    {"A:bank",             false, false},
    {"A:processor:stripe", false, false},
    {"I:house:merch",      false, false},
    {"L:wallet:1",         true,  false},
    {"L:wallet:2",         true,  false},
    {"L:wallet:3",         true,  false},
    {"L:wallet_pending:1", true,  false},
    {"L:pool",             true,  true },
    {"L:dispute_hold",     true,  true },
    {"L:mfg_payable",      false, false},
    {"E:goods_lost",       false, false},
    {"A:clawback:1",       false, true },
};
static int64_t bal[ACCOUNTS], item[ACCOUNTS][ITEMS];
static char used[STEPS][16], body[STEPS][400];
static int n_used;

struct move {
    size_t a, i;
    int64_t amount;
};

/* OK, or what the ledger must answer. */
static enum err
model_post(const struct move *m, size_t n)
{
    int64_t b[ACCOUNTS], it[ACCOUNTS][ITEMS], sum = 0;
    size_t lines = 0;

    memcpy(b, bal, sizeof(b));
    memcpy(it, item, sizeof(it));
    for (size_t k = 0; k < n; k++) {
        bool first = true;
        int64_t all = 0;

        for (size_t j = 0; j < n; j++)
            if (m[j].a == m[k].a && (!chart[m[k].a].by_item || m[j].i == m[k].i)) {
                all += m[j].amount;
                first = first && j >= k;
            }
        lines += first && all != 0;
        b[m[k].a] += m[k].amount;
        it[m[k].a][m[k].i] += m[k].amount;
        sum += m[k].amount;
    }
    if (lines < 2 || sum != 0)
        return E_INVALID;
    for (size_t a = 0; a < ACCOUNTS; a++) {
        if (chart[a].wallet && b[a] > 0)
            return E_FUNDS;
        for (size_t i = 0; i < ITEMS && chart[a].by_item; i++)
            if (chart[a].wallet ? it[a][i] > 0 : it[a][i] < 0)
                return E_FUNDS;
    }
    memcpy(bal, b, sizeof(b));
    memcpy(item, it, sizeof(it));
    return OK;
}

static bool
agree(void)
{
    int64_t sum = 0;

    for (size_t a = 0; a < ACCOUNTS; a++) {
        if (fix_balance(chart[a].code) != bal[a])
            return false;
        sum += bal[a];
        for (size_t i = 0; i < ITEMS && chart[a].by_item; i++) {
            char name[8];

            snprintf(name, sizeof(name), "x:%zu", i);
            if (fix_item(chart[a].code, name) != item[a][i])
                return false;
        }
    }
    return sum == 0;
}

static bool
step(int at)
{
    struct move m[6];
    struct journal_done d;
    size_t n = (size_t)roll(2, 5), len = 0;
    int64_t sum = 0;
    char lines[400] = "", key[16];
    enum err want, got;

    if (n_used && roll(0, 9) == 0) { /* a replay, or the same key with another body */
        int k = (int)roll(0, n_used - 1);
        bool same = roll(0, 1) == 0;

        got = fix_post("K", used[k], same ? body[k] : "other", "", body[k], &d);
        return same ? got == OK && d.replayed : got == E_CONFLICT;
    }
    for (size_t k = 0; k < n; k++) {
        m[k].a = (size_t)roll(0, ACCOUNTS - 1);
        m[k].i = chart[m[k].a].by_item ? (size_t)roll(0, ITEMS - 1) : 0;
        m[k].amount = k + 1 < n || roll(0, 19) == 0 ? roll(-300, 300) : -sum;
        sum += m[k].amount;
        len += (size_t)snprintf(lines + len, sizeof(lines) - len, "%s %lld", chart[m[k].a].code,
                                (long long)m[k].amount);
        if (chart[m[k].a].by_item)
            len += (size_t)snprintf(lines + len, sizeof(lines) - len, " x:%zu", m[k].i);
        len += (size_t)snprintf(lines + len, sizeof(lines) - len, ";");
    }
    snprintf(key, sizeof(key), "k%d", at);
    want = model_post(m, n);
    got = fix_post("K", key, lines, "", lines, &d);
    if (got == OK) {
        snprintf(used[n_used], sizeof(used[0]), "%s", key);
        snprintf(body[n_used++], sizeof(body[0]), "%s", lines);
    }
    if (got != want)
        printf("# step %d: %s: model %d, ledger %d\n", at, lines, (int)want, (int)got);
    return got == want;
}

static void
postings(uint64_t s)
{
    bool good = true;
    int at;

    seed = s;
    n_used = 0;
    memset(bal, 0, sizeof(bal));
    memset(item, 0, sizeof(item));
    fix_open(place("property.db"));
    fix_begin();
    for (at = 0; at < STEPS && good; at++) {
        good = step(at);
        if (good && at % 10 == 0)
            good = agree();
        if (at % 100 == 99) {
            fix_commit();
            fix_begin();
        }
    }
    fix_commit();
    ok(good, "seed %llu: %d steps, model and ledger agree", (unsigned long long)s, at);
    ok(n_used > STEPS / 20, "%d of them were posted", n_used);
    fix_verify("verify finds nothing");
}

static void
shop(uint64_t s)
{
    int64_t sales = 0, paid = 0;
    bool good = true;

    seed = s;
    fix_open(place("shop.db"));
    fix_race(1, 8, NULL, 0);
    fix_race(2, 5, (const int64_t[]){15, 12, 10, 9, 8}, 1500);
    fix_race(3, 3, NULL, 0);
    for (int i = 0; i < 150 && good; i++) {
        int64_t what = roll(0, 9), amount = roll(1, 9000);

        fix_now += roll(0, 5000);
        if (what < 6) {
            fix_sale(roll(0, 3), amount, roll(0, amount));
            sales++;
        } else if (what < 8 && sales) {
            fix_refund(roll(1, sales), amount, roll(0, 1));
        } else if (what == 8 && i > 40) {
            fix_settle(roll(1, 3));
        } else {
            int64_t m = roll(1, 8);
            char lines[120];
            struct journal_done d;
            int64_t has;

            fix_recover(m);
            snprintf(lines, sizeof(lines), "L:wallet:%lld", (long long)m);
            has = -fix_balance(lines);
            if (has > 0) {
                char key[24];

                snprintf(key, sizeof(key), "pay%lld", (long long)++paid);
                snprintf(lines, sizeof(lines), "L:wallet:%lld %lld;A:bank -%lld", (long long)m,
                         (long long)has, (long long)has);
                good = fix_post("ADJUST", key, NULL, "", lines, &d) == OK;
            }
        }
        for (int64_t m = 1; m <= 8 && good && i % 15 == 0; m++) {
            struct why w;

            good = why_read(&fix, m, fix_now, &w) == OK;
        }
        if (i % 30 == 0)
            good = good && fix_find(true) == 0;
    }
    good = good && fix_number("SELECT COALESCE(MAX(returned - gross), 0) FROM refundable") <= 0;
    good = good &&
           fix_number("SELECT COUNT(*) FROM balance WHERE bal > COALESCE(lim_hi, bal)") == 0;
    good = good && fix_number("SELECT SUM(bal) FROM balance") == 0;
    ok(good, "seed %llu: sales, refunds, payouts, recoveries keep every promise",
       (unsigned long long)s);
    fix_verify("verify finds nothing");
}

int
main(void)
{
    place_make();
    for (uint64_t s = 1; s <= 3; s++)
        postings(s * UINT64_C(0x9e3779b97f4a7c15));
    for (uint64_t s = 1; s <= 4; s++)
        shop(s * UINT64_C(0xbf58476d1ce4e5b9));
    fix_close();
    return place_done();
}
