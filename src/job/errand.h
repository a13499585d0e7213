/* The further processes of the runner, one a lane of jobs that may have to wait for others:
 * whatever Discord does, payments go on; whatever a bank does, live figures; and however long
 * the books are checked, payments too. Not for: what the jobs do (kinds.h). */
#pragma once

#include <sys/types.h>

#include "job/kinds.h"

/* The first process's hold of one. */
struct errand {
    enum kinds_lane lane;
    pid_t pid;     /* 0: not running */
    int poke, far; /* ends of a socket pair; far is its standard input */
    int64_t next;  /* tick of the next start */
    int64_t sign;  /* tick of its last sign of life, or of its start */
    bool serving;  /* it gave one: it has come to its jobs */
};

enum err errand_open(struct ctx *ctx, enum kinds_lane lane, struct errand *x) MUST_USE;
/* Starts it when it does not run, and kills it when it gave no sign of life between two jobs
 * for longer than any job takes. */
void errand_watch(struct ctx *ctx, struct errand *x);
/* False when it is past that, and could not even be killed. */
bool errand_alive(const struct ctx *ctx, const struct errand *x);
/* There may be something to do. */
void errand_poke(const struct errand *x);
/* Tells it to end. */
void errand_end(const struct errand *x);
/* Ends it, and waits for that. */
void errand_close(struct errand *x);

/* "--talk", "--money", "--books"; KINDS_LIVE for anything else. */
enum kinds_lane errand_lane(const char *argument);
/* Such a process's own day, until TERM or INT, which the caller has blocked; its standard input
 * says when to look. ctx->arena is emptied between two rounds. */
enum err errand_run(struct ctx *ctx, struct arena *process, enum kinds_lane lane) MUST_USE;
