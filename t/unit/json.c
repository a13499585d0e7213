/* JSON: what is refused, and that what is taken is what was written. */
#include "base/json.h"

#include "base/ctx.h"
#include "lib/tap.h"

static struct ctx ctx;

static bool
refused(const char *text, size_t n)
{
    struct arena_mark mark = arena_mark(ctx.arena);
    const struct json *v = NULL;
    enum err e = OK;

    ctx_clear(&ctx);
    e = json_parse(&ctx, (struct str){.p = text, .n = n}, &v);
    arena_release(ctx.arena, mark);
    return e == E_INVALID && v == NULL && ctx_why(&ctx).n > 0;
}

static const struct json *
parsed(struct str text)
{
    const struct json *v = NULL;

    ctx_clear(&ctx);
    if (json_parse(&ctx, text, &v) != OK)
        printf("# %s\n", ctx.fail_text);
    return v;
}

static void
test_refused(void)
{
    static const char *const bad[] = {"",
                                      " ",
                                      "{",
                                      "}",
                                      "[",
                                      "]",
                                      "{]",
                                      "[}",
                                      "[1",
                                      "[1,",
                                      "[1,]",
                                      "[,1]",
                                      "[,]",
                                      "[1 2]",
                                      "{,}",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "{\"a\" 1}",
                                      "{a:1}",
                                      "{1:1}",
                                      "{'a':1}",
                                      "{\"a\":1 \"b\":2}",
                                      "{\"a\":1}}",
                                      "[1]]",
                                      "1 2",
                                      "{}{}",
                                      "[]x",
                                      "null x",
                                      "\xef\xbb\xbf{}",
                                      "nul",
                                      "nulL",
                                      "NULL",
                                      "nullx",
                                      "truefalse",
                                      "True",
                                      "tru",
                                      "falsey",
                                      "undefined",
                                      "NaN",
                                      "nan",
                                      "Infinity",
                                      "-Infinity",
                                      "inf",
                                      "01",
                                      "-01",
                                      "00",
                                      "007",
                                      "+1",
                                      "-",
                                      "--1",
                                      "- 1",
                                      ".5",
                                      "-.5",
                                      "5.",
                                      "1.e3",
                                      "1e",
                                      "1e+",
                                      "1E-",
                                      "1e1.5",
                                      "1.2.3",
                                      "0x10",
                                      "1_000",
                                      "1,000",
                                      "0e",
                                      "１",
                                      "[01]",
                                      "[1.]",
                                      "[-]",
                                      "\"",
                                      "\"a",
                                      "'a'",
                                      "\"\\\"",
                                      "\"\\x\"",
                                      "\"\\a\"",
                                      "\"\\'\"",
                                      "\"\\0\"",
                                      "\"\\\n\"",
                                      "\"\\u\"",
                                      "\"\\u1\"",
                                      "\"\\u12\"",
                                      "\"\\u123\"",
                                      "\"\\u123g\"",
                                      "\"\\u 123\"",
                                      "\"\\U0041\"",
                                      "\"\\u0000\"",
                                      "\"a\\u0000b\"",
                                      "{\"\\u0000\":1}",
                                      "{\"a\\u0000b\":1}",
                                      "\"\\ud800\"",
                                      "\"\\ud800x\"",
                                      "\"\\ud800\\n\"",
                                      "\"\\ud800\\u0041\"",
                                      "\"\\ud800\\ud800\"",
                                      "\"\\udc00\"",
                                      "\"\\udc00\\ud800\"",
                                      "\"\\ud83d\\u\"",
                                      "\"a\nb\"",
                                      "\"a\tb\"",
                                      "\"a\rb\"",
                                      "\"\x01\"",
                                      "\"\x1f\"",
                                      "{\"a\nb\":1}",
                                      "\"\xff\"",
                                      "\"\xc0\x80\"",
                                      "\"\xed\xa0\x80\"",
                                      "\"\xf4\x90\x80\x80\"",
                                      "\"\xc3\"",
                                      "[\"\xe2\x82\"]",
                                      "\v1",
                                      "\f1",
                                      "1\v",
                                      "\xc2\xa0"
                                      "1",
                                      "\xe2\x80\xa8"
                                      "1",
                                      "\x01",
                                      "{}\x01",
                                      "// c\n1",
                                      "/* c */1",
                                      "1 // c",
                                      "[1]/**/",
                                      "# c\n1",
                                      "{\"a\":1,\"a\":2}",
                                      "{\"a\":1,\"b\":2,\"a\":1}",
                                      "{\"a\":1,\"\\u0061\":2}",
                                      "[{\"x\":{\"a\":1,\"a\":1}}]",
                                      "{\"\":1,\"\":2}",
                                      "{\"é\":1,\"\\u00e9\":2}"};

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        ok(refused(bad[i], strlen(bad[i])), "refused, number %zu: %zu bytes", i,
           strlen(bad[i]));
    ok(refused("{}\0", 3), "a NUL after the end is text after the end");
    ok(refused("1\0", 2), "also after a number");
    ok(refused("\"a\0b\"", 5), "a NUL in a string");
    ok(refused("[1,\0 2]", 7), "a NUL between values");
    ok(refused(NULL, 0), "no text");
}

