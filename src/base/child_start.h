/* One program of others in a new process that has its wires and nothing else of ours. Not for:
 * what it reads and writes, how long it may take, its end (child.h, for which this is). */
#pragma once

#include "base/child.h"

/* Descriptors that it reads, writes and complains to; -1: nothing. They stay open here. */
struct child_wires {
    int in, out, complaints;
};

/* Returns when the program runs, alone in its process group, or cannot be run: E_NOTFOUND when
 * it is not installed or may not be run, E_INTERNAL when the system would not. *ret is to be
 * waited for in any case, unless it is -1. */
enum err child_start(struct ctx *ctx, const struct child_ask *ask,
                     const struct child_program *p, const struct child_wires *w,
                     pid_t *ret) MUST_USE;
