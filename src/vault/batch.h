/* Commands that arrived together: one transaction, a savepoint for each, one commit, then the
 * answers. A pure function of file, commands, clock and random. Not for: sockets (loop.c). */
#pragma once

#include "vault/table.h"

struct batch_item {
    struct str bytes; /* the message as it came */
    struct vault_actor who;
    struct str answer; /* encoded; filled by batch_run */
};

/* Runs all and fills the answers, in keep; ctx->arena is emptied before each command. Does not
 * come back when a commit fails, or the disk does: what that left behind is unknown, so the
 * process ends (70) and callers repeat. room false: the disk is as good as full, every writing
 * command is refused with E_FULL and nothing is tried. True when browsers or outside may have
 * something to hear. */
bool batch_run(struct ctx *ctx, struct arena *keep, bool room, struct batch_item *item,
               size_t n);
/* Answers all with e, without trying. */
void batch_refuse(struct ctx *ctx, struct arena *keep, enum err e, struct batch_item *item,
                  size_t n);
/* An answer that is no more than a refusal: for those who may not ask at all. */
struct str batch_refusal(struct ctx *ctx, struct arena *keep, enum err e);
