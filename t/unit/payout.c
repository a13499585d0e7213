/* Payouts: what may be asked for, the journal of each, blocks, codes, fees. Answers in every
 * order: payout_report.c. */
#include "payout/payout.h"

#include <sys/stat.h>

#include "lib/outgo.h"

static void
asking(void)
{
    int64_t card, mail;

    is_int(set(1, "gift_card", ""), OK, "a gift card needs no destination");
    card = a.id;
    is_int(set(1, "gift_card", ""), OK, "twice");
    is_int(a.id, card, "is the same one");
    is_int(set(1, "paypal", "nova"), E_INVALID, "no mail address");
    is_int(set(1, "cheque", ""), E_INVALID, "no such kind");
    is_int(set(1, "whop", "user_1"), E_INVALID, "a kind that is not set up");
    is_int(ask(1, card, 2000), E_FUNDS, "nothing to pay");
    give(1, 1420);
    is_int(ask(1, card, 2000), E_FUNDS, "too little");
    is_str(ctx_why(&fix), STR("You have $14.20 available; $5.80 are missing"), "in words");
    is_int(ask(1, card, 1999), E_INVALID, "below the minimum");
    is_int(ask(1, card, 200001), E_INVALID, "above the maximum");
    is_int(ask(2, card, 2000), E_NOTFOUND, "by another's method");
    is_int(set(1, "paypal", "nova@example.org"), OK, "a mail address");
    mail = a.id;
    give(1, 10000);
    is_int(ask(1, mail, 2000), E_CONFLICT, "not confirmed");
    a.id = mail;
    a.member = 2;
    is_int(night_do(do_confirm, NULL), E_NOTFOUND, "by another");
    a.member = 1;
    is_int(night_do(do_confirm, NULL), OK, "by its member");
    is_int(ask(1, mail, 2000), E_CONFLICT, "not old enough");
    is_int(fix_number("SELECT count(*) FROM payout"), 0, "and no trace of any of them");
}

static void
sending(void)
{
    int64_t mail = ready(1, "paypal", "nova@example.org"), id;

    is_int(ask(1, mail, 2000), OK, "asked for");
    id = a.id;
    is_str(state(id), STR("HELD"), "is held");
    is_int(-fix_item("L:payout_in_flight", "payout:1"), 2000, "and put aside");
    is_int(ask(1, mail, 2000), E_CONFLICT, "one at a time");
    is_int(begin(id), PAYOUT_SEND, "sent");
    is_int(begin(id), PAYOUT_LOOK, "a second runner looks");
    is_str(state(id), STR("UNKNOWN"), "since nobody knows");
    report(id, PAY_WAIT, "", "too many", 1);
    is_int(begin(id), PAYOUT_LOOK, "a late no of an earlier turn is none");
    report(id, PAY_ABSENT, "", "", a.order.turn);
    is_int(begin(id), PAYOUT_SEND, "looked for and not there: sent again");
    report(id, PAY_SENT, "PB1", "", a.order.turn);
    is_int(-fix_item("L:payout_sent", "payout:1"), 2000, "taken");
    report(id, PAY_FAILED, "", "refused", 1);
    is_str(state(id), STR("SENT"), "a late refusal is none");
    is_int(begin(id), PAYOUT_LOOK, "looked at");
    a.answer.fee = 25;
    report(id, PAY_PAID, "PB1", "", a.order.turn);
    is_str(state(id), STR("SETTLED"), "paid");
    is_int(-fix_balance("A:processor:paypal"), 2000, "out of the processor's money");
    report(id, PAY_ABSENT, "", "", a.order.turn);
    is_int(fix_number("SELECT count(*) FROM alert WHERE kind = 'payout_contradiction'"), 0,
           "what was looked up before it was paid contradicts nothing");
    report(id, PAY_FAILED, "PB1", "taken back", 0);
    is_str(state(id), STR("RETURNED"), "taken back");
    is_int(fix_balance("A:processor:paypal"), 0, "all of it");
    is_int(night_free(1), 11420, "is in the wallet");
}

