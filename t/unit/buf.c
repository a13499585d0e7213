/* Growing text: the latch, the ceiling, the escapes. */
#include "base/buf.h"

#include "base/arena.h"
#include "lib/tap.h"

static void
test_escapes(struct arena *a)
{
    struct buf b = buf_new(a, 4096);

    buf_add_html(&b, STR("<a href=\"x\">'&'</a>"));
    is_str(buf_str(&b), STR("&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;"),
           "all five signs of HTML are escaped");
    buf_clear(&b);
    buf_add_html(&b, STR("plain é"));
    is_str(buf_str(&b), STR("plain é"), "plain text stays");
    buf_clear(&b);
    buf_add_json(&b, STR("a\"\\\n\t\x01\x7f</script>&é"));
    is_str(buf_str(&b), STR("\"a\\\"\\\\\\n\\t\\u0001\\u007f\\u003c/script\\u003e\\u0026é\""),
           "a JSON string may stand in HTML");
    buf_clear(&b);
    buf_add_json(&b, STR_NULL);
    is_str(buf_str(&b), STR("\"\""), "no text is the empty string");
}

static void
test_numbers(struct arena *a)
{
    struct buf b = buf_new(a, 4096);

    buf_add_i64(&b, 0);
    buf_add_char(&b, ' ');
    buf_add_i64(&b, INT64_MIN);
    buf_add_char(&b, ' ');
    buf_add_i64(&b, INT64_MAX);
    is_str(buf_str(&b), STR("0 -9223372036854775808 9223372036854775807"),
           "numbers are written");
}

static void
test_printf(struct arena *a)
{
    struct buf b = buf_new(a, 2000);
    char want[1501];

    memset(want, '0', sizeof want);
    want[1498] = '4';
    want[1499] = '2';
    want[1500] = '!';
    buf_printf(&b, "%s", "");
    buf_printf(&b, "%01500d!", 42);
    is_str(buf_str(&b), (struct str){.p = want, .n = sizeof want}, "long text is formatted");
    buf_printf(&b, "%0498d", 1);
    is_int((int64_t)buf_str(&b).n, 1999, "short text is added");
    buf_printf(&b, "%s", "x");
    ok(buf_err(&b) == OK && buf_str(&b).n == 2000, "the ceiling itself may be reached");
    buf_printf(&b, "%s", "x");
    ok(buf_err(&b) == E_LIMIT && buf_str(&b).n == 2000, "and not passed");
    b = buf_new(a, 2000);
    buf_printf(&b, "%02000d", 1);
    ok(buf_err(&b) == OK && buf_str(&b).n == 2000, "one long text may reach the ceiling");
    buf_clear(&b);
    buf_printf(&b, "%02001d", 1);
    ok(buf_err(&b) == E_LIMIT && buf_str(&b).n == 0, "one long text may not pass it");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(8 << 20);
    struct buf b = buf_new(a, 10);

    ok(buf_str(&b).n == 0 && buf_str(&b).p != NULL, "a new one is the empty text");
    buf_add_text(&b, "12345");
    buf_add(&b, STR("67890"));
    ok(buf_err(&b) == OK, "text up to the ceiling fits");
    buf_add(&b, STR_NULL);
    ok(buf_err(&b) == OK, "nothing always fits");
    buf_add_char(&b, 'x');
    ok(buf_err(&b) == E_LIMIT, "text past the ceiling fails");
    is_str(buf_str(&b), STR("1234567890"), "what was there stays");
    b.n = 0;
    buf_add_char(&b, 'x');
    ok(buf_err(&b) == E_LIMIT && buf_str(&b).n == 0, "the failure latches");
    buf_clear(&b);
    buf_add_char(&b, 'y');
    is_str(buf_str(&b), STR("y"), "clearing starts afresh");

    b = buf_new(a, 100000);
    for (int i = 0; i < 10000; i++)
        buf_add_text(&b, "0123456789");
    ok(buf_err(&b) == OK && buf_str(&b).n == 100000 &&
           str_ends(buf_str(&b), STR("67890123456789")),
       "text grows over many sizes");
    b = buf_new(a, 0);
    buf_add_char(&b, 'x');
    ok(buf_err(&b) == E_LIMIT, "a ceiling of nothing takes nothing");
    test_escapes(a);
    test_numbers(a);
    test_printf(a);
    return done();
}
