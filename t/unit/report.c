/* Places after the flag: by drivers, hosts, silence; contested ones; when a result is final. */
#include "race/report.h"

#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "race/dispute.h"
#include "user/member.h"

static int64_t race;
static const int64_t MINUTE = 60000;

struct told {
    int64_t seat, place;
    enum report_source source;
};

static enum err
do_report(void *arg)
{
    const struct told *t = arg;

    return night_report(race, t->seat, t->place, t->source);
}

static void
says(enum report_source source, int64_t seat, int64_t place, enum err want, const char *name)
{
    struct told t = {seat, place, source};

    is_int(night_do(do_report, &t), want, name);
}

static void
why(const char *part)
{
    ok(str_find(ctx_why(&fix), str_of(part), 0) != SIZE_MAX, "… because %s", part);
}

static int64_t
tick(void)
{
    size_t n = 0;

    fix_begin();
    is_int(report_tick(&fix, &fix_tx, 10, &n), OK, "time passes");
    fix_commit();
    return (int64_t)n;
}

static enum err
do_finish(void *arg)
{
    (void)arg;
    return lobby_finish(&fix, &fix_tx, race, 0, STR(""), STR("people:0"));
}

static void
flag(int64_t first, size_t n)
{
    race = night_race(first, n, "");
    fix_now += MINUTE;
    is_int(night_do(do_finish, NULL), OK, "the flag");
}

static struct report_wait
waits(void)
{
    struct race r = night_get(race);
    struct report_wait w;

    is_int(report_waits(&fix, &r, &w), OK, "what it waits for");
    return w;
}

static int64_t
messages(const char *type)
{
    return fix_number("SELECT COUNT(*) FROM live_message WHERE channel = 'race/%lld' AND "
                      "type = '%s'",
                      (long long)race, type);
}

static int64_t
tellings(const char *topic)
{
    return fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'tell' AND "
                      "payload = '%s race:%lld'",
                      topic, (long long)race);
}

static void
by_drivers(void)
{
    int64_t seat = 0;

    race = night_race(1, 3, "");
    says(REPORT_DRIVER, 1, 1, E_CONFLICT, "nothing is reported before the flag");
    fix_now += MINUTE;
    is_int(night_do(do_finish, NULL), OK, "the flag");
    is_int(report_seat_of(&fix, race, 2, &seat), OK, "a driver");
    is_int(seat, 2, "has seat 2");
    is_int(report_seat_of(&fix, race, 9, &seat), E_NOTFOUND, "others have none");
    says(REPORT_DRIVER, 1, 9, E_INVALID, "no ninth place");
    says(REPORT_DRIVER, 5, 1, E_INVALID, "no fifth seat");
    says(REPORT_DRIVER, 1, 1, OK, "seat 1 says first");
    is_int(waits().kind, REPORT_SEATS, "the others are missing");
    is_int(waits().seats, 6, "2 and 3");
    is_str(waits().words, STR("waiting for the report of seats 2 and 3"), "in words");
    says(REPORT_DRIVER, 1, 2, OK, "no, second");
    says(REPORT_DRIVER, 2, 1, OK, "seat 2 says first");
    says(REPORT_DRIVER, 3, 0, OK, "seat 3 did not finish");
    ok(night_get(race).seat[2].dnf, "DNF");
    is_int(messages("result.reported"), 4, "each of it is a message");
    is_int(night_get(race).seat[0].reported_at, fix_now, "the page knows when");
    is_int(waits().kind, REPORT_TIME, "now time must pass");
    is_int(waits().until_at, fix_now + 10 * MINUTE, "ten minutes");
    fix_now += 9 * MINUTE;
    says(REPORT_DRIVER, 1, 2, OK, "the same again");
    says(REPORT_DRIVER, 2, 1, OK, "twice");
    is_int(messages("result.reported"), 4, "says nothing new");
    fix_now += MINUTE - 1;
    is_int(tick(), 0, "a millisecond early");
    fix_now++;
    is_int(tick(), 1, "and does not put it off");
    is_int(night_get(race).state, RACE_FINAL, "final");
    is_int(tick(), 0, "once");
    says(REPORT_DRIVER, 1, 3, E_CONFLICT, "too late");
    says(REPORT_STAFF, 1, 3, E_CONFLICT, "for staff too");
    is_int(fix_number("SELECT COUNT(*) FROM report WHERE race_id = %lld", (long long)race), 4,
           "each report is kept");
}

