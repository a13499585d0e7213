/* What a result code of SQLite says to people and to the program. For db/ only, by db_fail. */
#pragma once

#include "base/ctx.h"

struct db;

/* rc is not OK. After an I/O error that is no want of room db_broken is true. */
enum err fault_of(struct ctx *ctx, struct db *db, int rc, const char *statement) MUST_USE;
