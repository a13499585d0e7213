/* The four sockets of the vault and who stands behind a connection. Not for: messages
 * (loop.c). */
#pragma once

#include "vault/table.h"

enum { GATE_COUNT = 4 };

struct gate {
    int fd;
    enum vault_from from;
    const char *path;
};

/* Makes vault-web.sock, vault-jobs.sock and vault-upkeep.sock (0660) and vault-ctl.sock (0600)
 * in folder run; what a dead vault left there is replaced, so the ledger's lock must be held.
 * E_INTERNAL with the path and the reason. */
enum err gate_open(struct ctx *ctx, struct arena *process, struct str run,
                   struct gate ret[GATE_COUNT]) MUST_USE;
void gate_close(struct gate g[GATE_COUNT]);
/* Next waiting connection: its descriptor and user; -1 when there is none. */
int gate_accept(const struct gate *g, unsigned *ret_uid);
