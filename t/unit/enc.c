/* Letters for bytes: there, back, and one spelling only. */
#include "base/enc.h"

#include "base/arena.h"
#include "lib/tap.h"

static void
test_base64(struct arena *a)
{
    static const char *const row[][2] = {
        {"",       ""        },
        {"f",      "Zg=="    },
        {"fo",     "Zm8="    },
        {"foo",    "Zm9v"    },
        {"foob",   "Zm9vYg=="},
        {"fooba",  "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"}
    };
    static const char *const bad[] = {"Z",    "Zg",   "Zg=",      "Zg===",    "=",    "====",
                                      "Zh==", "Zm9=", "Zm8=Zm8=", "Zg==Zg==", "Z=g=", "Zm9v\n",
                                      "Zm 9", "Zm9-", "Zm9_",     " Zm9v",    "é==="};
    struct str out = STR("kept");

    for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
        is_str(enc_base64(a, row[i][0], strlen(row[i][0])), str_of(row[i][1]),
               "as RFC 4648 says");
        ok(enc_unbase64(a, str_of(row[i][1]), &out) == OK && str_eq_text(out, row[i][0]),
           "\"%s\" reads back", row[i][1]);
    }
    out = STR("kept");
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        ok(enc_unbase64(a, str_of(bad[i]), &out) == E_INVALID && str_eq_text(out, "kept"),
           "\"%s\" is not canonical", bad[i]);
    is_str(enc_base64(a, "\xfb\xff\xfe", 3), STR("+//+"), "the standard letters");
    is_str(enc_base64url(a, "\xfb\xff\xfe", 3), STR("-__-"), "the letters for addresses");
    is_str(enc_base64url(a, "f", 1), STR("Zg"), "without padding");
}

static void
test_hex(struct arena *a)
{
    unsigned char out[3] = {9, 9, 9};

    is_str(enc_hex(a, "\x00\xab\xff", 3), STR("00abff"), "bytes as hex");
    is_str(enc_hex(a, "", 0), STR(""), "nothing as hex");
    ok(!enc_unhex(STR("00abf"), out, 3) && !enc_unhex(STR("00abfff"), out, 3) &&
           !enc_unhex(STR("00ABFF"), out, 3) && !enc_unhex(STR("00abfg"), out, 3) &&
           !enc_unhex(STR("00abf "), out, 3) && !enc_unhex(STR(""), out, 3),
       "wrong hex is refused");
    ok(out[0] == 9 && out[2] == 9, "and nothing is written");
    ok(enc_unhex(STR("00abff"), out, 3) && memcmp(out, "\x00\xab\xff", 3) == 0, "hex as bytes");
}

static void
test_percent(struct arena *a)
{
    static const char *const bad[] = {"%",     "%4",   "a%",   "%4g",       "%g4", "%00",
                                      "a%00b", "%%41", "% 41", "%\x10\x11", "%+1"};
    struct str out = STR("kept");

    is_str(enc_percent(a, STR("aZ09-._~")), STR("aZ09-._~"), "unreserved signs stay");
    is_str(enc_percent(a, STR(" /?&=%é")), STR("%20%2F%3F%26%3D%25%C3%A9"),
           "all else does not");
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        ok(enc_unpercent(a, str_of(bad[i]), true, &out) == E_INVALID &&
               str_eq_text(out, "kept"),
           "\"%s\" is refused", bad[i]);
    ok(enc_unpercent(a, STR("a+b%2b%2F%c3%A9"), true, &out) == OK, "decodes");
    is_str(out, STR("a b+/é"), "with plus as blank");
    ok(enc_unpercent(a, STR("a+b"), false, &out) == OK && str_eq_text(out, "a+b"),
       "or as plus");
    ok(enc_unpercent(a, STR_NULL, false, &out) == OK && out.n == 0, "nothing is nothing");
}

static void
test_all_bytes(struct arena *a)
{
    unsigned char all[256];
    unsigned char back[256];
    struct str out = STR_NULL;
    bool same = true;

    for (int i = 0; i < 256; i++)
        all[i] = (unsigned char)i;
    for (size_t n = 0; n <= 256; n++) {
        same = same && enc_unhex(enc_hex(a, all, n), back, n) && memcmp(all, back, n) == 0;
        same = same && enc_unbase64(a, enc_base64(a, all, n), &out) == OK && out.n == n &&
               (n == 0 || memcmp(all, out.p, n) == 0);
    }
    ok(same, "all bytes in all lengths read back");
    same = enc_unpercent(a, enc_percent(a, (struct str){.p = (char *)all + 1, .n = 255}), true,
                         &out) == OK &&
           out.n == 255 && memcmp(out.p, all + 1, 255) == 0;
    ok(same, "all bytes but NUL read back from percent signs");
}

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(8 << 20);

    test_hex(a);
    test_base64(a);
    test_percent(a);
    test_all_bytes(a);
    return done();
}
