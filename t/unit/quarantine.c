/* A restored ledger: what waits, what is looked up before it is sent, what keeps the quarantine
 * from ending. */
#include "upkeep/quarantine.h"

#include "lib/outgo.h"
#include "queue/outbox.h"
#include "shop/checkout.h"
#include "upkeep/finding.h"

static struct arena *life;

static void
reopen(enum db_role role)
{
    struct db *db;

    db_close(fix.db);
    fix.db = NULL;
    if (db_open(&fix, life, fix_file, role, &db) != OK) {
        printf("Bail out! %s\n", fix.fail_text);
        exit(99);
    }
}

/* What restore does, with the file as it is. */
static void
restore(int64_t copy_at, const char *reason)
{
    reopen(DB_MIGRATE);
    ok(tx_begin(&fix, &fix_tx) == OK &&
           quarantine_begin(&fix, &fix_tx, copy_at, 1, str_of(reason)) == OK &&
           tx_commit(&fix_tx) == OK,
       "%s: the quarantine begins %s", reason, fix.fail_text);
    reopen(DB_WRITER);
}

static bool
is_open(struct quarantine *ret)
{
    bool open = false;

    is_int(quarantine_open(&fix, &open, ret), OK, "asked");
    return open;
}

static struct {
    const char *reason, *despite;
} release;

static enum err
do_release(void *arg)
{
    (void)arg;
    return quarantine_end(&fix, &fix_tx, STR("people:0"), str_of(release.reason),
                          str_of(release.despite));
}

static enum err
end(const char *reason, const char *despite)
{
    release.reason = reason;
    release.despite = despite;
    return night_do(do_release, NULL);
}

/* How many findings name that thing, and whether they block. */
static int
named(const char *thing, bool blocks)
{
    struct finding *list;
    struct quarantine q;
    size_t n;
    bool open;
    int found = 0;

    if (quarantine_open(&fix, &open, &q) != OK || !open ||
        finding_list(&fix, &q, 50, &list, &n) != OK)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (str_eq_text(list[i].thing, thing) && list[i].blocks == blocks)
            found++;
    return found;
}

/* Stripe is set up for as long as this takes: its list is not what these cases are about. */
static enum err
asks(int64_t method)
{
    enum err e;

    conf.stripe.api_key_file = STR("/x");
    e = ask(1, method, 2000);
    conf.stripe.api_key_file = STR("");
    return e;
}

static void
refusals(int64_t method)
{
    int64_t id;

    give(1, 20000);
    is_int(asks(method), OK, "asked for before the copy");
    id = a.id;
    ok(!is_open(NULL), "there is no quarantine");
    is_int(end("none", ""), E_NOTFOUND, "none to end");
    fix_sql("INSERT INTO session (token_sha, member_id, created_at, expires_at) VALUES "
            "(zeroblob(32), 1, 1, 2)");
    fix_sql("INSERT INTO live_channel VALUES ('home', 7)");
    fix_now += 3600 * 1000;
    restore(fix_now - 1800 * 1000, "first");
    ok(is_open(NULL), "it is open");
    is_int(fix_number("SELECT count(*) FROM session WHERE ended_at IS NULL"), 0,
           "everybody logs in again");
    is_int(fix_number("SELECT seq FROM live_channel"), 100007, "channels count on far above");
    is_int(asks(method), E_CONFLICT, "nobody asks for a payout");
    is_str(ctx_why(&fix), STR("Payouts are paused after a restore; nothing is lost"),
           "in words");
    is_int(night_do(do_cancel, &id), E_CONFLICT, "nobody takes one back");
    is_int(named("payout:1", true), 1, "what was put aside is to be looked up");
    is_int(end("looked", ""), E_CONFLICT, "and blocks");
    is_int(begin(id), PAYOUT_LOOK, "it is looked up and not sent");
    ok(a.order.hold && a.order.first_at > 0, "and nothing may be sent meanwhile");
    report(id, PAY_WAIT, "", "busy", a.order.turn);
    is_int(named("payout:1", true), 1, "no answer is none");
    is_int(begin(id), PAYOUT_LOOK, "looked up again");
    report(id, PAY_ABSENT, "", "", a.order.turn);
    is_int(named("payout:1", true), 0, "never heard of");
    is_int(named("payout:1", false), 1, "is still named");
    is_int(begin(id), PAYOUT_LOOK, "still nothing is sent");
    report(id, PAY_ABSENT, "", "", a.order.turn);
    is_int(end("looked", ""), OK, "nothing blocks");
    ok(!is_open(NULL), "it has ended");
    is_int(begin(id), PAYOUT_SEND, "now it is sent");
    ok(!a.order.hold, "and may be");
    report(id, PAY_PAID, "tr_1", "", a.order.turn);
    is_str(state(id), STR("SETTLED"), "and settles");
}

