/* Amounts that cannot go wrong silently: each operation checks currency and range, and writes
 * its result last. Not for: who owns what (ledger/). */
#include "base/money.h"

#include <string.h>

enum { SPLIT_MAX = 4096, BPS_ONE = 10000, BPS_MAX = 1000000 };

/* Wide enough for amount times any weight. */
__extension__ typedef __int128 wide;

/* ISO 4217 by number of decimal places. */
static const char places_0[] =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
static const char places_2[] =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN "
    "BZD "
    "CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP "
    "GMD "
    "GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL "
    "MAD "
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK "
    "PHP "
    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB "
    "TJS "
    "TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ";
static const char places_3[] = "BHD IQD JOD KWD LYD OMR TND ";

static bool
in_range(int64_t minor)
{
    return minor >= -MINOR_MAX && minor <= MINOR_MAX;
}

static bool
listed(const char *list, struct str ccy)
{
    for (; *list != '\0'; list += 4)
        if (memcmp(list, ccy.p, 3) == 0)
            return true;
    return false;
}

int
money_exponent(struct str ccy)
{
    if (ccy.n != 3)
        return -1;
    if (listed(places_2, ccy))
        return 2;
    if (listed(places_0, ccy))
        return 0;
    return listed(places_3, ccy) ? 3 : -1;
}

enum err
money_make(int64_t minor, struct str ccy, struct money *ret)
{
    if (money_exponent(ccy) < 0)
        return E_INVALID;
    if (!in_range(minor))
        return E_LIMIT;
    ret->minor = minor;
    memcpy(ret->ccy, ccy.p, 3);
    ret->ccy[3] = '\0';
    return OK;
}

/* Keeps the currency of like; written only when the value fits. */
static enum err
give(struct money like, wide minor, struct money *ret)
{
    if (minor < -MINOR_MAX || minor > MINOR_MAX)
        return E_LIMIT;
    *ret = like;
    ret->minor = (int64_t)minor;
    return OK;
}

static bool
same_currency(struct money a, struct money b)
{
    return memcmp(a.ccy, b.ccy, sizeof a.ccy) == 0;
}

enum err
money_add(struct money a, struct money b, struct money *ret)
{
    if (!same_currency(a, b))
        return E_INVALID;
    return give(a, (wide)a.minor + b.minor, ret);
}

enum err
money_sub(struct money a, struct money b, struct money *ret)
{
    if (!same_currency(a, b))
        return E_INVALID;
    return give(a, (wide)a.minor - b.minor, ret);
}

enum err
money_bps(struct money a, int64_t bps, enum money_round r, struct money *ret)
{
    if (bps < 0 || bps > BPS_MAX)
        return E_INVALID;
    return money_ratio(a, bps, BPS_ONE, r, ret);
}

enum err
money_ratio(struct money a, int64_t num, int64_t den, enum money_round r, struct money *ret)
{
    wide product = (wide)a.minor * num;
    wide whole = 0;
    wide rest = 0;

    if (num < 0 || den <= 0)
        return E_INVALID;
    whole = product / den;
    rest = product % den;
    /* The language cuts towards zero; from here on whole is the floor and rest is not negative.
     */
    if (rest < 0) {
        whole--;
        rest += den;
    }
    if (r == ROUND_HALF_EVEN && (rest * 2 > den || (rest * 2 == den && whole % 2 != 0)))
        whole++;
    return give(a, whole, ret);
}

/* Hands one unit each to the left largest fractions, the first of equal ones. */
static void
spread(int64_t *fraction, size_t n, int64_t left, int64_t *parts)
{
    for (; left > 0; left--) {
        size_t best = 0;

        for (size_t i = 1; i < n; i++)
            if (fraction[i] > fraction[best])
                best = i;
        parts[best]++;
        fraction[best] = -1;
    }
}

