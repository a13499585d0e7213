/* What a file says about itself without being opened as a ledger: nothing beside it is made, no
 * lock is taken, and it need not be at rest. Not for: reading the books (db.h). */
#pragma once

#include "base/ctx.h"

struct peek {
    bool ours;           /* it carries the mark of this program's ledgers */
    int64_t version;     /* of its schema */
    struct str mode;     /* test or live; empty: it has no stamp */
    struct str currency; /* of its wallets; empty: no money was moved yet */
};

/* E_NOTFOUND: there is no file; E_DENIED: it cannot be read; E_CONFLICT: it is no database.
 * What still stands in a WAL beside it is not seen; mark, schema and mode never stand there
 * alone once the vault has ended in peace. */
enum err peek_ledger(struct ctx *ctx, const char *path, struct peek *ret) MUST_USE;
/* Whether that file can be the ledger of these settings and this program, whoever has it open:
 * E_NOTFOUND, E_DENIED, or E_CONFLICT with a sentence for the log. An older schema fits: it is
 * brought up before anybody opens it. */
enum err peek_fits(struct ctx *ctx, const char *path) MUST_USE;
