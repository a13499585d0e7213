/* Programs of others, run to their end: they are told what to read, where to write, and how
 * long they may take; nothing else of ours reaches them. Not for: programs that go on beside
 * us (main/house.c, job/errand.c), and what one of them is asked (the callers). */
#pragma once

#include <sys/types.h>

#include "base/ctx.h"

enum { CHILD_ARGS_MAX = 14, CHILD_CHAIN_MAX = 3 };

struct child_program {
    const char *name;                /* a path, or a name to be found in PATH */
    const char *arg[CHILD_ARGS_MAX]; /* without its own name; NULL ends them */
};

enum child_env {
    CHILD_ENV_BARE, /* the language only */
    CHILD_ENV_USER, /* and where programs and the user's own files are */
    CHILD_ENV_OURS  /* all that we have */
};

struct child_ask {
    /* Each reads what the one before wrote; one without a name ends them. */
    struct child_program chain[CHILD_CHAIN_MAX];
    int64_t time_ms; /* for all of them together */
    enum child_env env;
    uid_t uid; /* who they run as; 0: as we do */
    gid_t gid;
    /* Little memory and time, no files, no new rights: for those that read what strangers
     * wrote. */
    bool poor;
    /* child_talk: what they complain of comes with what they say, in its order. */
    bool together;
};

struct child_end {
    /* Of the last one that ended badly: its exit code, 128 and the signal that killed it, as a
     * shell has it; 0: all ended well. One that only lost its reader ended well. */
    int code;
    const char *name;     /* whose code it is; of the last one when all ended well */
    struct str complaint; /* the beginning of what they said on their standard error, a line */
};

/* Runs them with input on the standard input of the first; *ret_said: what the last one said,
 * in ctx's arena. Returns when all have ended, whatever they left behind. OK however they ended
 * (*ret). E_NOTFOUND: one is not installed or may not be run. E_LIMIT: they took longer than
 * time_ms or said more than said_max bytes; they were killed with all that they started. */
enum err child_talk(struct ctx *ctx, const struct child_ask *ask, struct str input,
                    size_t said_max, struct str *ret_said, struct child_end *ret) MUST_USE;
/* The same from one descriptor to another (-1: nothing); both stay open. With ret NULL a bad
 * end is an error as well: E_FULL when there was no room on the disk, otherwise E_INTERNAL with
 * what they complained of. */
enum err child_pour(struct ctx *ctx, const struct child_ask *ask, int in, int out,
                    struct child_end *ret) MUST_USE;
