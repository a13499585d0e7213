/* First steps of the programs that run for long. Not for: their work. */
#include "main/start.h"

#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

/* 2025-01-01: what a machine without a clock says at its start is before that. */
#define EARLIEST_MS INT64_C(1735689600000)

static const char *name = "cozykart";

const char *
start_file(void)
{
    const char *file = getenv("COZYKART_CONFIG");

    return file && *file ? file : SYSCONFDIR "/cozykart/cozykart.conf";
}

enum err
start_conf(struct ctx *ctx, struct arena *process, int argc, char **argv, const char *program,
           struct conf *conf)
{
    static const struct option known[] = {
        {"config",  required_argument, NULL, 'c'},
        {"help",    no_argument,       NULL, 'h'},
        {"version", no_argument,       NULL, 'v'},
        {NULL,      0,                 NULL, 0  }
    };
    const char *file = start_file();
    char date[CLOCK_TEXT];
    int got;
    enum err e;

    name = program;
    while ((got = getopt_long(argc, argv, "", known, NULL)) >= 0) {
        if (got == 'h' || got == 'v') {
            printf(got == 'h' ? "usage: %s [--config FILE]\n" : "%s " PACKAGE_VERSION "\n",
                   program);
            exit(0);
        }
        if (got != 'c')
            return ctx_fail(ctx, E_INVALID, "usage: %s [--config FILE]", program);
        file = optarg;
    }
    if (optind < argc)
        return ctx_fail(ctx, E_INVALID, "usage: %s [--config FILE]", program);
    if ((e = conf_load(ctx, process, file, conf)))
        return e;
    ctx->conf = conf;
    if (ctx_now(ctx) < EARLIEST_MS && !world_is_moved())
        return ctx_fail(ctx, E_CONFLICT,
                        "this machine's clock says %s; timedatectl set-ntp true, and books are "
                        "kept again",
                        clock_date(ctx_now(ctx), date));
    if (conf->mode == CONF_LIVE && world_is_moved())
        return ctx_fail(ctx, E_CONFLICT,
                        "mode is live: take COZYKART_CLOCK_FILE out of the environment");
    return OK;
}

int
start_failed(const struct ctx *ctx)
{
    if (log_is_journal())
        log_line(LOG_ERROR, "event=refused why=\"%s\"", ctx->fail_text);
    else
        fprintf(stderr, "%s: %s\n", name, ctx->fail_text);
    return err_info(ctx->fail)->exit;
}

char *
start_sibling(struct ctx *ctx, const char *file)
{
    const char *folder = getenv("COZYKART_BIN");
    char self[PATH_MAX];
    ssize_t n;

    if (!folder || !*folder) {
        n = readlink("/proc/self/exe", self, sizeof self - 1);
        if (n <= 0)
            return NULL;
        self[n] = '\0';
        folder = dirname(self);
    }
    return arena_printf(ctx->arena, "%s/%s", folder, file);
}
