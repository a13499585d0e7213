/* The cents themselves: carry rule, largest remainder, refunds. Not for: accounts, meta texts.
 */
#include "ledger/split.h"

#include "base/base.h"

/* Products of cents and weights: both may be large, their product must not wrap. */
__extension__ typedef __int128 wide;

/* Cents that one line can hold, and a weight, so that want always fits 64 bits. */
enum { WEIGHT_MAX = 1000000 };
#define TOTAL_MAX (INT64_MAX / WEIGHT_MAX / 4)

/* Seat with the largest fraction still due; ties to the lower seat. */
static size_t
most_due(const struct split_part *part, size_t n)
{
    size_t best = 0;

    for (size_t i = 1; i < n; i++)
        if (part[i].left > part[best].left)
            best = i;
    return best;
}

/* Seat with something paid and the smallest fraction; ties to the higher seat. */
static size_t
least_due(const struct split_part *part, size_t n)
{
    size_t best = n;

    for (size_t i = 0; i < n; i++)
        if (part[i].paid > 0 && (best == n || part[i].left <= part[best].left))
            best = i;
    BUG_IF(best == n);
    return best;
}

enum err
split_carry(int64_t total, struct split_part *part, size_t n, int64_t *ret_unit)
{
    int64_t unit = 0, rest = total;

    if (total < 0 || total > TOTAL_MAX || n == 0 || n > SPLIT_MAX)
        return E_INVALID;
    for (size_t i = 0; i < n; i++) {
        if (part[i].weight < 1 || part[i].weight > WEIGHT_MAX)
            return E_INVALID;
        unit += part[i].weight;
    }
    /* A carry stays within a cent or two; far beyond it the book is wrong, and handing out
     * cents one by one would never end. */
    for (size_t i = 0; i < n; i++)
        if (part[i].carry > SPLIT_MAX * unit || part[i].carry < -SPLIT_MAX * unit)
            return E_INVALID;

    for (size_t i = 0; i < n; i++) {
        int64_t want = total * part[i].weight + part[i].carry;

        part[i].paid = want > 0 ? want / unit : 0;
        part[i].left = want - part[i].paid * unit;
        rest -= part[i].paid;
    }
    for (; rest > 0; rest--) {
        size_t i = most_due(part, n);

        part[i].paid++;
        part[i].left -= unit;
    }
    for (; rest < 0; rest++) {
        size_t i = least_due(part, n);

        part[i].paid--;
        part[i].left += unit;
    }
    *ret_unit = unit;
    return OK;
}

int64_t
split_rescale(int64_t residue, int64_t old_unit, int64_t unit)
{
    BUG_IF(old_unit < 1 || unit < 1);
    if (old_unit == unit)
        return residue;
    return (int64_t)((wide)residue * unit / old_unit); /* C division is towards zero */
}

/* One more to each of the rest largest fractions; frac is marked -1 as it goes. */
static void
give_rest(int64_t rest, wide *frac, size_t n, int64_t *parts)
{
    for (; rest > 0; rest--) {
        size_t best = 0;

        for (size_t i = 1; i < n; i++)
            if (frac[i] > frac[best])
                best = i;
        parts[best]++;
        frac[best] = -1;
    }
}

enum err
split_largest(int64_t total, const int64_t *weights, size_t n, int64_t *ret_parts)
{
    wide sum = 0, frac[SPLIT_MAX];
    int64_t part[SPLIT_MAX], rest = total;

    if (total < 0 || n == 0 || n > SPLIT_MAX)
        return E_INVALID;
    for (size_t i = 0; i < n; i++) {
        if (weights[i] < 0)
            return E_INVALID;
        sum += weights[i];
    }
    if (sum == 0)
        return E_INVALID;
    for (size_t i = 0; i < n; i++) {
        wide want = (wide)total * weights[i];

        part[i] = (int64_t)(want / sum);
        frac[i] = want % sum;
        rest -= part[i];
    }
    give_rest(rest, frac, n, part);
    for (size_t i = 0; i < n; i++)
        ret_parts[i] = part[i];
    return OK;
}

enum err
split_refund(int64_t amount, const int64_t *left, size_t n, int64_t *ret_back)
{
    wide sum = 0, frac[SPLIT_MAX];
    int64_t back[SPLIT_MAX], rest = amount;

    if (amount < 0 || n == 0 || n > SPLIT_MAX)
        return E_INVALID;
    for (size_t i = 0; i < n; i++) {
        if (left[i] < 0 && i + 1 < n)
            return E_INVALID;
        sum += left[i];
    }
    if (amount > sum)
        return E_INVALID;
    for (size_t i = 0; i < n; i++) {
        wide want = (wide)amount * left[i];

        if (amount == sum) {
            back[i] = left[i];
        } else {
            frac[i] = (want % sum + sum) % sum;
            back[i] = (int64_t)((want - frac[i]) /
                                sum); /* downwards, also for a house that paid in */
        }
        rest -= back[i];
    }
    if (amount != sum)
        give_rest(rest, frac, n, back);
    for (size_t i = 0; i < n; i++)
        ret_back[i] = back[i];
    return OK;
}
