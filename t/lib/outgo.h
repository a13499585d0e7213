/* Payouts in C tests: one command each, on the fixture's ledger. Not for: HTTP (t/lib/Cash.pm).
 */
#pragma once

#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "payout/method.h"
#include "payout/payout.h"

static struct conf conf;

/* Money out of nowhere, as a sale nobody shared would leave it: for the wallet alone. */
static inline void
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

static inline enum err
do_method(void *arg)
{
    (void)arg;
    return method_set(&fix, &fix_tx, a.member, a.kind, a.to, &a.id);
}

static inline enum err
do_confirm(void *arg)
{
    (void)arg;
    return method_confirm(&fix, &fix_tx, a.id, a.member);
}

static inline enum err
set(int64_t member, const char *kind, const char *to)
{
    a.member = member;
    a.kind = str_of(kind);
    a.to = str_of(to);
    return night_do(do_method, NULL);
}

/* Set, confirmed and waited for. */
static inline int64_t
ready(int64_t member, const char *kind, const char *to)
{
    if (set(member, kind, to) != OK || night_do(do_confirm, NULL) != OK)
        ok(false, "a method");
    fix_now += 25 * 3600 * 1000;
    return a.id;
}

static inline enum err
do_ask(void *arg)
{
    (void)arg;
    return payout_request(&fix, &fix_tx, &a.ask, &a.id);
}

static inline enum err
ask(int64_t member, int64_t method, int64_t amount)
{
    a.ask = (struct payout_ask){member, method, amount, STR("member:1")};
    return night_do(do_ask, NULL);
}

static inline enum err
do_begin(void *arg)
{
    int64_t id = *(int64_t *)arg;

    return payout_begin(&fix, &fix_tx, id, &a.act, &a.order, &a.kind);
}

static inline enum payout_act
begin(int64_t id)
{
    if (night_do(do_begin, &id) != OK)
        ok(false, "payout_begin: %s", fix.fail_text);
    return a.act;
}

static inline enum err
do_cancel(void *arg)
{
    return payout_cancel(&fix, &fix_tx, *(int64_t *)arg, 1, STR("member:1"));
}

static inline enum err
do_report(void *arg)
{
    int64_t id = *(int64_t *)arg;

    return payout_report(&fix, &fix_tx, id, &a.answer, &a.again);
}

static inline void
report(int64_t id, enum pay_what what, const char *ref, const char *why, int64_t turn)
{
    a.answer = (struct pay_answer){
        .what = what, .ref = str_of(ref), .why = str_of(why), .fee = -1, .turn = turn};
    if (night_do(do_report, &id) != OK)
        ok(false, "payout_report: %s", fix.fail_text);
}

static inline struct str
state(int64_t id)
{
    struct payout p;

    return payout_get(&fix, id, &p) == OK ? p.state : STR("?");
}

static inline void
outgo_open(const char *name)
{
    place_make();
    night_open(place(name));
    conf = night_conf;
    conf.payout.min = 2000;
    conf.payout.max = 200000;
    conf.payout.wait_h = 24;
    conf.payout.tax_notice = 60000;
    conf.payout.fee_by = STR("house");
    conf.payout.methods = STR("gift_card,store_credit,stripe,paypal,whop");
    conf.paypal.client_id = STR("app");
    fix.conf = &conf;
}