static void
contested(void)
{
    flag(4, 3);
    says(REPORT_DRIVER, 1, 1, OK, "seat 1 says first");
    says(REPORT_DRIVER, 2, 1, OK, "seat 2 says the same");
    says(REPORT_DRIVER, 3, 3, OK, "seat 3 third");
    struct race r = night_get(race);
    is_int(report_contested(&r), 3, "two are contested");
    ok(r.seat[0].contested && r.seat[1].contested && !r.seat[2].contested, "the page knows");
    is_int(messages("result.contested"), 1, "one message");
    is_int(tellings("race.contested"), 1, "the host is told");
    is_int(waits().kind, REPORT_CONTESTED, "the host must decide");
    is_str(waits().words, STR("seats 1 and 2 report the same place: the host decides"),
           "in words");
    says(REPORT_DRIVER, 2, 2, E_CONFLICT, "a driver no longer");
    why("ask the host");
    says(REPORT_DRIVER, 1, 1, OK, "the same once more is no harm");
    fix_now += 23 * 60 * MINUTE;
    is_int(tick(), 0, "time does not decide");
    says(REPORT_HOST, 1, 2, OK, "the host does");
    is_int(waits().kind, REPORT_TIME, "nothing else is missing");
    says(REPORT_DRIVER, 1, 1, E_CONFLICT, "and the driver cannot undo it");
    why("dispute");
    says(REPORT_HOST, 3, 2, OK, "a host may err as well");
    is_int(report_contested(&(struct race[]){night_get(race)}[0]), 5, "then that is contested");
    says(REPORT_STAFF, 3, 3, OK, "until it is put right");
    fix_now += 10 * MINUTE;
    is_int(tick(), 1, "final");
}

static void
silence(void)
{
    flag(7, 3);
    int64_t closed = fix_now;
    says(REPORT_DRIVER, 1, 1, OK, "one reports");
    fix_now = closed + 30 * MINUTE - 1;
    is_int(tick(), 0, "half an hour");
    fix_now++;
    is_int(tick(), 1, "the others are reminded");
    is_int(tellings("race.remind"), 1, "told");
    is_int(tick(), 0, "once");
    says(REPORT_DRIVER, 2, 2, OK, "one of them reports");
    fix_now = closed + 24 * 60 * MINUTE - 1;
    is_int(tick(), 0, "a day");
    fix_now++;
    is_int(tick(), 1, "then silence is DNF");
    ok(night_get(race).seat[2].dnf, "of the last one");
    struct report_row *row;
    size_t n;
    is_int(report_list(&fix, race, 10, &row, &n), OK, "the reports");
    is_int((int64_t)n, 3, "three");
    is_str(row[2].source, STR("clock"), "by the clock");
    is_str(row[2].note, STR("no report"), "with a note");
    says(REPORT_DRIVER, 3, 3, OK, "late, but before the end");
    fix_now += 10 * MINUTE - 1;
    is_int(tick(), 0, "the time begins anew");
    fix_now++;
    is_int(tick(), 1, "final");
    is_int(night_get(race).seat[2].place, 3, "with that place");
}

static enum err
do_sub(void *arg)
{
    (void)arg;
    return lobby_sub(&fix, &fix_tx, race, 1, 20, 3, STR("people:0"));
}

static enum err
do_leave(void *arg)
{
    (void)arg;
    return lobby_leave(&fix, &fix_tx, race, 12, STR("people:0"));
}

static void
owners(void)
{
    int64_t seat = 0;

    race = night_race(10, 3, "");
    fix_now += MINUTE;
    is_int(night_do(do_sub, NULL), OK, "a substitute in seat 1");
    is_int(night_do(do_leave, NULL), OK, "seat 3 is left");
    fix_now += MINUTE;
    is_int(night_do(do_finish, NULL), OK, "the flag");
    is_int(report_seat_of(&fix, race, 20, &seat), OK, "the driver of the last round");
    is_int(seat, 1, "reports for the seat");
    is_int(report_seat_of(&fix, race, 10, &seat), E_NOTFOUND, "who began in it does not");
    why("last round");
    says(REPORT_HOST, 3, 3, E_CONFLICT, "who left has no place");
    is_int(waits().seats, 3, "and need not report");
    says(REPORT_HOST, 1, 1, OK, "first");
    says(REPORT_HOST, 2, 2, OK, "second");
    fix_now += 10 * MINUTE;
    is_int(tick(), 1, "final");
}

/* --- disputes ------------------------------------------------------------------------------
 */

static int64_t dispute;

struct object {
    int64_t member, id;
    const char *text;
    enum { RAISE, WITHDRAW, UPHOLD, REJECT, VOID_IT } what;
};

static enum err
do_object(void *arg)
{
    const struct object *o = arg;
    struct str text = str_of(o->text ? o->text : "");

    switch (o->what) {
    case RAISE:
        return dispute_open(&fix, &fix_tx, race, o->member, text, &dispute);
    case WITHDRAW:
        return dispute_withdraw(&fix, &fix_tx, o->id, o->member);
    case UPHOLD:
    case REJECT:
        return dispute_close(&fix, &fix_tx, o->id, o->what == UPHOLD, text, o->member,
                             STR("member:30"));
    case VOID_IT:
        return lobby_void(&fix, &fix_tx, race, text, STR("people:0"));
    }
    return E_INTERNAL;
}

