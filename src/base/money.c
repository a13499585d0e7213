#include "base/money.h"

#include <stdio.h>
#include <string.h>


__extension__ typedef __int128 i128;

static const struct {
    char code[4];
    int exponent;
    const char *symbol; /* NULL: the code and a blank */
} currencies[] = {
    {"USD", 2, "$"}, {"EUR", 2, "\xE2\x82\xAC"}, {"GBP", 2, "\xC2\xA3"}, {"AUD", 2, NULL},
    {"BHD", 3, NULL}, {"BRL", 2, NULL}, {"CAD", 2, NULL}, {"CHF", 2, NULL}, {"CLP", 0, NULL},
    {"CNY", 2, NULL}, {"CZK", 2, NULL}, {"DKK", 2, NULL}, {"HKD", 2, NULL}, {"HUF", 2, NULL},
    {"INR", 2, NULL}, {"ISK", 0, NULL}, {"JOD", 3, NULL}, {"JPY", 0, "\xC2\xA5"}, {"KRW", 0, NULL},
    {"KWD", 3, NULL}, {"MXN", 2, NULL}, {"MYR", 2, NULL}, {"NOK", 2, NULL}, {"NZD", 2, NULL},
    {"OMR", 3, NULL}, {"PHP", 2, NULL}, {"PLN", 2, NULL}, {"RON", 2, NULL}, {"SEK", 2, NULL},
    {"SGD", 2, NULL}, {"THB", 2, NULL}, {"TND", 3, NULL}, {"TRY", 2, NULL}, {"VND", 0, NULL},
    {"ZAR", 2, NULL},
};

static int
row_of(struct str ccy)
{
    for (size_t i = 0; i < ARRAY_SIZE(currencies); i++)
        if (str_eq_text(ccy, currencies[i].code))
            return (int)i;
    return -1;
}

int
money_exponent(struct str ccy)
{
    int row = row_of(ccy);

    return row < 0 ? -1 : currencies[row].exponent;
}

static bool
in_range(i128 v)
{
    return v >= -(i128)MINOR_MAX && v <= (i128)MINOR_MAX;
}

enum err
money_make(int64_t minor, struct str ccy, struct money *ret)
{
    int row = row_of(ccy);

    if (row < 0)
        return E_INVALID;
    if (!in_range(minor))
        return E_LIMIT;
    ret->minor = minor;
    memcpy(ret->ccy, currencies[row].code, sizeof(ret->ccy));
    return OK;
}

static enum err
same(i128 v, struct money like, struct money *ret)
{
    if (!in_range(v))
        return E_LIMIT;
    *ret = like;
    ret->minor = (int64_t)v;
    return OK;
}

enum err
money_add(struct money a, struct money b, struct money *ret)
{
    if (memcmp(a.ccy, b.ccy, sizeof(a.ccy)) != 0)
        return E_INVALID;
    return same((i128)a.minor + b.minor, a, ret);
}

enum err
money_sub(struct money a, struct money b, struct money *ret)
{
    if (memcmp(a.ccy, b.ccy, sizeof(a.ccy)) != 0)
        return E_INVALID;
    return same((i128)a.minor - b.minor, a, ret);
}

enum err
money_ratio(struct money a, int64_t num, int64_t den, enum money_round r, struct money *ret)
{
    i128 whole, rest;

    if (num < 0 || den <= 0)
        return E_INVALID;
    whole = (i128)a.minor * num / den;
    rest = (i128)a.minor * num % den;
    if (rest < 0) {
        rest += den;
        whole--;
    }
    if (r == ROUND_HALF_EVEN && (2 * rest > den || (2 * rest == den && whole % 2 != 0)))
        whole++;
    return same(whole, a, ret);
}

enum err
money_bps(struct money a, int64_t bps, enum money_round r, struct money *ret)
{
    if (bps > 1000000)
        return E_INVALID;
    return money_ratio(a, bps, 10000, r, ret);
}

