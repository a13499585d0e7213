/* Runs of upkeep: what is refused, which is the newest, alerts that come and go. */
#include "upkeep/upkeep.h"

#include "lib/fix.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "queue/alert.h"

static enum err
add(const struct upkeep *u)
{
    fix_begin();
    enum err e = upkeep_add(&fix, &fix_tx, u);

    fix_commit();
    return e;
}

static bool
alert_stands(const char *kind)
{
    struct alert *list = NULL;
    size_t n = 0;

    if (alert_list(&fix, 10, &list, &n) != OK)
        return false;
    for (size_t i = 0; i < n; i++)
        if (str_eq_text(list[i].kind, kind))
            return true;
    return false;
}

int
main(void)
{
    struct upkeep u = {.kind = STR("backup"),
                       .began_at = 1000,
                       .ended_at = 2000,
                       .good = true,
                       .words = STR("copied to 2026-05-01.db.gz"),
                       .seq = 7,
                       .bytes = 4096};
    struct upkeep got, *list = NULL;
    size_t n = 0;

    place_make();
    fix_open(place("ledger.db"));
    is_int(upkeep_last(&fix, STR("backup"), false, &got), E_NOTFOUND, "there was none yet");
    is_int(add(&u), OK, "a good one");
    u.good = false;
    u.words = STR("the disk is full");
    is_int(add(&u), OK, "a bad one");
    ok(alert_stands("backup_failed"), "is an alert");
    is_int(upkeep_last(&fix, STR("backup"), false, &got), OK, "the newest");
    is_str(got.words, STR("the disk is full"), "is the bad one");
    is_int(upkeep_last(&fix, STR("backup"), true, &got), OK, "the newest good one");
    ok(got.bytes == 4096 && got.seq == 7, "is the first");
    u.kind = STR("drill");
    u.good = true;
    is_int(add(&u), OK, "another kind");
    ok(alert_stands("backup_failed"), "does not resolve that alert");
    u.kind = STR("backup");
    is_int(add(&u), OK, "a good one of its own kind");
    ok(!alert_stands("backup_failed"), "does");
    is_int(upkeep_list(&fix, 3, &list, &n), OK, "the newest three");
    ok(n == 3 && list[0].good && str_eq_text(list[1].kind, "drill"), "in their order");

    u.kind = STR("holiday");
    is_int(add(&u), E_INVALID, "an unknown kind is refused");
    u.kind = STR("drill");
    u.ended_at = 999;
    is_int(add(&u), E_INVALID, "an end before the beginning");
    u.ended_at = 2000;
    u.head = STR("abc");
    is_int(add(&u), E_INVALID, "half a hash");
    u.head = STR_NULL;
    u.words = STR("");
    is_int(add(&u), E_INVALID, "no words");
    fix_close();
    return place_done();
}
