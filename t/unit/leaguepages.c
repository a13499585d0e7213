/* The pages of seasons and racers in memory, over a league that was really driven. Templates
 * are strict here: a name that a handler forgot is an error page. */
#include <stdlib.h>

#include "league/prize.h"
#include "league/season.h"
#include "league/trophy.h"
#include "lib/league.h"
#include "lib/place.h"
#include "lib/sim.h"
#include "lib/tap.h"
#include "page/layout.h"
#include "page/routes.h"
#include "race/dispute.h"
#include "race/report.h"
#include "user/identity.h"
#include "user/session.h"

static struct ctx ctx;
static struct arena *work;
static struct router *router;
static struct res res;
static struct db *reader;
static char cookie[128];

static void
must(enum err e, const char *what)
{
    if (e == OK)
        return;
    printf("Bail out! %s: %.*s\n", what, STR_ARG(ctx_why(&fix)));
    exit(99);
}

static void
get(const char *target, const char *with)
{
    struct sim s = {.target = target, .cookie = with};

    arena_reset(work);
    ctx_init(&ctx, work, fix.world);
    ctx.conf = &night_conf;
    ctx.db = reader;
    sim_run(router, &ctx, &s, &res);
    if (res.status >= 500)
        printf("# %s: %.*s\n", target, STR_ARG(ctx_why(&ctx)));
}

static bool
has(const char *needle)
{
    return str_find(res.body, str_of(needle), 0) != SIZE_MAX;
}

