/* /cashout, /payout and their buttons, as members and staff use them and as they should not. */
#include <sys/stat.h>

#include "lib/outgo.h"
#include "lib/talk.h"

static int64_t
count(const char *sql)
{
    return fix_number("%s", sql);
}

static int64_t
entries(void)
{
    return count("SELECT count(*) FROM journal");
}

static int64_t
cashout(const char *amount, const char *method)
{
    talk_as("101", "Nova");
    talk_text("amount", amount);
    talk_text("method", method);
    return talk_command("cashout");
}

static int64_t
pay(const char *staff, const char *user, const char *name, const char *amount)
{
    talk_as(staff, "Staffa");
    talk_user("user", user, name);
    talk_text("amount", amount);
    return talk_command("payout");
}

/* Types a code into a form; the type of the answer. */
static int64_t
type_code(const char *staff, const char *form, const char *brand)
{
    talk_as(staff, "Staffa");
    if (brand)
        talk_text("brand", brand);
    talk_text("code", "TEA-4711");
    return talk_submit(form);
}

static void
asking(void)
{
    static const char *const junk[] = {"$50", "5,000", "-1", "1.234", "abc", "1e3", "0", "5€"};
    int64_t before = entries();

    for (size_t i = 0; i < ARRAY_SIZE(junk); i++) {
        cashout(junk[i], "gift_card");
        ok(talk_private() && talk_says("Write the amount like 50"), "'%s' is no amount",
           junk[i]);
    }
    cashout("19.99", "gift_card");
    ok(talk_private() && talk_says("at least $20.00"), "too little");
    cashout("600", "gift_card");
    ok(talk_private() && talk_says("You have $500.00 available; $100.00 are missing"),
       "too much");
    cashout("50", "stripe");
    ok(talk_private() && talk_says("payout page first"), "a method that is not there");
    is_int(entries(), before, "none of them left a trace in the ledger");
    is_int(count("SELECT count(*) FROM payout"), 0, "nor a payout");
    is_int(cashout("50", "gift_card"), 4, "an amount that can be");
    ok(talk_private() && talk_says("Cash out $50.00") && talk_says("None"),
       "is asked once more");
    is_int(entries(), before, "and nothing has moved");
}

static void
confirming(void)
{
    int64_t before = entries(),
            method = count("SELECT id FROM method WHERE kind = 'gift_card'");
    const char *go = arena_printf(fix.arena, "cashgo:%lld:5000:0", (long long)method);

    talk_as("102", "Piston");
    talk_press(go);
    ok(talk_private() && talk_says("no payout method"), "another cannot press it");
    talk_as("101", "Nova");
    is_int(talk_press(go), 7, "the member confirms");
    is_int(entries(), before + 1, "it is put aside");
    talk_press(go);
    talk_press(go);
    is_int(entries(), before + 1, "pressed three times it is one payout");
    talk_as("102", "Piston");
    talk_press("cashback:1");
    ok(talk_private() && talk_says("There is no payout 1"), "another cannot take it back");
    talk_as("101", "Nova");
    is_int(talk_press("cashback:1"), 7, "the member can");
    is_int(night_free(1), 50000, "all of it");
    talk_press(go);
    is_int(entries(), before + 2, "the old button does nothing any more");
}

static void
paying(void)
{
    int64_t before = entries();

    pay("102", "101", "Nova", "50");
    ok(talk_private() && talk_says("This is for the role"), "a member pays nobody");
    pay("103", "103", "Staffa", "50");
    ok(talk_private() && talk_says("Nobody fulfils their own request"), "nor staff themselves");
    pay("103", "101", "Nova", "501");
    ok(talk_private() && talk_says("$1.00 are missing"), "never above what is available");
    pay("103", "101", "Nova", "$50");
    ok(talk_private() && talk_says("Write the amount"), "nor junk");
    is_int(entries(), before, "no trace of any of them");
    is_int(pay("103", "101", "Nova", "50"), 9, "an amount that can be opens a form");
    type_code("102", "payopen:1:5000:1", "Tea");
    ok(talk_private() && talk_says("This is for the role"), "which is staff's alone");
    type_code("103", "payopen:3:5000:0", "Tea");
    ok(talk_private() && talk_says("Nobody fulfils their own"), "and not for themselves");
    is_int(type_code("103", "payopen:1:5000:1", "Tea"), 4, "opened and fulfilled in one step");
    ok(!talk_private() && talk_says("@101\\u003e just cashed out.\""),
       "told in public, no amount");
    is_int(night_free(1), 45000, "out of the member's money");
    type_code("103", "payopen:1:5000:1", "Tea");
    ok(talk_private() && talk_says("look again"), "the form sent twice is one payout");
    is_int(night_free(1), 45000, "and one amount");
    is_int(count("SELECT count(*) FROM interaction WHERE instr(answer, 'TEA-4711') > 0"), 0,
           "no answer that is kept holds the code");
    is_int(count("SELECT count(*) FROM audit WHERE instr(detail, 'TEA-4711') > 0"), 0,
           "nor the log");
}

