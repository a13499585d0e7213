/* Payouts: what may be asked for, the journal of each, and answers in every order. */
#include "payout/payout.h"

#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "payout/method.h"

static struct conf conf;

/* Money out of nowhere, as a sale nobody shared would leave it: for the wallet alone. */
static void
give(int64_t member, int64_t cents)
{
    static int n;
    struct journal_done done;
    char key[40], lines[120];

    snprintf(key, sizeof key, "give:%d", ++n);
    snprintf(lines, sizeof lines, "A:bank %lld;L:wallet:%lld %lld", (long long)cents,
             (long long)member, (long long)-cents);
    fix_begin();
    if (fix_post("ADJUST", key, NULL, "", lines, &done) != OK)
        ok(false, "money for a test");
    fix_commit();
}

static struct {
    struct payout_ask ask;
    struct pay_answer answer;
    struct pay_order order;
    struct payout_code code;
    struct str kind, to, text;
    enum payout_act act;
    int64_t member, id, again;
} a;

static enum err
do_method(void *arg)
{
    (void)arg;
    return method_set(&fix, &fix_tx, a.member, a.kind, a.to, &a.id);
}

static enum err
do_confirm(void *arg)
{
    (void)arg;
    return method_confirm(&fix, &fix_tx, a.id, a.member);
}

static enum err
set(int64_t member, const char *kind, const char *to)
{
    a.member = member;
    a.kind = str_of(kind);
    a.to = str_of(to);
    return night_do(do_method, NULL);
}

/* Set, confirmed and waited for. */
static int64_t
ready(int64_t member, const char *kind, const char *to)
{
    if (set(member, kind, to) != OK || night_do(do_confirm, NULL) != OK)
        ok(false, "a method");
    fix_now += 25 * 3600 * 1000;
    return a.id;
}

static enum err
do_ask(void *arg)
{
    (void)arg;
    return payout_request(&fix, &fix_tx, &a.ask, &a.id);
}

static enum err
ask(int64_t member, int64_t method, int64_t amount)
{
    a.ask = (struct payout_ask){member, method, amount, STR("member:1")};
    return night_do(do_ask, NULL);
}

static enum err
do_begin(void *arg)
{
    int64_t id = *(int64_t *)arg;

    return payout_begin(&fix, &fix_tx, id, &a.act, &a.order, &a.kind);
}

static enum payout_act
begin(int64_t id)
{
    if (night_do(do_begin, &id) != OK)
        ok(false, "payout_begin: %s", fix.fail_text);
    return a.act;
}

static enum err
do_report(void *arg)
{
    int64_t id = *(int64_t *)arg;

    return payout_report(&fix, &fix_tx, id, &a.answer, &a.again);
}

static void
report(int64_t id, enum pay_what what, const char *ref, const char *why, int64_t turn)
{
    a.answer = (struct pay_answer){
        .what = what, .ref = str_of(ref), .why = str_of(why), .fee = -1, .turn = turn};
    if (night_do(do_report, &id) != OK)
        ok(false, "payout_report: %s", fix.fail_text);
}

static struct str
state(int64_t id)
{
    struct payout p;

    return payout_get(&fix, id, &p) == OK ? p.state : STR("?");
}

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

int
main(void)
{
    place_make();
    night_open(place("payout.db"));
    conf = night_conf;
    conf.payout.min = 2000;
    conf.payout.max = 200000;
    conf.payout.wait_h = 24;
    conf.payout.tax_notice = 60000;
    conf.payout.fee_by = STR("house");
    conf.payout.methods = STR("gift_card,store_credit,stripe,paypal,whop");
    conf.paypal.client_id = STR("app");
    fix.conf = &conf;
    asking();
    sending();
    fix_verify("verify finds nothing");
    owing();
    fix_close();
    return place_done();
}
