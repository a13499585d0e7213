/* The calendar: against known days, and each day of 400 years there and back. */
#include "base/clock.h"

#include "lib/tap.h"

static void
test_text(void)
{
    static const struct {
        int64_t ms;
        const char *rfc, *human;
    } row[] = {
  /* By hand: clang-format 14 aligns these rows beyond the limit. */
  /* clang-format off */
        {0, "1970-01-01T00:00:00Z", "1 Jan 1970 00:00:00"},
        {INT64_C(1777662131000), "2026-05-01T19:02:11Z", "1 May 2026 19:02:11"},
        {INT64_C(1777662131999), "2026-05-01T19:02:11Z", "1 May 2026 19:02:11"},
        {INT64_C(951782400000), "2000-02-29T00:00:00Z", "29 Feb 2000 00:00:00"},
        {INT64_C(4107542400000), "2100-03-01T00:00:00Z", "1 Mar 2100 00:00:00"},
        {INT64_C(2147483648000), "2038-01-19T03:14:08Z", "19 Jan 2038 03:14:08"},
        {-1, "1969-12-31T23:59:59Z", "31 Dec 1969 23:59:59"},
        {INT64_MAX, "9999-12-31T23:59:59Z", "31 Dec 9999 23:59:59"},
        {INT64_MIN, "0000-01-01T00:00:00Z", "1 Jan 0000 00:00:00"},
  /* clang-format on */
    };
    char out[CLOCK_TEXT];

    for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
        is_str(str_of(clock_rfc3339(row[i].ms, out)), str_of(row[i].rfc), row[i].rfc);
        is_str(str_of(clock_human(row[i].ms, out)), str_of(row[i].human), row[i].human);
    }
    is_str(str_of(clock_time(INT64_C(1777662131000), out)), STR("19:02:11"), "the time alone");
    is_str(str_of(clock_date(INT64_C(1777662131000), out)), STR("2026-05-01"),
           "the date alone");
    is_str(str_of(clock_stamp(INT64_C(1777662131999), out)), STR("20260501T190211Z"),
           "for a file's name");
}

static void
test_span(void)
{
    static const struct {
        int64_t ms;
        const char *want;
    } row[] = {
        {0,         "0 s"                  },
        {999,       "0 s"                  },
        {1000,      "1 s"                  },
        {59999,     "59 s"                 },
        {60000,     "1 min"                },
        {250000,    "4 min 10 s"           },
        {3600000,   "1 h"                  },
        {3601000,   "1 h"                  },
        {3660000,   "1 h 1 min"            },
        {86400000,  "1 day"                },
        {90000000,  "1 day 1 h"            },
        {183600000, "2 days 3 h"           },
        {-5000,     "0 s"                  },
        {INT64_MIN, "0 s"                  },
        {INT64_MAX, "106751991167 days 7 h"}
    };
    char out[CLOCK_TEXT];

    for (size_t i = 0; i < ARRAY_SIZE(row); i++)
        is_str(str_of(clock_span(row[i].ms, out)), str_of(row[i].want), row[i].want);
}

static void
test_parse(void)
{
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {
        {"1970-01-01",                     0                     },
        {"1970-01-01T00:00:00Z",           0                     },
        {"2026-05-01T19:02:11Z",           INT64_C(1777662131000)},
        {"2026-05-01t19:02:11z",           INT64_C(1777662131000)},
        {"2026-05-01T19:02:11.5Z",         INT64_C(1777662131500)},
        {"2026-05-01T19:02:11.123456789Z", INT64_C(1777662131123)},
        {"2026-05-01T21:02:11+02:00",      INT64_C(1777662131000)},
        {"2026-05-01T13:32:11-05:30",      INT64_C(1777662131000)},
        {"2026-05-01T19:02:11-00:00",      INT64_C(1777662131000)},
        {"2026-05-01 19:02",               INT64_C(1777662120000)},
        {"2026-05-01 19:02:11",            INT64_C(1777662131000)},
        {"2026-05-01 19:02:11Z",           INT64_C(1777662131000)},
        {"2024-02-29",                     INT64_C(1709164800000)},
        {"2000-02-29",                     INT64_C(951782400000) },
        {"2200-12-31T23:59:59Z",           INT64_C(7289654399000)}
    };
    static const char *const bad[] = {"",
                                      "2026",
                                      "2026-05",
                                      "2026-5-1",
                                      "26-05-01",
                                      "2026-13-01",
                                      "2026-00-01",
                                      "2026-01-00",
                                      "2026-01-32",
                                      "2026-04-31",
                                      "2026-02-29",
                                      "2100-02-29",
                                      "1969-12-31",
                                      "2201-01-01",
                                      "2026-05-01T19:02Z",
                                      "2026-05-01T19:02:11",
                                      "2026-05-01T24:00:00Z",
                                      "2026-05-01T19:60:00Z",
                                      "2026-05-01T19:02:60Z",
                                      "2026-05-01T19:02:11.Z",
                                      "2026-05-01T19:02:11,5Z",
                                      "2026-05-01T19:02:11+0200",
                                      "2026-05-01T19:02:11+24:00",
                                      "2026-05-01T19:02:11+02:60",
                                      "2026-05-01T19:02:11Zx",
                                      "2026-05-01T19:02:11Z ",
                                      " 2026-05-01",
                                      "2026-05-01 ",
                                      "2026-05-01T",
                                      "2026-05-01  19:02",
                                      "2026-05-01 19:02:",
                                      "2026/05/01",
                                      "2026-05-01x",
                                      "1970-01-01T00:00:00+01:00",
                                      "2200-12-31T23:59:59-01:00",
                                      "２026-05-01",
                                      "+2026-05-01",
                                      "-2026-05-01",
                                      "2026-05-01T1९:02:11Z",
                                      "2026-05-01T19:02:11*02:00"};
    int64_t ms = 42;

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        ok(clock_parse(str_of(bad[i]), &ms) == E_INVALID && ms == 42, "\"%s\" is no time",
           bad[i]);
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        ok(clock_parse(str_of(good[i].text), &ms) == OK && ms == good[i].ms, "%s is a time",
           good[i].text);
}

static void
test_all_days(void)
{
    char out[CLOCK_TEXT];
    int64_t wrong = 0;
    int64_t days = 0;

    for (int64_t ms = 86399000; ms < INT64_C(7289654400000); ms += 86400000, days++) {
        int64_t back = 0;

        wrong += clock_parse(str_of(clock_rfc3339(ms, out)), &back) != OK || back != ms;
    }
    is_int(wrong, 0, "the last second of each day reads back");
    is_int(days, 84371, "the years 1970 to 2200 have 84,371 days");
}

int
main(void)
{
    test_text();
    test_span();
    test_parse();
    test_all_days();
    return done();
}
