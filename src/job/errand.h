/* The second process of the runner: jobs that may have to wait for others. Whatever Discord
 * does, live figures go on in the first one. Not for: what the jobs do (kinds.h). */
#pragma once

#include <sys/types.h>

#include "base/ctx.h"

/* The first process's hold of it. */
struct errand {
    pid_t pid;     /* 0: not running */
    int poke, far; /* ends of a socket pair; far is its standard input */
    int64_t next;  /* tick of the next start */
    int64_t begun;
};

enum err errand_open(struct ctx *ctx, struct errand *x) MUST_USE;
/* Starts it when it does not run. */
void errand_watch(struct ctx *ctx, struct errand *x);
/* There may be something to do. */
void errand_poke(const struct errand *x);
/* Ends it. */
void errand_close(struct errand *x);

/* The second process's own day, until TERM or INT, which the caller has blocked; its standard
 * input says when to look. ctx->arena is emptied between two rounds. */
enum err errand_run(struct ctx *ctx, struct arena *process) MUST_USE;
