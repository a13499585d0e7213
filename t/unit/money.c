/* Money: currencies, amounts as they are written, every refusal. */
#include "base/money.h"

#include "lib/tap.h"

static struct money
usd(int64_t minor)
{
    return (struct money){.minor = minor, .ccy = "USD"};
}

static void
test_currencies(void)
{
    static const char *const none[] = {"",    "US",  "USDX", "usd", "Usd",
                                       "QQQ", "ZZZ", "US ",  "SD "};
    struct money m = {.minor = 7, .ccy = "EUR"};

    is_int(money_exponent(STR("JPY")), 0, "yen have no places");
    is_int(money_exponent(STR("USD")), 2, "dollars have two");
    is_int(money_exponent(STR("KWD")), 3, "dinars of Kuwait have three");
    is_int(money_exponent(STR("ZMW")), 2, "the last of a list is found");
    for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
        is_int(money_exponent(str_of(none[i])), -1, "an unknown currency has none");
        is_int(money_make(1, str_of(none[i]), &m), E_INVALID, "and makes no money");
    }
    is_int(money_make(MINOR_MAX + 1, STR("USD"), &m), E_LIMIT, "too much is refused");
    is_int(money_make(-MINOR_MAX - 1, STR("USD"), &m), E_LIMIT, "too little is refused");
    is_int(money_make(INT64_MIN, STR("USD"), &m), E_LIMIT, "the least number is refused");
    ok(m.minor == 7 && strcmp(m.ccy, "EUR") == 0, "refusals leave the result untouched");
    is_int(money_make(MINOR_MAX, STR("USD"), &m), OK, "the most is money");
    ok(m.minor == MINOR_MAX && strcmp(m.ccy, "USD") == 0, "with its currency");
    is_int(money_make(-MINOR_MAX, STR("JPY"), &m), OK, "the least is money");
}

static void
test_parse(void)
{
    static const struct {
        const char *text, *ccy;
        int64_t want;
    } good[] = {
        {"0",                  "USD", 0         },
        {"25",                 "USD", 2500      },
        {"25.00",              "USD", 2500      },
        {"25.5",               "USD", 2550      },
        {"0.05",               "USD", 5         },
        {"-0.05",              "USD", -5        },
        {"0.00",               "USD", 0         },
        {"-1",                 "USD", -100      },
        {"10",                 "JPY", 10        },
        {"1.500",              "KWD", 1500      },
        {"1.5",                "KWD", 1500      },
        {"0.001",              "KWD", 1         },
        {"90071992547409.91",  "USD", MINOR_MAX },
        {"-90071992547409.91", "USD", -MINOR_MAX},
        {"9007199254740991",   "JPY", MINOR_MAX },
        {"9007199254740.991",  "KWD", MINOR_MAX },
        {"100",                "USD", 10000     },
        {"20.10",              "USD", 2010      },
        {"19.99",              "USD", 1999      }
    };
    static const char *const bad[] = {"",
                                      " ",
                                      "-",
                                      ".",
                                      "-.",
                                      "+1",
                                      "+0",
                                      " 1",
                                      "1 ",
                                      "1\n",
                                      "\t1",
                                      "1\r",
                                      "--1",
                                      "-+1",
                                      "1-",
                                      "01",
                                      "00",
                                      "00.5",
                                      "-01",
                                      "007",
                                      "-0",
                                      "-0.0",
                                      "-0.00",
                                      ".5",
                                      "-.5",
                                      "5.",
                                      "0.",
                                      "-5.",
                                      "1.234",
                                      "0.000",
                                      "1.2.3",
                                      "1..2",
                                      "..1",
                                      "1,00",
                                      "1,000",
                                      "1,000.00",
                                      "1.000,00",
                                      "1'000",
                                      "1_000",
                                      "1e2",
                                      "1E2",
                                      "1e400",
                                      "1e-2",
                                      "0e0",
                                      "0x10",
                                      "0b1",
                                      "0o7",
                                      "1f",
                                      "1L",
                                      "inf",
                                      "-inf",
                                      "Infinity",
                                      "nan",
                                      "NaN",
                                      "NULL",
                                      "null",
                                      "true",
                                      "$1",
                                      "$1.00",
                                      "1$",
                                      "1 USD",
                                      "USD 1",
                                      "USD1",
                                      "1USD",
                                      "1%",
                                      "(1)",
                                      "1/2",
                                      "1+1",
                                      "1*2",
                                      "１",
                                      "１.００",
                                      "१",
                                      "٣",
                                      "²",
                                      "½",
                                      "Ⅳ",
                                      "1\xc2\xa0",
                                      "\xc2\xa0"
                                      "1",
                                      "1\xe2\x80\xaf"
                                      "000",
                                      "−1",
                                      "–1",
                                      "1．0",
                                      "1。0",
                                      "1·0",
                                      "a",
                                      "1a",
                                      "a1",
                                      "1.a",
                                      "1.0a",
                                      "1.0 ",
                                      "1. 0",
                                      "1 .0",
                                      "- 1",
                                      "1.-5",
                                      "1.+5",
                                      "/",
                                      ":",
                                      "1/",
                                      "1:",
                                      "0:",
                                      "0/",
                                      "\x7f",
                                      "1\x7f",
                                      "\"1\"",
                                      "'1'",
                                      "[1]",
                                      "{1}",
                                      "1;",
                                      "1\\",
                                      "\\1",
                                      "#1",
                                      "1#",
                                      "&1",
                                      "1&",
                                      "1|",
                                      "~1",
                                      "!1",
                                      "1!",
                                      "?",
                                      "1?",
                                      "*",
                                      "1*",
                                      "^1",
                                      "`1`",
                                      "@1",
                                      "99999999999999999999x",
                                      "99999999999999999999.999",
                                      "-99999999999999999999 ",
                                      "0099999999999999999999",
                                      "1.99999999999999999999"};
    static const char *const big[] = {"90071992547409.92",
                                      "-90071992547409.92",
                                      "90071992547410",
                                      "9223372036854775807",
                                      "9223372036854775808",
                                      "-9223372036854775808",
                                      "18446744073709551616",
                                      "184467440737095516.16",
                                      "340282366920938463463374607431768211456",
                                      "99999999999999999999999999999999999999999999999999"};
    struct money m = {.minor = 42, .ccy = "EUR"};
    size_t spellings = 0;

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++, spellings++)
        is_int(money_parse(str_of(bad[i]), STR("USD"), &m), E_INVALID,
               bad[i][0] > ' ' ? bad[i] : "blank");
    for (size_t i = 0; i < ARRAY_SIZE(big); i++, spellings++)
        is_int(money_parse(str_of(big[i]), STR("USD"), &m), E_LIMIT, big[i]);
    for (int c = 1; c < 256; c++, spellings++) {
        char text[3] = {'1', (char)(unsigned char)c, '\0'};

        if ((c < '0' || c > '9') && money_parse(str_of(text), STR("USD"), &m) != E_INVALID)
            ok(false, "byte %d is a digit", c);
    }
    ok(money_parse(STR("1\0"), STR("USD"), &m) == E_INVALID, "a NUL ends nothing");
    ok(money_parse(STR("1.0"), STR("JPY"), &m) == E_INVALID, "yen take no places");
    ok(money_parse(STR("1."), STR("JPY"), &m) == E_INVALID, "nor a point");
    ok(money_parse(STR("1.0000"), STR("KWD"), &m) == E_INVALID, "dinars take three places");
    ok(money_parse(STR("1"), STR("QQQ"), &m) == E_INVALID,
       "an unknown currency has no amounts");
    ok(money_parse(STR("9007199254740992"), STR("JPY"), &m) == E_LIMIT, "too many yen");
    ok(m.minor == 42 && strcmp(m.ccy, "EUR") == 0, "refusals leave the result untouched");
    ok(spellings >= 200, "%zu wrong spellings were tried", spellings);
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        ok(money_parse(str_of(good[i].text), str_of(good[i].ccy), &m) == OK &&
               m.minor == good[i].want && strcmp(m.ccy, good[i].ccy) == 0,
           "%s %s is an amount", good[i].text, good[i].ccy);
}

