/* A program of somebody else's, run once with a text as its input; what it says on its output
 * comes back. Nothing of ours reaches it but that. Not for: what is asked (picture.c, mail.c).
 */
#pragma once

#include "base/ctx.h"

enum { CHILD_ARGS_MAX = 8 };

struct child_ask {
    const char *program;             /* path */
    const char *arg[CHILD_ARGS_MAX]; /* without the program's own name; NULL ends them */
    struct str input;
    int64_t time_ms;
    size_t out_max;
    /* Little memory and time, no files, no new rights: for those that read what strangers
     * wrote.
     */
    bool poor;
};

/* OK with what it said, and how it ended (0: well, as waitpid has it). E_NOTFOUND: it is not
 * installed. E_LIMIT: it took too long or said too much, and was killed. */
enum err child_run(struct ctx *ctx, const struct child_ask *ask, struct str *ret_out,
                   int *ret_status) MUST_USE;
