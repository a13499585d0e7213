/* Texts in pictures: whatever somebody is called, the card keeps its shape. */
#include "draw/ink.h"

#include "lib/tap.h"

static struct ctx ctx;

static struct str
cut(const char *s, size_t max, int64_t size, int64_t room)
{
    struct buf b = buf_new(ctx.arena, 4096);

    ink_add(&b, str_of(s), max, size, room);
    return buf_str(&b);
}

static void
test_text(void)
{
    is_str(cut("Nova", 32, 20, 0), STR("Nova"), "a plain name stays");
    is_str(cut("<b>&\"'", 32, 20, 0), STR("&lt;b&gt;&amp;&quot;&#39;"), "markup is escaped");
    is_str(cut("a\xE2\x80\xAE"
               "b\xE2\x80\x8B"
               "c\xE2\x81\xA6",
               32, 20, 0),
           STR("abc"), "signs that turn the direction or are not seen are dropped");
    is_str(cut("e\xCC\x81\xCC\x82\xCC\x83\xCC\x84x", 32, 20, 0), STR("e\xCC\x81\xCC\x82x"),
           "of stacked marks two stay");
    is_str(cut("\xCC\x81\xCC\x82 Zed", 32, 20, 0), STR("Zed"), "marks without a letter go");
    is_str(cut("\xF0\x9F\x94\xA5 Turbo \xF0\x9F\x94\xA5", 32, 20, 0), STR("Turbo "),
           "emoji are left out beside letters");
    is_str(cut("\xF0\x9F\x94\xA5", 32, 20, 0), STR("\xF0\x9F\x94\xA5"),
           "but stay where nothing else is");
    is_str(cut("abcdef", 4, 20, 0), STR("abc…"), "a long text ends in three dots");
    is_str(cut("abcd", 4, 20, 0), STR("abcd"), "one that just fits does not");
    is_str(cut("\xD8\xB3\xD8\xA7\xD8\xB1\xD8\xA9", 32, 20, 0),
           STR("\xD8\xB3\xD8\xA7\xD8\xB1\xD8\xA9"), "other scripts stay");
    is_str(cut("a\xFF\xFE"
               "b\xE2\x82",
               32, 20, 0),
           STR(""), "bytes that are no text are not shown");
}

static void
test_room(void)
{
    struct str wide = cut("WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW", 80, 20, 200);

    ok(ink_width(wide, 20) <= 220 && str_ends(wide, STR("…")),
       "wide letters end in their room");
    is_str(cut("iiiiiiiiiiiiiiiiiiiiiiiiiiiii", 80, 20, 200),
           STR("iiiiiiiiiiiiiiiiiiiiiiiiiiiii"), "of narrow ones more fit");
    is_str(cut("WW", 80, 20, 1), STR("…"), "no room at all is the dots alone");
    ok(ink_width(STR("\xE9\xBE\x8D"), 100) > ink_width(STR("m"), 100),
       "signs of the far east count as wide");
}

static void
test_parts(void)
{
    struct buf b = buf_new(ctx.arena, 1 << 16);

    is_str(ink_money(&ctx, 123450), STR("$1,234.50"), "money is shown as on the pages");
    is_str(ink_day(&ctx, 1777662000000), STR("1 May 2026"), "a day is a day");
    ok(str_eq_text(str_of(ink_place(0)), "DNF") && str_eq_text(str_of(ink_place(3)), "3rd") &&
           str_eq_text(str_of(ink_place(9)), ""),
       "places have their words");
    ink_open(&ctx, &b, STR("<title>"));
    ink_face(&b, 10, 10, 20, 3, STR("\xF0\x9F\x94\xA5"));
    ink_face(&b, 10, 10, 20, 3, STR(""));
    ink_badge(&b, 1, 1, "no such", STR("void"));
    ink_digits(&ctx, &b, 1000, 100, 60, true, 123450);
    ink_close(&b);
    struct str s = buf_str(&b);

    ok(str_starts(s, STR("<svg xmlns=")) && str_ends(s, STR("</svg>")), "a card is a document");
    ok(str_find(s, STR("<title>&lt;title&gt;</title>"), 0) != SIZE_MAX,
       "that says what it is, escaped");
    ok(str_find(s, STR(">1234.50</text>"), 0) != SIZE_MAX, "segments have no comma");
    ok(str_find(s, STR("href"), 0) == SIZE_MAX && str_find(s, STR("style="), 0) == SIZE_MAX,
       "and refers to nothing outside");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(1 << 20);

    ctx_init(&ctx, a, world_real());
    test_text();
    test_room();
    test_parts();
    return done();
}
