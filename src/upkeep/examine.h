/* Whether a file is a copy that a house can go on from: opened as restore opens it, brought to
 * this program's schema, looked at by every check there is. Restore and drill use the very
 * same. Not for: putting it in place (restore.h). */
#pragma once

#include "upkeep/label.h"

struct examine {
    const char *identity; /* secret key for encrypted copies; "": none, or gpg's own keyring */
    const char *gnupg;    /* folder of that keyring; NULL: of whoever runs this */
    const char *work;     /* folder for what gpg needs for a while */
    const char *audit;    /* path of cozykart-audit */
};

struct examine_seen {
    int64_t seq, at, size, entries;
    int64_t from, to; /* schema */
    struct str ledger, mode, head;
    int64_t copy_at; /* when the copy was made, as far as that is known */
};

/* Decrypts and decompresses file to path, which must not be there. A ledger out of a snapshot
 * of its disk is taken too, with FILE-wal beside it. E_CONFLICT: its checksum is not the
 * label's, it cannot be opened, it is no copy of a ledger. ret->there says whether a label
 * stands beside it. */
enum err examine_unpack(struct ctx *ctx, const struct examine *x, const char *file,
                        const char *path, struct label *ret) MUST_USE;
/* E_CONFLICT: it is damaged, of another mode, newer than this program, not what its label says,
 * or its books do not hold. Afterwards path alone is the ledger, of this program's schema. */
enum err examine_run(struct ctx *ctx, const struct examine *x, const char *path,
                     const struct label *l, struct examine_seen *ret) MUST_USE;
/* A file and what SQLite leaves beside it. */
void examine_remove(struct ctx *ctx, const char *path);