static void
test_depth(void)
{
    char text[200];

    for (size_t depth = 1; depth <= 40; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        if (refused(text, 2 * depth) != (depth > 32))
            ok(false, "depth %zu", depth);
    }
    ok(true, "32 levels are taken, 33 are not");
    memset(text, '[', sizeof text);
    ok(refused(text, sizeof text), "depth without end is refused");
    ok(parsed(STR(
           "[[[[]],[[]]],[[[[[[]]]]]],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],"
           "[],[],[],[],[],[],[],[]]")) != NULL,
       "breadth is not depth");
}

static void
test_numbers(void)
{
    static const struct {
        const char *text;
        bool whole;
        int64_t want;
    } row[] = {
        {"0",                    true,  0                         },
        {"-1",                   true,  -1                        },
        {"25",                   true,  25                        },
        {"3000000000",           true,  INT64_C(3000000000)       },
        {"9007199254740991",     true,  INT64_C(9007199254740991) },
        {"-9007199254740991",    true,  -INT64_C(9007199254740991)},
        {"9007199254740992",     false, 0                         },
        {"9007199254740993",     false, 0                         },
        {"-9007199254740992",    false, 0                         },
        {"9223372036854775807",  false, 0                         },
        {"18446744073709551616", false, 0                         },
        {"25.0",                 false, 0                         },
        {"25.5",                 false, 0                         },
        {"19.99",                false, 0                         },
        {"1e2",                  false, 0                         },
        {"1E+2",                 false, 0                         },
        {"0.1e1",                false, 0                         },
        {"1e400",                false, 0                         },
        {"-0.0",                 false, 0                         }
    };
    const struct json *v = NULL;
    int64_t n = 42;

    for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
        v = parsed(str_of(row[i].text));
        n = 42;
        ok(json_type(v) == JSON_NUMBER && json_i64(v, &n) == row[i].whole &&
               n == (row[i].whole ? row[i].want : 42),
           "%s is %s", row[i].text, row[i].whole ? "an integer" : "no integer we take");
        is_str(json_number(v), str_of(row[i].text), "… and keeps its spelling");
    }
    /* Each number keeps its own value, whatever stands between. */
    v = parsed(
        STR("{\"a\":[1,2.5,{\"b\":3,\"c\":\"4\",\"5\":6}],\"d\":7,\"e\":[[8],[]],\"f\":-9}"));
    ok(json_i64(json_item(json_get(v, "a"), 0), &n) && n == 1, "the first of a list");
    ok(!json_i64(json_item(json_get(v, "a"), 1), &n), "a fraction between");
    ok(json_i64(json_at(json_item(json_get(v, "a"), 2), "b"), &n) && n == 3,
       "within an object");
    ok(json_i64(json_get(json_item(json_get(v, "a"), 2), "5"), &n) && n == 6, "named like one");
    ok(json_i64(json_get(v, "d"), &n) && n == 7, "after a list");
    ok(json_i64(json_item(json_item(json_get(v, "e"), 0), 0), &n) && n == 8, "nested");
    ok(json_i64(json_get(v, "f"), &n) && n == -9, "the last");
}

