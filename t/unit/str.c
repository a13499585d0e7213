/* Views: searching, cutting, numbers, UTF-8. */
#include "base/str.h"

#include "base/arena.h"
#include "lib/tap.h"

static void
test_compare(void)
{
    ok(str_eq(STR("a"), STR("a")) && !str_eq(STR("a"), STR("b")) &&
           !str_eq(STR("a"), STR("ab")),
       "equal means same bytes");
    ok(str_eq(STR_NULL, STR("")), "no text equals the empty text");
    ok(str_eq_text(STR("a"), "a") && str_eq_text(STR_NULL, NULL),
       "compares with terminated text");
    ok(str_ieq(STR("Ab-C"), STR("aB-c")) && !str_ieq(STR("a"), STR("ab")) &&
           !str_ieq(STR("@"), STR("`")),
       "case is ignored for letters only");
    ok(str_cmp(STR("a"), STR("b")) < 0 && str_cmp(STR("b"), STR("a")) > 0, "orders by bytes");
    ok(str_cmp(STR("a"), STR("ab")) < 0 && str_cmp(STR("ab"), STR("a")) > 0,
       "a prefix comes first");
    ok(str_cmp(STR("\xff"), STR("a")) > 0, "bytes are not signed");
    ok(str_cmp(STR_NULL, STR("")) == 0, "no text orders as the empty text");
    ok(str_starts(STR("abc"), STR("ab")) && str_starts(STR("abc"), STR("")) &&
           !str_starts(STR("a"), STR("ab")),
       "finds a prefix");
    ok(str_ends(STR("abc"), STR("bc")) && str_ends(STR_NULL, STR_NULL) &&
           !str_ends(STR("a"), STR("ba")),
       "finds a suffix");
}

static void
test_find(void)
{
    ok(str_has(STR("abc"), 'c') && !str_has(STR("abc"), 'd') && !str_has(STR_NULL, 'a'),
       "finds a sign");
    is_int((int64_t)str_find(STR("abcabc"), STR("bc"), 0), 1, "finds the first needle");
    is_int((int64_t)str_find(STR("abcabc"), STR("bc"), 2), 4, "finds from an offset");
    ok(str_find(STR("abc"), STR("x"), 0) == SIZE_MAX, "says when there is none");
    ok(str_find(STR("abc"), STR("c"), 9) == SIZE_MAX, "an offset past the end finds none");
    is_int((int64_t)str_find(STR("abc"), STR(""), 3), 3, "the empty needle is at the offset");
    is_str(str_trim(STR(" \t\r\n a b \n")), STR("a b"), "trims blanks at both ends");
    is_str(str_trim(STR("  ")), STR(""), "trims all blanks away");
    is_str(str_sub(STR("abc"), 1, 1), STR("b"), "cuts a piece");
    is_str(str_sub(STR("abc"), 1, SIZE_MAX), STR("bc"), "a length past the end is clipped");
    is_str(str_sub(STR("abc"), 9, 1), STR(""), "an offset past the end is clipped");
    is_str(str_sub(STR_NULL, 2, 2), STR(""), "no text has empty pieces");
}

static void
test_split(void)
{
    struct str s = STR("a,,b,");
    struct str part = STR_NULL;

    ok(str_split(&s, ',', &part) && str_eq_text(part, "a"), "splits the first part");
    ok(str_split(&s, ',', &part) && str_eq_text(part, ""), "splits an empty part");
    ok(str_split(&s, ',', &part) && str_eq_text(part, "b"), "splits a later part");
    ok(str_split(&s, ',', &part) && str_eq_text(part, ""),
       "a separator at the end opens a part");
    ok(!str_split(&s, ',', &part), "ends when used up");
    s = STR("");
    ok(str_split(&s, ',', &part) && part.n == 0 && !str_split(&s, ',', &part),
       "the empty text is one empty part");
}

static void
test_number(void)
{
    static const struct {
        const char *text;
        int64_t want;
    } good[] = {
        {"0",                    0        },
        {"7",                    7        },
        {"-1",                   -1       },
        {"10",                   10       },
        {"9223372036854775807",  INT64_MAX},
        {"-9223372036854775808", INT64_MIN}
    };
    static const char *const bad[] = {"",
                                      "-",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "01",
                                      "-0",
                                      "00",
                                      "1.0",
                                      "1e3",
                                      "0x1",
                                      "--1",
                                      "१",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "18446744073709551616",
                                      "99999999999999999999999999",
                                      "1a",
                                      "a",
                                      "/",
                                      ":"};
    int64_t v = 42;

    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        ok(str_i64(str_of(good[i].text), INT64_MIN, INT64_MAX, &v) && v == good[i].want,
           "%s is a number", good[i].text);
    v = 42;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        ok(!str_i64(str_of(bad[i]), INT64_MIN, INT64_MAX, &v) && v == 42, "\"%s\" is no number",
           bad[i]);
    ok(!str_i64(STR("11"), 0, 10, &v) && !str_i64(STR("-1"), 0, 10, &v) && v == 42,
       "a number out of bounds is refused and nothing is written");
    ok(str_i64(STR("10"), 0, 10, &v) && str_i64(STR("0"), 0, 10, &v), "bounds are included");
    ok(!str_i64(STR("1\0"), 0, 10, &v), "a NUL ends no number");
}

static void
test_utf8(void)
{
    static const char *const good[] = {"",
                                       "abc",
                                       "é",
                                       "€",
                                       "𝄞",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xf4\x8f\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xe0\xa0\x80",
                                       "\xc2\xa0"};
    static const char *const bad[] = {"\x80",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xe0\x9f\xbf",
                                      "\xe2\x82",
                                      "\xed\xa0\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xff",
                                      "a\xe2\x28\xa1",
                                      "\xc3\x28",
                                      "\xf0\x9f\x98"};

    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        ok(str_is_text(str_of(good[i]), "") && str_is_utf8(str_of(good[i])),
           "well-formed text %zu is text", i);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        ok(!str_is_text(str_of(bad[i]), "") && !str_is_utf8(str_of(bad[i])),
           "ill-formed bytes %zu are not", i);
    ok(!str_is_text(STR("a\nb"), "") && str_is_text(STR("a\nb"), "\n\t"),
       "control signs only where allowed");
    ok(!str_is_text(STR("a\0b"), "\n") && str_is_utf8(STR("a\0b")), "NUL is never text");
    ok(!str_is_text(STR("\x7f"), "") && !str_is_text(STR("\xc2\x85"), ""),
       "DEL and the second set of control signs are not text");
    is_int((int64_t)str_length(STR("aé€𝄞")), 4, "counts code points");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(1 << 20);
    struct str copy = str_dup(a, STR("abc"));

    is_str(str_of("abc"), STR("abc"), "a terminated text becomes a view");
    ok(str_of(NULL).n == 0, "NULL is the empty view");
    ok(str_eq(copy, STR("abc")) && copy.p[3] == '\0', "a copy has the same bytes");
    is_str(str_of(str_text(a, STR("a"))), STR("a"), "a terminated copy for other libraries");
    is_str(str_lower(a, STR("ABCZ-É")), STR("abcz-É"), "lowers letters of ASCII only");
    is_str(str_upper(a, STR("abcz-é{`")), STR("ABCZ-é{`"), "raises letters of ASCII only");
    test_compare();
    test_find();
    test_split();
    test_number();
    test_utf8();
    return done();
}
