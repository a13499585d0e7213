/* The newest copy is opened as a restore would open it, beside the others, looked at by every
 * check, compared with the ledger in use, and removed again. Not for: telling the vault
 * (main/ctl_backup.c). */
#pragma once

#include "upkeep/examine.h"

struct drill {
    const char *name; /* of the copy; NULL: there is none */
    bool good;
    struct str why;  /* not good: a sentence */
    int64_t bytes;   /* of the copy */
    int64_t took_ms; /* by the wall */
    struct examine_seen seen;
};

/* OK when the drill took place, whatever it found. E_BUSY: another one is under way.
 * E_NOTFOUND, E_DENIED, E_FULL: the folder. A copy that is encrypted is not good when
 * there is no identity: what nobody opened is not known to open. Its checksum is
 * compared all the same. */
enum err drill_run(struct ctx *ctx, const char *audit, const char *identity,
                   struct drill *ret) MUST_USE;
