/* One's own money, switches and privacy, the house's state, and why an order did not count. */
#include "lib/night.h"
#include "lib/place.h"
#include "lib/talk.h"
#include "lib/tap.h"
#include "race/veil.h"

static void
money(void)
{
    int64_t race = night_race(1, 4, "");

    talk_know(1, "901");
    talk_know(2, "902");
    fix_now += 60000;
    ok(night_buy("pi_1"), "somebody buys");
    talk_as("901", "Nova");
    is_int(talk_command("wallet"), 4, "/wallet");
    ok(talk_private() && talk_says("\"name\":\"Pending\",\"value\":\"$1.25\""), "in private");
    ok(talk_says("\"name\":\"Lifetime\",\"value\":\"$1.25\""), "all that was earned");
    ok(talk_says("Payouts from $20.00"), "and from when it is paid out");
    is_int(talk_press("explain"), 4, "why so?");
    ok(talk_private() && talk_says("+$1.25") && talk_says("race 1"), "because of the race");
    night_finish(race);
    is_int(talk_command("wallet"), 4, "after the flag");
    ok(talk_says("from race 1 become available"), "it says when");
    talk_text("at", "2001-02-03");
    is_int(talk_command("explain"), 4, "long ago");
    ok(talk_private() && talk_says("Why your balance is $0.00"), "there was nothing");
    talk_text("at", "yesterday");
    is_int(talk_command("explain"), 4, "a time that is none");
    ok(talk_private() && talk_says("Write the time like"), "is explained");
    talk_text("at", "2190-01-01");
    is_int(talk_command("explain"), 4, "a time to come");
    ok(talk_says("moment that is over"), "is refused");
}

static void
others(void)
{
    talk_as("901", "Nova");
    talk_user("user", "902", "Bea");
    is_int(talk_command("wallet"), 4, "the wallet of somebody else");
    ok(talk_private() && talk_says("their own wallet only"), "is not shown");
    ok(!talk_says("$"), "not one figure of it");
    talk_user("user", "901", "Nova");
    is_int(talk_command("wallet"), 4, "one's own by name");
    ok(talk_says("Your wallet"), "is");
    fix_sql("INSERT INTO role_grant (member_id, role, granted_at, granted_by) "
            "VALUES (1, 'auditor', 1, 'people:0')");
    talk_user("user", "902", "Bea");
    is_int(talk_command("wallet"), 4, "an auditor");
    ok(talk_private() && talk_says("Wallet of") && talk_says("$1.25"), "may look");
    is_int(fix_number("SELECT COUNT(*) FROM audit WHERE action = '/wallet'"), 1,
           "which is noted");
    talk_user("user", "999", "Stranger");
    is_int(talk_command("wallet"), 4, "at a stranger");
    ok(talk_private() && talk_says("has no account yet"), "there is nothing to see");
}

static void
switches(void)
{
    talk_as("901", "Nova");
    is_int(talk_command("notify"), 4, "/notify");
    ok(talk_private() && talk_says("Turn trophy off"), "lists the switches");
    is_int(talk_press("notify:3:0"), 7, "a button");
    ok(talk_says("Turn trophy on"), "turns one off");
    is_int(fix_number("SELECT COUNT(*) FROM notify_off WHERE what = 'trophy'"), 1, "for good");
    talk_text("what", "trophy");
    talk_number("on", 1);
    is_int(talk_command("notify"), 4, "a command");
    is_int(fix_number("SELECT COUNT(*) FROM notify_off"), 0, "turns it on again");
    talk_text("what", "trophy");
    is_int(talk_command("notify"), 4, "half of it");
    ok(talk_says("both options"), "is no order");
    talk_text("what", "everything");
    talk_number("on", 0);
    is_int(talk_command("notify"), 4, "what there is not");
    ok(talk_private() && talk_says("not one of the choices"), "is refused");
    is_int(talk_press("notify:9:0"), 4, "a forged switch");
    ok(talk_private() && talk_says("no such switch"), "is refused");
    is_int(talk_press("notify:0:2"), 4, "a forged state");
    ok(talk_says("no such switch"), "is refused");
}

