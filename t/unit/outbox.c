/* Inbox, outbox, live messages, alerts: the post room. */
#include "queue/outbox.h"

#include "db/stmt.h"
#include "lib/fix.h"
#include "lib/place.h"
#include "queue/alert.h"
#include "queue/inbox.h"
#include "queue/live.h"

static struct inbox_notice
notice(int64_t id)
{
    struct inbox_notice n = {0};

    (void)!inbox_get(&fix, id, &n);
    return n;
}

static void
test_inbox(void)
{
    struct inbox_notice *all;
    int64_t first = 0, again = 0, other = 0, due[4];
    size_t n = 0;

    fix_begin();
    struct inbox_new one = {.provider = STR("stripe"),
                            .key = STR("evt_1"),
                            .type = STR("a.b"),
                            .body = STR("{\"x\":1}"),
                            .ref = STR(""),
                            .about = STR("order")};
    ok(inbox_add(&fix, &fix_tx, &one, &first) == OK, "a notice is stored");
    one.body = STR("other");
    ok(inbox_add(&fix, &fix_tx, &one, &again) == E_DUPLICATE, "the same delivery key is known");
    is_int(again, first, "and names the first");
    one.provider = STR("kofi");
    ok(inbox_add(&fix, &fix_tx, &one, &other) == OK, "another provider has keys of its own");
    is_str(notice(first).body, STR("{\"x\":1}"), "the bytes are those that came first");
    is_str(notice(first).state, STR("applied"), "the usual end is the beginning");
    is_str(notice(first).about, STR("order"), "it is known what it is about");
    struct inbox_notice was = notice(first);
    ok(inbox_about(&fix, STR("stripe"), STR("order"), 4, due, &n) == OK && n == 1 &&
           due[0] == first,
       "and found by that");
    ok(inbox_about(&fix, STR("stripe"), STR(""), 4, due, &n) == OK && n == 0,
       "what is about nothing is not");
    ok(inbox_redact(&fix, &fix_tx, &was, STR("{}")) == OK, "its bytes can be replaced");
    is_str(notice(first).body, STR("{}"), "… which are gone then");
    is_int(notice(first).redacted_at, fix_now, "… since when is known");
    is_int(fix_number("SELECT length(raw_sha) FROM inbox WHERE id = %lld", (long long)first),
           32, "… and the hash of what stood there");
    ok(inbox_about(&fix, STR("stripe"), STR("order"), 4, due, &n) == OK && n == 0,
       "… it is not found a second time");
    int64_t many = -1;
    ok(inbox_redact_all(&fix, &fix_tx, STR("kofi"), STR(""), &many) == OK && many == 1,
       "and all of one provider");
    ok(inbox_mark(&fix, &fix_tx, other, STR("failed"), STR("no room"), STR(""),
                  fix_now + 1000) == OK,
       "it can be kept for later");
    ok(inbox_mark(&fix, &fix_tx, 99, STR("failed"), STR(""), STR(""), 0) == E_NOTFOUND,
       "a notice that is not there cannot be marked");
    fix_commit();
    ok(inbox_due(&fix, fix_now + 999, 4, due, &n) == OK && n == 0,
       "nothing is due before its time");
    ok(inbox_due(&fix, fix_now + 1000, 4, due, &n) == OK && n == 1 && due[0] == other,
       "then it is due");
    ok(inbox_list(&fix, STR(""), 0, 10, &all, &n) == OK && n == 2 && all[0].id == other,
       "the list has the newest first");
    ok(n > 0 && all[0].body.n == 0, "and no bodies");
    ok(inbox_list(&fix, STR("failed"), 0, 10, &all, &n) == OK && n == 1, "lists go by state");
    ok(inbox_list(&fix, STR(""), other, 10, &all, &n) == OK && n == 1 && all[0].id == first,
       "and by pages");
    ok(inbox_get(&fix, 99, &all[0]) == E_NOTFOUND, "there is no notice 99");
}

/* No list and not inside it: whatever there is. */
static const struct outbox_lane all_kinds = {.kinds = STR_INIT("")};

