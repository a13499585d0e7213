/* A member's lines and reasons, against the balances themselves. */
#include "ledger/statement.h"

#include "ledger/kind.h"
#include "ledger/purse.h"
#include "lib/fix.h"
#include "lib/place.h"

static enum err
page(int64_t member_id, int64_t before, int64_t from, int64_t to, size_t max,
     struct statement_page *ret)
{
    struct statement_filter f = {.before = before, .from = from, .to = to};

    return statement_page(&fix, member_id, &f, max, ret);
}

static int64_t
reason(const struct why *w, const char *ref, const char *what)
{
    int64_t sum = 0;

    for (size_t i = 0; i < w->n; i++)
        if (str_eq_text(w->group[i].ref, ref) && str_eq_text(w->group[i].what, what))
            sum += w->group[i].amount;
    return sum;
}

/* All pages from the newest down: each line's balance follows from the next. */
static bool
pages_run(int64_t member_id, size_t max, int64_t *ret_lines)
{
    struct statement_page p;
    int64_t before = 0, lines = 0, expect = 0;
    bool good = true, first = true;

    do {
        if (page(member_id, before, 0, 0, max, &p) != OK)
            return false;
        good = good && (first || p.closing == expect);
        expect = p.opening;
        first = false;
        lines += (int64_t)p.n;
        good = good && p.n <= max;
        for (size_t i = 1; i < p.n; i++)
            good = good && p.line[i].seq <= p.line[i - 1].seq;
        before = p.older_than;
    } while (before && good);
    *ret_lines = lines;
    return good && expect == 0;
}

/* Lines of some kinds or of one race are those that the whole statement has, with the same
 * balance after each. */
static void
test_filter(int64_t member_id)
{
    struct statement_page all, some;
    struct statement_filter refunds = {.kinds = kind_of_group(STR("refund"))};
    struct statement_filter race = {.race = 2};
    size_t k = 0;
    bool same = true;

    is_int(page(member_id, 0, 0, 0, STATEMENT_MAX, &all), OK, "all lines");
    is_int(statement_page(&fix, member_id, &refunds, 100, &some), OK, "refunds only");
    for (size_t i = 0; i < all.n; i++)
        if (str_starts(all.line[i].kind, STR("REFUND")) ||
            str_starts(all.line[i].kind, STR("RECOVER"))) {
            same = same && k < some.n && some.line[k].seq == all.line[i].seq &&
                   some.line[k].amount == all.line[i].amount &&
                   some.line[k].after == all.line[i].after;
            k++;
        }
    ok(same && k == some.n && k > 0, "are the same lines");
    is_int(some.closing, all.closing, "the balance is that of all lines");
    is_int(statement_page(&fix, member_id, &race, 100, &some), OK, "one race only");
    is_int((int64_t)some.n,
           fix_number("SELECT COUNT(*) FROM share WHERE race_id = 2 AND member_id = %lld AND "
                      "cents <> 0",
                      (long long)member_id),
           "has its lines");
}

/* Two payouts left, of which nothing is known to be on its way. */
static void
test_totals(void)
{
    struct statement_accounts a;
    struct purse_owed owed[4];
    struct purse_tips tips[2];
    size_t n = 9;
    bool same = true;

    for (int64_t m = 1; m <= 9; m++) {
        struct purse_totals t;
        struct why w;
        int64_t earned = 0, out = 0;

        same = same && purse_totals(&fix, m, &t) == OK && why_read(&fix, m, fix_now, &w) == OK;
        for (size_t i = 0; i < w.n; i++)
            if (str_starts(w.group[i].ref, STR("payout:")))
                out -= w.group[i].amount;
            else
                earned += w.group[i].amount;
        same = same && t.earned == earned && t.paid_out == out;
    }
    ok(same, "what was earned and paid out is what the reasons say");
    is_int(statement_accounts(&fix, 3, &a), OK, "accounts");
    is_int(purse_owed(&fix, &a, 4, owed, &n), OK, "what is owed");
    int64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += owed[i].amount;
    is_int(sum, fix_balance("A:clawback:3"), "item by item");
    is_int(purse_tips(&fix, 3, &a, 2, tips, &n), OK, "tips that wait");
    is_int((int64_t)n, 0, "none");
}

/* Any moment of the past, recomputed from the postings as a whole: another way than running
 * balances and halving. */
static void
test_moments(int64_t from, int64_t to)
{
    uint64_t seed = 20261121;
    bool same = true, parts = true;
    struct why w;

    for (int i = 0; i < 300 && same; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        int64_t at = from + (int64_t)((seed >> 33) % (uint64_t)(to - from + 2000)) - 1000;
        int64_t member = 1 + (int64_t)((seed >> 20) % 9);

        same = why_read(&fix, member, at, &w) == OK;
        int64_t had =
            fix_number("SELECT COALESCE(-SUM(p.amount), 0) FROM posting p JOIN account a "
                       "ON a.id = p.account_id JOIN journal j ON j.seq = p.seq WHERE a.code IN "
                       "('L:wallet:%lld', 'L:wallet_pending:%lld') AND j.recorded_at <= %lld",
                       (long long)member, (long long)member, (long long)at);
        int64_t sum = 0;

        for (size_t g = 0; g < w.n; g++) {
            struct why_part p;
            int64_t of = 0;

            sum += w.group[g].amount;
            for (size_t k = 0; why_part_of(&w.group[g], k, &p); k++)
                of += p.amount;
            parts = parts && (w.group[g].lines > WHY_PARTS || of == w.group[g].amount);
        }
        same = same && had == sum && had == w.pending + w.available;
        if (!same)
            printf("# seed 20261121, turn %d: member %lld at %lld: %lld, groups %lld\n", i,
                   (long long)member, (long long)at, (long long)had, (long long)sum);
    }
    ok(same, "300 random moments are what the postings say");
    ok(parts, "and each group is what its lines say");
}

