/* Tips to the cent: booking, refunds in every order, disputes, release, recovery; then a long
 * seeded night against a model of its own. */
#include "dj/tip.h"

#include "dj/dj.h"
#include "dj/request.h"
#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "queue/inbox.h"
#include "user/member.h"

enum { DJ = 3, OTHER = 4 };

static struct {
    struct fact f;
    int64_t id, a, b;
    struct str ref, text;
    bool on;
} ask;
static int64_t notices;

static enum err
do_fact(void *arg)
{
    struct str key = str_of(arena_printf(fix.arena, "tip_evt_%lld", (long long)++notices));
    enum err e = inbox_add(&fix, &fix_tx,
                           &(struct inbox_new){.provider = ask.f.provider,
                                               .key = key,
                                               .type = STR("x"),
                                               .body = STR("{}"),
                                               .ref = STR(""),
                                               .about = STR("")},
                           &ask.id);
    bool waiting;

    (void)arg;
    if (e)
        return e;
    if (ask.f.kind == FACT_TIP)
        e = tip_book(&fix, &fix_tx, &ask.f, ask.id, &ask.ref);
    else if ((e = tip_back(&fix, &fix_tx, &ask.f, ask.id, &ask.ref)) == E_NOTFOUND)
        return refund_book(&fix, &fix_tx, &ask.f, ask.id, &ask.ref, &waiting);
    return e ? e : inbox_mark(&fix, &fix_tx, ask.id, STR("applied"), STR(""), ask.ref, 0);
}

static enum err
tip(const char *payment, int64_t amount)
{
    ask.f = (struct fact){.kind = FACT_TIP,
                          .provider = STR("stripe"),
                          .payment = str_of(payment),
                          .currency = STR("USD"),
                          .amount = amount,
                          .at_ms = fix_now};
    return night_do(do_fact, NULL);
}

static enum err
back(enum fact_kind kind, const char *payment, const char *object, int64_t amount)
{
    ask.f = (struct fact){.kind = kind,
                          .provider = STR("stripe"),
                          .payment = str_of(payment),
                          .object = str_of(object),
                          .amount = amount,
                          .at_ms = fix_now};
    return night_do(do_fact, NULL);
}

static enum err
do_grant(void *arg)
{
    (void)arg;
    return member_grant(&fix, &fix_tx, ask.a, STR("dj"), STR("people:0"));
}

static enum err
do_air(void *arg)
{
    (void)arg;
    return dj_air(&fix, &fix_tx, ask.a, ask.on);
}

static enum err
do_tick(void *arg)
{
    size_t n;

    (void)arg;
    return tip_tick(&fix, &fix_tx, 100, &n);
}

static enum err
air(int64_t dj, bool on)
{
    ask.a = dj;
    ask.on = on;
    return night_do(do_air, NULL);
}

static void
start(const char *file, int64_t bps, int64_t fixed, int64_t clear_h)
{
    night_conf.tip.min = 200;
    night_conf.tip.max = 50000;
    night_conf.tip.fee_bps = bps;
    night_conf.tip.fee_fixed = fixed;
    night_conf.tip.order = STR("time");
    night_conf.tip.expire_h = 24;
    night_conf.tip.answer_h = 48;
    night_conf.money.clear_h = clear_h;
    night_open(file);
    for (ask.a = DJ; ask.a <= OTHER; ask.a++)
        is_int(night_do(do_grant, NULL), OK, "a DJ");
    is_int(air(DJ, true), OK, "goes on air");
}

static int64_t
fees(void)
{
    return -fix_balance("I:platform_fee:tips");
}

static void
pass(int64_t hours)
{
    fix_now += hours * 3600000;
    is_int(night_do(do_tick, NULL), OK, "time passes");
}

static int64_t
alerts(const char *kind)
{
    return fix_number("SELECT count(*) FROM alert WHERE kind = '%s' AND resolved_at IS NULL",
                      kind);
}

