#include "base/clock.h"

#include <stdio.h>

enum { DAY_MS = 86400000 };

struct civil {
    int64_t year, month, day, hour, minute, second, weekday;
};

/* Days since 1970 of a date, and back: years begin in March, so that the leap day comes last. */
static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400, yoe = y % 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static struct civil
civil_of(int64_t ms)
{
    int64_t day = ms / DAY_MS, rest = ms % DAY_MS;
    int64_t z, era, doe, yoe, doy, mp;
    struct civil c;

    if (rest < 0) {
        rest += DAY_MS;
        day--;
    }
    z = day + 719468;
    era = (z >= 0 ? z : z - 146096) / 146097;
    doe = z - era * 146097;
    yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    mp = (5 * doy + 2) / 153;
    c.day = doy - (153 * mp + 2) / 5 + 1;
    c.month = mp < 10 ? mp + 3 : mp - 9;
    c.year = yoe + era * 400 + (c.month <= 2);
    c.hour = rest / 3600000;
    c.minute = rest / 60000 % 60;
    c.second = rest / 1000 % 60;
    c.weekday = ((day + 4) % 7 + 7) % 7;
    return c;
}

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

#define N(v) (int)(v)

const char *
clock_rfc3339(int64_t ms, char out[CLOCK_TEXT])
{
    struct civil c = civil_of(ms);

    snprintf(out, CLOCK_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ", N(c.year), N(c.month), N(c.day),
             N(c.hour), N(c.minute), N(c.second));
    return out;
}

const char *
clock_human(int64_t ms, char out[CLOCK_TEXT])
{
    struct civil c = civil_of(ms);

    snprintf(out, CLOCK_TEXT, "%d %s %d %02d:%02d:%02d", N(c.day), months[c.month - 1], N(c.year),
             N(c.hour), N(c.minute), N(c.second));
    return out;
}

const char *
clock_time(int64_t ms, char out[CLOCK_TEXT])
{
    struct civil c = civil_of(ms);

    snprintf(out, CLOCK_TEXT, "%02d:%02d:%02d", N(c.hour), N(c.minute), N(c.second));
    return out;
}

const char *
clock_date(int64_t ms, char out[CLOCK_TEXT])
{
    struct civil c = civil_of(ms);

    snprintf(out, CLOCK_TEXT, "%04d-%02d-%02d", N(c.year), N(c.month), N(c.day));
    return out;
}

const char *
clock_http(int64_t ms, char out[CLOCK_TEXT])
{
    struct civil c = civil_of(ms);

    snprintf(out, CLOCK_TEXT, "%s, %02d %s %04d %02d:%02d:%02d GMT", weekdays[c.weekday],
             N(c.day), months[c.month - 1], N(c.year), N(c.hour), N(c.minute), N(c.second));
    return out;
}

const char *
clock_span(int64_t ms, char out[CLOCK_TEXT])
{
    static const struct {
        int64_t s;
        const char *one, *many;
    } unit[] = {{86400, "day", "days"}, {3600, "h", "h"}, {60, "min", "min"}, {1, "s", "s"}};
    int64_t s = (ms < 0 ? -ms : ms) / 1000;

    for (size_t i = 0; i < ARRAY_SIZE(unit); i++) {
        int64_t n = s / unit[i].s, rest = s % unit[i].s;
        int used;

        if (n == 0 && i + 1 < ARRAY_SIZE(unit))
            continue;
        used = snprintf(out, CLOCK_TEXT, "%lld %s", (long long)n, n == 1 ? unit[i].one : unit[i].many);
        if (i + 1 < ARRAY_SIZE(unit) && rest / unit[i + 1].s)
            snprintf(out + used, CLOCK_TEXT - (size_t)used, " %lld %s",
                     (long long)(rest / unit[i + 1].s), unit[i + 1].many);
        break;
    }
    return out;
}

/* Takes exactly n digits off *s. */
static bool
digits(struct str *s, size_t n, int64_t *ret)
{
    int64_t v = 0;

    if (s->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return false;
        v = v * 10 + (s->p[i] - '0');
    }
    *s = str_sub(*s, n, s->n);
    *ret = v;
    return true;
}

static bool
sign(struct str *s, char c)
{
    if (!s->n || s->p[0] != c)
        return false;
    *s = str_sub(*s, 1, s->n);
    return true;
}

/* ".123": at least one digit, milliseconds kept. */
static bool
fraction(struct str *s, int64_t *ret_ms)
{
    int64_t ms = 0, scale = 100, d = 0;
    size_t n = 0;

    for (; s->n && s->p[0] >= '0' && s->p[0] <= '9' && digits(s, 1, &d); n++) {
        ms += d * scale;
        scale /= 10;
    }
    *ret_ms = ms;
    return n > 0;
}

/* "Z" or "+02:00". */
static bool
zone(struct str *s, int64_t *ret_ms)
{
    int64_t h = 0, m = 0;
    bool minus;

    if (sign(s, 'Z') || sign(s, 'z')) {
        *ret_ms = 0;
        return true;
    }
    minus = sign(s, '-');
    if (!minus && !sign(s, '+'))
        return false;
    if (!digits(s, 2, &h) || !sign(s, ':') || !digits(s, 2, &m) || h > 23 || m > 59)
        return false;
    *ret_ms = (h * 60 + m) * 60000 * (minus ? -1 : 1);
    return true;
}

static bool
day_exists(int64_t y, int64_t m, int64_t d)
{
    struct civil back;

    if (y < 1970 || y > 2200 || m < 1 || m > 12 || d < 1 || d > 31)
        return false;
    back = civil_of(days_of(y, m, d) * DAY_MS);
    return back.year == y && back.month == m && back.day == d;
}

enum err
clock_parse(struct str s, int64_t *ret_ms)
{
    int64_t y = 0, mo = 0, d = 0, h = 0, mi = 0, sec = 0, ms = 0, off = 0;
    bool blank;

    if (!digits(&s, 4, &y) || !sign(&s, '-') || !digits(&s, 2, &mo) || !sign(&s, '-') ||
        !digits(&s, 2, &d) || !day_exists(y, mo, d))
        return E_INVALID;
    if (s.n) {
        blank = sign(&s, ' ');
        if (!blank && !sign(&s, 'T') && !sign(&s, 't'))
            return E_INVALID;
        if (!digits(&s, 2, &h) || !sign(&s, ':') || !digits(&s, 2, &mi) || h > 23 || mi > 59)
            return E_INVALID;
        if (sign(&s, ':')) {
            if (!digits(&s, 2, &sec) || sec > 59)
                return E_INVALID;
            if (sign(&s, '.') && !fraction(&s, &ms))
                return E_INVALID;
        } else if (!blank) {
            return E_INVALID;
        }
        if (!(blank && !s.n) && !zone(&s, &off))
            return E_INVALID;
        if (s.n)
            return E_INVALID;
    }
    *ret_ms = days_of(y, mo, d) * DAY_MS + ((h * 60 + mi) * 60 + sec) * 1000 + ms - off;
    return OK;
}