int
main(void)
{
    struct statement_page p;
    struct why w;
    struct journal_done d;
    int64_t lines = 0, early;

    place_make();
    fix_open(place("statement.db"));
    is_int(why_read(&fix, 1, fix_now, &w), OK, "an empty ledger has a reason for nothing");
    ok(w.n == 0 && w.head_seq == 0 && w.pending == 0, "nothing");
    is_int(page(1, 0, 0, 0, 10, &p), OK, "and a statement");
    ok(p.n == 0 && p.opening == 0 && p.closing == 0 && p.older_than == 0, "without lines");
    fix_race(1, 8, NULL, 1000);
    fix_race(2, 4, NULL, 0);
    for (int i = 0; i < 10; i++) {
        fix_now += 1000;
        fix_sale(i % 3 == 0 ? 2 : 1, 2501 + 37 * i, 900);
    }
    early = fix_now;
    fix_now += 1000;
    fix_settle(1); /* takes what is pending of both */
    fix_now += 1000;
    fix_sale(1, 5000, 100);
    fix_post("PAYOUT_HOLD", "p1", NULL, "payout:1", "L:wallet:1 300;L:payout_in_flight -300 p1",
             &d);
    fix_post("PAYOUT_HOLD", "p2", NULL, "payout:2", "L:wallet:3 398;L:payout_in_flight -398 p2",
             &d);
    fix_now += 1000;
    fix_refund(11, 4000, false);
    fix_refund(2, 99999, false);
    fix_sale(1, 90000, 100);
    fix_recover(3);
    fix_recover(1);

    is_int(why_read(&fix, 1, fix_now, &w), OK, "reasons add up to the balance");
    is_int(w.pending + w.available,
           -fix_balance("L:wallet_pending:1") - fix_balance("L:wallet:1"),
           "which is the balance");
    is_int(w.owed, fix_balance("A:clawback:1"), "what is owed as well");
    ok(reason(&w, "race:1", "shares") > 0 && reason(&w, "race:2", "shares") > 0,
       "shares of both races");
    ok(reason(&w, "race:1", "money for the result") > 0, "what waited for the result");
    ok(reason(&w, "race:1", "refunds") < 0, "refunds of the race");
    is_int(reason(&w, "payout:1", "payout"), -300, "a payout");
    is_int(w.head_seq, fix_number("SELECT seq FROM head"), "up to the head");
    is_int((int64_t)w.head_sha.n, 64, "with its hash");
    is_int(why_read(&fix, 1, early, &w), OK, "as it was before");
    is_int(w.available, 0, "nothing was available then");
    is_int(w.head_seq, 10, "ten entries counted");
    is_int(reason(&w, "race:1", "shares") + reason(&w, "race:2", "shares"), w.pending,
           "all of it shares");
    bool all = true;
    for (int64_t m = 1; m <= 9; m++)
        for (int64_t at = early - 9000; at <= fix_now; at += 1000)
            all = all && why_read(&fix, m, at, &w) == OK;
    ok(all, "every member at every second");
    for (size_t max = 3; max < 9; max++)
        ok(pages_run(3, max, &lines), "pages of %zu run through to zero", max);
    is_int(lines,
           fix_number("SELECT COUNT(*) FROM posting p JOIN account a ON a.id = p.account_id "
                      "WHERE owner_id = 3"),
           "and show every line");
    is_int(page(1, 0, early - 2500, early, 100, &p), OK, "from and to");
    ok(p.n > 0 && p.line[0].at <= early && p.line[p.n - 1].at >= early - 2500,
       "limit the lines");
    ok(p.older_than == 0, "and end there");
    is_int(page(1, 0, 0, 0, 0, &p), E_LIMIT, "a page of nothing");
    is_int(page(1, 0, 0, 0, 5000, &p), E_LIMIT, "a page of everything");
    test_filter(3);
    test_totals();
    test_moments(early - 10000, fix_now);
    fix_sql("DROP TRIGGER share_bu; UPDATE share SET cents = cents + 1, total = total + 1 "
            "WHERE race_id = 1 AND seat_no = 2");
    is_int(why_read(&fix, 2, fix_now, &w), OK,
           "a false share is still explained to the balance");
    is_int(w.pending + w.available,
           -fix_balance("L:wallet_pending:2") - fix_balance("L:wallet:2"), "never beyond it");
    ok(fix_find(false) > 0, "and found by verify");
    fix_close();
    return place_done();
}