enum err
money_split(struct money total, const int64_t *weights, size_t n, int64_t *ret_parts)
{
    i128 sum = 0, left = total.minor;

    if (n < 1 || n > 4096 || total.minor < 0)
        return E_INVALID;
    for (size_t i = 0; i < n; i++) {
        if (weights[i] < 0)
            return E_INVALID;
        sum += weights[i];
    }
    if (sum == 0)
        return E_INVALID;
    if (sum > MINOR_MAX)
        return E_LIMIT;
    for (size_t i = 0; i < n; i++) {
        ret_parts[i] = (int64_t)((i128)total.minor * weights[i] / sum);
        left -= ret_parts[i];
    }
    /* Fewer cents are left than there are parts with a fraction: each such part gets at most one.
     * The fraction of a part that got its cent is below 0 and never the largest again. */
    while (left-- > 0) {
        i128 most = 0;
        size_t who = 0;

        for (size_t i = 0; i < n; i++) {
            i128 fraction = (i128)total.minor * weights[i] - (i128)ret_parts[i] * sum;

            if (fraction > most) {
                most = fraction;
                who = i;
            }
        }
        ret_parts[who]++;
    }
    return OK;
}

enum err
money_parse(struct str text, struct str ccy, struct money *ret)
{
    int places = money_exponent(ccy);
    bool minus = text.n && text.p[0] == '-';
    struct str s = str_sub(text, minus, text.n), whole, part = STR_NULL;
    size_t dot;
    i128 v = 0;

    if (places < 0)
        return E_INVALID;
    dot = str_find(s, STR("."), 0);
    whole = dot == SIZE_MAX ? s : str_sub(s, 0, dot);
    if (dot != SIZE_MAX)
        part = str_sub(s, dot + 1, s.n);
    if (!whole.n || (whole.n > 1 && whole.p[0] == '0') || part.n > (size_t)places ||
        (dot != SIZE_MAX && !part.n))
        return E_INVALID;
    if (whole.n > 20)
        return E_LIMIT;
    for (size_t i = 0; i < whole.n + (size_t)places; i++) {
        char c = i < whole.n ? whole.p[i] : i - whole.n < part.n ? part.p[i - whole.n] : '0';

        if (c < '0' || c > '9')
            return E_INVALID;
        v = v * 10 + (c - '0');
    }
    if (minus && v == 0)
        return E_INVALID;
    return money_make(0, ccy, ret) != OK ? E_INVALID : same(minus ? -v : v, *ret, ret);
}

/* Whole and fraction of the absolute amount; how many places. */
static int
parts(struct money m, uint64_t *ret_whole, uint64_t *ret_part)
{
    int places = money_exponent(str_of(m.ccy));
    uint64_t v = m.minor < 0 ? -(uint64_t)m.minor : (uint64_t)m.minor, scale = 1;

    for (int i = 0; i < places; i++)
        scale *= 10;
    *ret_whole = v / scale;
    *ret_part = v % scale;
    return places;
}

const char *
money_plain(struct money m, char out[MONEY_TEXT])
{
    uint64_t whole, part;
    int places = parts(m, &whole, &part);
    const char *sign = m.minor < 0 ? "-" : "";

    if (places > 0)
        snprintf(out, MONEY_TEXT, "%s%llu.%0*llu", sign, (unsigned long long)whole, places,
                 (unsigned long long)part);
    else
        snprintf(out, MONEY_TEXT, "%s%llu", sign, (unsigned long long)whole);
    return out;
}

const char *
money_show(struct money m, char out[MONEY_TEXT])
{
    int row = row_of(str_of(m.ccy)), at;
    const char *symbol = row < 0 ? NULL : currencies[row].symbol;
    uint64_t whole, part;
    int places = parts(m, &whole, &part), n;
    char digits[24];

    at = snprintf(out, MONEY_TEXT, "%s%s%s", m.minor < 0 ? "\xE2\x88\x92" : "",
                  symbol ? symbol : m.ccy, symbol ? "" : " ");
    n = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)whole);
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    if (places > 0)
        snprintf(out + at, MONEY_TEXT - (size_t)at, ".%0*llu", places, (unsigned long long)part);
    return out;
}
