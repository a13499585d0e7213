/* The DJs' pages in memory. Templates are strict here: a name that a handler forgot is an error
 * page. Not for: the way through the real house (t/62-tip.t). */
#include <stdlib.h>

#include "dj/dj.h"
#include "dj/request.h"
#include "dj/tip.h"
#include "lib/night.h"
#include "lib/place.h"
#include "lib/sim.h"
#include "lib/tap.h"
#include "page/layout.h"
#include "page/routes.h"
#include "queue/inbox.h"
#include "shop/checkout.h"
#include "user/member.h"
#include "user/session.h"

enum { DJ = 3 };

static struct ctx ctx;
static struct arena *work;
static struct router *router;
static struct res res;
static struct db *reader;
static char cookie[128], token[64];
static int64_t notices;

static void
must(enum err e, const char *what)
{
    if (e == OK)
        return;
    printf("Bail out! %s: %.*s\n", what, STR_ARG(ctx_why(&fix)));
    exit(99);
}

static void
ask(const char *method, const char *target, const char *with, const char *body)
{
    struct sim s = {.method = method,
                    .target = target,
                    .cookie = with,
                    .origin = "https://kart.example",
                    .body = str_of(body)};

    arena_reset(work);
    ctx_init(&ctx, work, fix.world);
    ctx.conf = &night_conf;
    ctx.db = reader;
    sim_run(router, &ctx, &s, &res);
    if (res.status >= 500)
        printf("# %s: %.*s\n", target, STR_ARG(ctx_why(&ctx)));
}

static void
get(const char *target, const char *with)
{
    ask("GET", target, with, "");
}

static bool
has(const char *needle)
{
    return str_find(res.body, str_of(needle), 0) != SIZE_MAX;
}

static void
start_pages(struct arena *process)
{
    static struct site site = {.conf = &night_conf};
    struct tmpl *tmpl = NULL;
    struct layout *l = NULL;
    char dir[600];

    night_conf.site.url = STR("https://kart.example");
    night_conf.site.name = STR("Cozy-Kart");
    ctx_init(&ctx, work, fix.world);
    ctx.conf = &night_conf;
    must(db_open(&ctx, process, fix_file, DB_READER, &reader), "reader");
    snprintf(dir, sizeof(dir), "%s/templates", getenv("SRCDIR") ? getenv("SRCDIR") : ".");
    if (tmpl_load(&ctx, process, dir, true, &tmpl) != OK ||
        layout_load(&ctx, process, place_dir, &l))
        printf("Bail out! %.*s\n", STR_ARG(ctx_why(&ctx)));
    site.tmpl = tmpl;
    site.page = l;
    router = router_new(process, &(struct router_opts){.routes = routes_table,
                                                       .n_routes = routes_count,
                                                       .site = &site,
                                                       .db = reader,
                                                       .session_find = routes_session,
                                                       .error_page = routes_error});
}

static void
login(int64_t member)
{
    struct str link, session;

    fix_begin();
    must(session_link(&fix, &fix_tx, member, 600000, &link), "link");
    must(session_open(&fix, &fix_tx, link, &session), "session");
    fix_commit();
    snprintf(cookie, sizeof(cookie), "ck=%.*s", STR_ARG(session));
}

static void
wish(const char *title, const char *message, int64_t amount)
{
    const struct tip_new n = {.dj_id = DJ,
                              .amount = amount,
                              .from = STR("Jo"),
                              .message = str_of(message),
                              .title = str_of(title),
                              .artist = str_of(*title ? "Band" : ""),
                              .fan =
                                  str_of(arena_printf(fix.arena, "f%lld", (long long)notices))};
    struct str t;

    fix_begin();
    must(tip_ask(&fix, &fix_tx, &n, &t), "ask");
    fix_commit();
    snprintf(token, sizeof(token), "%.*s", STR_ARG(t));
}

static void
pay(int64_t amount)
{
    struct fact f = {.kind = FACT_TIP,
                     .provider = STR("stripe"),
                     .payment =
                         str_of(arena_printf(fix.arena, "pi_%lld", (long long)++notices)),
                     .currency = STR("USD"),
                     .amount = amount,
                     .checkout = fix_number("SELECT max(id) FROM checkout"),
                     .at_ms = fix_now};
    struct inbox_new in = {.provider = STR("stripe"),
                           .key = f.payment,
                           .type = STR("x"),
                           .body = STR("{}"),
                           .ref = STR(""),
                           .about = STR("")};
    struct str ref;
    int64_t inbox;

    fix_begin();
    must(inbox_add(&fix, &fix_tx, &in, &inbox), "inbox");
    must(tip_book(&fix, &fix_tx, &f, inbox, &ref), "tip");
    must(inbox_mark(&fix, &fix_tx, inbox, STR("applied"), STR(""), ref, 0), "mark");
    must(checkout_paid(&fix, &fix_tx, f.checkout, ref), "paid");
    fix_commit();
}