/* F4a, and the house's own rates. */
static void
cuts(const char *file)
{
    int64_t fee, dj;

    start(file, 500, 0, 0);
    is_int(tip("ch_7", 200), OK, "F4a: two dollars");
    is_int(fix_balance("A:processor:stripe"), 200, "the processor holds 200");
    is_int(night_free(DJ), 190, "the DJ has 190, available at once");
    is_int(fees(), 10, "the fee is 10");
    is_str(ask.ref, STR("tip:1"), "it is called so");
    is_int(tip("ch_7", 200), E_DUPLICATE, "told twice");
    is_int(fees(), 10, "it is booked once");
    fix_verify("verify finds nothing after F4a");

    start(file, 500, 30, 72);
    tip_cut(&fix, 200, &fee, &dj);
    is_int(dj, 160, "of $2.00 the DJ gets $1.60");
    tip_cut(&fix, 219, &fee, &dj);
    is_int(fee, 40, "fees are rounded down");
    tip_cut(&fix, 20, &fee, &dj);
    is_int(fee, 20, "a fee is never above the amount");
    is_int(tip("ch_1", 200), OK, "two dollars");
    is_int(night_pending(DJ), 160, "wait as pending");
    is_int(tip("ch_2", 20), OK, "twenty cents");
    is_int(night_pending(DJ), 160, "are all fee");
    fix_verify("verify finds nothing while it waits");
    pass(71);
    is_int(night_pending(DJ), 160, "an hour too early nothing is released");
    pass(1);
    is_int(night_pending(DJ), 0, "after the clear time nothing is pending");
    is_int(night_free(DJ), 160, "it is available");
    pass(1);
    is_int(fix_number("SELECT count(*) FROM journal WHERE kind = 'TIP_RELEASE'"), 1,
           "released once");
    fix_verify("verify finds nothing after the release");
}

static void
whose(const char *file)
{
    start(file, 500, 30, 72);
    ask.f = (struct fact){.kind = FACT_TIP,
                          .provider = STR("kofi"),
                          .payment = STR("k1"),
                          .currency = STR("USD"),
                          .amount = 500,
                          .at_ms = fix_now,
                          .from = STR("Jo"),
                          .message = STR("@m4, this one!")};
    is_int(night_do(do_fact, NULL), OK, "a donation that names a DJ");
    is_int(night_pending(OTHER), 445, "is that DJ's");
    ask.f.payment = STR("k2");
    ask.f.message = STR("@m41 is nobody");
    is_int(night_do(do_fact, NULL), OK, "one that names nobody");
    is_int(night_pending(DJ), 445, "is for who is on air");
    is_int(air(DJ, false), OK, "nobody is on air");
    ask.f.payment = STR("k3");
    is_int(night_do(do_fact, NULL), OK, "one more");
    is_int(fees(), 55 + 55 + 500, "is the house's");
    is_int(alerts("tip_without_dj"), 1, "with an alert");
    is_int(back(FACT_REFUND, "k3", "x", 1), OK, "a refund of another provider waits");
    ask.f.provider = STR("kofi");
    ask.f.amount = 500;
    is_int(night_do(do_fact, NULL), OK, "its own goes back");
    is_int(fees(), 110, "out of the fee");
    ask.f = (struct fact){.kind = FACT_TIP,
                          .provider = STR("kofi"),
                          .payment = STR("k4"),
                          .currency = STR("EUR"),
                          .amount = 500,
                          .at_ms = fix_now,
                          .message = STR("@m4")};
    is_int(night_do(do_fact, NULL), OK, "another currency");
    is_int(fix_balance("I:platform_fee:tips@EUR"), -500, "is the house's, in that currency");
    is_int(alerts("tip_currency"), 1, "with an alert");
    ask.f.payment = STR("k5");
    ask.f.currency = STR("USD");
    ask.f.test = true;
    is_int(night_do(do_fact, NULL), OK, "a test");
    is_int(fix_number("SELECT count(*) FROM tip WHERE test = 1 AND seq IS NULL"), 1,
           "is kept and not booked");
    is_int(back(FACT_REFUND, "k5", "x", 1), OK, "nor is its refund");
    ask.f.test = false;
    static const struct {
        int64_t amount, at;
        const char *currency, *payment, *name;
    } bad[] = {
        {0,         0,      "USD", "k6", "nothing"          },
        {-5,        0,      "USD", "k6", "less than nothing"},
        {100000001, 0,      "USD", "k6", "absurd"           },
        {500,       0,      "XXQ", "k6", "unknown money"    },
        {500,       0,      "usd", "k6", "small letters"    },
        {500,       0,      "USD", "",   "no payment"       },
        {500,       400000, "USD", "k6", "the future"       },
    };
    int64_t entries = fix_number("SELECT count(*) FROM journal");
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        ask.f = (struct fact){.kind = FACT_TIP,
                              .provider = STR("kofi"),
                              .payment = str_of(bad[i].payment),
                              .currency = str_of(bad[i].currency),
                              .amount = bad[i].amount,
                              .at_ms = fix_now + bad[i].at};
        is_int(night_do(do_fact, NULL), E_INVALID, bad[i].name);
    }
    is_int(fix_number("SELECT count(*) FROM journal"), entries, "without a trace");
    fix_verify("verify finds nothing");
}