static void
act(struct object o, enum err want, const char *name)
{
    is_int(night_do(do_object, &o), want, name);
}

static void
disputes(void)
{
    static char wide[2100];
    struct dispute *d;
    size_t n;

    race = night_race(13, 2, "");
    act((struct object){.member = 13, .text = "early"}, E_CONFLICT, "none before the flag");
    fix_now += MINUTE;
    is_int(night_do(do_finish, NULL), OK, "the flag");
    for (size_t i = 0; i < 501; i++)
        memcpy(wide + 2 * i, "ä", 2);
    act((struct object){.member = 13, .text = " "}, E_INVALID, "none without a reason");
    act((struct object){.member = 13, .text = wide}, E_INVALID, "nor with one of 501 signs");
    act((struct object){.member = 15, .text = "I saw it"}, E_DENIED, "nor by others");
    wide[1000] = '\0';
    act((struct object){.member = 13, .text = wide}, OK, "500 signs are fine");
    int64_t first = dispute;
    act((struct object){.member = 13, .text = "again"}, E_CONFLICT, "one open at a time");
    act((struct object){.member = 14, .text = "he cut the corner"}, OK, "another driver's");
    says(REPORT_HOST, 1, 1, OK, "first");
    says(REPORT_HOST, 2, 2, OK, "second");
    is_int(night_get(race).n_disputes, 2, "under review");
    is_int(waits().kind, REPORT_DISPUTE, "that is what it waits for");
    is_int(messages("dispute.opened"), 2, "said live");
    fix_now += 48 * 60 * MINUTE;
    is_int(tick(), 0, "the clock stands still");
    act((struct object){.member = 14, .id = first, .what = WITHDRAW}, E_DENIED,
        "not another's");
    act((struct object){.member = 13, .id = first, .what = WITHDRAW}, OK, "withdrawn");
    act((struct object){.member = 13, .id = first, .what = WITHDRAW}, E_CONFLICT, "once");
    act((struct object){.member = 14, .id = dispute, .text = "I was right", .what = UPHOLD},
        E_DENIED, "nobody decides without the role");
    fix_begin();
    is_int(member_grant(&fix, &fix_tx, 14, STR("staff"), STR("people:0")), OK, "staff");
    is_int(member_grant(&fix, &fix_tx, 30, STR("staff"), STR("people:0")), OK, "and another");
    fix_commit();
    act((struct object){.member = 14, .id = dispute, .text = "I was right", .what = UPHOLD},
        E_DENIED, "nor in one's own race");
    act((struct object){.member = 30, .id = dispute, .text = "no", .what = REJECT}, E_INVALID,
        "nor without saying why");
    act(
        (struct object){
            .member = 30, .id = dispute, .text = "The video shows it.", .what = UPHOLD},
        OK, "upheld");
    act((struct object){.member = 30, .id = dispute, .text = "Or does it not.", .what = REJECT},
        E_CONFLICT, "two people at once: the first one counts");
    why("upheld");
    is_int(messages("dispute.closed"), 2, "said live");
    is_int(dispute_list(&fix, race, 10, &d, &n), OK, "both are kept");
    is_int((int64_t)n, 2, "two");
    is_str(d[1].answer, STR("The video shows it."), "with the answer");
    is_int(dispute_list(&fix, 0, 10, &d, &n), OK, "what is open");
    is_int((int64_t)n, 0, "nothing");
    fix_now += 10 * MINUTE - 1;
    is_int(tick(), 0, "the time to the final begins anew");
    fix_now++;
    is_int(tick(), 1, "final");
    act((struct object){.member = 13, .text = "too late"}, E_CONFLICT, "none after it");
}

static void
voided(void)
{
    flag(16, 2);
    act((struct object){.member = 16, .text = "rain"}, OK, "a dispute");
    act((struct object){.text = "rain", .what = VOID_IT}, OK, "the race is void");
    struct dispute d;
    is_int(dispute_get(&fix, dispute, &d), OK, "the dispute");
    is_str(d.state, STR("WITHDRAWN"), "is over with it");
    act((struct object){.member = 30, .id = dispute, .text = "The video shows it."}, E_CONFLICT,
        "for good");
}

int
main(void)
{
    place_make();
    night_open(place("report.db"));
    by_drivers();
    contested();
    silence();
    owners();
    disputes();
    voided();
    fix_verify("verify finds nothing");
    fix_close();
    return place_done();
}
