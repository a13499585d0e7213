/* I29: tips, and their money that went back, came again or was released, entry by entry. Not
 * for: sums and the chain (verify.h), recoveries. */
#pragma once

#include "ledger/verify_report.h"

enum err verify_tip_check(struct verify_report *r) MUST_USE;
