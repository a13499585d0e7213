/* Payouts by dice: whatever a provider does and whenever it is heard of, what moved there is
 * what settled here. SEED=number plays another round. */
#include "payout/payout.h"

#include <stdlib.h>

#include "lib/outgo.h"

/* A provider that does what it is sent once a key, as long as it remembers the key; requests
 * and answers are on their way for a while, come twice, late, or never. */
static struct {
    bool there, refused, paid;
    bool empty;    /* our balance there is too small */
    uint64_t kept; /* keys that stand for such a refusal, as bits */
    int64_t moved, forget_at;
    char ref[32];
} bank;

struct event {
    bool request; /* a SEND that has not arrived yet; else an answer */
    enum payout_act act;
    struct pay_answer a;
};
static struct event event[64];
static size_t n_events;
static int64_t refusals; /* for want of money */
static uint64_t dice_state = 1;

static int64_t
dice(int64_t n)
{
    dice_state = dice_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((dice_state >> 33) % (uint64_t)n);
}

static void
push(bool request, enum payout_act act, const struct pay_answer *answer)
{
    if (n_events < ARRAY_SIZE(event))
        event[n_events++] = (struct event){request, act, *answer};
}

static struct pay_answer
what_is(void)
{
    return (struct pay_answer){.what = bank.paid ? PAY_PAID : PAY_SENT,
                               .ref = str_of(bank.ref),
                               .why = STR(""),
                               .fee = bank.paid ? 25 : -1};
}

static void
arrives(const struct event *e)
{
    struct pay_answer back = {.fee = -1, .ref = STR(""), .why = STR("said so")};

    if (e->act == PAYOUT_LOOK) {
        back = what_is();
        if (bank.there && bank.moved == 0)
            back = (struct pay_answer){.what = PAY_FAILED,
                                       .ref = str_of(bank.ref),
                                       .why = STR("taken back"),
                                       .fee = -1};
        else if (!bank.there)
            back = (struct pay_answer){
                .what = PAY_ABSENT, .ref = STR(""), .why = STR(""), .fee = -1};
        if (dice(4) == 0)
            back = (struct pay_answer){.what = dice(2) ? PAY_UNKNOWN : PAY_WAIT,
                                       .ref = STR(""),
                                       .why = STR("?"),
                                       .fee = -1};
    } else if (dice(5) == 0) {
        back.what = PAY_WAIT; /* 429: before anything was done */
    } else if (dice(6) == 0) {
        back.what = PAY_UNKNOWN; /* never arrived */
    } else if ((bank.kept & (UINT64_C(1) << (e->a.holds & 63))) ||
               (!bank.there && bank.empty)) {
        bank.kept |= UINT64_C(1) << (e->a.holds & 63);
        back.what = PAY_WAIT;
        back.lacks = back.spent = true;
        back.holds = dice(2) ? 100 : -1;
        refusals++;
    } else if (!bank.there && (bank.refused || dice(8) == 0)) {
        bank.refused = true;
        back.what = PAY_FAILED;
    } else {
        if (!bank.there || fix_now > bank.forget_at) {
            bank.moved += 2000;
            bank.there = true;
            bank.forget_at = fix_now + INT64_C(24) * 3600000;
        }
        back = what_is();
        if (dice(3) == 0)
            back = (struct pay_answer){
                .what = PAY_UNKNOWN, .ref = STR(""), .why = STR("cut"), .fee = -1};
    }
    back.turn = e->a.turn;
    push(false, e->act, &back);
}

static bool
requests_wait(void)
{
    for (size_t i = 0; i < n_events; i++)
        if (event[i].request)
            return true;
    return false;
}

/* The oldest or any other event happens; answers sometimes twice or never. */
static void
happen(int64_t id, bool fair)
{
    size_t at = fair ? 0 : (size_t)dice((int64_t)n_events);
    struct event e = event[at];

    if (e.request || fair || dice(5))
        memmove(&event[at], &event[at + 1], (--n_events - at) * sizeof e);
    if (e.request) {
        arrives(&e);
        return;
    }
    if (!fair && dice(10) == 0)
        return;
    a.answer = e.a;
    if (night_do(do_report, &id) != OK)
        ok(false, "payout_report: %s", fix.fail_text);
}

