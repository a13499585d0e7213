/* Sales and what went back of them, against their entries (I9, I15). Not for: amounts of a sale
 * (verify_split.h). */
#pragma once

#include "ledger/verify_split.h"

/* After the last entry. booked: sales that name an entry; entries: journal entries that book
 * one. */
enum err verify_sale_check(struct verify_split *v, int64_t booked, int64_t entries) MUST_USE;