static void
refunds(const char *file)
{
    start(file, 500, 30, 72);
    is_int(tip("p1", 1000), OK, "ten dollars: 920 and 80");
    is_int(back(FACT_REFUND, "p1", "re_1", 333), OK, "a part goes back");
    /* 333 * 920 / 1000 = 306.36, 333 * 80 / 1000 = 26.64 */
    is_int(night_pending(DJ), 920 - 306, "the DJ gives 306");
    is_int(fees(), 80 - 27, "the fee 27");
    is_int(back(FACT_REFUND, "p1", "re_1", 333), E_DUPLICATE, "known");
    is_int(back(FACT_REFUND_TOTAL, "p1", "", 333), OK, "the cumulative figure is covered");
    is_int(back(FACT_REFUND, "p1", "re_2", 668), E_INVALID, "a cent too many is refused");
    is_int(back(FACT_REFUND_TOTAL, "p1", "", 1000), OK, "the rest");
    is_int(night_pending(DJ), 0, "leaves nothing");
    is_int(fees(), 0, "of both");
    is_int(fix_balance("A:processor:stripe"), 0, "nothing is held");
    is_int(back(FACT_REFUND, "p1", "re_2", 667), OK, "told again as a refund");
    is_int(night_pending(DJ), 0, "changes nothing");
    fix_verify("verify finds nothing after two parts");
    is_int(back(FACT_REFUND_FAILED, "p1", "re_2", 667), OK, "the second did not happen");
    is_int(night_pending(DJ), 614, "the DJ has it again");
    is_int(fees(), 53, "and the house");
    is_int(back(FACT_REFUND_FAILED, "p1", "re_2", 667), E_DUPLICATE, "known");
    fix_verify("verify finds nothing after a refund that failed");
    pass(72);
    is_int(night_free(DJ), 614, "the rest is released");

    is_int(back(FACT_REFUND, "p2", "re_5", 1000), OK, "a refund before its tip");
    is_int(back(FACT_REFUND_FAILED, "p3", "re_6", 100), OK, "a failure before its refund");
    is_int(tip("p2", 1000), OK, "the tip");
    is_int(night_pending(DJ), 0, "is gone at once");
    is_int(fix_number("SELECT count(*) FROM inbox WHERE state = 'applied' AND ref = 'tip:2'"),
           2, "both notices are applied");
    is_int(tip("p3", 1000), OK, "another tip");
    is_int(night_pending(DJ), 920, "is untouched");
    is_int(back(FACT_REFUND, "p3", "re_6", 100), E_DUPLICATE, "the refund comes after");
    fix_verify("verify finds nothing after notices in another order");
}

/* The DJ was paid out: what the wallet lacks is owed. */
static void
owed(const char *file)
{
    struct journal_done done;

    start(file, 500, 30, 0);
    is_int(tip("p1", 1000), OK, "ten dollars");
    is_int(fix_post("PAYOUT_SETTLED", "k", NULL, "payout:1",
                    "L:wallet:3 900 ;A:processor:stripe -900 ", &done),
           OK, "900 were paid out");
    is_int(back(FACT_REFUND, "p1", "re_1", 1000), OK, "all goes back");
    is_int(night_free(DJ), 0, "the wallet is empty");
    is_int(night_owed(DJ), 900, "900 are owed");
    is_int(fix_item("A:clawback:3", "tip:1"), 900, "for this tip");
    is_int(tip("p2", 500), OK, "five dollars");
    is_int(night_owed(DJ), 455, "are taken for it");
    is_int(back(FACT_REFUND_FAILED, "p1", "re_1", 1000), OK, "the refund failed");
    is_int(night_owed(DJ), 0, "nothing is owed");
    is_int(night_free(DJ), 20 + 445, "and the rest is there");
}