static enum err
do_tick(void *arg)
{
    (void)arg;
    return payout_tick(&fix, &fix_tx);
}

/* Somebody's shares were paid out, then the sale went back. */
static void
owing(void)
{
    int64_t race = night_race(10, 2, ""), card;

    ok(night_buy("pi_1"), "a sale");
    night_finish(race);
    night_settle(race);
    give(10, 2000 - night_free(10));
    is_int(set(10, "gift_card", ""), OK, "a gift card");
    card = a.id;
    is_int(ask(10, card, 2000), OK, "is asked for, for all there is");
    is_int(night_back(FACT_REFUND, "pi_1", "re_1", 2500), OK, "the sale goes back");
    ok(night_owed(10) > 0, "its driver owes");
    fix_verify("verify finds nothing while somebody owes");
    is_int(ask(10, card, 2000), E_CONFLICT, "and a payout is open");
    conf.books.writeoff_days = 365;
    fix_now += INT64_C(364) * 86400000;
    is_int(night_do(do_tick, NULL), OK, "a day too early");
    ok(night_owed(10) > 0, "still owes");
    fix_now += INT64_C(2) * 86400000;
    is_int(night_do(do_tick, NULL), OK, "a year later");
    is_int(night_owed(10), 0, "it is written off");
    ok(fix_balance("E:clawback_writeoff") > 0, "at the house's expense");
    is_int(fix_number("SELECT count(*) FROM alert WHERE kind = 'owed_written_off'"), 1,
           "and somebody is told");
    fix_verify("verify finds nothing after a write-off");
    is_int(night_back(FACT_REFUND_FAILED, "pi_1", "re_1", 2500), OK, "the refund failed");
    is_int(fix_balance("E:clawback_writeoff"), 0, "what was written off came back");
    fix_verify("verify finds nothing after that");
}

static void
contradicting(void)
{
    int64_t method = ready(1, "paypal", "nova@example.org"), id, n;

    give(1, 4000);
    is_int(ask(1, method, 2000), OK, "one more");
    id = a.id;
    n = night_free(1);
    report(id, PAY_PAID, "PBX", "", 0);
    is_str(state(id), STR("HELD"), "paid before it was sent changes nothing");
    is_int(fix_number("SELECT count(*) FROM alert WHERE kind = 'payout_contradiction'"), 1,
           "but somebody is told");
    is_int(begin(id), PAYOUT_SEND, "sent");
    report(id, PAY_FAILED, "", "no such account", a.order.turn);
    is_str(state(id), STR("RETURNED"), "refused");
    is_int(night_free(1) - n, 2000, "all of it is back");
    report(id, PAY_PAID, "PBY", "", 0);
    is_str(state(id), STR("RETURNED"), "paid after it came back changes nothing");
    is_int(night_free(1) - n, 2000, "not the wallet either");
    is_int(fix_number("SELECT count(*) FROM alert WHERE kind = 'payout_contradiction'"), 1,
           "which counts on the alert that is open");
    is_int(begin(id), PAYOUT_NOTHING, "and nothing is sent any more");
    is_int(
        fix_number("SELECT count(*) FROM alert WHERE kind = 'payout_failed' AND resolved_at IS "
                   "NULL AND key = 'payout:%lld'",
                   (long long)id),
        1, "a failure is told");
    is_int(ask(1, method, 2000), OK, "the next one");
    is_int(begin(a.id), PAYOUT_SEND, "is sent");
    report(a.id, PAY_PAID, "PBZ", "", a.order.turn);
    is_int(
        fix_number("SELECT count(*) FROM alert WHERE kind = 'payout_failed' AND resolved_at IS "
                   "NULL"),
        0, "and settles what had failed");
    is_int(begin(a.id), PAYOUT_LOOK, "what was paid is looked at once more");
    report(a.id, PAY_ABSENT, "", "", a.order.turn);
    is_str(state(a.id), STR("SETTLED"), "nobody knows of it there: it stays what it is");
    is_int(fix_number("SELECT count(*) FROM alert WHERE kind = 'payout_contradiction' AND key "
                      "= 'payout:%lld'",
                      (long long)a.id),
           1, "but somebody is told");
}

