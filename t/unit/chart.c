/* The curve of a pot: its line, marks, bands and numbers. */
#include "page/chart.h"

#include "lib/tap.h"

static struct ctx ctx;

enum { MINUTE = 60000 };
static const int64_t START = 1777662000000; /* 2026-05-01 19:00:00 UTC */

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

static bool
has(struct str s, const char *needle)
{
    return str_find(s, str_of(needle), 0) != SIZE_MAX;
}

static struct str
phone_of(struct str s)
{
    return str_sub(s, str_find(s, STR("chart--phone"), 0), s.n);
}

static void
fill(struct race_line *line, size_t n, int64_t delta)
{
    int64_t pot = 0;

    for (size_t i = 0; i < n; i++) {
        pot += delta;
        line[i] = (struct race_line){.seq = 10 + (int64_t)i,
                                     .sale_id = 1 + (int64_t)i,
                                     .at = START + (int64_t)(i + 1) * MINUTE,
                                     .delta = delta,
                                     .pot = pot,
                                     .title = STR("Hoodie"),
                                     .amount = delta * 5,
                                     .type = STR("sale"),
                                     .reason = STR("in_window")};
    }
}

static void
test_empty(void)
{
    struct chart c = {.opened_at = START,
                      .now = START + MINUTE,
                      .currency = STR("USD"),
                      .link = STR("#sale-")};
    struct str s = chart_pot(&ctx, &c, 560);

    ok(has(s, ">No sale yet</text>"), "without a sale the axes stand with the sentence");
    ok(!has(s, "chart__line") && !has(s, "<table"), "and no line, no numbers");
    c = (struct chart){.now = START, .currency = STR("USD"), .link = STR("#")};
    ok(has(chart_pot(&ctx, &c, 560), "No sale yet"),
       "a race that has not started can be drawn");
    ok(has(chart_spark(&ctx, &c), "<svg xmlns="), "also in an overlay's corner");
}

static void
test_line(void)
{
    struct race_line line[3];
    struct chart c = {.line = line,
                      .n = 3,
                      .opened_at = START,
                      .now = START + 4 * MINUTE,
                      .currency = STR("USD"),
                      .link = STR("/race/7#sale-")};

    fill(line, 3, 500);
    line[2] = (struct race_line){.seq = 12,
                                 .at = START + 3 * MINUTE,
                                 .delta = -500,
                                 .pot = 500,
                                 .title = STR("<b>\"Hoodie\""),
                                 .amount = -2500,
                                 .type = STR("refund")};
    struct str s = chart_pot(&ctx, &c, 560);

    /* 64 to 490 across four minutes, 272 to 16 for $10.00. */
    ok(has(s,
           "class=\"chart__line\" d=\"M64.0 272.0H170.5V144.0H277.0V16.0H383.5V144.0H490.0\""),
       "the line steps at each change and runs to the edge");
    is_int((int64_t)count(phone_of(s), "<circle class=\"chart__mark"), 3,
           "one mark for each change");
    is_int((int64_t)count(phone_of(s), "chart__mark--down"), 1, "a refund's mark is hollow");
    ok(has(s, "href=\"/race/7#sale-11\""), "a mark leads to its sale");
    ok(has(s, "19:01:00 UTC: Hoodie, $25.00, pot +$5.00"), "a mark says when, what, how much");
    ok(!has(s, "<b>\"") && has(s, "&lt;b&gt;&quot;Hoodie&quot;"), "titles are escaped");
    ok(has(s, ">Show numbers</summary>") && count(s, "<tr><td>") == 3,
       "the numbers stand in a table");
    ok(has(s, "<title id=\"chart-page\">") &&
           has(s, "The pot stands at $5.00 after 3 changes."),
       "title and summary are there for readers");
    ok(!has(s, "chart__grace"), "there is no grace while the window is open");
    ok(!has(s, "style=") && !has(s, "<script"), "no inline style, no script");
}

static void
test_bands(void)
{
    struct race_line line[4];
    struct chart c = {.line = line,
                      .n = 3,
                      .opened_at = START,
                      .closed_at = START + 4 * MINUTE,
                      .grace_s = 60,
                      .now = START + 90 * MINUTE,
                      .currency = STR("USD"),
                      .link = STR("#")};

    fill(line, 4, 500);
    struct str s = chart_pot(&ctx, &c, 560);

    ok(has(s, "class=\"chart__window\" x=\"64.0\" y=\"16.0\" width=\"340.8\""),
       "the window is shaded");
    ok(has(s, "class=\"chart__grace\" x=\"404.8\" y=\"16.0\" width=\"85.2\""),
       "grace follows it to the edge");
    ok(has(s, ">flag</text>"), "the flag is named");
    line[3].at = START + INT64_C(9) * 24 * 60 * MINUTE;
    c.n = 4;
    s = chart_pot(&ctx, &c, 560);
    ok(has(s, "cx=\"490.0\""), "a change after days stands at the edge");
    ok(has(s, "width=\"272.6\""), "and presses the window together by a fifth only");
}

static void
test_many(void)
{
    static struct race_line line[400];
    struct chart c = {.line = line,
                      .n = 400,
                      .opened_at = START,
                      .now = START + 401 * MINUTE,
                      .currency = STR("USD"),
                      .link = STR("#sale-")};

    fill(line, 400, 500);
    line[200].delta = -500;
    struct str s = chart_pot(&ctx, &c, 1120);

    is_int((int64_t)count(phone_of(s), "<circle class=\"chart__mark"), 1,
           "of four hundred changes only refunds keep a mark");
    ok(s.n < 128 * 1024, "and the drawing stays small");
    ok(count(s, "class=\"chart__grid\"") <= 8,
       "at most five lines of the grid in each drawing");
    fill(line, 1, MINOR_MAX / 5);
    c.n = 1;
    ok(has(chart_pot(&ctx, &c, 560), "V16.0H") || has(chart_pot(&ctx, &c, 560), "chart__line"),
       "the largest amount can be drawn");
}

static void
test_bar(void)
{
    struct str s = chart_bar(&ctx, 1235, 312, 0);

    ok(has(s, "class=\"bar__a\" x=\"0\" width=\"798\"") &&
           has(s, "class=\"bar__p\" x=\"798\" width=\"201\""),
       "a bar has its parts side by side");
    ok(!has(chart_bar(&ctx, 0, 0, 0), "bar__a"), "an empty wallet has an empty bar");
    ok(has(chart_bar(&ctx, -500, 500, 0), "class=\"bar__p\" x=\"0\" width=\"1000\""),
       "what is below zero takes no room");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(32 * 1024 * 1024);

    ctx_init(&ctx, a, world_real());
    test_empty();
    test_line();
    test_bands();
    test_many();
    test_bar();
    return done();
}