static void
test_lanes(void)
{
    const struct outbox_lane out = {.kinds = STR_INIT(",send,ask,"), .inside = true};
    const struct outbox_lane in = {.kinds = STR_INIT(",send,ask,")};
    struct outbox_job a = {0};
    int64_t n = 0, since = 0, tries = 0;

    fix_begin();
    ok(outbox_add(&fix, &fix_tx, STR("send"), STR("1"), STR("p"), fix_now) == OK &&
           outbox_add(&fix, &fix_tx, STR("sen"), STR("1"), STR("q"), fix_now) == OK,
       "two jobs of kinds with nearly one name");
    ok(outbox_claim(&fix, &fix_tx, &in, 1000, &a) == OK && str_eq_text(a.payload, "q"),
       "who leaves out a list gets the other kind");
    ok(outbox_finish(&fix, &fix_tx, a.id, a.fence) == OK, "which ends");
    ok(outbox_claim(&fix, &fix_tx, &in, 1000, &a) == E_NOTFOUND, "and nothing else");
    ok(outbox_claim(&fix, &fix_tx, &out, 1000, &a) == OK && str_eq_text(a.payload, "p"),
       "who takes the list gets its kind");
    tries = a.tries;
    ok(outbox_defer(&fix, &fix_tx, a.id, a.fence + 1, fix_now + 5000, STR("busy")) ==
           E_CONFLICT,
       "an old holder cannot put it off");
    ok(outbox_defer(&fix, &fix_tx, a.id, a.fence, fix_now + 5000, STR("busy")) == OK,
       "its holder can");
    ok(outbox_claim(&fix, &fix_tx, &out, 1000, &a) == E_NOTFOUND, "until then it rests");
    fix_commit();
    ok(outbox_waiting(&fix, STR("send"), &since) == OK && since == fix_now,
       "it is known that one waits, and since when");
    fix_now += 5000;
    ok(outbox_count(&fix, &out, &n) == OK && n == 1, "then it is due");
    ok(outbox_count(&fix, &in, &n) == OK && n == 0, "for whom it concerns");
    fix_begin();
    ok(outbox_claim(&fix, &fix_tx, &out, 1000, &a) == OK, "and is leased");
    is_int(a.tries, tries, "waiting was no try");
    ok(outbox_finish(&fix, &fix_tx, a.id, a.fence) == OK, "it ends");
    fix_commit();
    ok(outbox_waiting(&fix, STR("send"), &since) == OK && since == 0, "nothing waits any more");
}

static void
test_outbox(void)
{
    struct outbox_job a = {0}, b = {0}, *all;
    size_t n = 0;
    int64_t tries = 0;

    fix_begin();
    ok(outbox_add(&fix, &fix_tx, STR("k"), STR("1"), STR("p"), fix_now) == OK,
       "a job is added");
    ok(outbox_add(&fix, &fix_tx, STR("k"), STR("1"), STR("q"), fix_now) == OK, "and again");
    ok(outbox_add(&fix, &fix_tx, STR("k"), STR("2"), STR("later"), fix_now + 600000) == OK,
       "one is for later");
    ok(outbox_list(&fix, STR(""), 10, &all, &n) == OK && n == 2, "once per kind and key");
    ok(outbox_claim(&fix, &fix_tx, &all_kinds, 1000, &a) == OK, "what is due is leased");
    is_str(a.payload, STR("p"), "the first payload counts");
    is_int(a.fence, 1, "with the first fence");
    ok(outbox_claim(&fix, &fix_tx, &all_kinds, 1000, &b) == E_NOTFOUND,
       "a leased job is not given twice");
    fix_now += 1001;
    ok(outbox_claim(&fix, &fix_tx, &all_kinds, 1000, &b) == OK && b.id == a.id && b.fence == 2,
       "a lease that ran out goes to the next with a new fence");
    ok(outbox_finish(&fix, &fix_tx, a.id, a.fence) == E_CONFLICT, "the old holder is stopped");
    ok(outbox_fail(&fix, &fix_tx, a.id, a.fence, STR("x"), 3) == E_CONFLICT, "in both ways");
    ok(outbox_fail(&fix, &fix_tx, b.id, b.fence, STR("no answer"), 3) == OK,
       "a failure puts it off");
    ok(outbox_claim(&fix, &fix_tx, &all_kinds, 1000, &b) == E_NOTFOUND,
       "it is not due at once");
    fix_now += 5001; /* 4 s and up to a quarter */
    ok(outbox_claim(&fix, &fix_tx, &all_kinds, 1000, &b) == OK && b.id == a.id, "but later");
    tries = b.tries;
    is_int(tries, 3, "its tries are counted");
    ok(outbox_fail(&fix, &fix_tx, b.id, b.fence, STR("no answer"), 3) == OK,
       "the last one fails");
    ok(outbox_list(&fix, STR("dead"), 10, &all, &n) == OK && n == 1, "then it is dead");
    fix_commit();

    struct alert *alerts;
    ok(alert_list(&fix, 10, &alerts, &n) == OK && n == 1 &&
           str_eq_text(alerts[0].kind, "job_dead"),
       "and a person is told");
    fix_begin();
    ok(outbox_retry(&fix, &fix_tx, a.id) == OK, "a person may try it again");
    ok(alert_list(&fix, 10, &alerts, &n) == OK && n == 0, "which ends the alert");
    ok(outbox_claim(&fix, &fix_tx, &all_kinds, 1000, &b) == OK, "and it runs again");
    ok(outbox_finish(&fix, &fix_tx, b.id, b.fence) == OK, "a job ends");
    ok(outbox_retry(&fix, &fix_tx, b.id) == E_CONFLICT, "what is done stays done");
    ok(outbox_retry(&fix, &fix_tx, 99) == E_NOTFOUND, "there is no job 99");
    fix_commit();
}

