/* What the programs that run for long do first: read --config FILE, load the settings, refuse
 * what does not fit, in one clear line. Not for: the people's command (ctl.h). */
#pragma once

#include "base/conf.h"
#include "base/ctx.h"

/* --config FILE, else $COZYKART_CONFIG, else the installation's file; --help and --version end
 * the program. Refuses a moved clock in a live installation. Sets ctx->conf to conf. */
enum err start_conf(struct ctx *ctx, struct arena *process, int argc, char **argv,
                    const char *program, struct conf *conf) MUST_USE;
/* Prints "program: why" and gives the exit code. */
int start_failed(const struct ctx *ctx);
/* The settings file when none is named. */
const char *start_file(void);
/* Path of another program of the family: in $COZYKART_BIN, or beside this one; NULL: not to be
 * known. */
char *start_sibling(struct ctx *ctx, const char *file);
