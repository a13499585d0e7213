/* Cards, charts and trophies over a league that was really driven: what they say, and that
 * nothing in them comes from a name as markup. */
#include "draw/draw.h"

#include "draw/lines.h"
#include "draw/trophy_art.h"
#include "lib/league.h"
#include "lib/place.h"
#include "lib/tap.h"
#include "race/dispute.h"
#include "user/identity.h"

static struct str svg, alt;

static bool
has(struct str s, const char *needle)
{
    return str_find(s, str_of(needle), 0) != SIZE_MAX;
}

static size_t
count(struct str s, const char *needle)
{
    size_t n = 0, at = 0;

    while ((at = str_find(s, str_of(needle), at)) != SIZE_MAX) {
        n++;
        at++;
    }
    return n;
}

static enum err
card(const char *kind, const char *key)
{
    enum err e;

    ctx_clear(&fix);
    svg = alt = STR("");
    e = draw_card(&fix, str_of(kind), str_of(key), &svg);
    if (e == OK) {
        size_t from = str_find(svg, STR("<title>"), 0) + 7;

        alt = str_sub(svg, from, str_find(svg, STR("</title>"), from) - from);
    }
    return e;
}

/* Whatever a card is about. */
static void
sound(const char *what)
{
    ok(str_starts(svg, STR("<svg xmlns=")) && str_ends(svg, STR("</svg>")) &&
           count(svg, "<g") - count(svg, "<g>") <= count(svg, "</g>"),
       "%s: a whole document", what);
    ok(!has(svg, "<b>") && !has(svg, "<script") && !has(svg, "href"), "%s: no markup of names",
       what);
    ok(svg.n < DRAW_BYTES / 8, "%s: small", what);
    ok(alt.n > 10 && alt.n < 1024, "%s: says itself in words", what);
}

static void
test_race(void)
{
    int64_t race = league_open(1, 9);

    league_start(race, 8);
    ok(night_buy("pi_1"), "a sale");
    is_int(card("race", "1"), OK, "a running race has a card");
    sound("running");
    ok(has(svg, "Spring</text>"), "with its season");
    ok(has(svg, ">5.00</text>") && has(svg, ">SEAT</text>") && !has(svg, ">POINTS</text>"),
       "with the pot and the seats");
    league_end(race, "21345670");
    is_int(card("race", "1"), OK, "a final race has one");
    sound("final");
    ok(has(svg, ">POINTS</text>") && has(svg, ">15 points</text>"), "with podium and points");
    ok(has(svg, "&lt;b&gt;bold") && has(alt, "1st &lt;b&gt;bold"),
       "names are escaped in the drawing");
    ok(has(svg, ">DNF</text>") && has(alt, "DNF m8, 1 points"), "DNF has its row");
    is_int(card("race", "99"), E_NOTFOUND, "no race, no card");
    is_int(card("race", "x"), E_NOTFOUND, "nor without a number");
    is_int(card("what", "1"), E_NOTFOUND, "nor of another kind");
    is_int(card("default", ""), OK, "what is about nothing has one too");
    sound("default");
}

static void
test_season(void)
{
    is_int(card("season", "spring"), OK, "a season has a card");
    sound("season");
    ok(has(svg, ">Spring</text>") && has(alt, "standings after 1 race.") &&
           has(alt, "1. &lt;b&gt;bold"),
       "with its table");
    is_int(card("season", "none"), E_NOTFOUND, "no season, no card");
}

static void
test_review(void)
{
    int64_t race = league_open(1, 9), number;

    league_start(race, 2);
    fix_begin();
    ok(lobby_finish(&fix, &fix_tx, race, 0, STR(""), STR("people:0")) == OK &&
           dispute_open(&fix, &fix_tx, race, 1, STR("I was first"), &number) == OK,
       "somebody disputes");
    fix_commit();
    is_int(card("race", "2"), OK, "the card");
    ok(has(svg, ">under review</text>") && has(alt, "under review, pot"), "says so");
}