static enum err
do_block(void *arg)
{
    (void)arg;
    return a.text.n ? payout_block_set(&fix, &fix_tx, 1, a.text, STR("people:0"))
                    : payout_block_clear(&fix, &fix_tx, 1);
}

static void
blocking(void)
{
    int64_t method = a.ask.method_id, id, jobs;

    give(1, 4000);
    is_int(ask(1, method, 2000), OK, "asked for");
    id = a.id;
    a.text = STR("we are looking into it");
    is_int(night_do(do_block, NULL), OK, "then the operator stops it");
    is_int(begin(id), PAYOUT_NOTHING, "it is not sent");
    is_int(ask(1, method, 2000), E_CONFLICT, "nor is another");
    ok(str_find(ctx_why(&fix), STR("looking into it"), 0) != SIZE_MAX, "with the reason");
    fix_sql("UPDATE outbox SET state = 'done' WHERE kind = 'pay'");
    jobs = fix_number("SELECT count(*) FROM outbox WHERE kind = 'pay'");
    a.text = STR("");
    is_int(night_do(do_block, NULL), OK, "free again");
    is_int(fix_number("SELECT count(*) FROM outbox WHERE kind = 'pay'"), jobs + 1,
           "there is a job for it");
    is_int(begin(id), PAYOUT_SEND, "and it goes out");
    report(id, PAY_UNKNOWN, "", "no answer", a.order.turn);
    for (int i = 0; i < 4; i++) {
        fix_now += 5 * 60000;
        begin(id);
        report(id, PAY_UNKNOWN, "", "no answer", a.order.turn);
    }
    is_int(fix_number(
               "SELECT count(*) FROM alert WHERE kind = 'payout_unknown' AND resolved_at IS "
               "NULL"),
           1, "unknown for a quarter of an hour is an alert");
    begin(id);
    report(id, PAY_PAID, "PBQ", "", a.order.turn);
    is_int(fix_number(
               "SELECT count(*) FROM alert WHERE kind = 'payout_unknown' AND resolved_at IS "
               "NULL"),
           0, "which is over when it is known");
    fix_verify("verify finds nothing after blocks and alerts");
}

static struct payout_word word;
static bool ended;

static enum err
do_judge(void *arg)
{
    (void)arg;
    return payout_judge(&fix, &fix_tx, &word, &ended);
}

static enum err
judge(int64_t id, int64_t member, bool arrived, const char *proof)
{
    enum err e;

    word = (struct payout_word){
        .payout_id = id, .member_id = member, .arrived = arrived, .proof = str_of(proof)};
    ended = false;
    e = night_do(do_judge, NULL);
    ctx_clear(&fix);
    return e;
}

/* A payout nobody knows about for a day. */
static int64_t
lost(int64_t member, int64_t method)
{
    int64_t id;

    is_int(ask(member, method, 2000), OK, "a payout");
    id = a.id;
    begin(id);
    report(id, PAY_UNKNOWN, "", "no answer", a.order.turn);
    is_str(state(id), STR("UNKNOWN"), "nobody knows what became of it");
    is_int(judge(id, 7, true, "seen in PayPal's list"), E_CONFLICT, "they may still tell");
    fix_now += INT64_C(25) * 3600 * 1000;
    return id;
}