static void
fulfilling(void)
{
    cashout("30", "gift_card");
    talk_press(
        arena_printf(fix.arena, "cashgo:%lld:3000:2",
                     (long long)count("SELECT id FROM method WHERE kind = 'gift_card'")));
    pay("103", "101", "Nova", "50");
    ok(talk_private() && talk_says("has a request of $30.00 by Gift card open"),
       "another amount is open: says which");
    is_int(pay("103", "101", "Nova", "30"), 9, "exactly the amount");
    fix_sql("UPDATE member SET payout_told = 'amount' WHERE id = 1");
    is_int(type_code("103", "payfill:3", "Tea"), 4, "is fulfilled");
    ok(talk_says("@101\\u003e just cashed out $30.00."),
       "with the amount where the member likes it");
    type_code("103", "payfill:3", "Tea");
    ok(talk_private() && talk_says("already"), "once");
    fix_sql("UPDATE member SET payout_told = 'hidden' WHERE id = 1");
    pay("103", "101", "Nova", "20");
    type_code("103", "payopen:1:2000:3", "");
    ok(talk_private() && talk_says("settled"), "in private where the member does not");
    is_int(-fix_balance("L:store_credit:1"), 2000, "no brand: store credit");
    fix_verify("verify finds nothing after all of that");
}

static void
destinations(void)
{
    int64_t id;

    is_int(set(1, "paypal", "nova@example.org"), OK, "a new destination");
    id = a.id;
    is_int(count("SELECT count(*) FROM outbox WHERE payload "
                 "LIKE 'member.method %'"),
           1, "is told at once");
    cashout("50", "paypal");
    ok(talk_private() && talk_says("onfirm it first"), "and waits for a yes");
    talk_as("102", "Piston");
    talk_press(arena_printf(fix.arena, "methodok:%lld", (long long)id));
    ok(talk_private() && talk_says("no payout method"), "of its member alone");
    talk_as("101", "Nova");
    is_int(talk_press(arena_printf(fix.arena, "methodok:%lld", (long long)id)), 7,
           "which comes");
    cashout("50", "paypal");
    ok(talk_private() && talk_says("can be used from"), "then for a day");
    fix_now += 25 * 3600 * 1000;
    is_int(cashout("50", "paypal"), 4, "after it");
    ok(talk_says("n…a") && !str_eq(talk_answer(), STR("")) &&
           str_find(talk_answer(), STR("nova"), 0) == SIZE_MAX,
       "it is named, not shown");
    is_int(set(1, "paypal", "thief@example.org"), OK, "another one");
    cashout("50", "paypal");
    ok(talk_private() && talk_says("onfirm it first"), "begins anew");
    talk_as("101", "Nova");
    is_int(talk_press(arena_printf(fix.arena, "methodno:%lld", (long long)a.id)), 7,
           "it was not the member");
    cashout("50", "paypal");
    ok(talk_private() && talk_says("payout page first"), "and is gone");
}

int
main(void)
{
    outgo_open("cashout.db");
    FILE *f = fopen(place("key"), "w");
    fprintf(f, "%064d\n", 7);
    fclose(f);
    chmod(place("key"), 0600);
    conf.payout.key_file = str_dup(fix.arena, str_of(place("key")));
    conf.site.url = STR("http://house.test");
    talk_know(1, "101");
    talk_know(2, "102");
    talk_know(3, "103");
    fix_sql(
        "INSERT INTO role_grant (member_id, role, granted_at, granted_by) VALUES (3, 'staff', "
        "1, 'people:0')");
    give(1, 50000);
    asking();
    confirming();
    paying();
    fulfilling();
    destinations();
    fix_close();
    return place_done();
}
