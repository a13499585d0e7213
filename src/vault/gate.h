/* The four sockets of the vault and who stands behind a connection. Not for: messages
 * (loop.c). */
#pragma once

#include "vault/table.h"

enum { GATE_COUNT = 4 };

struct gate {
    int fd;
    int64_t uid; /* who may speak here besides root and the vault's own user; -1: nobody */
    enum vault_from from;
    const char *path;
};

/* ret has room for GATE_COUNT. Makes vault-web.sock, vault-jobs.sock and vault-upkeep.sock
 * (0660) and vault-ctl.sock (0600) in path.run; what a dead vault left there is replaced, so
 * the ledger's lock must be held. E_INVALID when web.user, jobs.user or backup.user names
 * nobody of this machine, E_INTERNAL with the path and the reason. */
enum err gate_open(struct ctx *ctx, struct arena *process, struct gate *ret) MUST_USE;
void gate_close(struct gate g[GATE_COUNT]);
/* Next waiting connection: its descriptor and user; -1 when there is none. */
int gate_accept(const struct gate *g, unsigned *ret_uid);
