/* Seals: that each is the end of its day, follows the one before, and is signed (I32). Not for:
 * whose key it is (people compare it with the one they kept). */
#pragma once

#include "ledger/verify_report.h"

enum err verify_seal_check(struct verify_report *r) MUST_USE;
