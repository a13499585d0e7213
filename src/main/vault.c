/* cozykart-vault: the only writer of the ledger. Arguments and start; the work is vault/loop.c.
 */
#include <signal.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/notify.h"
#include "db/db.h"
#include "db/stmt.h"
#include "main/start.h"
#include "vault/loop.h"
#include "vault/secrets.h"

enum {
    PROCESS_ARENA = 64 * 1024 * 1024,
    COMMAND_ARENA = 64 * 1024 * 1024,
    CLOCK_SLACK_MS = 2 * 60 * 1000
};

/* Entries cannot come from the future: then it is now that is wrong. */
static void
look_at_clock(struct ctx *ctx)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_journal_head);
    int64_t ahead = stmt_one(&s) == OK ? stmt_col_i64(&s, "recorded_at") - ctx_now(ctx) : 0;
    char span[CLOCK_TEXT];

    if (ahead > CLOCK_SLACK_MS)
        log_line(LOG_WARNING,
                 "event=clock why=\"this machine's clock is at least %s behind the newest "
                 "entry of the ledger; timedatectl set-ntp true\"",
                 clock_span(ahead, span));
    ctx_clear(ctx);
}

/* Wallets in one currency and settings in another would be two houses in one ledger. */
static enum err
check_currency(struct ctx *ctx)
{
    struct stmt s CLEANUP(stmt_done) = stmt_get(ctx, SQL_stamp_currency);
    enum err e = stmt_one(&s);
    struct str is;

    if (e)
        return e == E_NOTFOUND ? OK : e;
    is = stmt_col_str(&s, "currency");
    return str_eq(is, ctx->conf->money.currency)
               ? OK
               : ctx_fail(ctx, E_CONFLICT,
                          "the wallets of the ledger are in %.*s, the settings say %.*s: mend "
                          "money.currency, or name another ledger in path.ledger",
                          STR_ARG(is), STR_ARG(ctx->conf->money.currency));
}

static enum err
serve(struct ctx *ctx, struct arena *process)
{
    struct db *db CLEANUP(db_closep) = NULL;
    struct loop *loop;
    enum err e;

    if ((e = secrets_load(ctx)) ||
        (e = db_open(ctx, process, str_text(process, ctx->conf->path.ledger), DB_WRITER,
                     &db)) ||
        (e = stmt_prepare_all(ctx)) || (e = check_currency(ctx)) ||
        (e = loop_open(ctx, process, &loop)))
        return e;
    look_at_clock(ctx);
    log_line(LOG_NOTICE, "event=start ledger=%.*s mode=%s", STR_ARG(ctx->conf->path.ledger),
             ctx->conf->mode == CONF_LIVE ? "live" : "test");
    /* Its sockets are there: who asks now waits for an answer and is not refused. */
    notify_say("READY=1");
    e = loop_run(ctx, loop);
    notify_say("STOPPING=1");
    loop_close(loop);
    log_line(LOG_NOTICE, "event=end");
    return e;
}

int
main(int argc, char **argv)
{
    struct arena *process CLEANUP(arena_freep) = arena_new(PROCESS_ARENA);
    struct arena *command CLEANUP(arena_freep) = arena_new(COMMAND_ARENA);
    struct conf conf;
    struct ctx ctx;
    sigset_t set;

    log_name("vault");
    notify_open();
    umask(0007); /* the group reads, nobody else */
    ctx_init(&ctx, command, world_real());
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if (start_conf(&ctx, process, argc, argv, "cozykart-vault", &conf) != OK ||
        serve(&ctx, process) != OK)
        return start_failed(&ctx);
    return 0;
}