static void
links(void)
{
    talk_as("901", "Nova");
    is_int(talk_command("link"), 4, "/link");
    ok(talk_private() && talk_says("/login/"), "gives a link in private");
    is_int(fix_number("SELECT COUNT(*) FROM login_link WHERE member_id = 1"), 1, "one");
    is_int(fix_number("SELECT COUNT(*) FROM interaction WHERE answer LIKE '%%/login/%%'"), 0,
           "that the ledger does not know");
    is_int(talk_again(), 4, "the same once more");
    ok(talk_private() && talk_says("answered already"), "gets no second link");
    is_int(fix_number("SELECT COUNT(*) FROM login_link WHERE member_id = 1"), 1, "really");
}

static void
privacy(void)
{
    struct race r;

    talk_as("902", "Bea");
    is_int(talk_command("privacy"), 4, "/privacy");
    ok(talk_private() && talk_says("seen by only you"), "begins with hidden earnings");
    is_int(talk_press("earnings:0"), 7, "show them");
    ok(talk_says("seen by everybody"), "everybody sees them");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'live.rewrite'"), 0,
           "names are as they were");
    ok(fix_sql("UPDATE outbox SET state = 'done' WHERE state = 'due'"), "nothing waits");
    int64_t cards = fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'tell' AND "
                               "payload = 'race.card race:1'");
    is_int(talk_press("hide:1"), 7, "hide the name");
    ok(talk_says("Racer 2") && talk_says("Show my name"), "hidden");
    r = night_get(1);
    is_str(r.seat[1].name, STR("Racer 2"), "the race does not name them");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'live.rewrite' AND "
                      "payload = 'race/1'"),
           1, "its live file is written anew");
    is_int(fix_number("SELECT COUNT(*) FROM outbox WHERE kind = 'tell' AND "
                      "payload = 'race.card race:1'"),
           cards + 1, "and its card edited");
    is_int(talk_press("hide:7"), 4, "a forged choice");
    ok(talk_private() && talk_says("no such choice"), "is refused");
    is_int(talk_press("earnings:3"), 4, "another one");
    ok(talk_says("no such choice"), "is refused");
    is_int(talk_press("hide:0"), 7, "show it");
    ok(talk_says("Hide my name"), "shown again");
}

static void
operators(void)
{
    talk_as("902", "Bea");
    is_int(talk_command("ops status"), 4, "/ops status");
    ok(talk_private() && talk_says("role operator"), "is for operators");
    talk_text("nonsense", "x");
    is_int(talk_command("ops status"), 4, "whatever else is wrong with it");
    ok(talk_says("role operator"), "rights come first");
    talk_know(3, "903");
    fix_sql("INSERT INTO role_grant (member_id, role, granted_at, granted_by) "
            "VALUES (3, 'operator', 1, 'people:0')");
    talk_as("903", "Olga");
    is_int(talk_command("ops status"), 4, "an operator");
    ok(talk_private() && talk_says("No open alert") && talk_says("Jobs"), "reads it");
}

static void
orders(void)
{
    struct fact late = night_order("pi_late", 4500, fix_now + 1000000, "");

    fix_now += 2000000;
    is_int(night_sale(&late), OK, "an order after the flag");
    talk_as("902", "Bea");
    is_int(talk_press("why:1"), 9, "why did it not count?");
    ok(talk_says("whyorder:1"), "a form asks for its number");
    talk_text("order", " pi_late ");
    is_int(talk_submit("whyorder:1"), 4, "by the number of the payment");
    ok(talk_private() && talk_says("It did not count") && talk_says("had ended"), "why");
    talk_text("order", "#1");
    is_int(talk_submit("whyorder:1"), 4, "by the number of the sale");
    ok(talk_private() && talk_says("It counts for race 1: $5.00"), "another one did");
    talk_text("order", "pi_nobody");
    is_int(talk_submit("whyorder:1"), 4, "a number that we do not know");
    ok(talk_private() && talk_says("No order with that number"), "is said");
    talk_text("order", "1' OR 1=1 --");
    is_int(talk_submit("whyorder:1"), 4, "nonsense");
    ok(talk_says("No order with that number"), "finds nothing");
    is_int(talk_press("why:99"), 9, "a race that is not there");
    talk_text("order", "1");
    is_int(talk_submit("whyorder:99"), 4, "is found out");
    ok(talk_private() && talk_says("There is no race 99"), "then");
}

int
main(void)
{
    place_make();
    night_open(place("self.db"));
    money();
    others();
    switches();
    links();
    privacy();
    operators();
    orders();
    fix_verify("the ledger is right");
    fix_close();
    return place_done();
}
