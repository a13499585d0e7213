/* Checked amounts in minor units. A struct, so that arithmetic operators do not compile. Not
 * for: floats, ever; accounts (ledger/).
 *
 * Every operation returns an error and leaves its outputs untouched when it fails: different
 * currencies E_INVALID, out of ±MINOR_MAX E_LIMIT. */
#pragma once

#include "base/err.h"

struct money {
    int64_t minor; /* cents for USD, yen for JPY */
    char ccy[4];   /* ISO 4217, upper case, terminated */
};

enum money_round { ROUND_DOWN, ROUND_HALF_EVEN };

/* Decimal places of a currency: JPY 0, USD 2, KWD 3; -1 when we do not know it. */
int money_exponent(struct str ccy);
/* E_INVALID for an unknown currency or case; E_LIMIT out of range. */
enum err money_make(int64_t minor, struct str ccy, struct money *ret) MUST_USE;
enum err money_add(struct money a, struct money b, struct money *ret) MUST_USE;
enum err money_sub(struct money a, struct money b, struct money *ret) MUST_USE;
/* a * bps / 10000, rounded as named. bps 0 … 1,000,000; works on negative amounts (ROUND_DOWN
 * is towards minus infinity). */
enum err money_bps(struct money a, int64_t bps, enum money_round r, struct money *ret) MUST_USE;
/* a * num / den in 128 bits; den > 0, num >= 0. */
enum err money_ratio(struct money a, int64_t num, int64_t den, enum money_round r,
                     struct money *ret) MUST_USE;
/* Whole minor units whose sum is exactly total >= 0; left-over units one each to the largest
 * fractions, ties to the first. weights >= 0 with a positive sum; n 1 … 4096. */
enum err money_split(struct money total, const int64_t *weights, size_t n,
                     int64_t *ret_parts) MUST_USE;

/* "25", "25.00", "-0.05": no blanks, no '+', no thousands marks, not more places than the
 * currency has, no leading zeros, no exponent. */
enum err money_parse(struct str text, struct str ccy, struct money *ret) MUST_USE;

#define MONEY_TEXT 40
/* "25.00": machine form, as money_parse reads it. */
const char *money_plain(struct money m, char out[MONEY_TEXT]);
/* "$1,234.50", "−$5.00" (real minus), "KWD 1.500": what people see. */
const char *money_show(struct money m, char out[MONEY_TEXT]);
