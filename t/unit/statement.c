/* A member's lines and reasons, against the balances themselves. */
#include "ledger/statement.h"

#include "lib/fix.h"
#include "lib/place.h"

static int64_t
reason(const struct statement_why *w, const char *ref, const char *what)
{
    int64_t sum = 0;

    for (size_t i = 0; i < w->n; i++)
        if (str_eq_text(w->reason[i].ref, ref) && str_eq_text(w->reason[i].what, what))
            sum += w->reason[i].amount;
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
        if (statement_page(&fix, member_id, before, 0, 0, max, &p) != OK)
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

int
main(void)
{
    struct statement_page p;
    struct statement_why w;
    struct journal_done d;
    int64_t lines = 0, early;

    place_make();
    fix_open(place("statement.db"));
    is_int(statement_why(&fix, 1, fix_now, &w), OK, "an empty ledger has a reason for nothing");
    ok(w.n == 0 && w.head_seq == 0 && w.pending == 0, "nothing");
    is_int(statement_page(&fix, 1, 0, 0, 0, 10, &p), OK, "and a statement");
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

    is_int(statement_why(&fix, 1, fix_now, &w), OK, "reasons add up to the balance");
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
    is_int(statement_why(&fix, 1, early, &w), OK, "as it was before");
    is_int(w.available, 0, "nothing was available then");
    is_int(w.head_seq, 10, "ten entries counted");
    is_int(reason(&w, "race:1", "shares") + reason(&w, "race:2", "shares"), w.pending,
           "all of it shares");
    bool all = true;
    for (int64_t m = 1; m <= 9; m++)
        for (int64_t at = early - 9000; at <= fix_now; at += 1000)
            all = all && statement_why(&fix, m, at, &w) == OK;
    ok(all, "every member at every second");
    for (size_t max = 3; max < 9; max++)
        ok(pages_run(3, max, &lines), "pages of %zu run through to zero", max);
    is_int(lines,
           fix_number("SELECT COUNT(*) FROM posting p JOIN account a ON a.id = p.account_id "
                      "WHERE owner_id = 3"),
           "and show every line");
    is_int(statement_page(&fix, 1, 0, early - 2500, early, 100, &p), OK, "from and to");
    ok(p.n > 0 && p.line[0].at <= early && p.line[p.n - 1].at >= early - 2500,
       "limit the lines");
    ok(p.older_than == 0, "and end there");
    is_int(statement_page(&fix, 1, 0, 0, 0, 0, &p), E_LIMIT, "a page of nothing");
    is_int(statement_page(&fix, 1, 0, 0, 0, 5000, &p), E_LIMIT, "a page of everything");
    fix_sql("DROP TRIGGER share_bu; UPDATE share SET cents = cents + 1, total = total + 1 "
            "WHERE race_id = 1 AND seat_no = 2");
    is_int(statement_why(&fix, 2, fix_now, &w), OK,
           "a false share is still explained to the balance");
    is_int(w.pending + w.available,
           -fix_balance("L:wallet_pending:2") - fix_balance("L:wallet:2"), "never beyond it");
    ok(fix_find(false) > 0, "and found by verify");
    fix_close();
    return place_done();
}