static void
run(int64_t id)
{
    struct pay_answer none = {0};

    if (begin(id) == PAYOUT_NOTHING)
        return;
    none.turn = a.order.turn;
    none.holds = a.order.spent; /* which key */
    push(true, a.act, &none);
}

static bool
is_over(int64_t id)
{
    struct str is = state(id);

    return str_eq_text(is, "SETTLED") || str_eq_text(is, "RETURNED") ||
           str_eq_text(is, "CANCELLED");
}

static bool
one_life(int64_t method, int64_t n)
{
    int64_t id, had = night_free(1);
    bool cancelled = false;

    memset(&bank, 0, sizeof bank);
    snprintf(bank.ref, sizeof bank.ref, "PB-%lld", (long long)n);
    n_events = 0;
    if (ask(1, method, 2000) != OK)
        return ok(false, "asked: %s", fix.fail_text);
    id = a.id;
    for (int i = 0; i < 60; i++) {
        int64_t what = dice(10);

        fix_now += dice(120000);
        if (what < 3 && !is_over(id))
            run(id); /* whoever's turn it is, or two at once */
        else if (what == 3 && !requests_wait()) {
            /* The key is forgotten; nobody waits a day for an answer. */
            fix_now += INT64_C(25) * 3600000;
            n_events = 0;
            bank.kept = 0;
        } else if (what == 6)
            bank.empty = dice(2);
        else if (what == 4 && bank.there)
            bank.paid = true;
        else if (what == 5 && !cancelled && str_eq_text(state(id), "HELD") && dice(4) == 0)
            cancelled = night_do(do_cancel, &id) == OK;
        else if (n_events)
            happen(id, false);
    }
    for (int i = 0; i < 400 && (n_events || !is_over(id)); i++) {
        bank.empty = false;
        bank.paid = bank.paid || bank.there;
        fix_now += 60000;
        if (n_events)
            happen(id, true);
        else
            run(id);
    }
    /* Once in a while it is taken back afterwards. */
    if (str_eq_text(state(id), "SETTLED") && dice(4) == 0) {
        bank.moved = 0;
        for (int i = 0; i < 200 && !str_eq_text(state(id), "RETURNED"); i++) {
            run(id);
            while (n_events)
                happen(id, true);
        }
    }
    return is_over(id) && bank.moved == (str_eq_text(state(id), "SETTLED") ? 2000 : 0) &&
           had - night_free(1) == bank.moved;
}

static void
lives(void)
{
    const char *seed = getenv("SEED");
    int64_t method = ready(1, "paypal", "nova@example.org"), good = 0, ended[3] = {0};
    enum { LIVES = 150 };

    conf.payout.tax_notice = 0;
    give(1, LIVES * 2000);
    int64_t start = 20261121;
    if (seed && !str_i64(str_of(seed), 0, INT64_MAX, &start))
        printf("# SEED is a number\n");
    dice_state = (uint64_t)start;
    for (int64_t n = 1; n <= LIVES; n++) {
        good += one_life(method, n);
        ended[str_eq_text(state(a.id), "SETTLED") ? 0 : 1] += 1;
        if (good != n) {
            printf("# seed %s, life %lld: %.*s, moved %lld\n", seed ? seed : "", (long long)n,
                   STR_ARG(state(a.id)), (long long)bank.moved);
            break;
        }
    }
    is_int(good, LIVES, "whatever comes late, twice or never: paid once or back whole");
    ok(ended[0] > 20 && ended[1] > 20, "%lld settled, %lld came back", (long long)ended[0],
       (long long)ended[1]);
    ok(refusals > 20, "%lld refusals for want of money, each under a key of its own",
       (long long)refusals);
    is_int(fix_number("SELECT count(*) FROM alert WHERE kind = 'payout_lacks' AND "
                      "resolved_at IS NULL"),
           0, "nobody is asked for money that nothing waits for");
    is_int(fix_number("SELECT count(*) FROM alert WHERE kind = 'payout_contradiction'"), 0,
           "nothing contradicted itself");
    fix_verify("verify finds nothing after all of that");
}

int
main(void)
{
    outgo_open("lives.db");
    lives();
    fix_close();
    return place_done();
}
