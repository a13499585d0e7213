/* A copy becomes the ledger: checked as a drill checks it, in quarantine from its first moment,
 * put in place at the very end. Whatever happens before, the place is as it was. Not for: what
 * has to be looked at then (finding.h). */
#pragma once

#include "upkeep/examine.h"

struct restore_ask {
    const char *file;
    const char *ledger; /* where it goes: path.ledger */
    const char *identity, *audit;
    bool replace; /* a ledger that is there is kept aside under another name */
    bool older;   /* newer copies, or a newer ledger in place, are no reason to stop */
    bool flawed;  /* nor is a flaw that its label tells of */
    bool look;    /* only checks; nothing is put in place */
};

struct restore_done {
    struct examine_seen seen;
    bool labelled;     /* a label stood beside it and agreed */
    const char *aside; /* where the ledger that was there is now; NULL: there was none */
};

/* E_CONFLICT: the vault runs, a ledger is in place, the copy is not good (examine.h) or not the
 * newest; each with what to do. E_FULL: no room. */
enum err restore_run(struct ctx *ctx, const struct restore_ask *a,
                     struct restore_done *ret) MUST_USE;
