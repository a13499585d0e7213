/* Rows beside the entries: sales, windows, seats, steps, notices, mirrors, guards of the file
 * (I13, I16, I18 to I25). Each check is one statement that gives the rows which must not be
 * there. Not for: amounts of splits (verify_split.h). */
#pragma once

#include "ledger/verify_report.h"

enum err verify_rows_check(struct verify_report *r) MUST_USE;
