/* Calendar arithmetic by hand: no locale, no zone files, no year 2038. Not for: local time. */
#include "base/clock.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

struct date {
    int64_t year;
    int64_t month;  /* 1 … 12 */
    int64_t day;    /* 1 … 31 */
    int64_t second; /* of the day */
};

static const char month_name[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* Days since 1970-01-01. Years begin in March, so that the leap day is the last of its year. */
static int64_t
days_from(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct date
date_of(int64_t ms)
{
    const int64_t first = INT64_C(-62167219200000); /* 0000-01-01: the text has four digits */
    const int64_t last = INT64_C(253402300799999);  /* 9999-12-31 */
    struct date d = {0};
    int64_t s = ms < first ? first : ms > last ? last : ms;
    int64_t days = 0;
    int64_t era = 0;
    int64_t of_era = 0;
    int64_t years = 0;
    int64_t of_year = 0;
    int64_t m = 0;

    s = s >= 0 ? s / 1000 : -((999 - s) / 1000);
    days = s >= 0 ? s / DAY : -((DAY - 1 - s) / DAY);
    d.second = s - days * DAY;
    days += 719468;
    era = (days >= 0 ? days : days - 146096) / 146097;
    of_era = days - era * 146097;
    years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    of_year = of_era - (365 * years + years / 4 - years / 100);
    m = (5 * of_year + 2) / 153;
    d.day = of_year - (153 * m + 2) / 5 + 1;
    d.month = m < 10 ? m + 3 : m - 9;
    d.year = years + era * 400 + (d.month <= 2);
    return d;
}

/* Writes v with exactly width digits; returns where the text goes on. */
static char *
put(char *p, int64_t v, size_t width)
{
    for (size_t i = width; i > 0; i--) {
        p[i - 1] = (char)('0' + (char)(v % 10));
        v /= 10;
    }
    return p + width;
}

static char *
put_text(char *p, const char *text)
{
    while (*text != '\0')
        *p++ = *text++;
    return p;
}

static char *
put_date(char *p, const struct date *d)
{
    p = put(p, d->year, 4);
    *p++ = '-';
    p = put(p, d->month, 2);
    *p++ = '-';
    return put(p, d->day, 2);
}

static char *
put_time(char *p, const struct date *d)
{
    p = put(p, d->second / HOUR, 2);
    *p++ = ':';
    p = put(p, d->second / MINUTE % 60, 2);
    *p++ = ':';
    return put(p, d->second % 60, 2);
}

const char *
clock_rfc3339(int64_t ms, char out[CLOCK_TEXT])
{
    struct date d = date_of(ms);
    char *p = put_date(out, &d);

    *p++ = 'T';
    p = put_time(p, &d);
    *p++ = 'Z';
    *p = '\0';
    return out;
}

const char *
clock_stamp(int64_t ms, char out[CLOCK_TEXT])
{
    char text[CLOCK_TEXT], *p = out;

    for (const char *from = clock_rfc3339(ms, text); *from; from++)
        if (*from != '-' && *from != ':')
            *p++ = *from;
    *p = '\0';
    return out;
}

const char *
clock_human(int64_t ms, char out[CLOCK_TEXT])
{
    struct date d = date_of(ms);
    char *p = put(out, d.day, d.day < 10 ? 1 : 2);

    *p++ = ' ';
    p = put_text(p, month_name[d.month - 1]);
    *p++ = ' ';
    p = put(p, d.year, 4);
    *p++ = ' ';
    *put_time(p, &d) = '\0';
    return out;
}

const char *
clock_time(int64_t ms, char out[CLOCK_TEXT])
{
    struct date d = date_of(ms);

    *put_time(out, &d) = '\0';
    return out;
}

const char *
clock_date(int64_t ms, char out[CLOCK_TEXT])
{
    struct date d = date_of(ms);

    *put_date(out, &d) = '\0';
    return out;
}

static char *
put_count(char *p, int64_t v, const char *unit)
{
    char digits[20];
    size_t n = 0;

    do {
        digits[n++] = (char)('0' + (char)(v % 10));
        v /= 10;
    } while (v > 0);
    while (n > 0)
        *p++ = digits[--n];
    *p++ = ' ';
    return put_text(p, unit);
}

const char *
clock_span(int64_t ms, char out[CLOCK_TEXT])
{
    static const struct {
        int64_t seconds;
        char name[5];
    } unit[] = {
        {DAY,    "days"},
        {HOUR,   "h"   },
        {MINUTE, "min" },
        {1,      "s"   }
    };
    int64_t left = ms < 0 ? 0 : ms / 1000;
    char *p = out;
    size_t i = 0;

    while (i + 1 < ARRAY_SIZE(unit) && left < unit[i].seconds)
        i++;
    p = put_count(p, left / unit[i].seconds, i == 0 && left / DAY == 1 ? "day" : unit[i].name);
    left %= unit[i].seconds;
    if (i + 1 < ARRAY_SIZE(unit) && left / unit[i + 1].seconds > 0) {
        *p++ = ' ';
        p = put_count(p, left / unit[i + 1].seconds, unit[i + 1].name);
    }
    *p = '\0';
    return out;
}

/* Takes exactly width digits off *s. */
static bool
take_number(struct str *s, size_t width, int64_t lo, int64_t hi, int64_t *ret)
{
    int64_t v = 0;

    if (s->n < width)
        return false;
    for (size_t i = 0; i < width; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return false;
        v = v * 10 + (s->p[i] - '0');
    }
    s->p += width;
    s->n -= width;
    *ret = v;
    return v >= lo && v <= hi;
}

static bool
take_sign(struct str *s, char a, char b)
{
    if (s->n == 0 || (s->p[0] != a && s->p[0] != b))
        return false;
    s->p++;
    s->n--;
    return true;
}

static int64_t
month_days(int64_t year, int64_t month)
{
    static const int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

static bool
take_date(struct str *s, int64_t *ret_days)
{
    int64_t y = 0;
    int64_t m = 0;
    int64_t d = 0;

    if (!take_number(s, 4, 1970, 2200, &y) || !take_sign(s, '-', '-') ||
        !take_number(s, 2, 1, 12, &m) || !take_sign(s, '-', '-') ||
        !take_number(s, 2, 1, month_days(y, m), &d))
        return false;
    *ret_days = days_from(y, m, d);
    return true;
}

static bool
take_minutes(struct str *s, int64_t *ret_s)
{
    int64_t h = 0;
    int64_t m = 0;

    if (!take_number(s, 2, 0, 23, &h) || !take_sign(s, ':', ':') ||
        !take_number(s, 2, 0, 59, &m))
        return false;
    *ret_s = h * HOUR + m * MINUTE;
    return true;
}

/* ":SS" and perhaps a fraction, cut to milliseconds. */
static bool
take_seconds(struct str *s, int64_t *ret_ms)
{
    int64_t seconds = 0;
    int64_t ms = 0;
    int64_t scale = 100;
    size_t digits = 0;

    if (!take_sign(s, ':', ':') || !take_number(s, 2, 0, 59, &seconds))
        return false;
    if (take_sign(s, '.', '.')) {
        for (; s->n > 0 && s->p[0] >= '0' && s->p[0] <= '9'; digits++) {
            ms += (s->p[0] - '0') * scale;
            scale /= 10;
            s->p++;
            s->n--;
        }
        if (digits == 0)
            return false;
    }
    *ret_ms = seconds * 1000 + ms;
    return true;
}

/* "Z" or "+02:00", as seconds east. */
static bool
take_zone(struct str *s, int64_t *ret_s)
{
    bool west = s->n > 0 && s->p[0] == '-';

    if (take_sign(s, 'Z', 'z'))
        return true;
    if (!take_sign(s, '+', '-') || !take_minutes(s, ret_s))
        return false;
    if (west)
        *ret_s = -*ret_s;
    return true;
}

enum err
clock_parse(struct str text, int64_t *ret_ms)
{
    int64_t days = 0;
    int64_t seconds = 0;
    int64_t ms = 0;
    int64_t zone = 0;

    if (!take_date(&text, &days))
        return E_INVALID;
    if (take_sign(&text, 'T', 't')) {
        if (!take_minutes(&text, &seconds) || !take_seconds(&text, &ms) ||
            !take_zone(&text, &zone))
            return E_INVALID;
    } else if (take_sign(&text, ' ', ' ')) {
        if (!take_minutes(&text, &seconds))
            return E_INVALID;
        if (text.n > 0 && !take_seconds(&text, &ms))
            return E_INVALID;
        if (text.n > 0 && !take_zone(&text, &zone))
            return E_INVALID;
    }
    if (text.n > 0)
        return E_INVALID;
    ms += (days * DAY + seconds - zone) * 1000;
    /* An offset may lead out of the years on either side. */
    if (ms < 0 || ms >= days_from(2201, 1, 1) * DAY * 1000)
        return E_INVALID;
    *ret_ms = ms;
    return OK;
}
