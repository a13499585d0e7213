/* Work that may take its time goes behind the house. Not for: what serves anybody. */
#pragma once

enum rank {
    RANK_BEHIND, /* a share of a busy machine stays: what must end in time, or reads the ledger
                  */
    RANK_LAST    /* only what nobody else wants */
};

/* This process and those it starts, from now on; nothing when somebody has ranked it already,
 * as its unit does. */
void rank_take(enum rank rank);
