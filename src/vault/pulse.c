/* When the vault says that it lives. Not for: rows (upkeep/outage.c). */
#include "vault/pulse.h"

#include "base/log.h"
#include "db/tx.h"
#include "upkeep/outage.h"

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

enum err
pulse_alone(struct ctx *ctx, bool ending)
{
    struct tx tx;
    enum err e;

    if (!ending && !is_due(ctx))
        return OK;
    said(ctx);
    arena_reset(ctx->arena);
    ctx_clear(ctx);
    if ((e = tx_begin(ctx, &tx)))
        return e;
    e = ending ? outage_stop(ctx, &tx, STR("vault")) : outage_sign(ctx, &tx, STR("vault"));
    if (!e)
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