static void
judged(void)
{
    int64_t id, method, had;
    char item[40];

    give(9, 9000);
    method = ready(9, "paypal", "nine@example.org");
    id = lost(9, method);
    is_int(judge(id, 9, true, "I got it, thank you"), E_DENIED,
           "nobody decides about their own");
    is_int(judge(id, 7, true, "seen"), E_INVALID, "where it was seen is said");
    is_int(judge(id, 7, true, "seen in PayPal's list"), OK, "one says it arrived");
    ok(!ended, "which is kept");
    is_int(judge(id, 7, true, "seen in PayPal's list"), OK, "twice is no harm");
    ok(!ended && str_eq(state(id), STR("UNKNOWN")), "and is one person still");
    is_int(judge(id, 8, false, "not in PayPal's list"), E_CONFLICT, "another says otherwise");
    is_str(state(id), STR("UNKNOWN"), "nothing moves");
    had = fix_balance("A:processor:paypal");
    is_int(judge(id, 8, true, "seen in PayPal's list too"), OK, "another says so too");
    ok(ended, "that ends it");
    is_str(state(id), STR("SETTLED"), "settled");
    snprintf(item, sizeof item, "payout:%lld", (long long)id);
    is_int(fix_item("L:payout_sent", item) + fix_item("L:payout_in_flight", item), 0,
           "nothing is put aside");
    ok(fix_balance("A:processor:paypal") < had, "it left PayPal");
    is_int(judge(id, 8, true, "seen in PayPal's list"), E_CONFLICT, "once");
    fix_verify("verify finds nothing after a settlement by hand");
    id = lost(9, method);
    had = fix_balance("L:wallet:9");
    is_int(judge(id, 8, false, "PayPal's support, case 12"), OK, "one says it did not arrive");
    is_int(judge(id, 7, false, "not in PayPal's list"), OK, "another too");
    is_str(state(id), STR("RETURNED"), "it comes back");
    is_int(fix_balance("L:wallet:9") - had, -2000, "to the wallet");
    a.answer = (struct pay_answer){.what = PAY_PAID, .ref = STR("PBLATE"), .why = STR("")};
    is_int(night_do(do_report, &id), OK, "should they say later that it was paid");
    is_int(fix_number("SELECT count(*) FROM alert WHERE kind = 'payout_contradiction' AND "
                      "key = 'payout:%lld'",
                      (long long)id),
           1, "that is an alert");
    is_int(fix_balance("L:wallet:9") - had, -2000, "and moves nothing");
    fix_verify("verify finds nothing after a return by hand");
}

static enum err
do_fulfil(void *arg)
{
    (void)arg;
    return payout_fulfil(&fix, &fix_tx, &a.code);
}

static enum err
do_reveal(void *arg)
{
    int64_t id = *(int64_t *)arg;

    return payout_reveal(&fix, &fix_tx, id, a.member, &a.kind, &a.text);
}

static enum err
fulfil(int64_t id, int64_t staff, const char *brand, const char *code, const char *note)
{
    a.code = (struct payout_code){id, staff, str_of(brand), str_of(code), str_of(note)};
    return night_do(do_fulfil, NULL);
}