#define DO(call)                                                                               \
    do {                                                                                       \
        fix_begin();                                                                           \
        must(call, #call);                                                                     \
        fix_commit();                                                                          \
    } while (0)

static void
before(void)
{
    get("/djs", NULL);
    ok(res.status == 200 && has("No DJ yet."), "without a DJ the list says so");
    get("/dj/m3", NULL);
    is_int(res.status, 404, "nor has anybody a page");
    DO(member_grant(&fix, &fix_tx, DJ, STR("dj"), STR("people:0")));
    get("/djs", NULL);
    ok(res.status == 200 && has("Tip DJ m3") && has("off air"), "a DJ");
    get("/dj/m3", NULL);
    ok(res.status == 200 && has("Tips cannot be paid here yet"), "without Stripe it says so");
    night_conf.stripe.api_key_file = STR("key");
    get("/dj/M3", NULL);
    ok(res.status == 200 && has("yours would play next"), "an empty queue");
    ok(has("DJ m3 gets $1.60; fee $0.40") && has("DJ m3 gets $4.45; fee $0.55") &&
           has("DJ m3 gets $9.20; fee $0.80"),
       "the line of each amount");
    ok(has("the fee is 5 % and $0.30"), "and the rule for others");
    ok(has("data-bps=\"500\"") && has("data-fixed=\"30\""), "with the numbers for the script");
    get("/dj/m3.json", NULL);
    ok(res.status == 200 && has("\"queue\":[]") && has("\"playing\":false"), "the document");
    get("/", NULL);
    ok(res.status == 200 && !has("Tip DJ"), "the front page says nothing");
    DO(dj_air(&fix, &fix_tx, DJ, true));
    get("/", NULL);
    ok(res.status == 200 && has("Tip DJ m3"), "until the DJ is on air");
    get("/me/dj", NULL);
    is_int(res.status, 401, "the desk is for who is logged in");
    login(5);
    get("/me/dj", cookie);
    is_int(res.status, 403, "and a DJ");
    login(DJ);
    get("/me/dj", cookie);
    ok(res.status == 200 && has("The queue is empty.") && has("No tip yet."), "an empty desk");
    get("/dj/m3", cookie);
    ok(res.status == 200 && has("This is your own page"), "the own page says so");
}

/* A form that is refused, with its sentence beside the field. */
static void
refused(const char *fields, const char *field, const char *why)
{
    char body[900], mark[200];

    snprintf(body, sizeof(body), "once=AAAAAAAAAAAAAAAAAAAAAA&%s", fields);
    ask("POST", "/dj/m3", NULL, body);
    snprintf(mark, sizeof(mark), "id=\"%s_why\">%s", field, why);
    ok(res.status >= 400 && res.status < 500 && has(mark) && has("Nothing was charged"),
       "%s is refused at %s", fields, field);
}

static void
forms(void)
{
    refused("pick=other&amount=abc", "amount", "abc is no amount of USD");
    refused("pick=other&amount=1e3", "amount", "1e3 is no amount of USD");
    refused("pick=other&amount=1.234", "amount", "1.234 is no amount of USD");
    refused("pick=other&amount=", "amount", "write an amount");
    refused("pick=other&amount=1.99", "amount", "DJ m3 takes tips from $2.00");
    refused("pick=other&amount=500.01", "amount", "a tip is at most $500.00");
    refused("pick=other&amount=99999999999999", "amount", "that is too much");
    refused("pick=2.00&artist=x", "title", "name the song");
    refused("pick=2.00&title=x&link=ftp%3A%2F%2Fx.org", "link", "a link begins with https://");
    refused("pick=2.00&from=%E2%80%AEx", "from", "a name must not contain invisible signs");
    refused(
        "pick=2.00&amount=7&title=%3Cb%3E&message=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xxxxxxxxxxxxxxxxxx",
        "message", "a message has at most 140 signs");
    ok(has("value=\"&lt;b&gt;\"") && !has("<b>\""), "what was written is kept, and escaped");
    ask("POST", "/dj/m3", NULL, "pick=2.00");
    is_int(res.status, 400, "a form without its number");
    ask("POST", "/dj/nobody", NULL, "once=AAAAAAAAAAAAAAAAAAAAAA&pick=2.00");
    is_int(res.status, 404, "or for nobody");
    is_int(fix_number("SELECT count(*) FROM checkout"), 0, "nothing was asked for");
}

static void
tips(void)
{
    char path[100];

    wish("Song <one>", "for mum", 500);
    snprintf(path, sizeof(path), "/tip/%s", token);
    get(path, NULL);
    ok(res.status == 200 && has("the payment is not confirmed yet"), "before the notice");
    ok(str_eq_text(res_get(&res, "Refresh"), "2"), "the page asks again by itself");
    snprintf(path, sizeof(path), "/tip/%s?left=1", token);
    get(path, NULL);
    ok(res.status == 200 && has("You have not paid"), "who came back without paying");
    pay(500);
    get(path, NULL);
    ok(res.status == 200 && has("Song &lt;one&gt; by Band is in the queue") &&
           has("It is next.") && has("gets $4.45, the fee is $0.55"),
       "after the notice");
    wish("", "", 200);
    pay(200);
    snprintf(path, sizeof(path), "/tip/%s", token);
    get(path, NULL);
    ok(res.status == 200 && has("Your tip of $2.00") && !has("queue"), "a tip alone");
    fix_now += 90 * 60000;
    wish("Two", "hi", 300);
    pay(300);
    snprintf(path, sizeof(path), "/tip/%s", token);
    get("/dj/m3", NULL);
    ok(has("Song &lt;one&gt;") && has("1 h 30 min") && has("2 waiting"), "both wait");
    DO(request_play(&fix, &fix_tx, 1, DJ));
    get("/dj/m3", NULL);
    ok(has("Now playing: <b>Song &lt;one&gt;</b> by Band, for Jo"), "one plays");
    get("/dj/m3.json", NULL);
    ok(has("\"playing\":{") && has("\"waiting\":1"), "the document says the same");
    get("/me/dj", cookie);
    ok(res.status == 200 && has("for Jo, $3.00") && has("Skip or refund") && has("$2.55"),
       "the desk");
    DO(dj_pause(&fix, &fix_tx, DJ, true));
    get("/dj/m3", NULL);
    ok(has("No songs now") && !has("name=\"title\""), "while paused no song can be asked for");
    get("/me/dj", cookie);
    ok(has("Take songs again"), "which the desk can end");
    fix_now += 25 * 3600000LL;
    size_t n;
    DO(tip_tick(&fix, &fix_tx, 10, &n));
    get("/me/dj", cookie);
    ok(res.status == 200 && has("Not played in time") && has("Keep as a tip"), "a day later");
    get(path, NULL);
    ok(has("was not played in time. The DJ decides"), "the fan reads it");
    DO(request_skip(&fix, &fix_tx, 1, DJ, STR("enough")));
    DO(request_refund(&fix, &fix_tx, 2, DJ, STR("sorry")));
    get(path, NULL);
    ok(has("your money is on its way back") && has("The DJ says: sorry"),
       "and what came of it");
    get("/tip/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL);
    is_int(res.status, 404, "an address that nobody was given");
    fix_sql("UPDATE checkout SET state = 'failed', why = 'no luck', ref = ''");
    get(path, NULL);
    ok(res.status == 200 && has("That did not work") && has("no luck"), "a failure");
    fix_sql("UPDATE checkout SET state = 'gone'");
    get(path, NULL);
    ok(res.status == 200 && has("This tip is over"), "one that is over");
    get("/me", cookie);
    ok(res.status == 200 && has("href=\"/me/dj\""), "the account leads to the desk");
}

/* A DJ who hides is found by number alone. */
static void
hidden(void)
{
    fix_sql("UPDATE member SET hidden = 1 WHERE id = %d", DJ);
    get("/dj/m3", NULL);
    is_int(res.status, 404, "the name leads nowhere");
    get("/djs", NULL);
    ok(res.status == 200 && has("href=\"/dj/3\"") && !has("m3"), "the list has the number");
    get("/dj/3", NULL);
    ok(res.status == 200 && has("DJ Racer 3") && !has("m3"), "and so has the page");
    get("/overlay/x/tip", NULL);
    is_int(res.status, 404, "an overlay needs its token");
}

int
main(void)
{
    struct arena *process CLEANUP(arena_freep) = arena_new(64 << 20);

    place_make();
    night_conf.tip.min = 200;
    night_conf.tip.max = 50000;
    night_conf.tip.fee_bps = 500;
    night_conf.tip.fee_fixed = 30;
    night_conf.tip.order = STR("time");
    night_conf.tip.expire_h = 24;
    night_conf.tip.answer_h = 48;
    night_open(place("ledger.db"));
    work = arena_new(64 << 20);
    start_pages(process);
    before();
    forms();
    tips();
    hidden();
    db_close(reader);
    fix_close();
    arena_freep(&work);
    return place_done();
}
