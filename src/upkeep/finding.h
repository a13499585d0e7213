/* What a person has to look at after a restore, in words: payouts that were under way, lists of
 * providers that were not read since, what these list and the ledger does not know. Not for:
 * looking (the jobs do), ending a quarantine (quarantine.h). */
#pragma once

#include "upkeep/quarantine.h"

struct finding {
    struct str thing; /* payout:12, stripe, stripe:tr_1 */
    struct str words; /* a sentence: how it is, what to do */
    bool blocks;      /* payouts do not go on before it is settled */
};

/* What blocks stands first. Needs ctx->conf for which providers are set up. */
enum err finding_list(struct ctx *ctx, const struct quarantine *q, size_t max,
                      struct finding **ret, size_t *ret_n) MUST_USE;
