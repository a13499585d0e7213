/* The queue of songs: limits before paying, order, every step and every refusal, refunds, and
 * what time does; the word filter. */
#include "dj/request.h"

#include "dj/booth.h"
#include "dj/dj.h"
#include "dj/filter.h"
#include "dj/tip.h"
#include "dj/wish.h"
#include "lib/night.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "queue/inbox.h"
#include "user/member.h"

enum { DJ = 3, OTHER = 4 };

static struct {
    struct tip_new n;
    struct str token, ref;
    int64_t id, dj;
    const char *verb;
    struct dj limits;
    struct fact f;
    bool on;
} ask;
static int64_t payments;

static enum err
do_ask(void *arg)
{
    (void)arg;
    return tip_ask(&fix, &fix_tx, &ask.n, &ask.token);
}

static enum err
do_fact(void *arg)
{
    struct str key = str_of(arena_printf(fix.arena, "req_%lld", (long long)++payments));
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
    if (e)
        return e;
    e = ask.f.kind == FACT_TIP ? tip_book(&fix, &fix_tx, &ask.f, inbox, &ask.ref)
                               : tip_back(&fix, &fix_tx, &ask.f, inbox, &ask.ref);
    return e ? e : inbox_mark(&fix, &fix_tx, inbox, STR("applied"), STR(""), ask.ref, 0);
}

static enum err
do_verb(void *arg)
{
    (void)arg;
    if (!strcmp(ask.verb, "play"))
        return request_play(&fix, &fix_tx, ask.id, ask.dj);
    if (!strcmp(ask.verb, "done"))
        return request_done(&fix, &fix_tx, ask.id, ask.dj);
    if (!strcmp(ask.verb, "skip"))
        return request_skip(&fix, &fix_tx, ask.id, ask.dj, STR("not my style"));
    if (!strcmp(ask.verb, "skip without"))
        return request_skip(&fix, &fix_tx, ask.id, ask.dj, STR(" "));
    if (!strcmp(ask.verb, "refund"))
        return request_refund(&fix, &fix_tx, ask.id, ask.dj, STR("cannot find it"));
    if (!strcmp(ask.verb, "keep"))
        return request_keep(&fix, &fix_tx, ask.id, ask.dj);
    if (!strcmp(ask.verb, "next"))
        return request_next(&fix, &fix_tx, ask.dj, &ask.id);
    if (!strcmp(ask.verb, "pause"))
        return dj_pause(&fix, &fix_tx, ask.dj, ask.on);
    if (!strcmp(ask.verb, "air"))
        return dj_air(&fix, &fix_tx, ask.dj, ask.on);
    if (!strcmp(ask.verb, "limits"))
        return dj_limits(&fix, &fix_tx, &ask.limits);
    if (!strcmp(ask.verb, "grant"))
        return member_grant(&fix, &fix_tx, ask.dj, STR("dj"), STR("people:0"));
    size_t n;
    return tip_tick(&fix, &fix_tx, 100, &n);
}

static enum err
act(const char *verb, int64_t id, int64_t dj)
{
    ask.verb = verb;
    ask.id = id;
    ask.dj = dj;
    return night_do(do_verb, NULL);
}

static struct str
state(int64_t id)
{
    struct request r;

    return request_get(&fix, id, &r) ? STR("none") : r.state;
}

/* A song, asked for and paid. */
static enum err
song(const char *title, int64_t amount, const char *fan)
{
    ask.n = (struct tip_new){.dj_id = DJ,
                             .amount = amount,
                             .from = STR("Jo"),
                             .message = STR("for my mum"),
                             .title = str_of(title),
                             .artist = STR("Band"),
                             .fan = str_of(fan)};
    enum err e = night_do(do_ask, NULL);
    if (e)
        return e;
    ask.f = (struct fact){.kind = FACT_TIP,
                          .provider = STR("stripe"),
                          .payment = str_of(arena_printf(fix.arena, "pi_%s", title)),
                          .currency = STR("USD"),
                          .amount = amount,
                          .checkout = fix_number("SELECT max(id) FROM checkout"),
                          .at_ms = fix_now};
    return night_do(do_fact, NULL);
}

