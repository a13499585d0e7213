/* Pays a payout, exactly once: asks the vault what is next, sends or looks, tells the vault
 * what was said. Whatever dies in between, the next run looks first. Not for: states and money
 * (payout/payout.h), what providers are told (provider/payer.h). */
#pragma once

#include "job/kinds.h"

/* payload: number of the payout. The vault decides when it is looked at again. */
enum err pay_run(struct ctx *ctx, const struct kinds_tools *tools,
                 struct kinds_job *job) MUST_USE;
