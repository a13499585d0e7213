/* Amounts in minor units with their currency, as they are written and read. What fails leaves
 * its output untouched. Not for: floats, ever; reckoning, which the domains do in whole minor
 * units, each rounding by its rule (sql/FORMAT.md). */
#pragma once

#include "base/err.h"

struct money {
    int64_t minor; /* cents for USD, yen for JPY */
    char ccy[4];   /* ISO 4217, upper case, terminated */
};

/* Decimal places of a currency: JPY 0, USD 2, KWD 3; -1 when we do not know it. */
int money_exponent(struct str ccy);
/* E_INVALID for an unknown currency or case; E_LIMIT beyond ±MINOR_MAX. */
enum err money_make(int64_t minor, struct str ccy, struct money *ret) MUST_USE;

/* "25", "25.00", "-0.05": no blanks, no '+', no thousands marks, not more places than the
 * currency has, no leading zeros, no exponent; E_INVALID. E_LIMIT beyond ±MINOR_MAX. */
enum err money_parse(struct str text, struct str ccy, struct money *ret) MUST_USE;

#define MONEY_TEXT 40
/* "25.00": machine form, as money_parse reads it. */
const char *money_plain(struct money m, char out[MONEY_TEXT]);
/* "$1,234.50", "−$5.00" (real minus), "KWD 1.500": what people see. */
const char *money_show(struct money m, char out[MONEY_TEXT]);