static void
start(const char *file)
{
    night_conf.stripe.api_key_file = STR("key");
    night_conf.tip.min = 200;
    night_conf.tip.max = 50000;
    night_conf.tip.fee_bps = 500;
    night_conf.tip.fee_fixed = 30;
    night_conf.tip.order = STR("time");
    night_conf.tip.expire_h = 24;
    night_conf.tip.answer_h = 48;
    night_open(file);
    is_int(act("grant", 0, DJ), OK, "a DJ");
    is_int(act("grant", 0, OTHER), OK, "another");
    ask.on = true;
    is_int(act("air", 0, DJ), OK, "on air");
}

static void
refused(const char *field, const char *why, const char *name)
{
    const char *at = "";
    enum err e;

    ctx_clear(&fix);
    e = wish_check(&fix, &ask.n, &at);
    ok(e != OK && strcmp(at, field) == 0 && str_find(ctx_why(&fix), str_of(why), 0) != SIZE_MAX,
       "%s (%s: %.*s)", name, at, STR_ARG(ctx_why(&fix)));
    ok(night_do(do_ask, NULL) != OK, "the vault refuses it too");
}

static void
before_paying(const char *file)
{
    const struct tip_new good = {.dj_id = DJ,
                                 .amount = 500,
                                 .from = STR("Jo"),
                                 .message = STR(""),
                                 .title = STR("Song"),
                                 .fan = STR("addr:1")};
    start(file);
    ask.n = good;
    is_int(night_do(do_ask, NULL), OK, "a tip with a song is asked for");
    is_int((int64_t)ask.token.n, 43, "and has an address");
    ask.n.amount = 199;
    refused("amount", "takes tips from $2.00", "a cent below the least");
    ask.n.amount = 50001;
    refused("amount", "at most $500.00", "a cent above the largest");
    ask.n.amount = -5;
    refused("amount", "takes tips from $2.00", "less than nothing");
    ask.n = good;
    ask.n.dj_id = 5;
    refused("dj", "no such DJ", "somebody who is no DJ");
    ask.n = good;
    ask.n.title = STR("");
    ask.n.artist = STR("Band");
    refused("title", "name the song", "an artist without a song");
    ask.n = good;
    ask.n.link = STR("javascript:alert(1)");
    refused("link", "https://", "a link that is none");
    ask.n.link = STR("https://a.b/\"onclick=");
    refused("link", "without blanks or quotes", "a link with quotes");
    ask.n = good;
    ask.n.message = STR("two\nlines");
    refused("message", "one line", "two lines");
    ask.n = good;
    ask.n.from = STR("a name that is far longer than thirty-two signs");
    refused("from", "at most 32", "a long name");
    ask.limits = (struct dj){.member_id = DJ,
                             .min = 500,
                             .max_open = 3,
                             .max_per_fan = 2,
                             .banned = STR("darn\n\n  evil band ")};
    is_int(act("limits", 0, DJ), OK, "the DJ sets limits");
    ask.n = good;
    ask.n.amount = 499;
    refused("amount", "DJ m3 takes tips from $5.00", "the DJ's own minimum");
    ask.n = good;
    ask.n.artist = STR("The Evil  Band");
    refused("artist", "not taken here", "an artist of the list");
    ask.n = good;
    ask.on = true;
    is_int(act("pause", 0, DJ), OK, "the DJ pauses");
    refused("title", "takes no songs", "a song while paused");
    ask.n.title = STR("");
    is_int(night_do(do_ask, NULL), OK, "a tip without one is taken");
    ask.on = false;
    is_int(act("pause", 0, DJ), OK, "and goes on");
    is_int(song("s1", 500, "addr:1"), OK, "one song");
    is_int(song("s2", 500, "addr:1"), OK, "another of the same fan");
    is_int(song("s3", 500, "addr:1"), E_LIMIT, "a third is too many");
    is_int(song("s4", 500, "addr:2"), OK, "of another it is not");
    is_int(song("s5", 500, "addr:3"), E_LIMIT, "then the queue is full");
    ask.limits.min = 60000;
    is_int(act("limits", 0, DJ), E_INVALID, "a minimum above the house's largest");
    ask.limits.min = 0;
    ask.limits.max_open = 201;
    is_int(act("limits", 0, DJ), E_INVALID, "too long a queue");
    fix_verify("verify finds nothing");
}

