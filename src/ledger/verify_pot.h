/* pot_line and share against the splits of the journal, and their own running sums (I14). Not
 * for: the splits themselves (verify_split.h). */
#pragma once

#include "ledger/verify_split.h"

/* After the last entry. pot_lines and shares: rows of the two tables. */
enum err verify_pot_check(struct verify_split *v, int64_t pot_lines, int64_t shares) MUST_USE;