static void
disputes(const char *file)
{
    start(file, 500, 30, 72);
    is_int(tip("p1", 1000), OK, "ten dollars");
    ask.f.fee = 0;
    is_int(back(FACT_DISPUTE_OPEN, "p1", "dp_1", 1000), OK, "disputed");
    is_int(night_pending(DJ), 0, "the DJ's part is put aside");
    is_int(-fix_item("L:dispute_hold", "dp_1:3"), 920, "in a hold");
    is_int(fix_item("A:dispute:stripe", "dp_1"), 1000, "the provider has the money");
    is_int(back(FACT_DISPUTE_OPEN, "p1", "dp_1", 1000), E_DUPLICATE, "known");
    fix_verify("verify finds nothing while it is open");
    pass(80);
    is_int(night_free(DJ), 0, "the clear time releases nothing of it");
    is_int(back(FACT_DISPUTE_WON, "p1", "dp_1", 1000), OK, "won");
    is_int(night_free(DJ), 920, "the money is available now");
    is_int(fix_item("A:dispute:stripe", "dp_1"), 0, "the provider gave it back");
    fix_verify("verify finds nothing after it was won");

    is_int(tip("p2", 1000), OK, "another");
    is_int(back(FACT_DISPUTE_OPEN, "p2", "dp_2", 1000), OK, "disputed");
    is_int(back(FACT_REFUND, "p2", "re_1", 500), OK, "half of it refunded meanwhile");
    is_int(-fix_item("L:dispute_hold", "dp_2:3"), 460, "out of the hold");
    is_int(back(FACT_DISPUTE_LOST, "p2", "dp_2", 1000), OK, "lost");
    is_int(-fix_item("L:dispute_hold", "dp_2:3"), 0, "the hold is used up");
    is_int(fix_item("A:dispute:stripe", "dp_2"), 500, "what was taken twice stays open");
    is_int(alerts("dispute_over"), 1, "with an alert");
    is_int(night_free(DJ), 920, "the other tip is untouched");
    fix_verify("verify finds nothing after it was lost");

    is_int(tip("p3", 1000), OK, "a third");
    is_int(back(FACT_DISPUTE_OPEN, "p3", "dp_3", 400), OK, "disputed in part");
    is_int(back(FACT_DISPUTE_LOST, "p3", "dp_3", 400), OK, "lost");
    is_int(night_pending(DJ), 552, "60 %% of 920 are left");
    is_int(tip("p4", 1000), OK, "a fourth");
    is_int(back(FACT_DISPUTE_LOST, "p4", "dp_4", 1000), OK, "lost before it was opened");
    is_int(night_pending(DJ), 552, "all of it is gone");
    is_int(back(FACT_DISPUTE_WON, "p4", "dp_4", 1000), E_DUPLICATE, "it ends once");
    is_int(tip("p5", 1000), OK, "a fifth");
    is_int(back(FACT_DISPUTE_WON, "p5", "dp_5", 1000), OK, "won before it was opened");
    is_int(night_pending(DJ), 552 + 920, "nothing is gone");
    ask.f.fee = 1500;
    is_int(night_do(do_fact, NULL), OK, "told again with a fee");
    is_int(fix_balance("E:dispute_fees"), 1500, "which is the house's");
    is_int(back(FACT_DISPUTE_OPEN, "p5", "dp_6", 1001), E_INVALID, "more than was paid");
    fix_verify("verify finds nothing after all of it");
}

/* What the model keeps of a tip. */
struct model {
    int64_t amount, left[2], told, back, hold, disputed, lost;
    bool open, over, cleared;
    int64_t at;
    struct {
        int64_t amount;
        bool failed;
    } re[8];
    int n;
};

static uint64_t seed = 20261121;

static int64_t
dice(int64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (int64_t)(seed % (uint64_t)n);
}

/* Largest remainder over two parts, written another way than the program's. */
static void
cut(int64_t amount, const int64_t base[2], int64_t ret[2])
{
    int64_t sum = base[0] + base[1];

    ret[0] = sum ? (2 * amount * base[0] + sum) / (2 * sum) : 0;
    if (ret[0] > base[0])
        ret[0] = base[0];
    if (amount - ret[0] > base[1])
        ret[0] = amount - base[1];
    ret[1] = amount - ret[0];
}

static void
model_take(struct model *m, int64_t amount)
{
    int64_t part[2], used;

    cut(amount, m->left, part);
    used = part[0] < m->hold ? part[0] : m->hold;
    m->hold -= used;
    m->left[0] -= part[0];
    m->left[1] -= part[1];
    m->back += amount;
}

