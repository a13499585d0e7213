/* I21: places changed after the settlement (RACE_FIX), against what settlements and refunds
 * left each seat of the money by place. Not for: what the drivers of one seat had of it. */
#pragma once

#include "ledger/verify_split.h"

/* Money by place of a settlement's or a refund's meta; sign -1: the refund was undone. */
void verify_fix_keep(struct verify_split *v, struct str meta, int sign);
void verify_fix_entry(struct verify_split *v, const struct hash_entry *e);