static void
test_racer(void)
{
    struct identity_privacy hidden = {.hidden = true, .earnings = STR("hidden")};

    is_int(card("racer", "2"), OK, "a racer has a card");
    sound("racer");
    ok(has(alt, "1 starts, 1 wins, 1 podiums. Trophies:") && has(alt, "1 Race win"),
       "with figures and trophies");
    ok(!has(svg, "$"), "and without money");
    is_int(card("racer", "30"), OK, "also who never drove");
    ok(has(svg, "No trophies yet"), "with an empty shelf");
    fix_begin();
    ok(identity_privacy_set(&fix, &fix_tx, 2, &hidden) == OK, "the racer hides");
    fix_commit();
    is_int(card("racer", "2"), E_NOTFOUND, "a hidden racer has no card");
    is_int(card("race", "1"), OK, "the race still has");
    ok(has(alt, "1st Racer 2") && !has(svg, "bold"), "without the name");
}

static void
test_charts(void)
{
    struct standing_table t = league_table(0);
    struct standing_lines l;
    struct standing_race race[60];

    ok(standing_lines(&fix, &t, 8, &l) == OK, "the lines are read");
    struct str s = lines_ranks(&fix, &l);

    is_int((int64_t)count(s, "class=\"lines__s "), 16, "eight lines, drawn twice");
    ok(has(s, "<title id=\"ranks-page\">") && has(s, "<title id=\"ranks-phone\">") &&
           has(s, "leads after 1 race."),
       "with title and summary");
    s = lines_points(&fix, &t, 3);
    is_int((int64_t)count(s, "class=\"lines__bar"), 6, "bars of the first three, drawn twice");
    for (int i = 0; i < 60; i++)
        race[i] = (struct standing_race){
            .race_id = i + 1, .place = i % 9, .points = 5, .raced_at = 1, .start = i != 59};
    s = lines_places(&fix, race, 60);
    is_int((int64_t)count(s, "class=\"chart__hit\""), 80, "the newest forty, drawn twice");
    ok(has(s, "href=\"/race/60\"") && !has(s, "href=\"/race/20\"") && has(s, "substituted"),
       "each leads to its race");
    is_str(lines_places(&fix, race, 0), STR(""), "nothing driven, nothing drawn");
    t.n = 0;
    is_str(lines_points(&fix, &t, 3), STR(""), "an empty table has no bars");
}

static void
test_trophies(void)
{
    struct buf all = buf_new(fix.arena, 1 << 20);

    for (int k = 0; k < TROPHY_KINDS; k++) {
        struct buf b = buf_new(fix.arena, 1 << 16), o = buf_new(fix.arena, 1 << 16);

        trophy_art(&b, (enum trophy_kind)k, 1, false, true);
        trophy_art(&o, (enum trophy_kind)k, 0, true, false);
        ok(!has(buf_str(&all), str_text(fix.arena, str_sub(buf_str(&b), 100, 200))),
           "%d: a shape of its own", k);
        buf_add(&all, buf_str(&b));
        ok(has(buf_str(&b), "<title>") && !has(buf_str(&b), "class="), "%d: stands alone", k);
        ok(has(buf_str(&o), "trophy--locked") && has(buf_str(&o), "not won yet</title>") &&
               !has(buf_str(&o), "trophy__shade"),
           "%d: locked it is an outline and says so", k);
    }
    is_int(trophy_art_place(
               &(struct trophy){.kind = TROPHY_PODIUM, .words = STR("3rd of 8 in race 1")}),
           3, "the place inside is read from the reason");
    is_int(trophy_art_place(&(struct trophy){.kind = TROPHY_MOST_WINS}), 0, "some have none");
}

int
main(void)
{
    place_make();
    night_open(place("ledger.db"));
    if (!fix_sql("UPDATE member SET name = '<b>bold' WHERE id = 2"))
        printf("Bail out! a member could not be named\n");
    league_season("Spring", 0, 0);
    test_race();
    test_season();
    test_charts();
    test_trophies();
    test_racer();
    test_review();
    fix_close();
    return place_done();
}
