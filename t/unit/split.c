/* Dividing whole cents: worked examples, and 60,000 random splits against exact fractions. */
#include "ledger/split.h"

#include "lib/tap.h"

static uint64_t seed = 7;

static int64_t
roll(int64_t lo, int64_t hi)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return lo + (int64_t)(seed % (uint64_t)(hi - lo + 1));
}

static void
examples(void)
{
    static const int64_t first[8] = {63, 63, 63, 63, 62, 62, 62, 62};
    struct split_part p[8];
    int64_t unit = 0;
    bool good = true;

    for (size_t i = 0; i < 8; i++)
        p[i] = (struct split_part){.weight = 1};
    is_int(split_carry(500, p, 8, &unit), OK, "500 in eight");
    is_int(unit, 8, "the unit is the sum of the weights");
    for (size_t i = 0; i < 8; i++) {
        good = good && p[i].paid == first[i];
        p[i].carry = p[i].left;
    }
    ok(good, "odd cents to the lower seats first");
    is_int(p[0].left, -4, "who got one has half a cent less to come");
    is_int(split_carry(500, p, 8, &unit), OK, "once more");
    for (size_t i = 0; i < 8; i++)
        good = good && p[i].paid == 125 - first[i] && p[i].left == 0;
    ok(good, "then the others: 125 each after two");
    for (size_t i = 0; i < 8; i++)
        p[i] = (struct split_part){.weight = 1, .carry = i < 4 ? 8 : -8};
    is_int(split_carry(1, p, 8, &unit), OK, "floors above the pool");
    is_int(p[0].paid + p[1].paid + p[2].paid + p[3].paid, 1, "are taken back");
    is_int(p[0].paid, 1, "from the higher seat first");
    is_int(split_rescale(-7, 8, 12), -10, "a residue in another unit: towards zero");
    is_int(split_rescale(7, 8, 12), 10, "also above zero");
    is_int(split_rescale(7, 8, 8), 7, "the same unit changes nothing");
}

static void
refusals(void)
{
    struct split_part p[SPLIT_MAX + 1] = {{.weight = 1}, {.weight = 0}};
    int64_t unit = -1, w[SPLIT_MAX + 1] = {1, 2}, out[SPLIT_MAX + 1] = {-5};

    is_int(split_carry(-1, p, 1, &unit), E_INVALID, "a pool below zero");
    is_int(split_carry(INT64_MAX, p, 1, &unit), E_INVALID, "an absurd pool");
    is_int(split_carry(1, p, 0, &unit), E_INVALID, "no seats");
    is_int(split_carry(1, p, SPLIT_MAX + 1, &unit), E_INVALID, "too many seats");
    is_int(split_carry(1, p, 2, &unit), E_INVALID, "a weight of 0");
    p[1].weight = 1000001;
    is_int(split_carry(1, p, 2, &unit), E_INVALID, "an absurd weight");
    p[1] = (struct split_part){.weight = 1, .carry = 129};
    is_int(split_carry(1, p, 2, &unit), E_INVALID, "an absurd carry");
    p[1].carry = -129;
    is_int(split_carry(1, p, 2, &unit), E_INVALID, "an absurd carry below zero");
    is_int(unit, -1, "a refusal leaves the answer alone");
    is_int(split_largest(-1, w, 2, out), E_INVALID, "largest: below zero");
    is_int(split_largest(1, w, 0, out), E_INVALID, "largest: nobody");
    is_int(split_largest(1, w, SPLIT_MAX + 1, out), E_INVALID, "largest: too many");
    w[0] = -1;
    is_int(split_largest(1, w, 2, out), E_INVALID, "largest: a weight below zero");
    w[0] = w[1] = 0;
    is_int(split_largest(1, w, 2, out), E_INVALID, "largest: all weights 0");
    is_int(split_refund(-1, w, 2, out), E_INVALID, "refund: below zero");
    is_int(split_refund(0, w, 0, out), E_INVALID, "refund: nothing there");
    is_int(split_refund(0, w, SPLIT_MAX + 1, out), E_INVALID, "refund: too many");
    is_int(split_refund(1, w, 2, out), E_INVALID, "refund: more than is left");
    w[0] = -1;
    w[1] = 3;
    is_int(split_refund(1, w, 2, out), E_INVALID, "refund: only the last may be below zero");
    is_int(out[0], -5, "and nothing was touched");
}