/* What the provider's answer of before the copy allowed is not allowed by the copy. */
static void
stale(int64_t method)
{
    int64_t id;

    is_int(asks(method), OK, "the next payout");
    id = a.id;
    is_int(id, 10000, "has a number that none had before the restore");
    is_int(begin(id), PAYOUT_SEND, "is sent");
    report(id, PAY_WAIT, "", "too many", a.order.turn);
    fix_now += 60000;
    restore(fix_now - 30000, "second");
    is_int(end("too early", ""), E_CONFLICT, "it was not looked up since");
    is_int(end("trust me", "its console shows nothing"), OK, "a person may decide");
    is_int(fix_number("SELECT count(*) FROM quarantine WHERE note = 'trust me; despite 1 "
                      "findings: its console shows nothing'"),
           1, "which is written down");
    is_int(begin(id), PAYOUT_LOOK, "it is looked up all the same");
    report(id, PAY_PAID, "tr_2", "", a.order.turn);
    is_str(state(id), STR("SETTLED"), "it was sent after the copy");
}

static void
unlisted(void)
{
    conf.stripe.api_key_file = STR("/x");
    restore(fix_now - 60000, "third");
    is_int(named("stripe", true), 1, "Stripe's list was not read since");
    fix_sql("INSERT INTO provider_state (provider, cursor, off, at, why) VALUES ('stripe', '', "
            "0, 1, 'Stripe does not answer at "
            "https://api.stripe.com/v1/balance_transactions?limit=100 now')");
    is_int(end("looked", ""), E_CONFLICT, "which blocks");
    is_str(ctx_why(&fix),
           STR("1 thing must be looked at before payouts go on; cozykart quarantine names it: "
               "what stripe has was not compared since the restore: that is tried every five "
               "minutes; the last time: Stripe does not answer at …"),
           "no address is cut in the middle");
    fix_sql("DELETE FROM provider_state");
    fix_sql(
        "INSERT INTO provider_state (provider, cursor, off, at, why) VALUES ('stripe', '1', "
        "0, %lld, '')",
        (long long)fix_now);
    is_int(named("stripe", true), 0, "now it was");
    fix_sql(
        "INSERT INTO provider_line VALUES ('stripe', 'txn_1', 'transfer', 'tr_9', 1, 'USD', "
        "-2000, 0, %lld, 1, 'missing', '')",
        (long long)fix_now);
    is_int(named("stripe:tr_9", true), 1, "a transfer that this ledger does not know");
    is_int(end("looked", ""), E_CONFLICT, "blocks");
    fix_sql("UPDATE provider_line SET verdict = 'expected'");
    is_int(end("booked", ""), OK, "until it is booked");
    conf.stripe.api_key_file = STR("");
}

static enum err
do_adopt(void *arg)
{
    return payout_adopt(
        &fix, &fix_tx,
        &(struct payout_made){1, *(int64_t *)arg, STR("stripe"), STR("tr_77"), STR("people:0")},
        &a.id);
}

/* What nobody lists is booked while a restore is looked at, and never else. */
static void
booked(void)
{
    int64_t cents = 3000, all = 900000;

    is_int(night_do(do_adopt, &cents), E_CONFLICT, "no payout is booked by word alone");
    is_str(ctx_why(&fix), STR("stripe does not list tr_77"), "in words");
    restore(fix_now - 1000, "for a payout");
    is_int(night_do(do_adopt, &all), E_FUNDS, "more than the wallet has");
    is_int(night_do(do_adopt, &cents), OK, "in quarantine a person may say so");
    is_str(state(a.id), STR("SETTLED"), "and it has settled");
    is_int(night_do(do_adopt, &cents), E_CONFLICT, "once");
    is_int(end("booked", "seen there"), OK, "and the quarantine ends");
}

static void
again(void)
{
    struct quarantine q = {0};
    int64_t first = fix_now - 7200 * 1000;

    restore(first, "fourth");
    fix_now += 1000;
    restore(fix_now - 1000, "fifth");
    ok(is_open(&q) && q.copy_at == first && q.began_at == fix_now,
       "a copy that was made in quarantine keeps the older time");
    is_int(fix_number("SELECT count(*) FROM quarantine WHERE ended_at IS NULL"), 1, "one");
    ok(!fix_sql(
           "INSERT INTO quarantine (began_at, copy_at, seq, reason) VALUES (1, 1, 1, 'x')"),
       "a second open one is refused by the file");
    is_int(end("done", ""), OK, "and it ends");
}

int
main(void)
{
    int64_t method;

    outgo_open("ledger.db");
    life = arena_new(64 << 20);
    fix_sql(
        "INSERT INTO method (id, member_id, kind, dest, state, why, url, added_at, "
        "confirmed_at, ready_at) VALUES (77, 1, 'stripe', 'acct_1', 'ready', '', '', 1, 1, 1)");
    method = 77;
    refusals(method);
    stale(method);
    unlisted();
    again();
    booked();
    fix_verify("verify finds nothing after all of that");
    fix_close();
    arena_freep(&life);
    return place_done();
}
