/* The file against what this program would make of it: pages readable, triggers with their
 * known text. Not for: rows. */
#pragma once

#include "base/ctx.h"

/* Called for each difference: check "I16" or "I25", the trigger or page, what is wrong. */
typedef void (*guard_found_fn)(void *arg, const char *check, struct str thing,
                               const char *what);

enum err guard_check(struct ctx *ctx, guard_found_fn fn, void *arg) MUST_USE;