static void
largest(void)
{
    int64_t w[3] = {50, 30, 20}, out[3];

    is_int(split_largest(6294, w, 3, out), OK, "prizes 50/30/20 of 6294");
    ok(out[0] == 3147 && out[1] == 1888 && out[2] == 1259, "3147, 1888, 1259");
    w[0] = w[1] = w[2] = 1;
    is_int(split_largest(2, w, 3, out), OK, "two cents for three");
    ok(out[0] == 1 && out[1] == 1 && out[2] == 0, "to the earlier ones");
}

static void
refund(void)
{
    static const int64_t left[10] = {63, 63, 63, 63, 62, 62, 62, 62, 900, 1100};
    static const int64_t in[3] = {300, 900, -200};
    int64_t back[10];
    bool good;

    is_int(split_refund(1000, left, 10, back), OK, "F7: 1000 of 2500");
    good = back[8] == 360 && back[9] == 440;
    for (size_t i = 0; i < 8; i++)
        good = good && back[i] == 25;
    ok(good, "25 eight times, 360, 440");
    is_int(split_refund(2500, left, 10, back), OK, "all of it");
    ok(memcmp(back, left, sizeof(left)) == 0, "takes each whole");
    is_int(split_refund(500, in, 3, back), OK, "half of a sale the house paid into");
    ok(back[0] == 150 && back[1] == 450 && back[2] == -100,
       "the house gets half of its money back");
    is_int(split_refund(333, in, 3, back), OK, "a third of it");
    ok(back[0] + back[1] + back[2] == 333 && back[2] <= 0 && back[2] >= -200,
       "sums, within bounds");
}

/* One weighting, 150 pools in a row: conservation, no negative share, and never two cents off.
 */
static void
sequence(bool *good, int64_t *worst_num, int64_t *worst_den)
{
    size_t n = (size_t)roll(2, 12);
    int64_t most = (int64_t[]){1, 3, 20, 1000}[roll(0, 3)];
    int64_t pool = (int64_t[]){3, 20, 600, 5000}[roll(0, 3)];
    int64_t paid[12] = {0}, all = 0, unit = 0;
    struct split_part p[12];

    for (size_t i = 0; i < n; i++)
        p[i] = (struct split_part){.weight = roll(1, most)};
    for (int round = 0; round < 150; round++) {
        int64_t t = roll(1, pool), sum = 0, lefts = 0;

        if (split_carry(t, p, n, &unit) != OK)
            *good = false;
        all += t;
        for (size_t i = 0; i < n; i++) {
            int64_t off;

            sum += p[i].paid;
            lefts += p[i].left;
            paid[i] += p[i].paid;
            /* |paid - all * weight / unit| in 1/unit cents */
            off = paid[i] * unit - all * p[i].weight;
            off = off < 0 ? -off : off;
            if (off * *worst_den > *worst_num * unit) {
                *worst_num = off;
                *worst_den = unit;
            }
            *good = *good && p[i].paid >= 0 && off < 2 * unit;
            p[i].carry = p[i].left;
        }
        *good = *good && sum == t && lefts == 0;
    }
}

static void
random_splits(void)
{
    int64_t num = 0, den = 1;
    bool good = true;

    for (int i = 0; i < 400; i++)
        sequence(&good, &num, &den);
    ok(good, "60,000 random splits: conserved, none below zero, never two cents off");
    printf("# worst %lld/%lld cent\n", (long long)num, (long long)den);
}

static void
random_refunds(void)
{
    bool good = true;

    for (int i = 0; i < 20000; i++) {
        int64_t left[10], back[10], sum = 0;
        size_t n = (size_t)roll(1, 10);

        for (size_t k = 0; k < n; k++)
            sum += left[k] = roll(0, 2000);
        if (n > 1 && roll(0, 3) == 0) {
            sum -= 2 * left[n - 1];
            left[n - 1] = -left[n - 1];
        }
        while (sum > 0 && good) { /* refunds until nothing is left */
            int64_t amount = roll(1, sum), got = 0;

            good = split_refund(amount, left, n, back) == OK;
            for (size_t k = 0; k < n; k++) {
                good = good && (left[k] < 0 ? back[k] <= 0 && back[k] >= left[k]
                                            : back[k] >= 0 && back[k] <= left[k]);
                got += back[k];
                left[k] -= back[k];
            }
            good = good && got == amount;
            sum -= amount;
        }
        for (size_t k = 0; k < n && sum == 0; k++)
            good = good && left[k] == 0;
    }
    ok(good, "refund after refund: each line within what is left, the last ends at zero");
}

int
main(void)
{
    examples();
    refusals();
    largest();
    refund();
    random_splits();
    random_refunds();
    return done();
}
