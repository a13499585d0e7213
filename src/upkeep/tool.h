/* Programs of the system that a copy goes through: gzip, age, gpg, the operator's hook, the
 * auditor. One after the other, each reads what the one before wrote. Not for: what strangers
 * wrote (job/child.h). */
#pragma once

#include "base/ctx.h"

enum { TOOL_ARGS_MAX = 14, TOOL_CHAIN_MAX = 3 };

struct tool {
    const char *program;            /* a path, or a name to be found in PATH */
    const char *arg[TOOL_ARGS_MAX]; /* without its own name; NULL ends them */
};

struct tool_run {
    const struct tool *chain;
    size_t n;
    int in, out; /* descriptors; -1: nothing */
    int64_t time_ms;
    const char *home; /* HOME of them; NULL: as ours */
};

/* OK when all of them ended well. E_NOTFOUND: one is not installed. E_LIMIT: too slow, they
 * were killed. E_FULL: no room on the disk. E_INTERNAL: one failed, with what it said.
 * ret_code, when not NULL: how the last one ended; then an end other than 0 is no error. */
enum err tool_run(struct ctx *ctx, const struct tool_run *r, int *ret_code) MUST_USE;