enum err
money_split(struct money total, const int64_t *weights, size_t n, int64_t *ret_parts)
{
    /* Not on the stack: 32 KiB. One thread a process does money. */
    static _Thread_local int64_t fraction[SPLIT_MAX];
    int64_t sum = 0;
    int64_t left = total.minor;

    if (n < 1 || n > SPLIT_MAX || total.minor < 0)
        return E_INVALID;
    if (total.minor > MINOR_MAX)
        return E_LIMIT;
    for (size_t i = 0; i < n; i++) {
        if (weights[i] < 0)
            return E_INVALID;
        if (__builtin_add_overflow(sum, weights[i], &sum))
            return E_LIMIT;
    }
    if (sum == 0)
        return E_INVALID;
    for (size_t i = 0; i < n; i++) {
        wide product = (wide)total.minor * weights[i];

        ret_parts[i] = (int64_t)(product / sum);
        fraction[i] = (int64_t)(product % sum);
        left -= ret_parts[i];
    }
    spread(fraction, n, left, ret_parts);
    return OK;
}

enum err
money_parse(struct str text, struct str ccy, struct money *ret)
{
    int places = money_exponent(ccy);
    bool minus = text.n > 0 && text.p[0] == '-';
    size_t first = minus ? 1 : 0;
    size_t i = first;
    int64_t minor = 0;
    int after = -1; /* digits behind the point, -1 before it */

    if (places < 0)
        return E_INVALID;
    /* The spelling is judged to its end before the size: "99999999999999999999x" is wrong, not
     * too much. */
    for (; i < text.n; i++) {
        char c = text.p[i];

        if (c == '.') {
            if (after >= 0 || i == first)
                return E_INVALID;
            after = 0;
            continue;
        }
        if (c < '0' || c > '9' || after == places)
            return E_INVALID;
        if (after < 0 && i == first + 1 && text.p[first] == '0')
            return E_INVALID;
        after += after >= 0;
        /* Stops growing once out of range, so that it cannot wrap. */
        if (minor <= MINOR_MAX)
            minor = minor * 10 + (c - '0');
    }
    if (i == first || after == 0)
        return E_INVALID;
    for (int k = after < 0 ? 0 : after; k < places; k++)
        if (minor <= MINOR_MAX)
            minor *= 10;
    if (minus && minor == 0)
        return E_INVALID;
    return money_make(minus ? -minor : minor, ccy, ret);
}

/* Digits of the amount without sign, with the point, and marks between thousands. */
static char *
put_digits(char *p, struct money m, bool marks)
{
    char back[MONEY_TEXT];
    uint64_t left = m.minor < 0 ? 0 - (uint64_t)m.minor : (uint64_t)m.minor;
    int places = money_exponent(str_of(m.ccy));
    size_t n = 0;

    for (int i = 0; i < places; i++, left /= 10)
        back[n++] = (char)('0' + (char)(left % 10));
    if (places > 0)
        back[n++] = '.';
    for (int i = 0; i == 0 || left > 0; i++, left /= 10) {
        if (marks && i > 0 && i % 3 == 0)
            back[n++] = ',';
        back[n++] = (char)('0' + (char)(left % 10));
    }
    while (n > 0)
        *p++ = back[--n];
    return p;
}

const char *
money_plain(struct money m, char out[MONEY_TEXT])
{
    char *p = out;

    if (m.minor < 0)
        *p++ = '-';
    *put_digits(p, m, false) = '\0';
    return out;
}

const char *
money_show(struct money m, char out[MONEY_TEXT])
{
    static const struct {
        char ccy[4];
        char sign[4];
    } sign[] = {
        {"USD", "$"  },
        {"EUR", "€"},
        {"GBP", "£" },
        {"JPY", "¥" }
    };
    char *p = out;
    size_t i = 0;

    if (m.minor < 0)
        p = stpcpy(p, "−");
    while (i < ARRAY_SIZE(sign) && memcmp(sign[i].ccy, m.ccy, sizeof m.ccy) != 0)
        i++;
    if (i < ARRAY_SIZE(sign)) {
        p = stpcpy(p, sign[i].sign);
    } else {
        p = stpcpy(p, m.ccy);
        *p++ = ' ';
    }
    *put_digits(p, m, true) = '\0';
    return out;
}
