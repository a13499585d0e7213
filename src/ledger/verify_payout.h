/* I30: payouts, entry by entry and step by step. Not for: anybody but verify.c. */
#pragma once

#include "ledger/verify_report.h"

enum err verify_payout_check(struct verify_report *r) MUST_USE;
