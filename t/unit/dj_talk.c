/* Tips and the queue in conversations: /tip, /queue, /dj, the DJ's buttons, and what the DJ is
 * told. */
#include "bot/cards.h"
#include "dj/dj.h"
#include "dj/request.h"
#include "dj/tip.h"
#include "lib/night.h"
#include "lib/place.h"
#include "lib/talk.h"
#include "lib/tap.h"
#include "queue/inbox.h"
#include "user/identity.h"
#include "user/member.h"

enum { DJ = 3 };

static struct {
    struct fact f;
    struct str ref;
    bool on;
} ask;
static int64_t notices;

static enum err
do_fact(void *arg)
{
    struct str key = str_of(arena_printf(fix.arena, "dj_%lld", (long long)++notices));
    int64_t inbox;
    enum err e = inbox_add(&fix, &fix_tx,
                           &(struct inbox_new){.provider = STR("stripe"),
                                               .key = key,
                                               .type = STR("x"),
                                               .body = STR("{}"),
                                               .ref = STR(""),
                                               .about = STR("")},
                           &inbox);

    (void)arg;
    return e ? e : tip_book(&fix, &fix_tx, &ask.f, inbox, &ask.ref);
}

static enum err
do_role(void *arg)
{
    (void)arg;
    return member_grant(&fix, &fix_tx, DJ, STR("dj"), STR("people:0"));
}

static enum err
do_notify(void *arg)
{
    (void)arg;
    return identity_notify_set(&fix, &fix_tx, DJ, STR("tip"), ask.on);
}

/* What was asked for last is paid. */
static enum err
pay(int64_t amount)
{
    ask.f =
        (struct fact){.kind = FACT_TIP,
                      .provider = STR("stripe"),
                      .payment = str_of(arena_printf(fix.arena, "pi_%lld", (long long)notices)),
                      .currency = STR("USD"),
                      .amount = amount,
                      .checkout = fix_number("SELECT max(id) FROM checkout"),
                      .at_ms = fix_now};
    return night_do(do_fact, NULL);
}

static void
before(void)
{
    talk_know(1, "901");
    talk_know(DJ, "903");
    talk_as("901", "Nova");
    is_int(talk_command("tip"), 4, "/tip while nobody is on air");
    ok(talk_private() && talk_says("o DJ is on air"), "says so");
    is_int(talk_command("dj on"), 4, "who is no DJ");
    ok(talk_private() && talk_says("This is for the role"), "goes not on air");
    is_int(night_do(do_role, NULL), OK, "a DJ");
    talk_as("903", "Vinyl");
    is_int(talk_command("dj on"), 4, "/dj on");
    ok(talk_private() && talk_says("on air") && talk_says("The queue is empty"), "is on air");
}

static void
tipping(void)
{
    talk_as("901", "Nova");
    is_int(talk_command("tip"), 4, "/tip alone");
    ok(talk_private() && talk_says("$2.00: DJ gets $1.60, the fee is $0.40"),
       "is the least tip, with what the DJ gets");
    ok(talk_says("/pay/") && talk_says("/tip/"), "and the way to pay");
    talk_text("amount", "abc");
    is_int(talk_command("tip"), 4, "junk");
    ok(talk_private() && talk_says("is no amount"), "is refused");
    talk_text("amount", "1.99");
    is_int(talk_command("tip"), 4, "a cent too little");
    ok(talk_private() && talk_says("takes tips from $2.00"), "is refused with the limit");
    talk_text("amount", "1e3");
    is_int(talk_command("tip"), 4, "an exponent");
    ok(talk_says("is no amount"), "is none");
    talk_text("artist", "Band");
    is_int(talk_command("tip"), 4, "an artist alone");
    ok(talk_says("name the song") || talk_says("Name the song"), "needs the song");
    talk_text("amount", "$5");
    talk_text("song", "Night *Drive*");
    talk_text("artist", "Kiki");
    is_int(talk_command("tip"), 4, "a song");
    ok(talk_private() && talk_says("Night \\\\*Drive\\\\*") && talk_says("DJ gets $4.45"),
       "with its line");
    is_int(pay(500), OK, "is paid");
    talk_text("amount", "10");
    talk_text("song", "Second");
    is_int(talk_command("tip"), 4, "another");
    is_int(pay(1000), OK, "is paid");
    is_int(talk_complete("tip", "dj", "m"), 8, "names are suggested");
    ok(talk_says("m3"), "of DJs");
    talk_text("dj", "m1");
    is_int(talk_command("tip"), 4, "somebody who is no DJ");
    ok(talk_private() && talk_says("here is no such DJ"), "takes no tips");
}