static void
test_access(void)
{
    const struct json *v = parsed(STR(
        " { \"s\" : \"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00é\" "
        ",\r\n\t\"t\":true,\"f\":false,"
        "\"n\":null,\"o\":{\"p\":{\"q\":\"deep\"}},\"l\":[\"x\",\"y\"],\"S\":\"other case\","
        "\"\":\"no name\",\"e\":\"\",\"c1\":\"\xc2\x85\x7f\"} "));
    int64_t n = 42;

    is_int(json_type(v), JSON_OBJECT, "an object");
    is_int((int64_t)json_count(v), 10, "of ten members");
    is_str(json_str(json_get(v, "s")), STR("a\"\\/\b\f\n\r\té😀é"), "all escapes");
    is_str(json_str(json_get(v, "S")), STR("other case"), "names are exact in case");
    is_str(json_str(json_get(v, "")), STR("no name"), "the empty name is a name");
    is_str(json_str(json_get(v, "c1")), STR("\xc2\x85\x7f"), "odd but legal signs stay");
    ok(json_str(json_get(v, "e")).p != NULL && json_str(json_get(v, "none")).p == NULL,
       "an empty string is not an absent one");
    ok(json_bool(json_get(v, "t"), false) && !json_bool(json_get(v, "f"), true), "truth");
    ok(json_bool(json_get(v, "none"), true) && !json_bool(json_get(v, "s"), false),
       "or otherwise");
    is_int(json_type(json_get(v, "n")), JSON_NULL, "null");
    is_str(json_str(json_at(v, "o.p.q")), STR("deep"), "along a path");
    ok(json_at(v, "o.x.q") == NULL && json_at(v, "s.p") == NULL && json_at(NULL, "a") == NULL,
       "a path that leads nowhere");
    is_str(json_str(json_item(json_get(v, "l"), 1)), STR("y"), "an element");
    ok(json_item(json_get(v, "l"), 2) == NULL && json_item(NULL, 0) == NULL,
       "none past the end");
    is_str(json_name(json_item(v, 1)), STR("t"), "members have names");
    ok(json_name(json_item(json_get(v, "l"), 0)).n == 0 && json_name(NULL).n == 0,
       "elements none");
    ok(json_get(json_get(v, "l"), "x") == NULL && json_get(NULL, "x") == NULL,
       "no members of a list");
    ok(json_count(json_get(v, "s")) == 0 && json_count(NULL) == 0, "no elements of a string");
    ok(!json_i64(NULL, &n) && !json_i64(json_get(v, "s"), &n) && n == 42,
       "no number of a string");
    ok(json_number(NULL).n == 0 && json_number(json_get(v, "s")).n == 0,
       "no spelling of a string");
    is_int(json_type(NULL), JSON_NULL, "nothing counts as null");
    is_int(json_type(parsed(STR("[]"))), JSON_ARRAY, "an empty list");
    is_int(json_type(parsed(STR("{}"))), JSON_OBJECT, "an empty object");
    is_str(json_str(parsed(STR("\"x\""))), STR("x"), "a string alone");
    is_int(json_type(parsed(STR("\ttrue\n"))), JSON_BOOL, "a truth alone");
}

/* The largest body we accept must end in a refusal or a tree, never in an abort. */
static void
test_size(void)
{
    static char big[1 << 20];
    static const char *const unit[] = {"1,",     "[],",       "{},",    "\"\",",
                                       "\"a\",", "11111111,", "-1.5e3,"};
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_SIZE(unit); i++) {
        size_t len = strlen(unit[i]);
        struct arena *a = arena_new(8 << 20);
        struct arena *saved = ctx.arena;
        const struct json *v = NULL;
        enum err e = OK;

        big[0] = '[';
        for (n = 1; n + len + 1 < sizeof big; n += len)
            memcpy(big + n, unit[i], len);
        big[n - 1] = ']';
        ctx.arena = a;
        e = json_parse(&ctx, (struct str){.p = big, .n = n}, &v);
        ok(e == OK || e == E_INVALID, "1 MiB of \"%s\" is survived", unit[i]);
        ctx.arena = saved;
        arena_free(a);
    }
    n = 0;
    big[n++] = '{';
    for (int i = 0; i < 30000; i++)
        n += (size_t)snprintf(big + n, sizeof big - n, "\"n%d\":%d,", i * 7919 % 30000, i);
    big[n - 1] = '}';
    ok(json_count(parsed((struct str){.p = big, .n = n})) == 30000,
       "30,000 names are told apart");
    big[n - 1] = ',';
    n += (size_t)snprintf(big + n, sizeof big - n, "\"n77\":0}");
    ok(refused(big, n), "one of them twice is found");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(32 << 20);

    ctx_init(&ctx, a, world_real());
    test_refused();
    test_depth();
    test_numbers();
    test_access();
    test_size();
    return done();
}
