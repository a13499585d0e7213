/* Runs that the vault could not be told of: kept as small files in backup.dir until it can. Not
 * for: telling (main/ctl_upkeep.h). */
#pragma once

#include "upkeep/upkeep.h"

enum { UNTOLD_MAX = 50 };

struct untold {
    const char *file; /* NULL: it could not be kept */
    struct upkeep run;
};

/* The newest UNTOLD_MAX stay. */
enum err untold_keep(struct ctx *ctx, const char *dir, const struct upkeep *u) MUST_USE;
/* Oldest first. */
enum err untold_list(struct ctx *ctx, const char *dir, struct untold **ret,
                     size_t *ret_n) MUST_USE;
void untold_drop(const struct untold *one);
