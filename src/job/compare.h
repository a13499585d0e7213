/* Reads what a provider lists and holds, and has it compared with the books. An order of the
 * house's shop whose notice never came is told to the vault as a notice. Not for: verdicts
 * (ledger/theirs.h), what the lists look like (provider/tally.h). */
#pragma once

#include "job/kinds.h"

/* payload: "stripe". One that cannot be read now is no failure of the job: the vault is told
 * why, and the next one comes by time. */
enum err compare_run(struct ctx *ctx, const struct kinds_tools *tools,
                     struct kinds_job *job) MUST_USE;