static void
playing(const char *file)
{
    struct request *q, r;
    size_t n;

    start(file);
    is_int(act("next", 0, DJ), E_NOTFOUND, "nothing to play");
    is_int(song("one", 500, "a"), OK, "first");
    fix_now += 1000;
    is_int(song("two", 900, "b"), OK, "second, a larger one");
    fix_now += 1000;
    is_int(song("three", 500, "c"), OK, "third");
    is_int(request_queue(&fix, DJ, 10, &q, &n), OK, "the queue");
    ok(n == 3 && q[0].id == 1 && q[0].position == 1 && q[2].position == 3, "by time");
    is_int(request_get(&fix, 2, &r), OK, "one of it");
    is_int(r.position, 2, "has its place");
    night_conf.tip.order = STR("amount");
    is_int(request_get(&fix, 2, &r), OK, "ordered by amount");
    is_int(r.position, 1, "the larger one is first");
    is_int(request_queue(&fix, DJ, 10, &q, &n), OK, "and the queue");
    ok(q[0].id == 2 && q[1].id == 1 && q[2].id == 3, "says the same");
    night_conf.tip.order = STR("time");
    is_int(act("play", 2, OTHER), E_NOTFOUND, "another DJ's song is not there");
    is_int(act("done", 1, DJ), E_CONFLICT, "what does not play cannot end");
    is_int(act("keep", 1, DJ), E_CONFLICT, "what was not offered cannot be kept");
    is_int(act("play", 1, DJ), OK, "plays");
    is_int(act("play", 1, DJ), E_CONFLICT, "once");
    ok(str_find(ctx_why(&fix), STR("is playing"), 0) != SIZE_MAX, "and says so");
    is_int(act("refund", 1, DJ), E_CONFLICT, "what plays is not refunded");
    is_int(act("next", 0, DJ), OK, "the next");
    is_int(ask.id, 2, "is the second");
    is_str(state(1), STR("done"), "what played is done");
    is_int(act("done", 2, DJ), OK, "ends");
    is_int(act("skip without", 3, DJ), E_INVALID, "a skip needs its reason");
    is_int(act("skip", 3, DJ), OK, "skipped");
    is_int(act("skip", 3, DJ), E_CONFLICT, "once");
    is_str(state(3), STR("skipped"), "is skipped");
    is_int(act("refund", 3, DJ), OK, "and may still be refunded");
    is_str(state(3), STR("refunding"), "which the provider must tell");
    is_int(fix_number("SELECT amount FROM giveback WHERE ref = 'tip:3'"), 500,
           "all of it, fee included");
    is_int(act("refund", 3, DJ), E_CONFLICT, "asked once");
    is_int(night_pending(DJ), 445 + 825 + 445, "the money is still there");
    ask.f = (struct fact){.kind = FACT_REFUND,
                          .provider = STR("stripe"),
                          .payment = STR("pi_three"),
                          .object = STR("re_1"),
                          .amount = 500,
                          .at_ms = fix_now};
    is_int(night_do(do_fact, NULL), OK, "the provider tells");
    is_str(state(3), STR("refunded"), "it is refunded");
    is_int(night_pending(DJ), 445 + 825, "and the money is gone");
    ask.f.kind = FACT_REFUND_FAILED;
    is_int(night_do(do_fact, NULL), OK, "then it failed");
    is_str(state(3), STR("waiting"), "the song waits again");
    is_int(act("refund", 2, DJ), E_CONFLICT, "what was played is not refunded");
    fix_verify("verify finds nothing");
}