static size_t
count(const char *needle)
{
    size_t n = 0, at = 0;

    while ((at = str_find(res.body, str_of(needle), at)) != SIZE_MAX) {
        n++;
        at++;
    }
    return n;
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
name(int64_t id, const char *as, const char *key)
{
    if (!fix_sql("UPDATE member SET name = '%s', name_key = '%s' WHERE id = %lld", as, key,
                 (long long)id))
        printf("Bail out! a member could not be named\n");
}

static void
choose(int64_t member, bool hidden, const char *earnings)
{
    struct identity_privacy p = {.hidden = hidden, .earnings = str_of(earnings)};

    fix_begin();
    must(identity_privacy_set(&fix, &fix_tx, member, &p), "privacy");
    fix_commit();
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
test_empty(void)
{
    get("/standings", NULL);
    ok(res.status == 200 && has("No season yet"), "without a season the page says so");
    get("/standings.json", NULL);
    ok(res.status == 200 && has("\"table\":false"), "the document as well");
    get("/seasons", NULL);
    ok(res.status == 200 && has("No season so far"), "the list has its sentence");
    get("/season/none", NULL);
    is_int(res.status, 404, "an unknown season is not there");
    get("/r/Nova", NULL);
    ok(res.status == 200 && has("No trophies yet. A podium puts the first one here."),
       "an empty shelf says how it fills");
    ok(count("trophy--locked") == TROPHY_KINDS && has("Still to win"),
       "with every trophy as an outline");
    league_season("Spring 26", 1, 2);
    get("/standings", NULL);
    ok(res.status == 200 && has("No race is final yet"), "a season without a result says so");
    ok(has("data-live=\"season/1\""), "and waits for the first one");
}

static void
drive(void)
{
    static const char *const PLACES[] = {"123", "213", "231", "213"};

    for (size_t i = 0; i < ARRAY_SIZE(PLACES); i++) {
        int64_t race = league_open(1, 9);
        char payment[16];

        league_start(race, 3);
        snprintf(payment, sizeof(payment), "pi_%zu", i);
        ok(night_buy(payment), "a sale in race %zu", i + 1);
        league_end(race, PLACES[i]);
        fix_now += 86400000;
    }
}

static void
test_standings(void)
{
    get("/standings", NULL);
    ok(res.status == 200 && has("Spring 26") && has("4 final races"), "the present season");
    ok(has("href=\"/r/Nova\"") && has("href=\"/r/a%2Bb%20%3Cc%3E\""),
       "names lead to profiles, whatever they are");
    ok(has("a+b &lt;c&gt;") && !has("a+b <c>"), "and are escaped");
    ok(has("▲") && has(" since the race before</span>"), "a change of rank has its words");
    ok(has("<s>") && has("</s> dropped"), "what is dropped is struck through, with the word");
    ok(has(">Average</th>") && has("Points of a race") && has("More wins."),
       "points table and order of ties are there");
    ok(count("class=\"chart chart--page\"") == 2, "ranks and points are drawn");
    ok(has("lines__s lines__s0") && has("Show numbers"), "with their numbers");
    ok(!has("Share earned"), "nobody lets visitors see sums");
    ok(has("property=\"og:image\" "
           "content=\"https://kart.example/card/season/spring-26.png\"") &&
           has("twitter:card"),
       "other sites find the card");
    ok(res.body.n < 64 * 1024, "the page stays small");
    ok(has("<b>42</b>") && has("<b>39</b>"), "points without what is dropped");
    get("/season/spring-26", NULL);
    ok(res.status == 200 && has("Show it as it is now") == 0, "the same by its name");
    get("/season/spring-26.json", NULL);
    ok(res.status == 200 && has("\"rank\":1") && has("\"dropped\":true"), "and as a document");
    ok(!has("<svg") && !has("logout"), "without markup and frame");
    get("/standings?at=2001-01-01", NULL);
    ok(res.status == 200 && has("As it was") && !has("data-live"), "an old day, not live");
    get("/standings?at=nonsense", NULL);
    is_int(res.status, 400, "a date that is none is refused");
    get("/seasons.json", NULL);
    ok(has("\"slug\":\"spring-26\""), "the list as a document");
}

static void
test_profile(void)
{
    get("/r/Nova", NULL);
    ok(res.status == 200 && has("<h1>Nova</h1>") && has("Rank "), "a profile");
    ok(has("Race win") && has("href=\"/race/1\"") && has("1st of 3 in race 1"),
       "trophies with race and reason");
    ok(has("lines__place--1") && has("Place in each race"), "places are drawn");
    ok(!has("Earned in all races") && !has(">Share</th>"), "sums are hidden at first");
    ok(has("https://kart.example/card/racer/1.png"), "with its card");
    get("/r/1", NULL);
    ok(res.status == 200 && has("<h1>Nova</h1>"), "the number leads there as well");
    get("/r/1.json", NULL);
    ok(res.status == 200 && has("\"wins\":") && has("\"earned\":false"), "and the document");
    get("/r/a%2Bb%20%3Cc%3E", NULL);
    ok(res.status == 200 && has("<h1>a+b &lt;c&gt;</h1>"), "a name of odd signs");
    choose(1, false, "members");
    get("/r/Nova", NULL);
    ok(!has("Earned in all races"), "what members may see visitors may not");
    get("/r/Nova", cookie);
    ok(has("Earned in all races") && has("$6.6"), "a member sees the sum");
    ok(!has("Earned per month"), "but not the months");
    get("/r/3", cookie);
    ok(has("Earned per month") && has("only you see this") && has("<td>2023-11</td>"),
       "those are for oneself alone");
    get("/r/1.json", NULL);
    ok(has("\"earned\":false"), "the document has no session");
    choose(1, false, "public");
    get("/standings", NULL);
    ok(has("Share earned") && count("not shown") == 2, "one sum is public, two are not");
}

static void
test_hidden(void)
{
    choose(2, true, "hidden");
    get("/r/2", NULL);
    ok(res.status == 404 && has("This profile is not public."),
       "a hidden profile is not there");
    ok(!has("a+b"), "and does not say whose it is");
    get("/r/a%2Bb%20%3Cc%3E", NULL);
    ok(res.status == 404 && has("This profile is not public."), "nor by name");
    get("/r/nobody", NULL);
    ok(res.status == 404 && has("This profile is not public."), "as if there were nobody");
    get("/r/3", cookie);
    is_int(res.status, 200, "others stay");
    choose(3, true, "hidden");
    get("/r/3", cookie);
    ok(res.status == 404 && has("Your profile is hidden"), "oneself is told why");
    choose(3, false, "hidden");
    get("/standings", NULL);
    ok(has("Racer 2") && !has("a+b") && !has("href=\"/r/2\""), "the table keeps the number");
    get("/race/1", NULL);
    ok(has("Racer 2") && !has("a+b"), "the race as well");
    get("/races?racer=a%2Bb+%3Cc%3E", NULL);
    ok(res.status == 200 && has("No racer with a public profile"), "no filter finds the races");
    get("/season/spring-26.json", NULL);
    ok(!has("a+b"), "documents keep the name to themselves");
}

static void
test_race(void)
{
    get("/race/1", NULL);
    ok(has(">Points</th>") && has("<b>15</b>") && has("<b>12</b>"), "points after the result");
    ok(has("plate--1") && has("href=\"/r/Nova\""), "places and drivers");
    ok(has("<a href=\"/season/spring-26\">Spring 26</a>"), "and the season");
    ok(has("https://kart.example/card/race/1.png"), "with its card");
    get("/races?season=spring-26&racer=Nova", NULL);
    ok(res.status == 200 && count("class=\"cards__head\"") == 4,
       "races of a season and a racer");
    get("/races?season=spring-26&racer=Nova&state=final", NULL);
    ok(count("class=\"cards__head\"") == 3, "and of a state: the oldest has settled");
    ok(has("value=\"Nova\"") && has("<option value=\"final\" selected>"), "the choice is kept");
    get("/races?state=void", NULL);
    ok(has("No race fits"), "nothing found has its sentence");
    get("/races?season=none", NULL);
    ok(has("There is no such season."), "an unknown season is told");
    get("/races.json?racer=3&state=final", NULL);
    ok(res.status == 200 && has("\"number\":4"), "also as a document");
    get("/races?state=x", NULL);
    is_int(res.status, 400, "a state that is none is refused");
}

/* A prize is funded when its money is here, and not before. */
static void
test_prizes(void)
{
    struct fact f = {.kind = FACT_PRIZE,
                     .provider = STR("stripe"),
                     .payment = STR("pi_prize"),
                     .object = STR("x"),
                     .currency = STR("USD"),
                     .amount = 10000,
                     .at_ms = fix_now,
                     .season = STR("spring-26"),
                     .place = 1};
    struct str ref;

    get("/season/spring-26", NULL);
    ok(!has("id=\"prizes\"") && !has("Season funded"), "without a prize nothing is promised");
    fix_begin();
    must(prize_add(&fix, &fix_tx, 1, 1, 10000, STR("Grand <prize>"), 0, STR("people:0")),
         "prize");
    fix_commit();
    get("/season/spring-26", NULL);
    ok(has("Grand &lt;prize&gt;") && has("$100.00") && has("not paid in yet"),
       "a prize is named with its state");
    ok(!has("Season funded"), "that is not funded");
    fix_begin();
    must(prize_book(&fix, &fix_tx, &f, 1, &ref), "paid in");
    fix_commit();
    get("/season/spring-26", NULL);
    ok(has("Season funded") && !has("not paid in yet"), "paid in, the season is funded");
}

/* The console with a dispute, a penalty and a season that cannot close yet. */
static void
test_console(void)
{
    int64_t penalty;

    get("/ops/league", cookie);
    ok(res.status == 403, "a member has no business in the console");
    fix_begin();
    must(member_grant(&fix, &fix_tx, 3, STR("auditor"), STR("people:0")), "role");
    must(season_penalty_add(&fix, &fix_tx, 1, 2, STR("cut-1"), 3, STR("Cut <twice>"),
                            STR("people:0"), &penalty),
         "penalty");
    fix_commit();
    get("/ops", cookie);
    ok(res.status == 200 && has("<dt>Open disputes</dt><dd>1</dd>"), "the overview counts");
    get("/ops/league", cookie);
    ok(res.status == 200 && has("Seat 3 &lt;cut&gt; the corner") && has("Cut &lt;twice&gt;"),
       "disputes and penalties are listed, escaped");
    ok(has("15,12,10,9,8,7,6,5"), "with the points tables");
    ok(!has("action=\"/ops/"), "an auditor has no buttons");
    fix_begin();
    must(member_grant(&fix, &fix_tx, 3, STR("operator"), STR("people:0")), "role");
    fix_commit();
    get("/ops/league", cookie);
    ok(has("action=\"/ops/dispute/1\"") && has("action=\"/ops/penalty/1\""),
       "who may act has them");
}

/* Between flag and FINAL: what drivers say, and what somebody says against it. */
static void
test_quarrel(void)
{
    int64_t race = league_open(0, 9), number;
    struct report r = {.race_id = race,
                       .seat_no = 1,
                       .place = 1,
                       .source = REPORT_DRIVER,
                       .actor = STR("member:1"),
                       .note = STR("")};

    league_start(race, 3);
    fix_begin();
    must(lobby_finish(&fix, &fix_tx, race, 0, STR(""), STR("people:0")), "finish");
    must(report_add(&fix, &fix_tx, &r), "report");
    fix_commit();
    get("/race/5", NULL);
    ok(res.status == 200 && has("Show 1 report") &&
           has("<td data-name=\"Reported by\">the driver"),
       "a report is shown with who made it");
    ok(!has("Contested") && !has("Under review"), "nothing is in doubt yet");
    r.seat_no = 3;
    fix_begin();
    must(report_add(&fix, &fix_tx, &r), "the same place");
    must(dispute_open(&fix, &fix_tx, race, 1, STR("Seat 3 <cut> the corner"), &number),
         "dispute");
    fix_commit();
    get("/race/5", NULL);
    ok(count("<span class=\"chip\">contested</span>") == 2 && has("<b>Contested</b>"),
       "both seats of one place are contested");
    test_console();
    get("/race/5", NULL);
    ok(has("data-badge-word>under review</span>"), "the state says so");
    ok(has("<b>Under review</b>") && has("Seat 3 &lt;cut&gt; the corner"), "a dispute is told");
    fix_begin();
    must(dispute_close(&fix, &fix_tx, number, false, STR("The replay shows otherwise."), 0,
                       STR("people:0")),
         "close");
    r.seat_no = 3;
    r.place = 2;
    r.source = REPORT_STAFF;
    must(report_add(&fix, &fix_tx, &r), "staff decides");
    fix_commit();
    get("/race/5", NULL);
    ok(!has("<b>Under review</b>") && has("Answer: The replay shows otherwise.") &&
           has("rejected"),
       "its answer stays");
}

static void
test_closed(void)
{
    fix_now += 4 * INT64_C(86400000);
    league_tick();
    fix_begin();
    must(season_close(&fix, &fix_tx, 1, STR("people:0")), "close");
    must(season_erratum(&fix, &fix_tx, 1, STR("Race 2 was started twice."), STR("people:0")),
         "erratum");
    fix_commit();
    get("/season/spring-26", NULL);
    ok(res.status == 200 && has("id=\"champion\"") && has("trophy__place--bare"),
       "a closed season names its champion");
    ok(has("Race 2 was started twice."), "corrections are listed");
    ok(has("paid out") && has("to Racer 2</span>"), "and who got the prize");
    ok(!has("data-live"), "and it moves no more");
    get("/r/Nova", NULL);
    ok(has("trophy--2") && has("Runner-up"), "the second place stands in the profile");
    choose(2, false, "hidden");
    get("/r/2", NULL);
    ok(has("Champion of Spring 26"), "the champion's title as well");
}

/* Forty racers, sixty races: the page is still one that loads at once. */
static void
test_large(void)
{
    int64_t season = league_season("Long", 2, 5), seat;

    for (int64_t k = 0; k < 60; k++) {
        int64_t race = league_open(season, 40);

        fix_begin();
        for (int64_t i = 0; i < 8; i++)
            must(lobby_join(&fix, &fix_tx, race, (k * 7 + i * 5) % 40 + 1, STR("people:0"),
                            &seat),
                 "join");
        must(lobby_start(&fix, &fix_tx, race, STR("people:0")), "start");
        fix_commit();
        fix_now += 60000;
        league_end(race, k % 3 ? "12345678" : "87654321");
        fix_now += 3600000;
    }
    get("/season/long", NULL);
    ok(res.status == 200 && count("class=\"stand__row\"") == 40, "forty racers in one table");
    ok(has("older, on <a href="), "older races stand on the profiles");
    ok(res.body.n < 64 * 1024, "the page stays below 64 KiB");
}

int
main(void)
{
    struct arena *process CLEANUP(arena_freep) = arena_new(64 << 20);

    place_make();
    night_open(place("ledger.db"));
    work = arena_new(64 << 20);
    name(1, "Nova", "nova");
    name(2, "a+b <c>", "a+b <c>");
    start_pages(process);
    test_empty();
    drive();
    login(3);
    test_standings();
    test_profile();
    test_race();
    test_hidden();
    test_prizes();
    test_quarrel();
    test_closed();
    test_large();
    db_close(reader);
    fix_close();
    arena_freep(&work);
    return place_done();
}
