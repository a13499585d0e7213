/* Checks the books by time: the chain from where it was looked at last, every few minutes; all
 * that verify checks, once a day. Not for: what is checked (ledger/recheck.h, ledger/verify.h).
 */
#pragma once

#include "job/kinds.h"

/* payload: "chain" or "whole". */
enum err recount_run(struct ctx *ctx, const struct kinds_tools *tools,
                     struct kinds_job *job) MUST_USE;
