/* When the vault says that it lives. Not for: rows (upkeep/outage.c). */
#include "vault/pulse.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "db/tx.h"
#include "upkeep/outage.h"

enum { BOOT_TEXT = 64 };

static int64_t next; /* tick of the next sign */

static bool
is_due(const struct ctx *ctx)
{
    return ctx->world->tick_ms(ctx->world->arg) >= next;
}

static void
said(const struct ctx *ctx)
{
    next = ctx->world->tick_ms(ctx->world->arg) + OUTAGE_SIGN_MS;
}

bool
pulse_ride(struct ctx *ctx, struct tx *tx)
{
    if (!is_due(ctx))
        return true;
    said(ctx);
    if (tx_save(tx) == OK && outage_sign(ctx, tx, STR("vault")) == OK && tx_keep(tx) == OK)
        return true;
    log_line(LOG_WARNING, "event=sign result=undone why=\"%s\"", ctx->fail_text);
    return !tx_lost(tx) && tx_undo(tx) == OK;
}

/* Which start of the machine this is: its unit says so, since it may not look; else the kernel
 * does. Where neither does, all starts are taken for one. */
static struct str
boot(struct ctx *ctx)
{
    const char *given = getenv("COZYKART_BOOT");
    char text[BOOT_TEXT];
    ssize_t n;
    int fd;

    if (given && *given)
        return str_of(given);
    fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    n = fd < 0 ? 0 : read(fd, text, sizeof text);
    if (fd >= 0)
        close(fd);
    return str_dup(ctx->arena, str_trim((struct str){.p = text, .n = n > 0 ? (size_t)n : 0}));
}

static enum err
give(struct ctx *ctx, struct tx *tx, enum pulse how)
{
    enum err e;

    if (how == PULSE_END)
        return outage_stop(ctx, tx, STR("vault"));
    if (how == PULSE_ON)
        return outage_sign(ctx, tx, STR("vault"));
    e = outage_boot(ctx, tx, boot(ctx));
    return e ? e : outage_begin(ctx, tx, STR("vault"));
}

enum err
pulse_alone(struct ctx *ctx, enum pulse how)
{
    struct tx tx;
    enum err e;

    if (how == PULSE_ON && !is_due(ctx))
        return OK;
    said(ctx);
    arena_reset(ctx->arena);
    ctx_clear(ctx);
    if ((e = tx_begin(ctx, &tx)))
        return e;
    if (!(e = give(ctx, &tx, how)))
        return tx_commit(&tx);
    tx_rollback(&tx);
    return e;
}

enum err
pulse_alive(struct ctx *ctx, struct tx *tx, const struct vault_actor *who, const struct msg *in,
            struct msg *out)
{
    struct str part = who->from == FROM_WEB ? STR("web") : STR("jobs");

    (void)out;
    return msg_opt_i64(in, "ending", 0) ? outage_stop(ctx, tx, part)
                                        : outage_sign(ctx, tx, part);
}