static void
expiry(const char *file)
{
    struct request *q;
    size_t n;

    start(file);
    is_int(song("one", 500, "a"), OK, "a song");
    is_int(song("two", 500, "b"), OK, "another");
    is_int(act("play", 2, DJ), OK, "one plays");
    fix_now += 24 * 3600000 - 1;
    is_int(act("tick", 0, DJ), OK, "a moment too early");
    is_str(state(1), STR("waiting"), "it waits");
    fix_now += 1;
    is_int(act("tick", 0, DJ), OK, "after a day");
    is_str(state(1), STR("offered"), "it is offered to the DJ");
    is_str(state(2), STR("playing"), "what plays is not");
    is_int(fix_number("SELECT count(*) FROM outbox WHERE kind = 'tell' AND payload = "
                      "'member.song song:1'"),
           1, "who is told");
    is_int(request_offered(&fix, DJ, 10, &q, &n), OK, "the list of such");
    is_int((int64_t)n, 1, "has it");
    is_int(act("keep", 1, DJ), OK, "kept as a tip");
    is_str(state(1), STR("kept"), "it is kept");
    is_int(song("three", 500, "a"), OK, "a third");
    fix_now += 24 * 3600000;
    is_int(act("tick", 0, DJ), OK, "offered too");
    fix_now += 48 * 3600000 - 1;
    is_int(act("tick", 0, DJ), OK, "no answer yet");
    is_str(state(3), STR("offered"), "and time is left");
    fix_now += 1;
    is_int(act("tick", 0, DJ), OK, "no answer at all");
    is_str(state(3), STR("refunding"), "it is refunded");
    is_int(act("keep", 3, DJ), E_CONFLICT, "too late to keep it");
    is_int(song("four", 500, "a"), OK, "a fourth");
    fix_now += 24 * 3600000;
    is_int(act("tick", 0, DJ), OK, "offered");
    is_int(act("play", 4, DJ), OK, "may still be played");
    fix_verify("verify finds nothing");
}

static void
words(void)
{
    struct str list = STR("# a remark\ndarn\nevil band\nÉCLAIR");

    ok(filter_hits(fix.arena, list, STR("Darn it")), "whatever the case");
    ok(!filter_hits(fix.arena, list, STR("darning socks")), "whole words only");
    ok(filter_hits(fix.arena, list, STR("you (DARN)!")), "signs around it do not matter");
    ok(filter_hits(fix.arena, list, STR("the evil, band")), "several words in a row");
    ok(!filter_hits(fix.arena, list, STR("band evil")), "in their order");
    ok(filter_hits(fix.arena, list, STR("un éclair")), "letters beyond ASCII");
    ok(!filter_hits(fix.arena, list, STR("a remark")), "remarks are no words");
    ok(!filter_hits(fix.arena, STR(""), STR("darn")), "an empty list hits nothing");
    ok(!filter_hits(fix.arena, STR("\n  \n--"), STR("-- darn")), "nor do lines without words");
}

static void
shown(const char *file)
{
    struct buf b;
    struct tip t;

    start(file);
    ask.limits = (struct dj){.member_id = DJ, .banned = STR("darn")};
    is_int(act("limits", 0, DJ), OK, "a list");
    is_int(song("one", 500, "a"), OK, "a song");
    ask.n.message = STR("DARN good");
    is_int(night_do(do_ask, NULL), OK, "a message with the word is taken");
    ask.f.payment = STR("pi_9");
    ask.f.checkout = fix_number("SELECT max(id) FROM checkout");
    is_int(night_do(do_fact, NULL), OK, "and counts");
    is_int(tip_get(&fix, 2, &t), OK, "the tip");
    ok(t.hidden && t.message.n == 0, "shows no message");
    b = buf_new(fix.arena, 65536);
    is_int(booth_state(&fix, DJ, &b), OK, "the state");
    ok(str_find(buf_str(&b), STR("DARN"), 0) == SIZE_MAX, "nor does any channel");
    ok(str_find(buf_str(&b), STR("\"from\":\"Jo\""), 0) != SIZE_MAX, "but the name");
    is_int(fix_number("SELECT count(*) FROM live_message WHERE channel = 'dj/3' AND type = "
                      "'tip.added'"),
           2, "a message for each tip");
    is_int(fix_number("SELECT count(*) FROM live_message WHERE data LIKE '%%DARN%%'"), 0,
           "without the word");
    ask.on = true;
    is_int(act("air", 0, OTHER), OK, "another goes on air");
    is_int(fix_number("SELECT member_id FROM dj WHERE on_air = 1"), OTHER, "alone");
    fix_verify("verify finds nothing");
}

int
main(void)
{
    place_make();
    const char *file = place("request.db");

    before_paying(file);
    playing(file);
    expiry(file);
    words();
    shown(file);
    fix_close();
    return place_done();
}