static void
codes(void)
{
    int64_t id;

    give(5, 9000);
    is_int(set(5, "gift_card", ""), OK, "a gift card");
    is_int(ask(5, a.id, 2500), OK, "is asked for");
    id = a.id;
    is_int(fulfil(id, 5, "Tea", "ABC-123", ""), E_DENIED, "nobody fulfils their own");
    is_int(fulfil(id, 6, "", "ABC-123", ""), E_INVALID, "a card has a brand");
    is_int(fulfil(id, 6, "Tea", "", ""), E_INVALID, "and a code");
    is_int(fulfil(id, 6, "Tea", "ABC-123", "it is ABC-123"), E_INVALID,
           "which no note repeats");
    is_int(fulfil(id, 6, "Tea", "ABC-123", ""), E_CONFLICT, "without a key nothing is sealed");
    is_int(fix_number("SELECT count(*) FROM payout_code"), 0, "and nothing written");
    FILE *f = fopen(place("key"), "w");
    fprintf(f, "%064d\n", 7);
    fclose(f);
    chmod(place("key"), 0600);
    int64_t bank_had = fix_balance("A:bank");
    conf.payout.key_file = str_dup(fix.arena, str_of(place("key")));
    is_int(fulfil(id, 6, "Tea", "ABC-123", "enjoy"), OK, "fulfilled");
    is_int(fulfil(id, 6, "Tea", "ABC-123", ""), E_CONFLICT, "twice");
    is_str(state(id), STR("SETTLED"), "settled");
    is_int(bank_had - fix_balance("A:bank"), 2500, "out of the bank");
    is_int(fix_number("SELECT count(*) FROM payout_code WHERE instr(sealed, 'ABC') > 0"), 0,
           "the code stands nowhere");
    a.member = 6;
    is_int(night_do(do_reveal, &id), E_NOTFOUND, "not for staff to read");
    a.member = 5;
    is_int(night_do(do_reveal, &id), OK, "its member reads it");
    is_str(a.text, STR("ABC-123"), "as it was typed");
    is_int(night_do(do_reveal, &id), E_CONFLICT, "once");
    fix_sql("UPDATE payout_code SET revealed_at = NULL, payout_id = payout_id + 0");
    fix_sql("UPDATE payout_code SET sealed = zeroblob(40)");
    is_int(night_do(do_reveal, &id), E_CONFLICT, "what was tampered with does not open");
    is_int(set(5, "store_credit", ""), OK, "store credit");
    is_int(ask(5, a.id, 2000), OK, "is asked for");
    is_int(fulfil(a.id, 6, "Tea", "X", ""), E_INVALID, "which has no brand");
    is_int(fulfil(a.id, 6, "", "", "ask at the till for Nova"), OK,
           "its note is what is sealed");
    is_int(-fix_balance("L:store_credit:5"), 2000, "the house owes it in its store");
    fix_verify("verify finds nothing after gift cards");
}

static void
fees(void)
{
    int64_t method, id;

    conf.payout.fee_by = STR("member");
    give(7, 2000);
    method = ready(7, "paypal", "m7@example.org");
    is_int(ask(7, method, 2000), OK, "all of it, the fee within");
    id = a.id;
    is_int(begin(id), PAYOUT_SEND, "sent");
    is_int(a.order.amount, 1975, "less the fee");
    int64_t fee = fix_balance("E:payout_fees");
    a.answer = (struct pay_answer){
        .what = PAY_PAID, .ref = STR("PBF"), .why = STR(""), .fee = 30, .turn = a.order.turn};
    is_int(night_do(do_report, &id), OK, "it cost more");
    is_int(fix_balance("E:payout_fees") - fee, 5, "the house bears the rest");
    is_int(night_do(do_report, &id), OK, "told twice");
    is_int(fix_balance("E:payout_fees") - fee, 5, "costs once");
    conf.payout.fee_by = STR("house");
    conf.payout.tax_notice = 3000;
    give(7, 2000);
    is_int(ask(7, method, 2000), E_DENIED, "above the yearly sum a form is needed");
    is_int(set(7, "gift_card", ""), OK, "but not for a gift card");
    is_int(ask(7, a.id, 2000), OK, "which is no cash");
    fix_verify("verify finds nothing with fees");
}

static void
amounts(void)
{
    static const char *const junk[] = {
        "$50", "5,000", "-1", "1.234", "abc", "1e3", "0",     "0.00", "+5",
        "05",  "5.",    ".5", "",      " ",   "NaN", "50 00", "5€",   "99999999999999999999",
        "5 0"};
    int64_t cents = 77;

    for (size_t i = 0; i < ARRAY_SIZE(junk); i++)
        ok(payout_amount(&fix, 1, str_of(junk[i]), &cents) == E_INVALID && cents == 77,
           "'%s' is no amount", junk[i]);
    ok(!payout_amount(&fix, 1, STR("50"), &cents) && cents == 5000, "50 is");
    ok(!payout_amount(&fix, 1, STR(" 50.00 "), &cents) && cents == 5000, "so is 50.00");
    ok(!payout_amount(&fix, 1, STR("all"), &cents) && cents == night_free(1), "and all");
}

int
main(void)
{
    outgo_open("payout.db");
    asking();
    sending();
    fix_verify("verify finds nothing");
    owing();
    contradicting();
    blocking();
    judged();
    codes();
    fees();
    amounts();
    fix_close();
    return place_done();
}
