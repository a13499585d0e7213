/* The race night of the tests. See night.h. */
#include "lib/night.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/tap.h"
#include "queue/inbox.h"

/* By hand: clang-format 14 dies of it. */
/* clang-format off */
struct conf night_conf = {
    .mode = CONF_TEST,
    .money = {.currency = STR_INIT("USD"), .clear_h = 72},
    .payout = {.min = 2000, .max = 200000},
    .race = { .grace_s = 120,
              .min_racers = 2,
              .max_h = 3,
              .dispute_min = 10,
              .idle_min = 60,
              .remind_min = 30,
              .report_h = 24},
};
/* clang-format on */
bool night_waiting;
static int64_t notices;

static void
must(enum err e, const char *what)
{
    if (e == OK)
        return;
    printf("Bail out! %s: %s: %.*s\n", what, err_info(e)->name.p, STR_ARG(ctx_why(&fix)));
    exit(99);
}

enum err
night_do(enum err (*fn)(void *arg), void *arg)
{
    enum err e;

    ctx_clear(&fix);
    fix_begin();
    must(tx_save(&fix_tx), "savepoint");
    e = fn(arg);
    must(e ? tx_undo(&fix_tx) : tx_keep(&fix_tx), "savepoint");
    fix_commit();
    return e;
}

void
night_open(const char *path)
{
    fix_open(path);
    fix_audited = true; /* all of it is written by the domains */
    fix.conf = &night_conf;
    fix_now = INT64_C(1700000000000);
    fix_begin();
    must(product_add(&fix, &fix_tx, STR("shirt"), STR("Shirt"), 900, STR("people:0")),
         "product");
    fix_commit();
}

int64_t
night_race(int64_t first, size_t n, const char *rule)
{
    struct lobby_new l = {
        .host_id = first, .name = STR(""), .seats = 8, .rounds = 4, .rule = str_of(rule)};
    int64_t race, seat;

    fix_begin();
    must(lobby_open(&fix, &fix_tx, &l, STR("people:0"), &race), "open");
    for (size_t i = 0; i < n; i++)
        must(lobby_join(&fix, &fix_tx, race, first + (int64_t)i, STR("people:0"), &seat),
             "join");
    must(lobby_start(&fix, &fix_tx, race, STR("people:0")), "start");
    fix_commit();
    return race;
}

void
night_rule(const char *name, void (*change)(struct race_rule *r))
{
    struct race_rule r = {
        .basis = STR("gross"),
        .share = STR("equal"),
        .weights_by = STR("place"),
        .overlap = STR("share"),
        .pool_bps = 2000,
        .grace_s = 120,
        .clear_h = 72,
        .fee_bps = 290,
        .fee_fixed = 30,
        .floor_guard = true,
    };
    int64_t id;

    r.name = str_of(name);
    change(&r);
    fix_begin();
    must(product_rule_add(&fix, &fix_tx, &r, STR("people:0"), &id), "rule");
    fix_commit();
}

struct fact
night_order(const char *payment, int64_t amount, int64_t at_ms, const char *tag)
{
    struct fact_item *it = ARENA_NEW(fix.arena, struct fact_item);

    *it = (struct fact_item){.sku = STR("shirt"), .quantity = 1, .price = amount};
    return (struct fact){
        .kind = FACT_SALE,
        .provider = STR("stripe"),
        .type = STR("checkout.session.completed"),
        .payment = str_of(payment),
        .at_ms = at_ms,
        .currency = STR("USD"),
        .amount = amount,
        .tag = str_of(tag),
        .items = it,
        .n_items = 1,
    };
}

static int64_t
notice(const struct fact *f)
{
    struct str key = str_of(arena_printf(fix.arena, "evt_%lld", (long long)++notices));
    int64_t id;

    must(inbox_add(&fix, &fix_tx,
                   &(struct inbox_new){.provider = STR("stripe"),
                                       .key = key,
                                       .type = f->type.n ? f->type : STR("x"),
                                       .body = STR("{}"),
                                       .ref = STR("")},
                   &id),
         "inbox");
    return id;
}

static enum err
do_sale(void *arg)
{
    const struct fact *f = arg;
    struct str ref;

    return sale_book(&fix, &fix_tx, f, notice(f), &ref);
}

enum err
night_sale(const struct fact *f)
{
    struct fact copy = *f;

    return night_do(do_sale, &copy);
}

bool
night_buy(const char *payment)
{
    struct fact f = night_order(payment, 2500, fix_now, "");

    return night_sale(&f) == OK;
}

static enum err
do_back(void *arg)
{
    const struct fact *f = arg;
    struct str ref;

    return refund_book(&fix, &fix_tx, f, notice(f), &ref, &night_waiting);
}

enum err
night_back(enum fact_kind kind, const char *payment, const char *object, int64_t amount)
{
    struct fact f = {
        .kind = kind,
        .provider = STR("stripe"),
        .payment = str_of(payment),
        .object = str_of(object),
        .at_ms = fix_now,
        .currency = STR("USD"),
        .amount = amount,
    };

    return night_do(do_back, &f);
}

enum err
night_report(int64_t race, int64_t seat, int64_t place, enum report_source source)
{
    struct report r = {
        .race_id = race,
        .seat_no = seat,
        .place = place,
        .source = source,
        .actor = STR("people:0"),
        .note = STR(""),
    };

    return report_add(&fix, &fix_tx, &r);
}

enum err
night_tick(size_t *ret_n)
{
    size_t reports = 0;
    enum err e;

    *ret_n = 0;
    if ((e = lobby_tick(&fix, &fix_tx, 10, ret_n)) ||
        (e = report_tick(&fix, &fix_tx, 10, &reports)))
        return e;
    *ret_n += reports;
    return OK;
}

void
night_finish(int64_t race)
{
    struct race r = night_get(race);

    fix_begin();
    must(lobby_finish(&fix, &fix_tx, race, 0, STR(""), STR("people:0")), "finish");
    for (size_t i = 0; i < r.n_seats; i++)
        if (!r.seat[i].left_at)
            must(night_report(race, r.seat[i].no, (int64_t)i + 1, REPORT_STAFF), "result");
    fix_commit();
}

void
night_settle(int64_t race)
{
    size_t n;

    for (int i = 0; i < 2; i++) {
        fix_now += 73 * INT64_C(3600000);
        fix_begin();
        must(night_tick(&n), "tick");
        fix_commit();
    }
    if (night_get(race).state != RACE_SETTLED) {
        printf("Bail out! race %lld did not settle\n", (long long)race);
        exit(99);
    }
}

int64_t
night_pending(int64_t member)
{
    return -fix_balance(arena_printf(fix.arena, "L:wallet_pending:%lld", (long long)member));
}

int64_t
night_free(int64_t member)
{
    return -fix_balance(arena_printf(fix.arena, "L:wallet:%lld", (long long)member));
}

int64_t
night_owed(int64_t member)
{
    return fix_balance(arena_printf(fix.arena, "A:clawback:%lld", (long long)member));
}

struct race
night_get(int64_t race)
{
    struct race r;

    must(race_get(&fix, race, &r), "race");
    return r;
}
