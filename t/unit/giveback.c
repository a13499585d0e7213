/* Refunds that we ask for, and the fees that providers keep. */
#include "shop/giveback.h"

#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "shop/fee.h"

static struct giveback_new want;
static struct giveback got;
static struct fee fee;
static int64_t id;
static const char *text;

static enum err
with(enum err (*fn)(void *arg), const char *what)
{
    text = what;
    return night_do(fn, NULL);
}

static enum err
do_add(void *arg)
{
    (void)arg;
    return giveback_add(&fix, &fix_tx, &want, &id);
}

static enum err
do_report(void *arg)
{
    (void)arg;
    return giveback_report(&fix, &fix_tx, id, str_of(text), STR("re_1"), STR("lost card"));
}

static enum err
do_told(void *arg)
{
    return giveback_told(&fix, &fix_tx, want.provider, want.payment, *(int64_t *)arg);
}

static enum err
do_fee(void *arg)
{
    (void)arg;
    return fee_take(&fix, &fix_tx, &fee);
}

static enum err
do_fee_ask(void *arg)
{
    (void)arg;
    return fee_ask(&fix, &fix_tx, STR("stripe"), str_of(text));
}

static bool
is_state(const char *state)
{
    return giveback_get(&fix, id, &got) == OK && str_eq_text(got.state, state);
}

static int64_t
alerts(const char *kind)
{
    return fix_number("SELECT count(*) FROM alert WHERE kind = '%s' AND resolved_at IS NULL",
                      kind);
}

static void
asked(void)
{
    int64_t first, part = 300, whole = 500;

    want = (struct giveback_new){.provider = STR_INIT("stripe"),
                                 .payment = STR_INIT("pi_1"),
                                 .amount = 500,
                                 .ref = STR_INIT("tip:5"),
                                 .reason = STR_INIT("not played"),
                                 .actor = STR_INIT("member:3")};
    is_int(night_do(do_add, NULL), OK, "a refund is asked for");
    first = id;
    ok(is_state("new") && str_starts(got.key, STR("giveback-")) && got.key.n == 41,
       "with a key of its own");
    is_int(fix_number("SELECT count(*) FROM outbox WHERE kind = 'giveback'"), 1, "by a job");
    ok(night_do(do_add, NULL) == OK && id == first &&
           fix_number("SELECT count(*) FROM outbox WHERE kind = 'giveback'") == 1,
       "asked twice it is the same one");
    is_int(with(do_report, "sent"), E_INVALID, "no words of its own");
    ok(with(do_report, "unknown") == OK && is_state("unknown"), "nobody knows");
    ok(with(do_report, "asked") == OK && is_state("asked"), "taken");
    ok(night_do(do_told, &part) == OK && is_state("asked"), "a smaller refund is another one");
    ok(night_do(do_told, &whole) == OK && is_state("done"), "the provider tells of it");
    ok(with(do_report, "failed") == OK && is_state("done") && !alerts("refund_failed"),
       "a late report changes nothing");
    want.amount = 200;
    ok(night_do(do_add, NULL) == OK && id != first, "another amount is another request");
    ok(with(do_report, "failed") == OK && is_state("failed") &&
           str_eq_text(got.why, "lost card") && alerts("refund_failed") == 1,
       "what is not made, somebody is told of");
    ok(night_do(do_told, &whole) == OK && is_state("done") && !alerts("refund_failed"),
       "made by hand after all");
    want.amount = 0;
    is_int(night_do(do_add, NULL), E_INVALID, "nothing is no refund");
}

static void
by_hand(void)
{
    int64_t all = 900;

    want = (struct giveback_new){.provider = STR_INIT("kofi"),
                                 .payment = STR_INIT("tx-1"),
                                 .amount = 500,
                                 .ref = STR_INIT("tip:6"),
                                 .actor = STR_INIT("member:3")};
    ok(night_do(do_add, NULL) == OK && is_state("by_hand") && alerts("refund_by_hand") == 1,
       "where nobody can be asked, staff is");
    is_int(fix_number(
               "SELECT count(*) FROM alert WHERE text LIKE 'refund $5.00 of payment tx-1 at "
               "kofi, for tip:6%%cozykart refunded kofi tx-1 5.00 --reason TEXT'"),
           1, "in words, with what to say when it is done");
    ok(with(do_report, "done") == OK && is_state("by_hand"), "no job speaks for a person");
    ok(night_do(do_told, &all) == OK && is_state("done") && !alerts("refund_by_hand"),
       "the shop tells of it: done");
}

static void
fees(void)
{
    int64_t before;

    night_race(1, 2, "");
    ok(night_buy("pi_9"), "a sale");
    is_int(with(do_fee_ask, "pi_9"), OK, "its fee is asked");
    is_int(with(do_fee_ask, "pi_9"), OK, "twice");
    is_int(fix_number("SELECT count(*) FROM outbox WHERE kind = 'fee'"), 1, "by one job");
    before = fix_balance("A:processor:stripe");
    fee = (struct fee){.provider = STR_INIT("stripe"),
                       .payment = STR_INIT("pi_9"),
                       .txn = STR_INIT("txn_1"),
                       .currency = STR_INIT("USD"),
                       .amount = 103,
                       .at = fix_now};
    is_int(night_do(do_fee, NULL), OK, "known");
    ok(fix_balance("E:processor_fees") == 103 &&
           fix_balance("A:processor:stripe") == before - 103,
       "booked: an expense of the house, out of what Stripe holds");
    is_int(night_do(do_fee, NULL), OK, "known again");
    is_int(fix_balance("E:processor_fees"), 103, "booked once");
    fee.amount = 104;
    is_int(night_do(do_fee, NULL), E_CONFLICT, "another amount of the same number is refused");
    fee.amount = -1;
    is_int(night_do(do_fee, NULL), E_INVALID, "no fee below nothing");
    fee = (struct fee){.provider = STR_INIT("stripe"),
                       .payment = STR_INIT("pi_none"),
                       .txn = STR_INIT("txn_2"),
                       .currency = STR_INIT("USD"),
                       .amount = 103,
                       .at = fix_now};
    is_int(night_do(do_fee, NULL), E_NOTFOUND, "nothing of a payment that is not booked");
    fee.payment = STR("pi_9");
    fee.currency = STR("EUR");
    ok(night_do(do_fee, NULL) == OK && alerts("fee_currency") == 1 &&
           fix_balance("E:processor_fees") == 103,
       "in another currency a person books it");
    ok(night_back(FACT_REFUND, "pi_9", "re_1", 2500) == OK &&
           fix_balance("E:processor_fees") == 103,
       "a refund does not give it back");
    fix_verify("the ledger is whole");
}

int
main(void)
{
    place_make();
    night_open(place("giveback.db"));
    night_conf.stripe.api_key_file = STR("/key");
    asked();
    by_hand();
    fees();
    fix_close();
    return place_done();
}