static void
test_text(void)
{
    static const struct {
        struct money m;
        const char *plain, *show;
    } row[] = {
        {{2500, "USD"},       "25.00",             "$25.00"                      },
        {{-500, "USD"},       "-5.00",             "−$5.00"                    },
        {{5, "USD"},          "0.05",              "$0.05"                       },
        {{-5, "USD"},         "-0.05",             "−$0.05"                    },
        {{0, "USD"},          "0.00",              "$0.00"                       },
        {{123450, "USD"},     "1234.50",           "$1,234.50"                   },
        {{99999, "USD"},      "999.99",            "$999.99"                     },
        {{100000, "USD"},     "1000.00",           "$1,000.00"                   },
        {{123456789, "EUR"},  "1234567.89",        "€1,234,567.89"             },
        {{1500, "GBP"},       "15.00",             "£15.00"                     },
        {{1500, "JPY"},       "1500",              "¥1,500"                     },
        {{1500, "KWD"},       "1.500",             "KWD 1.500"                   },
        {{-1500, "CHF"},      "-15.00",            "−CHF 15.00"                },
        {{0, "KRW"},          "0",                 "KRW 0"                       },
        {{MINOR_MAX, "JPY"},  "9007199254740991",  "¥9,007,199,254,740,991"     },
        {{-MINOR_MAX, "KRW"}, "-9007199254740991", "−KRW 9,007,199,254,740,991"},
    };
    char out[MONEY_TEXT];
    struct money back = usd(0);
    int64_t seed = 1;
    int64_t wrong = 0;

    for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
        is_str(str_of(money_plain(row[i].m, out)), str_of(row[i].plain), row[i].plain);
        is_str(str_of(money_show(row[i].m, out)), str_of(row[i].show), row[i].show);
    }
    for (int i = 0; i < 100000; i++) {
        static const char ccy[3][4] = {"USD", "JPY", "KWD"};
        struct money m = {.minor = seed % MINOR_MAX};

        memcpy(m.ccy, ccy[i % 3], 4);
        wrong += money_parse(str_of(money_plain(m, out)), str_of(m.ccy), &back) != OK ||
                 back.minor != m.minor;
        seed = (int64_t)((uint64_t)seed * UINT64_C(6364136223846793005) + 1442695040888963407);
    }
    is_int(wrong, 0, "the machine form reads back");
}

int
main(void)
{
    test_currencies();
    test_parse();
    test_text();
    return done();
}