static void
test_live(void)
{
    struct live_msg *all;
    int64_t seq = 0, last = 0, newest = 0;
    size_t n = 0;

    fix_begin();
    for (int i = 0; i < 3; i++)
        ok(live_add(&fix, &fix_tx, STR("home"), STR("t"), STR("{}")) == OK, "home hears %d", i);
    ok(live_add(&fix, &fix_tx, STR("race/1"), STR("t"), STR("{\"a\":1}")) == OK,
       "so does a race");
    fix_commit();
    ok(live_seq(&fix, STR("home"), &seq) == OK && seq == 3, "numbers rise by one in a channel");
    ok(live_seq(&fix, STR("race/1"), &seq) == OK && seq == 1, "each channel has its own");
    ok(live_seq(&fix, STR("race/2"), &seq) == OK && seq == 0, "0 for one that never spoke");
    ok(live_list(&fix, 0, 10, &all, &n) == OK && n == 4 && all[0].seq == 1, "oldest first");
    last = all[3].id;
    ok(live_list(&fix, all[2].id, 10, &all, &n) == OK && n == 1, "from the last seen on");
    fix_begin();
    ok(live_prune(&fix, &fix_tx, last) == OK, "old ones are forgotten");
    ok(live_add(&fix, &fix_tx, STR("home"), STR("t"), STR("{}")) == OK, "a new one comes");
    fix_commit();
    ok(live_last(&fix, &newest) == OK && newest > last, "its id was never used before");
    ok(live_seq(&fix, STR("home"), &seq) == OK && seq == 4, "and numbers go on");
    fix_begin();
    ok(live_add(&fix, &fix_tx, STR("home"), STR("t"), STR("{}")) == OK,
       "undone with its command");
    tx_rollback(&fix_tx);
    ok(live_seq(&fix, STR("home"), &seq) == OK && seq == 4,
       "a message takes its number with it");
}

