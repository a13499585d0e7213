/* Amounts as people and programs write them. See money.h. */
#include "base/money.h"

#include <string.h>

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