static void
queue(void)
{
    is_int(talk_command("queue"), 4, "/queue");
    ok(!talk_private() && talk_says("1. **Night") && talk_says("2. **Second"), "is public");
    ok(!talk_says("$5.00") && !talk_says("djskip"), "without amounts and buttons");
    is_int(fix_number("SELECT count(*) FROM outbox WHERE kind = 'discord.learn'"), 1,
           "and becomes the card");
    talk_as("903", "Vinyl");
    is_int(talk_command("dj play"), 4, "/dj play");
    ok(talk_private() && talk_says("Now playing: **Night") && talk_says("djskip:2"),
       "plays the first");
    is_int(fix_number("SELECT count(*) FROM outbox WHERE kind = 'tell' AND payload = "
                      "'dj.queue dj:3'") > 0,
           1, "and the card is edited");
    is_int(talk_press("djskip:2"), 9, "Skip asks for the reason");
    talk_text("reason", "not tonight");
    is_int(talk_submit("djskipped:2"), 4, "which is given");
    ok(talk_private() && !talk_says("Second"), "the song is gone");
    is_int(talk_submit("djskipped:2"), 4, "again");
    ok(talk_private() && talk_says("was skipped"), "it is refused in words");
    talk_text("reason", "wrong one");
    talk_number("request", 2);
    is_int(talk_command("dj refund"), 4, "/dj refund");
    ok(talk_private(), "of what was not played");
    is_int(fix_number("SELECT count(*) FROM giveback WHERE ref = 'tip:2' AND amount = 1000"), 1,
           "asks for the whole tip");
    talk_text("reason", "no");
    talk_number("request", 1);
    is_int(talk_command("dj refund"), 4, "what plays");
    ok(talk_private() && talk_says("cannot refund it"), "is not refunded");
    is_int(talk_press("djnext"), 4, "Next with nothing to come");
    ok(talk_private() && talk_says("queue is empty"), "says so");
    is_int(talk_command("dj pause"), 4, "/dj pause");
    ok(talk_says("no songs at the moment"), "is shown");
    talk_as("901", "Nova");
    talk_text("song", "Third");
    is_int(talk_command("tip"), 4, "a song then");
    ok(talk_private() && talk_says("takes no songs"), "is refused");
    is_int(talk_press("djnext"), 4, "somebody else's button");
    ok(talk_private() && talk_says("This is for the role"), "does nothing");
}

/* The message to the DJ, which a switch turns off. */
static void
told(void)
{
    struct str subject, json;
    struct message *m;

    is_int(fix_number("SELECT count(*) FROM outbox WHERE kind = 'tell' AND payload LIKE "
                      "'member.tip tip:%%'"),
           2, "each tip is told once");
    is_int(cards_direct(&fix, STR("member.tip"), STR("tip:1"), &subject, &m), OK,
           "the message about one");
    json = message_json(&fix, m, 0, STR(""));
    is_str(subject, STR("903"), "goes to the DJ");
    ok(str_find(json, STR("$5.00 from m1"), 0) != SIZE_MAX &&
           str_find(json, STR("You get $4.45"), 0) != SIZE_MAX,
       "says who and how much");
    ask.on = false;
    is_int(night_do(do_notify, NULL), OK, "the switch tip");
    is_int(cards_direct(&fix, STR("member.tip"), STR("tip:1"), &subject, &m), E_NOTFOUND,
           "turns it off");
    ctx_clear(&fix);
    is_int(cards_topic(&fix, STR("race.card"), STR("dj:3"), &m), OK, "the queue as a card");
    json = message_json(&fix, m, 0, STR(""));
    ok(str_find(json, STR("Tip DJ"), 0) != SIZE_MAX, "has the button for tips");
    int64_t race = night_race(5, 2, "");
    is_int(cards_topic(&fix, STR("race.card"),
                       str_of(arena_printf(fix.arena, "race:%lld", (long long)race)), &m),
           OK, "a running race");
    json = message_json(&fix, m, 0, STR(""));
    ok(str_find(json, STR("/dj/3"), 0) != SIZE_MAX, "has it too");
    fix_verify("verify finds nothing");
}

int
main(void)
{
    place_make();
    night_conf.stripe.api_key_file = STR("key");
    night_conf.site.url = STR("http://example.org");
    night_conf.tip.min = 200;
    night_conf.tip.max = 50000;
    night_conf.tip.fee_bps = 500;
    night_conf.tip.fee_fixed = 30;
    night_conf.tip.order = STR("time");
    night_conf.tip.expire_h = 24;
    night_conf.tip.answer_h = 48;
    night_open(place("dj.db"));
    before();
    tipping();
    queue();
    told();
    fix_close();
    return place_done();
}