/* What was done long ago is forgotten, whatever lies before and behind it. */
static void
test_prune(void)
{
    int64_t before;

    fix_begin();
    ok(outbox_add(&fix, &fix_tx, STR("p"), STR("dead"), STR(""), fix_now) == OK &&
           outbox_add(&fix, &fix_tx, STR("p"), STR("done"), STR(""), fix_now) == OK,
       "two jobs");
    fix_commit();
    ok(fix_sql("UPDATE outbox SET state = 'dead' WHERE key = 'dead'") &&
           fix_sql("UPDATE outbox SET state = 'done', done_at = %lld WHERE state <> 'dead'",
                   (long long)fix_now),
       "one could not be done");
    before = fix_now += 10;
    fix_begin();
    ok(outbox_prune(&fix, &fix_tx, before - 10) == OK, "too early");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'p'"), 2,
           "nothing is forgotten");
    ok(outbox_add(&fix, &fix_tx, STR("p"), STR("new"), STR(""), fix_now) == OK, "a new one");
    ok(outbox_prune(&fix, &fix_tx, before) == OK, "later");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE key IN ('dead', 'new')"), 2,
           "what is open stays");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE state = 'done'"), 0,
           "what was done is gone");
    fix_commit();
    ok(fix_sql("UPDATE outbox SET state = 'done', done_at = %lld WHERE key = 'new'",
               (long long)fix_now),
       "the newest is done");
    fix_begin();
    ok(outbox_prune(&fix, &fix_tx, fix_now + 1) == OK, "and forgotten too");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE key = 'new'"), 0,
           "though nothing comes behind it");
    fix_commit();
}

static void
test_alert(void)
{
    struct alert *all;
    size_t n = 0;

    fix_begin();
    ok(alert_raise(&fix, &fix_tx, STR("k"), STR("a"), "warning", "us", STR("first")) == OK,
       "raised");
    fix_now += 10;
    ok(alert_raise(&fix, &fix_tx, STR("k"), STR("a"), "error", "us", STR("second")) == OK,
       "again");
    ok(alert_raise(&fix, &fix_tx, STR("k"), STR("b"), "info", "user", STR("x")) == OK,
       "another");
    fix_commit();
    ok(alert_list(&fix, 10, &all, &n) == OK && n == 2, "one row per kind and key");
    is_int(all[1].times, 2, "which counts");
    is_int(all[1].seen_at - all[1].raised_at, 10, "and knows first and last time");
    is_str(all[1].text, STR("second"), "with the newest words");
    fix_begin();
    ok(alert_resolve(&fix, &fix_tx, STR("k"), STR("a")) == OK, "resolved");
    ok(alert_resolve(&fix, &fix_tx, STR("k"), STR("z")) == OK,
       "nothing happens when none is open");
    ok(alert_raise(&fix, &fix_tx, STR("k"), STR("a"), "info", "us", STR("anew")) == OK,
       "raised anew");
    fix_commit();
    ok(alert_list(&fix, 10, &all, &n) == OK && n == 2 && all[0].times == 1, "it begins at one");
    fix_begin();
    ok(alert_raise(&fix, &fix_tx, STR("race_cut"), STR("race:1"), "warning", "user",
                   STR("cut")) == OK,
       "something happened");
    fix_commit();
    ok(alert_list(&fix, 1, &all, &n) == OK && n == 1 && alert_is_event(all[0].kind), "once");
    int64_t cut = all[0].id;
    ok(alert_list(&fix, 2, &all, &n) == OK && !alert_is_event(all[1].kind), "unlike a cause");
    fix_begin();
    is_int(alert_note(&fix, &fix_tx, all[1].id, 1, STR("enough"), true), E_CONFLICT,
           "nobody calls a cause done");
    ctx_clear(&fix);
    ok(alert_note(&fix, &fix_tx, all[1].id, 1, STR("I look"), false) == OK,
       "it can be looked after");
    ok(alert_note(&fix, &fix_tx, cut, 1, STR("The racers know"), true) == OK,
       "an event is done when somebody says so");
    is_int(alert_note(&fix, &fix_tx, cut, 1, STR("again"), true), E_CONFLICT, "once");
    ctx_clear(&fix);
    fix_commit();
    struct alert a = {0};
    ok(alert_get(&fix, cut, &a) == OK && a.resolved_at == fix_now, "then it is resolved");
    is_str(a.note, STR("The racers know"), "with what was said");
}

int
main(void)
{
    place_make();
    fix_open(place("ledger.db"));
    test_inbox();
    test_outbox();
    test_lanes();
    test_live();
    test_prune();
    test_alert();
    fix_verify("the books are right");
    fix_close();
    return place_done();
}