static void
long_night(const char *file)
{
    enum { TIPS = 40, STEPS = 1500 };
    static struct model m[TIPS];
    int64_t refused = 0, taken = 0;
    char object[32], payment[16];

    memset(m, 0, sizeof m);
    start(file, 500, 30, 72);
    fix_audited = false;
    for (int step = 0; step < STEPS; step++) {
        int i = (int)dice(TIPS);
        struct model *t = &m[i];
        int64_t x;
        enum err e;

        arena_reset(fix.arena);
        snprintf(payment, sizeof payment, "pi_%d", i);
        if (dice(40) == 0) {
            fix_now += dice(20) * 3600000;
            if (night_do(do_tick, NULL))
                ok(false, "the tick works");
            for (int k = 0; k < TIPS; k++)
                m[k].cleared =
                    m[k].cleared || (m[k].amount && m[k].at + 72 * 3600000LL <= fix_now);
            continue;
        }
        if (!t->amount) {
            t->amount = 200 + dice(3000);
            t->left[1] = t->amount / 20 + 30;
            t->left[0] = t->amount - t->left[1];
            t->at = fix_now;
            if (tip(payment, t->amount))
                ok(false, "a tip is booked");
            continue;
        }
        switch (dice(4)) {
        case 0: /* a refund, sometimes too large, sometimes told twice */
            if (t->n == 8)
                break;
            snprintf(object, sizeof object, "re_%d_%d", i, t->n);
            x = 1 + dice(t->amount);
            e = back(FACT_REFUND, payment, object, x);
            if (t->told + x > t->amount || x > t->left[0] + t->left[1]) {
                refused += e == E_INVALID;
                if (e != E_INVALID)
                    is_int(e, E_INVALID,
                           arena_printf(fix.arena, "step %d: too much is refused", step));
                break;
            }
            if (e)
                is_int(e, OK, arena_printf(fix.arena, "step %d: a refund", step));
            t->re[t->n++].amount = x;
            t->told += x;
            model_take(t, x);
            taken++;
            if (dice(2) && back(FACT_REFUND, payment, object, x) != E_DUPLICATE)
                ok(false, "step %d: known", step);
            break;
        case 1: /* the newest refund failed */
            if (!t->n || t->re[t->n - 1].failed)
                break;
            snprintf(object, sizeof object, "re_%d_%d", i, t->n - 1);
            e = back(FACT_REFUND_FAILED, payment, object, t->re[t->n - 1].amount);
            if (e)
                is_int(e, OK, arena_printf(fix.arena, "step %d: a failed refund", step));
            t->re[t->n - 1].failed = true;
            t->told -= t->re[t->n - 1].amount;
            {
                int64_t fee = t->amount / 20 + 30, part[2];
                int64_t gone[2] = {t->amount - fee - t->left[0], fee - t->left[1]};
                cut(t->re[t->n - 1].amount, gone, part);
                t->left[0] += part[0];
                t->left[1] += part[1];
                t->back -= t->re[t->n - 1].amount;
            }
            break;
        case 2: /* one dispute a tip */
            if (t->open || t->over)
                break;
            snprintf(object, sizeof object, "dp_%d", i);
            t->disputed = 1 + dice(t->amount);
            if (back(FACT_DISPUTE_OPEN, payment, object, t->disputed))
                ok(false, "step %d: a dispute", step);
            t->open = true;
            {
                int64_t left = t->left[0] + t->left[1], part[2];
                cut(t->disputed < left ? t->disputed : left, t->left, part);
                t->hold = part[0];
            }
            break;
        default: /* its end */
            if (!t->open || dice(2))
                break;
            snprintf(object, sizeof object, "dp_%d", i);
            t->open = false;
            t->over = true;
            if (dice(2)) {
                if (back(FACT_DISPUTE_WON, payment, object, t->disputed))
                    ok(false, "step %d: won", step);
            } else {
                int64_t left = t->left[0] + t->left[1];
                if (back(FACT_DISPUTE_LOST, payment, object, t->disputed))
                    ok(false, "step %d: lost", step);
                model_take(t, t->disputed < left ? t->disputed : left);
            }
            t->hold = 0;
        }
        int64_t dj = 0, fee = 0, hold = 0;
        for (int k = 0; k < TIPS; k++) {
            dj += m[k].left[0];
            fee += m[k].left[1];
            hold += m[k].hold;
        }
        if (night_pending(DJ) + night_free(DJ) + hold != dj || fees() != fee ||
            -fix_balance("L:dispute_hold") != hold) {
            is_int(night_pending(DJ) + night_free(DJ) + hold, dj,
                   arena_printf(fix.arena, "step %d: the DJ's", step));
            is_int(fees(), fee, arena_printf(fix.arena, "step %d: the fee", step));
            is_int(-fix_balance("L:dispute_hold"), hold,
                   arena_printf(fix.arena, "step %d: the holds", step));
            break;
        }
    }
    int64_t waits = 0;
    for (int k = 0; k < TIPS; k++)
        if (m[k].amount && !m[k].cleared)
            waits += m[k].left[0] - m[k].hold;
    is_int(night_pending(DJ), waits, "what is pending is what has not cleared");
    ok(refused > 20 && taken > 50, "%lld refused, %lld taken", (long long)refused,
       (long long)taken);
    fix_audited = true;
    fix_verify("verify and auditor find nothing after the long night");
}

int
main(void)
{
    place_make();
    const char *file = place("tip.db");

    cuts(file);
    whose(file);
    refunds(file);
    owed(file);
    disputes(file);
    long_night(file);
    fix_close();
    return place_done();
}
