/* Dividing whole cents: the carry rule (sql/FORMAT.md section 4), largest remainder, and their
 * text in journal.meta. Pure functions: no database. Not for: who takes part. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum { SPLIT_MAX = 64 };

struct split_part {
    int64_t weight; /* > 0 */
    int64_t carry;  /* in: residue before, in 1/unit cents of the present unit */
    int64_t paid;   /* out: cents */
    int64_t left;   /* out: residue after */
};

/* Carry rule over n parts, in seat order. E_INVALID: total < 0, n 0 or over SPLIT_MAX, weight
 * < 1. ret_unit: the sum of the weights. */
enum err split_carry(int64_t total, struct split_part *part, size_t n,
                     int64_t *ret_unit) MUST_USE;
/* A residue of old_unit in terms of unit: rounded towards zero. */
int64_t split_rescale(int64_t residue, int64_t old_unit, int64_t unit);
/* Largest remainder over weights >= 0, ties to the earlier; the sum is exactly total. */
enum err split_largest(int64_t total, const int64_t *weights, size_t n,
                       int64_t *ret_parts) MUST_USE;
/* Takes amount back from what is left of each part; amount <= sum of left takes; equal takes
 * all whole. left may be negative only in the last part (the house). */
enum err split_refund(int64_t amount, const int64_t *left, size_t n,
                      int64_t *ret_back) MUST_USE;
